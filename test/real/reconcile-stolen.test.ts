import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { acting } from './support/acting.ts';
import { modelsmithBeside, succeed, type Where } from './support/command.ts';
import { keyOf } from './support/keys.ts';
import { BECAUSE, IT, LINE, receiptsOf, Serving } from './support/serving.ts';

let team: Serving;
beforeAll(async () => {
  team = await Serving.build();
}, 180_000);
afterAll(() => team.dispose());

/** People enrol a machine that signs receipts and does nothing else, and hand it its key. */
async function enrolled(where: Where, name: string): Promise<Where> {
  const { publicArmored, privateArmored } = await keyOf(name);
  const [certificate, key] = [team.path(`${name}.asc`), team.path(`${name}.key.asc`)];
  writeFileSync(certificate, publicArmored);
  writeFileSync(key, privateArmored, { mode: 0o600 });
  const who = [
    'signer',
    'enroll',
    name,
    certificate,
    '--automation',
    '--owner',
    'omar',
    '--role',
    'reconciler',
  ];
  succeed(where, [...who, '--key-file', team.demo.key('eli'), ...BECAUSE]);
  for (const person of ['gus', 'mia']) await team.does(where, person, 'policy', 'approve');
  return { ...where, env: { ...where.env, MODELSMITH_KEY_FILE: key } };
}

it(
  'a machine’s key is stolen: its word counts no more, another machine gives its own, and nothing stops serving',
  { timeout: 240_000 },
  async () => {
    const where = await team.ready();
    const first = await enrolled(where, 'porter');
    expect(await team.reconcile(first)).toMatchObject({ code: 0, converged: true });
    const status = async (): Promise<string> => (await modelsmithBeside(where, ['status', IT])).stdout;
    expect(await status()).toMatch(/cluster \(vllm\): live since .* by porter/);

    const stolen = ['override', 'revoke-signer', 'porter', '--as', 'compromised', ...BECAUSE];
    await team.does(where, 'mia', ...stolen);
    expect(await status()).toContain('every receipt was made with a stolen key');
    const asked = team.vllm.asked.length;
    const thief = await modelsmithBeside(first, ['reconcile', '--push', 'off']);
    expect([thief.code, thief.stderr]).toEqual([3, expect.stringContaining('KEY_ENDED')]);
    expect(team.vllm.asked.slice(asked).filter((each) => each.startsWith('POST'))).toEqual([]);
    const dora = { ...where, env: { ...where.env, MODELSMITH_KEY_FILE: team.demo.key('dora') } };
    const expert = await acting(dora, ['approve', IT, '--push', 'off']);
    expect([expert.code, expert.stderr]).toEqual([3, expect.stringContaining('RECEIPT_MISSING')]);

    const second = await enrolled(where, 'carrier');
    const told = await team.reconcile(second);
    expect(told).toMatchObject({ code: 0, converged: true });
    expect(receiptsOf(told)).toEqual(['tags live', 'mirror live', 'cluster live']);
    expect(told.targets.flatMap(({ moves }) => moves)).toEqual([]);
    expect(team.vllm.loads).toEqual([IT]);
    expect(readdirSync(join(where.cwd, `promotions/${LINE}/1.0.0/receipts`))).toHaveLength(6);
    expect(await status()).toMatch(/cluster \(vllm\): live since .* by carrier/);
    await team.does(where, 'dora', 'approve', IT);
  },
);

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelsmith, succeed, type Where } from './support/command.ts';
import { keyOf } from './support/keys.ts';
import { sandbox, type Ended, type Sandbox } from './support/sandbox.ts';
import { RUBRIC } from './support/team.ts';

const PEOPLE = {
  ana: ['model-owner', 'policy-approver', 'override'],
  eli: ['evaluation-owner', 'software-owner', 'data-owner'],
  omar: ['operator'],
  sam: ['security-owner', 'release-owner', 'governance-approver'],
  dora: ['domain-expert'],
  dan: ['domain-expert'],
  fay: ['domain-expert'],
  gus: ['governance-approver', 'policy-approver', 'ml-manager'],
  trainer: ['pipeline'],
  scanner: ['checker:malware-scan', 'checker:safety-probe', 'checker:red-team'],
} as const;

/** A ready policy put in force by its name, for the people and the line of one's own, and what follows from it. */
describe('a ready policy', () => {
  let box: Sandbox;
  let where: Where;
  beforeAll(async () => {
    box = sandbox();
    const principals = [];
    for (const [id, roles] of Object.entries(PEOPLE)) {
      const key = await keyOf(id);
      box.write(join(box.home, `certificates/${id}.asc`), key.publicArmored);
      if (id === 'ana') box.write(join(box.home, 'ana.key.asc'), key.privateArmored, 0o600);
      const isMachine = roles.some((role) => /^(?:pipeline|checker:)/.test(role));
      principals.push({
        ...(isMachine ? { kind: 'automation', owner: 'ana' } : { kind: 'human' }),
        ...{ id, name: id, keys: [{ fingerprint: key.fingerprint }] },
        roles: roles.map((role) => ({ role, lines: ['*'] })),
      });
    }
    box.write(join(box.home, 'signers.yaml'), stringify({ schema: 'modelsmith/signers/v1', principals }));
    box.write(join(box.home, 'rubric.json'), RUBRIC);
    where = { env: { ...box.env, MODELSMITH_KEY_FILE: join(box.home, 'ana.key.asc') }, cwd: box.home };
  });
  afterAll(() => box.dispose());

  const init = (policy: string, ...more: readonly string[]): Ended =>
    modelsmith(where, [
      ...['init', policy, '--policy', policy, '--signers', 'signers.yaml', '--keys', 'certificates'],
      ...['--person', 'ana', '--line', 'claims-routing', '--rubric', 'rubric.json', '--json', ...more],
    ]);

  it.each(['team', 'regulated'])(
    '%s is founded with them; no way to customers is without a person, and each has an end',
    (name) => {
      const made = init(name, '--core', '0.81');
      expect(made.code, made.stderr + made.stdout).toBe(0);
      const { root } = JSON.parse(made.stdout) as { root: string };
      const text = readFileSync(join(box.home, name, 'policy/policy.yaml'), 'utf8');
      expect(text).toMatch(/match: ['"]?claims-routing/);
      expect(text).toMatch(/core: "?0\.81"?/);
      expect(text).toContain('# ');
      const at = { ...where, env: { ...where.env, MODELSMITH_ROOT: root } };
      expect(succeed(at, ['verify', '-C', name])).toContain('verified: no findings');
      const checked = JSON.parse(succeed(at, ['policy', 'check', '-C', name, '--json'])) as {
        analysis: { attended: object; openable: object; idle: readonly object[] };
        unheld: readonly unknown[];
      };
      expect(checked.unheld).toEqual([]);
      expect(checked.analysis).toMatchObject({
        attended: { answer: 'proved' },
        openable: { answer: 'proved' },
        idle: [],
      });
    },
    120_000,
  );

  it('is no policy that could be proposed, since nobody is in it, and that is what is told', () => {
    box.write(
      join(box.home, 'bare/policy.yaml'),
      readFileSync(join(box.home, 'team/policy/policy.yaml'), 'utf8'),
    );
    const checked = modelsmith(where, ['policy', 'check', 'bare', '-C', 'team']);
    expect([checked.code, checked.stderr]).toEqual([3, expect.stringContaining('next: copy the people')]);
    const same = modelsmith(where, ['policy', 'check', 'team/policy', '-C', 'team']);
    expect([same.code, same.stderr]).toEqual([
      3,
      expect.stringMatching(/in force: modelsmith policy check$/m),
    ]);
    const none = modelsmith(where, ['policy', 'what-if', '-C', 'team']);
    expect([none.code, none.stderr]).toEqual([66, expect.stringContaining('what-if --policy <folder>')]);
  });

  it('says at its founding whose word would be missed, before anybody waits for it', () => {
    const signers = readFileSync(join(box.home, 'signers.yaml'), 'utf8').replaceAll(
      'software-owner',
      'auditor',
    );
    box.write(join(box.home, 'fewer.yaml'), signers);
    const argv = ['init', 'fewer', '--policy', 'team', '--signers', 'fewer.yaml', '--keys', 'certificates'];
    const made = modelsmith(where, [
      ...argv,
      '--person',
      'ana',
      '--line',
      'claims-routing',
      '--rubric',
      'rubric.json',
    ]);
    expect([made.code, made.stdout.replaceAll(/\s+/g, ' ')]).toEqual([
      0,
      expect.stringContaining('nobody holds software-owner for claims-routing: changes of the policy'),
    ]);
  });

  it('of another name, or without what it needs, is a wrong command line', () => {
    const none = init('solo');
    expect([none.code, none.stdout]).toEqual([64, expect.stringContaining('team, regulated')]);
    expect(modelsmith(where, ['init', 'x', '--policy', 'team', '--keys', 'certificates']).code).toBe(64);
    const lacking = modelsmith(where, ['init', 'x', '--policy', 'team', '--signers', 'signers.yaml']);
    expect([lacking.code, lacking.stderr]).toEqual([
      64,
      expect.stringContaining('--signers needs --keys, --person, --line and --rubric, too'),
    ]);
    const alone = modelsmith(where, ['init', 'x', '--policy', 'team']);
    expect([alone.code, alone.stderr]).toEqual([64, expect.stringContaining('team is a ready policy')]);
    const empty = modelsmith(where, [
      ...['init', 'x', '--policy', 'team', '--signers', 'signers.yaml', '--keys', '.'],
      ...['--person', 'ana', '--line', 'claims-routing', '--rubric', 'rubric.json', '--json'],
    ]);
    expect(empty.code).not.toBe(0);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LINE } from '../../src/commands/demo/material.ts';
import { modelsmith, succeed, type Where } from './support/command.ts';
import { BECAUSE, Delivery, type Told } from './support/delivery.ts';
import { hasRegistry, startRegistry } from './support/docker-registry.ts';
import { hasSkopeo, skopeoInspect } from './support/skopeo.ts';

const [ONE, TWO, THREE, FOUR] = ['1.0.0', '1.1.0', '1.2.0', '1.3.0'] as const;

/** One line of models, from its first export to an outage of the registry that it is served from. */
describe.skipIf(!hasRegistry)('what is decided gets to a registry', () => {
  let team: Delivery;
  let machine: Where;
  beforeAll(async () => {
    team = await Delivery.build();
    machine = team.clone('machine');
  }, 180_000);
  afterAll(() => team.dispose());

  /** What runs on the machine again and again. Then people take in what it signed. */
  function reconcile(): Told & { readonly code: number | null; readonly signed: readonly string[] } {
    succeed(machine, ['sync']);
    const { code, stdout, stderr } = modelsmith(machine, ['reconcile', '--json']);
    if (stdout === '') throw new Error(stderr);
    const told = JSON.parse(stdout) as Told;
    if (told.receipts.length > 0) succeed(team.people, ['sync']);
    const signed = told.receipts.map(({ iteration, outcome }) => `${iteration.split('@')[1]} ${outcome}`);
    return { ...told, code, signed };
  }
  const NOTHING_TO_DO = {
    ...{ code: 0, converged: true, receipts: [] },
    targets: [{ status: 'as wanted', moves: [] }],
  };
  async function expectTag(alias: string, version: string): Promise<void> {
    const there = await team.manifest(`${LINE}-${alias}`);
    expect(there).not.toBeNull();
    expect(there).toEqual(await team.manifest(`${LINE}-${version}`));
    const image = `docker://${team.place}:${LINE}-${alias}`;
    if (hasSkopeo) expect(skopeoInspect(team.demo.box.home, image)).toEqual(there);
  }

  it('once it is approved, and the expert judges only what is there', async () => {
    await team.promote(ONE);
    const early = await team.tries('dora', 'approve', `${LINE}@${ONE}`);
    expect([early.code, early.stderr]).toEqual([3, expect.stringContaining('RECEIPT_MISSING')]);
    expect(await team.manifest(`${LINE}-serving`)).toBeNull();

    expect(reconcile()).toMatchObject({ code: 0, signed: ['1.0.0 live'] });
    await expectTag('serving', ONE);
    await team.does('dora', 'approve', `${LINE}@${ONE}`);
    expect(await team.does('gus', 'approve', `${LINE}@${ONE}`)).toContain('→ production-validated');
    expect(reconcile()).toMatchObject({ code: 0, receipts: [], targets: [{ status: 'brought there' }] });
    await expectTag('production', ONE);
  });

  it('and gives way to the next one where that was let go to', async () => {
    await team.promote(TWO);
    expect(reconcile()).toMatchObject({ code: 0, signed: ['1.1.0 live'] });
    await expectTag('serving', TWO);
    await expectTag('production', ONE);
  });

  it('but not while it is frozen', async () => {
    const imposed = await team.does('mia', 'override', 'freeze', LINE, 'serving', ...BECAUSE);
    await team.promote(THREE);
    const told = reconcile();
    expect(told).toMatchObject(NOTHING_TO_DO);
    expect(told.targets[0]?.held).toMatchObject([{ alias: 'serving', to: THREE }]);
    await expectTag('serving', TWO);

    const [, id = ''] = /^override ([0-9a-f]{64})$/m.exec(imposed) ?? [];
    await team.does('eli', 'override', 'lift', id, ...BECAUSE);
    for (const who of ['gus', 'omar']) await team.does(who, 'policy', 'approve');
    expect(reconcile()).toMatchObject({ code: 0, signed: ['1.1.0 removed', '1.2.0 live'] });
    await expectTag('serving', THREE);
  });

  it('goes back with a rollback, and stays there whatever is promoted', async () => {
    await team.does('omar', 'rollback', LINE, '--alias', 'serving', ...BECAUSE);
    expect(reconcile()).toMatchObject({ code: 0, signed: ['1.1.0 live', '1.2.0 removed'] });
    await expectTag('serving', TWO);
    await team.promote(FOUR);
    expect(reconcile()).toMatchObject(NOTHING_TO_DO);
    await expectTag('serving', TWO);
  });

  it('is put back when somebody moves a tag, which is told', async () => {
    const before = team.tip;
    await team.moveByHand('serving', FOUR);
    const told = reconcile();
    expect(told).toMatchObject({ code: 0, receipts: [] });
    expect(told.targets[0]?.moves).toEqual([
      { do: 'put', key: `${LINE}-serving`, version: TWO, why: 'differs', drift: true },
    ]);
    await expectTag('serving', TWO);
    expect(team.tip).toBe(before);
  });

  it('is brought there again when somebody deleted it, by the command that is named', async () => {
    const before = team.tip;
    await team.deleteByHand(TWO);
    const told = reconcile();
    expect(told).toMatchObject({ code: 3, targets: [{ status: 'failed', failure: { code: 'NO_INPUT' } }] });
    expect(await team.manifest(`${LINE}-serving`)).toBeNull();
    expect(told.signed).toEqual(['1.1.0 removed']);
    const adapter = ['--adapter', team.path(TWO, 'adapter')];
    const again = ['export', `${LINE}@${TWO}`, ...adapter, '--registry', `oci://${team.place}`];
    const other = modelsmith(team.people, again.with(3, team.path(FOUR, 'adapter')));
    expect([other.code, other.stderr]).toEqual([3, expect.stringContaining('FILE_DIFFERS')]);
    expect(succeed(team.people, again)).toContain('nothing is to be signed');
    expect(reconcile()).toMatchObject({ code: 0, signed: ['1.1.0 live'] });
    await expectTag('serving', TWO);
    expect(team.tip).not.toBe(before);
  });

  it('waits for a registry that is down, and is there with the first run after it is back', async () => {
    const { host } = team.registry;
    await team.registry.stop();
    await team.does('omar', 'rollback', LINE, '--alias', 'serving', '--to', FOUR, ...BECAUSE);
    const before = team.tip;
    const told = reconcile();
    expect(told).toMatchObject({ code: 3, converged: false, receipts: [] });
    expect(told.targets[0]).toMatchObject({ status: 'failed', failure: { code: 'UNREACHABLE' } });
    expect(modelsmith(machine, ['reconcile']).stdout).toContain(`the registry ${host} is not reached`);
    expect(team.tip).toBe(before);
    const status = (): string => succeed(team.people, ['status', `${LINE}@${FOUR}`]);
    expect(status()).toContain('tags (registry): nothing is known to be there');

    const port = Number(host.split(':')[1]);
    team.registry = await startRegistry(team.path('registry'), { port });
    expect(reconcile()).toMatchObject({ code: 0, signed: ['1.1.0 removed', '1.3.0 live'] });
    await expectTag('serving', FOUR);
    await expectTag('production', ONE);
    expect(status()).toMatch(/tags \(registry\): live since .* by trainer/);
    const after = team.tip;
    expect(reconcile()).toMatchObject(NOTHING_TO_DO);
    expect(team.tip).toBe(after);
    expect(succeed(team.people, ['verify'])).toContain('no findings');
  });
});

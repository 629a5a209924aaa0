import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openpgpVerifier } from '../../src/adapters/openpgp/verify.ts';
import type { SideOverrides } from '../../src/evidence/side-overrides.ts';
import { verifyHistory } from '../../src/evidence/verify-history.ts';
import { workshop } from '../attacks/bench.ts';
import { brake } from '../attacks/brakes.ts';
import type { Site } from '../attacks/site.ts';
import { honestOf, remembering } from './trial.ts';

const FREEZE = { act: 'freeze', line: 'claims-triage', alias: 'production' };
const SIDE = 'refs/modelsmith/overrides/';

describe('refs beside the branch', () => {
  const shop = workshop(inject('shared'));
  const verifier = remembering(openpgpVerifier());
  let site: Site;
  beforeAll(async () => {
    site = await shop.bench('sha1').site();
  }, 120_000);
  afterAll(() => shop.dispose());

  /** What is told of them, and which objects it took. */
  async function judged(
    commits: (ground: ReturnType<typeof honestOf>) => readonly string[],
  ): Promise<{ readonly sides: SideOverrides; readonly read: ReadonlySet<string> }> {
    const honest = honestOf(site);
    const sides = commits(honest).map((commit, index) => ({ ref: `${SIDE}${index}`, commit }));
    const objects = honest.objects.reader();
    const read = new Set<string>();
    const found = await verifyHistory(
      {
        ...objects,
        read: async (id, most) => {
          read.add(id);
          return await objects.read(id, most);
        },
      },
      verifier,
      {
        tip: honest.line.at(-1) ?? '',
        root: site.world.root,
        now: honest.now + 3600,
        objectFormat: 'sha1',
        sides,
      },
    );
    expect(found.findings).toEqual([]);
    return { sides: found.sides, read };
  }

  const unsigned = (
    { objects }: ReturnType<typeof honestOf>,
    parent: string,
    tree: string,
    words = 'x',
  ): string =>
    objects.put(
      'commit',
      Buffer.from(
        `tree ${tree}\nparent ${parent}\nauthor a <a@example.org> 1 +0000\ncommitter a <a@example.org> 1 +0000\n\n${words}\n`,
      ),
    );

  it('are not read where no enrolled person signed them, whatever they bring', async () => {
    const tree = '1'.repeat(40);
    const { sides, read } = await judged((honest) => [unsigned(honest, honest.line.at(-1) ?? '', tree)]);
    expect(sides.notObeyed.map(({ why }) => why)).toEqual([
      'it brings no override that anybody with authority signed',
    ]);
    expect(read.has(tree)).toBe(false);
  });

  it('are obeyed for a brake that others put something on, which is not read', async () => {
    const tip = honestOf(site).line.at(-1) ?? '';
    const pulled = await brake(site, tip, { brake: FREEZE });
    const tree = '2'.repeat(40);
    const { sides, read } = await judged((honest) => [unsigned(honest, pulled, tree)]);
    expect(sides.inForce.map(({ override }) => override.act)).toEqual(['freeze']);
    expect(sides.brakesAlone).toEqual([]);
    expect(read.has(tree)).toBe(false);
  });

  it('are obeyed behind any number of others that nobody enrolled signed', async () => {
    const tip = honestOf(site).line.at(-1) ?? '';
    const pulled = await brake(site, tip, { brake: FREEZE });
    const { sides } = await judged((honest) => {
      const chains = Array.from({ length: 12 }, (_, chain) =>
        Array.from({ length: 900 }).reduce<string>(
          (on, _each, at) => unsigned(honest, on, '3'.repeat(40), `${chain} ${at}`),
          tip,
        ),
      );
      return [...chains, pulled];
    });
    expect(sides.inForce).toHaveLength(1);
    expect(sides.notObeyed).toHaveLength(12);
    expect(sides.notObeyed.at(-1)?.why).toContain('than is read: 10000 commits');
  });
});

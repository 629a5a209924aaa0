import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { CannotTell } from '../../src/base/errors.ts';
import { openpgpVerifier } from '../../src/adapters/openpgp/verify.ts';
import type { SideOverrides } from '../../src/evidence/side-overrides.ts';
import { verifyHistory } from '../../src/evidence/verify-history.ts';
import { workshop } from '../attacks/bench.ts';
import { brake } from '../attacks/brakes.ts';
import type { Site } from '../attacks/site.ts';
import type { Honest } from './mutations.ts';
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

  /** What is told of them, and how many reads it took. @param onRead before each. */
  async function judged(
    commits: (ground: Honest) => readonly string[],
    onRead: (id: string) => void = () => undefined,
  ): Promise<{ readonly sides: SideOverrides; readonly reads: number }> {
    const honest = honestOf(site);
    const sides = commits(honest).map((commit, index) => ({ ref: `${SIDE}${index}`, commit }));
    const objects = honest.objects.reader();
    let reads = 0;
    const found = await verifyHistory(
      {
        ...objects,
        read: async (id, most) => {
          reads += 1;
          onRead(id);
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
    return { sides: found.sides, reads };
  }

  const treeOf = ({ line }: Honest, at: number): string => site.treeOf(line.at(at) ?? '');
  const unsigned = ({ objects }: Honest, parent: string, tree: string, words = 'x'): string =>
    objects.put(
      'commit',
      Buffer.from(
        `tree ${tree}\nparent ${parent}\nauthor a <a@example.org> 1 +0000\ncommitter a <a@example.org> 1 +0000\n\n${words}\n`,
      ),
    );

  it('cost what they change, not each what there is', async () => {
    const one = await judged((honest) => [unsigned(honest, honest.line.at(-2) ?? '', treeOf(honest, -2))]);
    const many = await judged((honest) =>
      Array.from({ length: 30 }, (_, at) =>
        unsigned(honest, honest.line.at(-2) ?? '', treeOf(honest, -2 - (at % 2)), `${at}`),
      ),
    );
    expect(many.sides.notObeyed).toHaveLength(30);
    // The commits themselves, and next to nothing of their trees.
    expect(many.reads - one.reads).toBeLessThan(30 * 3);
  });

  it('are obeyed for a brake that follows one which cannot be read, although both hold the same', async () => {
    const { line } = honestOf(site);
    const pulled = await brake(site, line.at(-1) ?? '', { brake: FREEZE });
    const tree = site.treeOf(pulled);
    let failed = false;
    const { sides } = await judged(
      (honest) => [unsigned(honest, line.at(-1) ?? '', tree), pulled],
      (id) => {
        if (id !== tree || failed) return;
        failed = true;
        throw new CannotTell('BAD_DATA', 'too much');
      },
    );
    expect(failed).toBe(true);
    expect(sides.notObeyed.map(({ why }) => why)).toEqual(['it cannot be read: too much']);
    expect(sides.inForce.map(({ override }) => override.act)).toEqual(['freeze']);
  });
});

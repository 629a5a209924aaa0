import { brake, filesBetween, repair, second, telling } from '../brakes.ts';
import { attack, honest, type AttackCase, type Bench, type Target } from '../case.ts';
import type { Site } from '../site.ts';
import { entryIdsIn } from '../../../src/machine/entries-in.ts';

/** Entries that one commit has and another has not. */
async function entriesOnly(site: Site, of: string, than: string): Promise<readonly string[]> {
  const known = entryIdsIn(await site.tree(than));
  return [...entryIdsIn(await site.tree(of))].filter((id) => !known.has(id)).sort();
}

interface Choice {
  /** Whose side stands: where omar is suspended, or where he promotes. */
  readonly stands: 'suspension' | 'promotion';
  readonly second?: 'otto' | null;
  readonly strand?: string;
  /** Drops the override of the side that does not stand. */
  readonly drops?: boolean;
}

/**
 * Omar is suspended on one side and promotes on the other. No merge may bring that together, and the acts of either side
 * are barred by nothing in themselves: two people say which side stands as a whole.
 */
const settled =
  ({ stands, second: seconder = 'otto', strand = 'everything', drops = false }: Choice) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site();
    const stopped = await brake(site, 'exported', { brake: { act: 'suspend-signer', signer: 'omar' } });
    const promoted = site.at('deployed');
    const brakes = filesBetween(site, 'exported', stopped);
    const tree = await site.treeWith(promoted, brakes);
    const merge = await site.commit({ on: [stopped, promoted], by: null, tree });
    const chosen = stands === 'suspension' ? stopped : promoted;
    const lost = stands === 'suspension' ? await entriesOnly(site, promoted, stopped) : [];
    const made = await repair(site, {
      ...{ on: merge, base: [stopped, promoted], restores: chosen, setAside: [merge] },
      ...{ who: 'mia', role: 'policy-approver', time: site.after('deployed', 2) },
      ...(drops ? {} : { put: brakes }),
      changes: { stands: [{ strand, commit: chosen }], lost },
    });
    const state = stands === 'suspension' ? 'artifact-exported' : 'customer-deployed';
    const check = telling(({ overrides, standing, incidents }) =>
      overrides.length === 1 && standing[0]?.state === state && incidents.length === 1
        ? null
        : `${overrides.length} overrides, ${String(standing[0]?.state)}, ${incidents.length} incidents`,
    );
    if (seconder === null) return site.target(made.commit);
    const time = site.after('deployed', 3);
    const end = await second(site, made, { who: seconder, role: 'policy-approver', time });
    return site.target(end, drops || strand !== 'everything' ? {} : { check });
  };

export const DISPUTE_CASES: readonly AttackCase[] = [
  honest(
    'H16c.settled',
    'a person is suspended on one side and promotes on the other; two people let the suspension stand as a whole',
    settled({ stands: 'suspension' }),
  ),
  honest(
    'H16c.settled-otherwise',
    'the same, and two people let the promotion stand: the suspension is in force all the same',
    settled({ stands: 'promotion' }),
  ),
  attack(
    'H16c.settled-by-one',
    'the same, settled by one person',
    'REPAIR_UNSECONDED',
    settled({ stands: 'promotion', second: null }),
  ),
  attack(
    'H16c.settled-without-brake',
    'two people let the promotion stand and drop the suspension',
    'REPAIR_NOT_RESTORED',
    settled({ stands: 'promotion', drops: true }),
  ),
  attack(
    'H16c.settled-in-part',
    'two people choose for the iteration alone, where one side has to stand as a whole',
    'REPAIR_DIFFERS',
    settled({ stands: 'suspension', strand: 'claims-triage@1.0.0' }),
  ),
];

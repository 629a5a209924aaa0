import { CannotTell } from '../base/errors.ts';
import type { Anchor } from '../ports/anchors.ts';
import type { ObjectReader } from '../ports/objects.ts';
import { readCommit, type HistoryStep } from './history.ts';
import type { JudgedHistory } from './lineage.ts';
import { narrowsIn } from './narrows.ts';

/** More commits than these since an anchor are judged from the root on. */
const MOST_SINCE = 10_000;
const MOST_ANCHORS = 40;
/** Each look brings something new to know: an older anchor, or a ref beside the branch. */
const MOST_LOOKS = 8;

/**
 * The latest anchor that all of a history comes from: every way back from the tip, and from refs beside the branch that the
 * anchor does not have, leads through it. Null where there is none, or finding it takes as long as judging.
 */
export async function anchorUnder(
  objects: ObjectReader,
  { tip, sides }: { readonly tip: string; readonly sides: readonly string[] },
  anchors: readonly Anchor[],
  idLength: 40 | 64,
): Promise<Anchor | null> {
  let stops: ReadonlyMap<string, Anchor> = new Map(anchors.map((anchor) => [anchor.commit, anchor]));
  let starts: readonly string[] = [tip];
  for (let looks = 0; looks < MOST_LOOKS && stops.size > 0; looks += 1) {
    const met = await metOnTheWay(objects, starts, stops, idLength);
    const [oldest, ...others] = [...met].sort((a, b) => a.counts.commits - b.counts.commits);
    if (oldest === undefined) return null;
    if (others.length > 0) {
      stops = new Map([[oldest.commit, oldest]]);
      continue;
    }
    const more = sides.filter((side) => !oldest.merged.includes(side) && !starts.includes(side));
    if (more.length === 0) return oldest;
    starts = [...starts, ...more];
  }
  return null;
}

/** The anchors in which all ways back end; none where one of them ends anywhere else, or is too long. */
async function metOnTheWay(
  objects: ObjectReader,
  starts: readonly string[],
  stops: ReadonlyMap<string, Anchor>,
  idLength: 40 | 64,
): Promise<readonly Anchor[]> {
  const met = new Set<Anchor>();
  const seen = new Set(starts);
  const queue = [...starts];
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    const anchor = stops.get(id);
    if (anchor !== undefined) {
      met.add(anchor);
      continue;
    }
    const parents = await parentsOf(objects, id, idLength);
    if (parents.length === 0 || seen.size > MOST_SINCE) return [];
    for (const parent of parents) {
      if (!seen.has(parent)) queue.push(parent);
      seen.add(parent);
    }
  }
  return [...met];
}

/** None where it cannot be read: whoever judges everything says why. */
async function parentsOf(objects: ObjectReader, id: string, idLength: 40 | 64): Promise<readonly string[]> {
  try {
    return (await readCommit(objects, id, idLength)).parents;
  } catch (error) {
    if (error instanceof CannotTell) return [];
    throw error;
  }
}

export interface Sound {
  /** What was judged, from the root or from an anchor on, each commit after its parents. */
  readonly line: readonly HistoryStep[];
  readonly history: JudgedHistory;
  /** The anchor it was judged from. */
  readonly from: Anchor | null;
  /** Commits of refs beside the branch. */
  readonly sides: readonly string[];
  /** What the `promotions` of the last of them come to. */
  readonly promotions: Anchor['promotions'];
}

/**
 * Anchors for what was found valid as a whole: at its end, and ever farther apart before it, for branches that leave it there.
 * @param older those that were kept before.
 */
export function anchorsIn(
  { line, history, from, sides, promotions }: Sound,
  older: readonly Anchor[],
): readonly Anchor[] {
  const isNarrow = narrowsIn(line);
  const places = new Map(line.map(({ id }, place) => [id, place] as const));
  const fresh: Anchor[] = [];
  // The first is the root, or an anchor already.
  let counts = from?.counts ?? { commits: 1, governed: 1, signatures: 1 };
  for (let at = 1; at < line.length; at += 1) {
    const commit = history.judged.get(line[at]?.id ?? '');
    if (commit === undefined) throw new Error('a commit of the history was not judged');
    const { judgement, id, clock } = commit;
    counts = {
      commits: counts.commits + 1,
      governed: counts.governed + (judgement.kind === 'ungoverned' ? 0 : 1),
      signatures: counts.signatures + (judgement.signer === null ? 0 : 1),
    };
    if (!isNarrow(at)) continue;
    const merged = sides.filter((side) => (places.get(side) ?? line.length) <= at);
    fresh.push({
      ...{ commit: id, clock, counts },
      merged: [...new Set([...(from?.merged ?? []), ...merged])],
      promotions: at === line.length - 1 ? promotions : null,
    });
  }
  const kept = from === null ? [] : older.filter((anchor) => anchor.counts.commits <= from.counts.commits);
  const all = [...kept, ...fresh].sort((a, b) => b.counts.commits - a.counts.commits);
  return everFarther(all);
}

/** Of anchors, the latest first: that one, and one for each doubling of the distance from it. */
function everFarther(anchors: readonly Anchor[]): readonly Anchor[] {
  const [latest] = anchors;
  if (latest === undefined) return [];
  const chosen = [latest];
  let wanted = 1;
  for (const anchor of anchors.slice(1)) {
    const distance = latest.counts.commits - anchor.counts.commits;
    if (distance < wanted || chosen.length === MOST_ANCHORS) continue;
    chosen.push(anchor);
    while (wanted <= distance) wanted *= 2;
  }
  return chosen;
}

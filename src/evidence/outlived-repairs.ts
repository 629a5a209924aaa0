import { incidentDocument, type Incident } from '../domain/incident.ts';
import { locate } from '../domain/paths.ts';
import { differencesBelow, type TreeFolder } from '../domain/tree.ts';
import { CLOCK_TOLERANCE, type Voucher } from '../judge/judgement.ts';
import { holderOfKey, holdsRole, isKeyEnded, parseLaw } from '../machine/law.ts';
import { parseFile } from '../machine/trusted-files.ts';
import type { JudgedCommit, JudgedHistory } from './lineage.ts';

/** A repair that would hold if the commits it names were judged as at its time, in seconds since 1970. */
export interface OutlivedRepair {
  readonly commit: string;
  readonly asOf: ReadonlyMap<string, number>;
}

/**
 * Commits signed by somebody enrolled that claim to repair what is not broken any more, for no reason but the time: what
 * came from the future when they were made is valid now that its day has come.
 */
export function outlivedRepairs({ judged }: JudgedHistory): readonly OutlivedRepair[] {
  return [...judged.values()].flatMap((commit) => {
    const before = judged.get(commit.parents[0] ?? '');
    const { signedAt } = commit;
    if (!commit.void || before === undefined || signedAt === null || isUnseconded(commit)) return [];
    const asOf = new Map<string, number>();
    for (const incident of newIncidents(before.tree, commit.tree)) {
      for (const { commit: named } of incident.setAside) {
        const other = judged.get(named);
        const isFuture = other?.judgement.reasons.some(({ code }) => code === 'FROM_THE_FUTURE') === true;
        if (other?.signedAt != null && !isFuture && other.signedAt > signedAt + CLOCK_TOLERANCE)
          asOf.set(named, signedAt);
      }
    }
    return asOf.size === 0 ? [] : [{ commit: commit.id, asOf }];
  });
}

/**
 * Whether an outlived repair is to be believed. Nothing tells a late commit with a repair signed before its date from an
 * honest one with a repair that was dated back, so whoever answers for it must have the authority by what the honest reading
 * puts in force too: else somebody who left could take back that he left. @param without, with: the history judged both ways.
 */
export function isBelieved(repair: string, without: JudgedHistory, within: JudgedHistory): boolean {
  const vouchers = vouchersOf(repair, within);
  const before = without.judged.get(without.judged.get(repair)?.parents[0] ?? '');
  const { laws = [] } = before?.force ?? {};
  return (
    vouchers.length > 0 &&
    laws.length > 0 &&
    vouchers.every((voucher) => laws.every((tree) => isStillTrusted(voucher, tree, within, repair)))
  );
}

/** Who answers for the repair, where it holds: by itself, or with the word of a second person on top of it. */
function vouchersOf(repair: string, { judged }: JudgedHistory): readonly Voucher[] {
  const holds = [...judged.values()].find(
    ({ id, parents, void: isVoid, judgement }) =>
      !isVoid && judgement.kind === 'repair' && (id === repair || parents[0] === repair),
  );
  return holds?.judgement.vouchers ?? [];
}

function isStillTrusted(
  { principal, key, role }: Voucher,
  tree: TreeFolder,
  { judged }: JudgedHistory,
  repair: string,
): boolean {
  const law = parseLaw(tree);
  const holder = law.ok ? holderOfKey(law.value, key) : null;
  return (
    holder?.principal.id === principal.id &&
    !isKeyEnded(holder.key) &&
    holdsRole(holder.principal, role, null, judged.get(repair)?.clock ?? 0)
  );
}

function isUnseconded({ judgement: { reasons } }: JudgedCommit): boolean {
  return reasons.every(({ code }) => code === 'REPAIR_UNSECONDED');
}

function newIncidents(before: TreeFolder, after: TreeFolder): readonly Incident[] {
  return differencesBelow('incidents', before, after).flatMap(({ path, after: file }) => {
    if (file === null || locate(path)?.kind !== 'incident') return [];
    const parsed = parseFile(incidentDocument, file, path);
    return parsed.ok ? [parsed.value] : [];
  });
}

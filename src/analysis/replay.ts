import { approvalDocument, type Approval } from '../domain/approval.ts';
import { toSeconds, type Time } from '../domain/names.ts';
import { approvalFile, bundleFolder, RECORD } from '../domain/paths.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { recordDocument, type Step } from '../domain/record.ts';
import { withFile, withoutFile, type TreeFolder } from '../domain/tree.ts';
import { seatOf } from '../machine/gate-rule.ts';
import type { Law } from '../machine/law.ts';
import { requestersOf } from '../machine/requesters.ts';
import { checkSample } from '../machine/sample-check.ts';
import { standingOf } from '../machine/standing.ts';
import { statementOf } from '../machine/statement.ts';
import { bundleOf, type Bundle } from '../machine/world.ts';
import { exceptionsThen } from './exceptions-then.ts';

type Approve = Extract<Approval, { act: 'approve' }>;

/**
 * Why people could not move an iteration on at a time under a law, if they had signed under that law what they did sign.
 * Documents are taken as they are now.
 * @param step the step they did take then; null: the one that is still ahead.
 */
export function refusedUnder(
  law: Law,
  tree: TreeFolder,
  bundle: Bundle,
  step: Step | null,
  at: number,
): readonly Reason[] {
  const then = step === null ? tree : rewound(tree, bundle, step);
  const before = bundleAt(then, bundle);
  const { approvals, refused } = willing(law, before);
  const given = new Set(approvals.map(({ id }) => id));
  const missing = before.approvals.filter(({ act, id }) => act === 'approve' && !given.has(id));
  const gone = new Set(missing.map(({ id }) => id));
  const signed = approvals.reduce((result, entry) => restated(result, law, before, entry, gone), then);
  const dropped = missing.reduce((result, { id }) => withoutFile(result, fileOf(before, id)), signed);
  const { blocked } = standingOf({ law, tree: dropped }, bundleAt(dropped, bundle), at);
  return [...refused, ...blocked];
}

function bundleAt(tree: TreeFolder, { iteration }: Bundle): Bundle {
  const found = bundleOf(tree, iteration);
  if (found === null) throw new Error('an iteration that vanished while it was replayed');
  return found;
}

function fileOf({ iteration }: Bundle, id: string): string {
  return `${bundleFolder(iteration)}/${approvalFile(id)}`;
}

/** The tree as far as it was there when a step was taken: its record and exceptions without what came later, and no later decision. */
function rewound(tree: TreeFolder, { iteration, record, entries }: Bundle, step: Step): TreeFolder {
  const isThere = ({ time }: { readonly time: Time }): boolean => time <= step.time;
  const { checks, erasures, ...rest } = record;
  const known = { checks: checks?.filter(isThere) ?? [], erasures: erasures?.filter(isThere) ?? [] };
  const earlier = {
    ...rest,
    state: step.from,
    ...(known.checks.length > 0 && { checks: known.checks }),
    ...(known.erasures.length > 0 && { erasures: known.erasures }),
    transitions: record.transitions.slice(
      0,
      record.transitions.findIndex(({ id }) => id === step.id),
    ),
  };
  const folder = bundleFolder(iteration);
  const later = entries.filter((entry) => !isThere(entry));
  return later.reduce(
    (result, { id }) => withoutFile(result, `${folder}/${approvalFile(id)}`),
    withFile(
      exceptionsThen(tree, iteration.line, step),
      `${folder}/${RECORD}`,
      new TextEncoder().encode(recordDocument.print(earlier)),
    ),
  );
}

/** The approvals that could have been given at their seats under a law, and why others could not. */
function willing(
  law: Law,
  bundle: Bundle,
): { readonly approvals: readonly Approve[]; readonly refused: readonly Reason[] } {
  const behind: ReadonlySet<string> = requestersOf(bundle, law);
  const approvals: Approve[] = [];
  const refused: Reason[] = [];
  for (const entry of bundle.approvals) {
    if (entry.act !== 'approve') continue;
    const seat = seatOf(law, bundle, entry);
    const { gate, principal } = entry;
    const reasons = [
      ...(seat.requesterBarred && behind.has(principal)
        ? [reason('REQUESTER_BARRED', { gate, principal })]
        : []),
      ...checkSample(bundle, seat, entry),
    ];
    if (reasons.length === 0) approvals.push(entry);
    else refused.push(...reasons);
  }
  return { approvals, refused };
}

/** The same approval, as it would have been given under a law: of the files it was given on, for what that law asks. */
function restated(
  tree: TreeFolder,
  law: Law,
  bundle: Bundle,
  entry: Approve,
  gone: ReadonlySet<string>,
): TreeFolder {
  const now = statementOf(law, bundle, seatOf(law, bundle, entry));
  const stated = new Map(entry.statement.evidence.map(({ path, sha256 }) => [path, sha256]));
  const statement = {
    ...now,
    evidence: now.evidence.map(({ path, sha256 }) => ({ path, sha256: stated.get(path) ?? sha256 })),
    // Who signs after one that could not be given does not know of it.
    approvals: entry.statement.approvals.filter((id) => !gone.has(id)),
  };
  const text = approvalDocument.print({ ...entry, statement });
  return withFile(tree, fileOf(bundle, entry.id), new TextEncoder().encode(text));
}

/** Seconds since 1970. */
export function timeOf({ time }: { readonly time: Time }): number {
  return toSeconds(time);
}

import { isNonEmpty } from '../../../base/nonempty.ts';
import { IterationId, toIteration } from '../../../domain/names.ts';
import { reason, type Reason } from '../../../domain/reason.ts';
import { seatOf } from '../../../machine/gate-rule.ts';
import { staleBecause, statementOf } from '../../../machine/statement.ts';
import { bundleOf } from '../../../machine/world.ts';
import type { CommonOptions, Outcome } from '../command.ts';
import type { Context } from '../context.ts';
import { openWorkspace, type OpenOptions } from '../opening/workspace.ts';

/** What was signed and went together with what others did meanwhile. */
interface Merged {
  /** Where it is: `origin main`. */
  readonly name: string;
  readonly subject: string;
  readonly entries: readonly string[];
}

/**
 * Approvals that were merged with evidence or rules that came in meanwhile: they are there, and say no more what is there.
 * @returns null where everything signed counts.
 */
export async function staleThere(
  context: Context,
  common: CommonOptions,
  { name, subject, entries }: Merged,
  known: OpenOptions['known'] = [],
): Promise<Extract<Outcome, { kind: 'refused' }> | null> {
  const id = IterationId.safeParse(subject);
  if (!id.success) return null;
  const { world } = await openWorkspace(context, { ...common, branch: null, known });
  const bundle = bundleOf(world.tree, toIteration(id.data));
  if (bundle === null) return null;
  const reasons = bundle.approvals.flatMap((entry): readonly Reason[] => {
    if (entry.act !== 'approve' || !entries.includes(entry.id) || bundle.record.state !== entry.edge.from)
      return [];
    const { gate, principal, time, statement } = entry;
    const now = statementOf(world.law, bundle, seatOf(world.law, bundle, entry));
    const what = staleBecause(statement, now);
    return what === null ? [] : [reason('APPROVAL_STALE', { gate, principal, what, date: time })];
  });
  if (!isNonEmpty(reasons)) return null;
  return {
    kind: 'refused',
    headline: `signed and pushed to ${name}, where it does not count: something came in while ${id.data} was read`,
    reasons,
    next: [`modelsmith approve ${id.data}   (d: read what changed alone)`],
  };
}

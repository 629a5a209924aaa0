import { isNonEmpty } from '../base/nonempty.ts';
import type { Iteration } from '../domain/names.ts';
import { toIterationId } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { differences, type TreeFolder } from '../domain/tree.ts';
import type { Act, Actor } from '../machine/act.ts';
import { apply, decide } from '../machine/decide.ts';
import type { Law } from '../machine/law.ts';
import { withheld } from '../machine/automatic-steps.ts';
import { bundleOf } from '../machine/world.ts';
import { checkOneDecision } from './one-decision.ts';
import { recognise } from './recognise.ts';
import type { RefreshFacts } from './recognise-law.ts';

/** Every act a commit holds, or every reason why its change is not allowed. */
export interface Explanation {
  readonly acts: readonly Act[];
  readonly reasons: readonly Reason[];
}

/** What of a change does not lie in the governed trees. */
export interface ChangeFacts {
  readonly refreshes: RefreshFacts;
  /** Guarded paths that differ. */
  readonly guarded: readonly string[];
}

/**
 * A change is valid only if it is explained: the acts it claims, each decided and done again on the parent's tree,
 * give the child's bytes exactly. Whatever is left over nobody was allowed to write.
 */
export function explainChange(
  law: Law,
  parent: TreeFolder,
  child: TreeFolder,
  actor: Actor,
  { refreshes, guarded }: ChangeFacts = { refreshes: new Map(), guarded: [] },
): Explanation {
  const changes = differences(parent, child);
  const { acts: found, faults } = recognise(parent, child, changes, refreshes);
  const acts: readonly Act[] = guarded.length === 0 ? found : [...found, { kind: 'guarded', paths: guarded }];
  const structural = [...faults, ...checkOneDecision(acts, actor.principal)];
  if (acts.length === 0 && structural.length === 0)
    structural.push(reason('NO_ACT', { paths: changes.map((change) => change.path) }));
  if (isNonEmpty(structural)) return { acts, reasons: structural };

  let tree = parent;
  const reasons: Reason[] = [];
  for (const act of acts) {
    const decision = decide({ law, tree, before: parent }, act, actor);
    if (decision.kind === 'allowed') tree = apply(tree, decision.puts);
    else reasons.push(...decision.reasons);
  }
  if (reasons.length > 0) return { acts, reasons };

  const left = differences(tree, child).map((change) => change.path);
  if (left.length > 0) reasons.push(reason('UNEXPLAINED_CHANGE', { paths: left }));
  // An automatic transition whose criteria are met belongs into the commit that met them.
  const due = touched(acts)
    .map((iteration) => bundleOf(tree, iteration))
    .filter((bundle) => bundle !== null)
    .flatMap(withheld);
  return { acts, reasons: [...reasons, ...due] };
}

function touched(acts: readonly Act[]): readonly Iteration[] {
  const iterations = acts.flatMap((act) => ('iteration' in act ? [act.iteration] : []));
  return [...new Map(iterations.map((iteration) => [toIterationId(iteration), iteration])).values()];
}

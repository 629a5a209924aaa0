import { aliasTargets, pinOf, type AliasMove } from '../../domain/aliases.ts';
import { toIdSet } from '../../domain/entry.ts';
import { toIterationId, type EntryId } from '../../domain/names.ts';
import { bundleFolder, RECORD, ROLLBACK_PROCEDURE } from '../../domain/paths.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import { recordDocument, Step, type Deprecation } from '../../domain/record.ts';
import { ALIASES } from '../../domain/states.ts';
import { putText, refused, refusedIf, type Act, type Actor, type Decision } from '../act.ts';
import { checkEntry } from '../entry-check.ts';
import { evidenceProblems } from '../evidence-rules.ts';
import { aliasesOf, bundleOf, recordOf, type Bundle, type World } from '../world.ts';
import { appendAliasStep } from './transition.ts';

type DeprecateAct = Extract<Act, { kind: 'deprecate' }>;

/** The end of an iteration: an operator's own act, with a reason, and a way back for what serves customers. */
export function decideDeprecation(world: World, { iteration, step }: DeprecateAct, actor: Actor): Decision {
  const bundle = bundleOf(world.tree, iteration);
  if (bundle === null) return refused(reason('ITERATION_UNKNOWN', { iteration: toIterationId(iteration) }));
  const { record } = bundle;
  if (record.state !== step.from) {
    return refused(
      reason('STATE_OTHER', { iteration: toIterationId(iteration), state: record.state, needed: step.from }),
    );
  }
  const reasons = [
    ...checkEntry(world, actor, Step, step, {
      line: iteration.line,
      roles: ['operator', 'team-lead'],
      reliedOn: deprecationRelies(bundle),
      humanOnly: true,
    }),
    ...checkRollback(bundle),
    ...checkSuccessor(world, bundle, step),
    ...checkPins(world, bundle),
  ];
  return refusedIf(reasons, () => [
    putText(
      `${bundleFolder(iteration)}/${RECORD}`,
      recordDocument.print({ ...record, state: 'deprecated', transitions: [...record.transitions, step] }),
    ),
    appendAliasStep(world, iteration, {
      cause: 'deprecation',
      entry: step.id,
      version: iteration.version,
      time: step.time,
      moves: releasedAliases(world, bundle, step),
    }),
  ]);
}

export function deprecationRelies({ record }: Bundle): readonly EntryId[] {
  return toIdSet([record.request.id, ...record.transitions.slice(-1).map((step) => step.id)]);
}

/** What has served customers is not retired without a written way back in its bundle. */
function checkRollback({ record, folder, iteration }: Bundle): readonly Reason[] {
  if (record.state !== 'customer-deployed' && record.state !== 'production-validated') return [];
  const problems = evidenceProblems(folder, [ROLLBACK_PROCEDURE]);
  return problems.length === 0
    ? []
    : [reason('ROLLBACK_MISSING', { iteration: toIterationId(iteration) }), ...problems];
}

function checkSuccessor(world: World, { iteration }: Bundle, step: Deprecation): readonly Reason[] {
  if (step.successor === undefined) return [];
  const successor = { line: iteration.line, version: step.successor };
  const valid =
    step.successor !== iteration.version && recordOf(world.tree, successor)?.state === 'production-validated';
  return valid ? [] : [reason('SUCCESSOR_NOT_VALIDATED', { successor: toIterationId(successor) })];
}

/** What people keep an alias at is let go by them first: else the alias would go where they did not want it, or nowhere. */
function checkPins(world: World, { iteration }: Bundle): readonly Reason[] {
  const aliases = aliasesOf(world.tree, iteration.line);
  return ALIASES.flatMap((alias) => {
    const pinned = pinOf(aliases, alias);
    return pinned?.version === iteration.version
      ? [reason('ALIAS_PINNED', { ...iteration, alias, since: pinned.time })]
      : [];
  });
}

/** No alias keeps pointing at what is deprecated: it goes to the successor, or to nothing. */
function releasedAliases(world: World, { iteration }: Bundle, step: Deprecation): readonly AliasMove[] {
  return [...aliasTargets(aliasesOf(world.tree, iteration.line))]
    .filter(([, version]) => version === iteration.version)
    .map(([alias]) => ({ alias, from: iteration.version, to: step.successor ?? null }));
}

import { approvalLogDocument } from '../../domain/approval.ts';
import { aliasesDocument, aliasTargets, pinOf, type AliasStep } from '../../domain/aliases.ts';
import { toIdSet } from '../../domain/entry.ts';
import { toIterationId, type EntryId, type Iteration } from '../../domain/names.ts';
import { aliasesFile, APPROVAL_LOG, bundleFolder, RECORD } from '../../domain/paths.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import { recordDocument, Step, type Transition } from '../../domain/record.ts';
import type { Role } from '../../domain/roles.ts';
import type { AliasName } from '../../domain/states.ts';
import { putText, refused, refusedIf, type Act, type Actor, type Decision, type Put } from '../act.ts';
import { edgeBetween, type Edge } from '../edges.ts';
import { checkEntry } from '../entry-check.ts';
import { gateSeats } from '../gate-rule.ts';
import { standingOf } from '../standing.ts';
import { completeRuns } from '../verdict.ts';
import { aliasesOf, bundleOf, type Bundle, type World } from '../world.ts';

type TransitionAct = Extract<Act, { kind: 'transition' }>;

/** Moves an iteration along one edge: every gate is open, every criterion met, and the entry lists what it relied on. */
export function decideTransition(world: World, { iteration, step }: TransitionAct, actor: Actor): Decision {
  const bundle = bundleOf(world.tree, iteration);
  if (bundle === null) return refused(reason('ITERATION_UNKNOWN', { iteration: toIterationId(iteration) }));
  const { record } = bundle;
  const edge = edgeBetween(step.from, step.to);
  if (edge === null || edge.opens === 'deprecation')
    return refused(reason('EDGE_UNKNOWN', { from: step.from, to: step.to }));
  if (record.state !== step.from) {
    return refused(
      reason('STATE_OTHER', { iteration: toIterationId(iteration), state: record.state, needed: step.from }),
    );
  }
  const standing = standingOf(world, bundle, actor.clock);
  const reasons: readonly Reason[] = [
    ...checkEntry(world, actor, Step, step, {
      line: iteration.line,
      roles: rolesOf(world, bundle, edge),
      reliedOn: transitionRelies(world, bundle, edge, actor.clock),
      humanOnly: edge.opens === 'gates',
    }),
    ...standing.blocked,
  ];
  return refusedIf(reasons, () => [
    putText(
      `${bundleFolder(iteration)}/${RECORD}`,
      recordDocument.print({ ...record, state: step.to, transitions: [...record.transitions, step] }),
    ),
    ...(edge.opens === 'gates' ? humanTraces(world, bundle, step, edge.moves) : []),
  ]);
}

function rolesOf(world: World, bundle: Bundle, edge: Edge): readonly Role[] {
  if (edge.opens === 'evaluation') return ['pipeline', 'evaluation-owner'];
  if (edge.opens === 'export') return ['pipeline'];
  return [
    ...new Set(
      edge.gates.flatMap((gate) => gateSeats(world.law, bundle, gate).flatMap(({ roles }) => roles)),
    ),
  ];
}

/** What a transition along the edge relies on: the runs, the export, or the approvals that count. */
export function transitionRelies(world: World, bundle: Bundle, edge: Edge, at: number): readonly EntryId[] {
  if (edge.opens === 'evaluation') return toIdSet(completeRuns(bundle).map((run) => run.id));
  if (edge.opens === 'export')
    return toIdSet(bundle.record.export === undefined ? [] : [bundle.record.export.id]);
  return standingOf(world, bundle, at).reliesOn;
}

/** What only transitions by people leave behind: the readable log of decisions and the move of an alias. */
function humanTraces(world: World, bundle: Bundle, step: Transition, alias: AliasName): readonly Put[] {
  const { iteration } = bundle;
  const aliases = aliasesOf(world.tree, iteration.line);
  const from = aliasTargets(aliases).get(alias) ?? null;
  return [
    putText(
      `${bundleFolder(iteration)}/${APPROVAL_LOG}`,
      approvalLogDocument.print({
        schema: 'modelsmith/approval-log/v1',
        repository: world.law.repository.id,
        iteration: toIterationId(iteration),
        entries: bundle.entries,
      }),
    ),
    appendAliasStep(world, iteration, {
      cause: 'transition',
      entry: step.id,
      version: iteration.version,
      time: step.time,
      // A pin keeps the alias where it is, whatever is promoted meanwhile.
      moves: pinOf(aliases, alias) === null ? [{ alias, from, to: iteration.version }] : [],
    }),
  ];
}

export function appendAliasStep(world: World, { line }: Iteration, step: AliasStep): Put {
  return {
    path: aliasesFile(line),
    bytes: aliasesDocument.encode({
      schema: 'modelsmith/aliases/v1',
      repository: world.law.repository.id,
      line,
      steps: [...(aliasesOf(world.tree, line)?.steps ?? []), step],
    }),
  };
}

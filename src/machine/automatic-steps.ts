import { toIterationId } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { State } from '../domain/states.ts';
import { edgeOnward, type Edge } from './edges.ts';
import { runsVerdict } from './verdict.ts';
import type { Bundle } from './world.ts';

/** Edges without gates are closed until the run or the export that opens them is recorded. */
export function automaticReasons(bundle: Bundle, edge: Edge | null): readonly Reason[] {
  if (edge?.opens === 'evaluation' && runsVerdict(bundle) !== 'pass') {
    const shortfalls = bundle.record.evaluations.flatMap((run) =>
      run.status === 'complete' ? run.scores.shortfalls : [],
    );
    return [reason('CRITERIA_NOT_MET', { to: edge.to, shortfalls: [...new Set(shortfalls)] })];
  }
  if (edge?.opens === 'export' && bundle.record.export === undefined) {
    return [reason('CRITERIA_NOT_MET', { to: edge.to, shortfalls: ['NOT_EXPORTED'] })];
  }
  return [];
}

/** The automatic transition that is due and must not be held back; null where none is. */
export function dueTransition(bundle: Bundle): State | null {
  const edge = edgeOnward(bundle.record.state);
  if (edge === null || (edge.opens !== 'evaluation' && edge.opens !== 'export')) return null;
  return automaticReasons(bundle, edge).length === 0 ? edge.to : null;
}

export function withheld(bundle: Bundle): readonly Reason[] {
  const to = dueTransition(bundle);
  return to === null
    ? []
    : [reason('TRANSITION_WITHHELD', { iteration: toIterationId(bundle.iteration), to })];
}

import type { CompleteEvaluation } from '../domain/record.ts';
import type { Bundle } from './world.ts';

/** The complete runs, in the order they were recorded. Errored runs do not count: errored is not failed. */
export function completeRuns({ record }: Pick<Bundle, 'record'>): readonly CompleteEvaluation[] {
  return record.evaluations.filter((evaluation) => evaluation.status === 'complete');
}

/** What the runs fixed by the lock say together: the worst of them decides, and nothing is decided before the last. */
export function runsVerdict(bundle: Pick<Bundle, 'record' | 'lock'>): 'pending' | 'pass' | 'fail' {
  const runs = completeRuns(bundle);
  if (runs.length < bundle.lock.runs) return 'pending';
  return runs.every((run) => run.scores.verdict === 'pass') ? 'pass' : 'fail';
}

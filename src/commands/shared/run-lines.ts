import { toIterationId, type Iteration } from '../../domain/names.ts';
import type { Evaluation } from '../../domain/record.ts';
import { bundleOf, type World } from '../../machine/world.ts';
import { escapeShown } from './escape.ts';

/** What a run came to, in lines for people. */
export function runLines(world: World, iteration: Iteration, evaluation: Evaluation): readonly string[] {
  const it = toIterationId(iteration);
  const bundle = bundleOf(world.tree, iteration);
  if (evaluation.status === 'errored')
    return [
      `${it}: the run ${evaluation.run} errored (${escapeShown(evaluation.error)}); it may be repeated`,
    ];
  const { scores } = evaluation;
  const thresholds = bundle?.lock.thresholds;
  const width = Math.max(...scores.tasks.map((task) => task.id.length), 4);
  const rows = scores.tasks.map(({ id, value, baseline, score, regressed, hardLimitMet }) => {
    const notes = [
      ...(regressed ? ['regressed'] : []),
      ...(hardLimitMet === false ? ['over its hard limit'] : []),
    ];
    return `  ${id.padEnd(width)}  ${value.padStart(10)}  baseline ${baseline.padStart(10)}  score ${score.slice(0, 8).padEnd(8)}  ${notes.join(', ')}`.trimEnd();
  });
  return [
    `${it}, run ${evaluation.run}: ${scores.verdict === 'pass' ? 'PASS' : `FAIL (${scores.shortfalls.join(', ')})`}`,
    ...rows,
    `  core ${scores.core} (at least ${thresholds?.core ?? '?'}), held-out ${scores.heldOut} (at least ${thresholds?.heldOut ?? '?'}), regressions ${scores.regressions} (at most ${thresholds?.maxRegressions ?? '?'})`,
  ];
}

import { toIterationId } from '../../../domain/names.ts';
import { attemptsBeside } from '../../../machine/attempts.ts';
import { escapeShown } from '../terminal/escape.ts';
import { counted } from '../views/notices.ts';
import { quoted, wrap } from '../terminal/style.ts';
import type { ReviewGround } from './ground.ts';

/** What else was tried under the same lock, and how it went; errored runs of this one, too. */
export function attemptLines({ world, bundle, columns }: ReviewGround): readonly string[] {
  const errored = bundle.record.evaluations.filter((run) => run.status === 'errored');
  const others = attemptsBeside(world, bundle);
  const own =
    errored.length === 0
      ? ['  every run of this iteration is complete']
      : errored.flatMap((run) =>
          indented(
            `run ${run.run} errored (${run.time}): ${escapeShown(run.error.replaceAll('\n', ' '))}`,
            columns,
          ),
        );
  if (others.length === 0) return [...own, '  no other iteration was measured by this lock'];
  return [
    ...own,
    `  ${counted(others.length, 'other iteration')} measured by the same lock:`,
    ...others.flatMap(({ iteration, requested, state, runs, scores, objections }) => [
      ...indented(
        `${toIterationId(iteration)}, requested ${requested.slice(0, 10)}, now ${state}: ${
          scores === null
            ? 'no complete run'
            : `${runs}, core ${cut(scores.core)}, held-out ${cut(scores.heldOut)}, ${counted(scores.regressions, 'regression')}`
        }`,
        columns,
      ),
      ...objections.flatMap(({ act, principal, reason }) =>
        quoted(`${act} by ${principal}: ${reason}`, columns, '    | '),
      ),
    ]),
  ];
}

function indented(text: string, columns: number): readonly string[] {
  return wrap(text, columns - 4).map((line, index) => `${index === 0 ? '  ' : '    '}${line}`);
}

/** Cut and not rounded: never more than was reached. */
function cut(decimal: string): string {
  return decimal.slice(0, 8);
}

import type { CannotTell } from '../../../base/errors.ts';
import { escapeShown } from '../terminal/escape.ts';

/** One sentence, the place, the facts, the remedy. */
export function cannotTellText(error: CannotTell): string {
  const { place } = error;
  const where =
    place === undefined
      ? []
      : [`  at ${[place.file, place.line, place.key].filter((part) => part !== undefined).join(':')}`];
  return [
    `cannot tell: ${escapeShown(error.message)}`,
    ...where.map(escapeShown),
    ...error.facts.map((fact) => `  ${escapeShown(fact)}`),
    ...(error.remedy === undefined ? [] : [`next: ${escapeShown(error.remedy)}`]),
  ].join('\n');
}

/** The same for programs. */
export function cannotTellJson(error: CannotTell): object {
  const { code, message, facts, place, remedy } = error;
  return {
    schema: 'modelsmith/out/cannot-tell/v1',
    answer: 'cannot tell',
    code,
    message,
    facts,
    place,
    remedy,
  };
}

import { CannotTell } from '../../base/errors.ts';
import { reason } from '../../domain/reason.ts';
import { allExceptions, type ExceptionCase } from '../../machine/exceptions.ts';
import type { World } from '../../machine/world.ts';
import type { Outcome } from '../shared/command.ts';
import { brief } from '../shared/terminal/layout.ts';

export const EXCEPTION_ARGUMENT = {
  name: '[exception]',
  description: 'id of the exception, or its first digits (default: the only one that is meant)',
} as const;

/**
 * The exception that begins so or, where none is named, the only one that is meant.
 * @throws CannotTell USAGE where several are meant, NO_INPUT where none is.
 */
export function pickException(
  { tree }: World,
  start: string | null,
  headline: string,
  isMeant: (each: ExceptionCase) => boolean = () => true,
): { readonly each: ExceptionCase } | Extract<Outcome, { kind: 'refused' }> {
  const found = allExceptions(tree).filter((each) =>
    start === null ? isMeant(each) : each.exception.id.startsWith(start),
  );
  const [each, other] = found;
  if (each === undefined && start !== null)
    return { kind: 'refused', headline, reasons: [reason('EXCEPTION_UNKNOWN', { exception: start })] };
  if (each === undefined)
    throw new CannotTell('NO_INPUT', 'there is no exception here that this could be about', {
      remedy: 'modelsmith exception list --all',
    });
  if (other !== undefined)
    throw new CannotTell(
      'USAGE',
      start === null ? 'several exceptions are meant' : `several begin with ${start}`,
      {
        facts: found.map(
          ({ exception }) =>
            `${exception.id}  ${exception.line}, by ${exception.principal}: ${exception.reason}`,
        ),
        remedy: `name one by its id, such as ${brief(each.exception.id)}`,
      },
    );
  return { each };
}

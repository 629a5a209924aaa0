import { printJson } from '../../../base/canonical-json.ts';
import type { CommonOptions, Outcome } from '../command.ts';
import type { Context } from '../context.ts';
import { reasonsJson, refusalText } from '../explaining/refusal.ts';

const EXIT_YES = 0;
const EXIT_NO = 3;

/** Prints how a command ended: results to standard output, words for people to standard error. @returns the exit code. */
export function finish(
  context: Context,
  verb: string,
  { json, plain }: Pick<CommonOptions, 'json' | 'plain'>,
  outcome: Outcome,
): number {
  const { terminal } = context;
  const schema = `modelsmith/out/${verb.replaceAll(' ', '-')}/v1`;
  if (outcome.kind === 'refused') {
    const { headline, reasons, next, address } = outcome;
    if (json)
      terminal.out(
        printJson({ schema, answer: 'no', headline, reasons: reasonsJson(reasons), next: next ?? [] }),
      );
    else
      terminal.say(
        refusalText({
          headline,
          reasons,
          ...(next !== undefined && { next }),
          ...(address !== undefined && { address }),
        }),
      );
    return EXIT_NO;
  }
  if (outcome.printed === true) return outcome.kind === 'yes' ? EXIT_YES : EXIT_NO;
  if (json) terminal.out(printJson({ schema, answer: outcome.kind, ...outcome.json }));
  else terminal.out(outcome.text({ columns: terminal.columns, color: terminal.color && !plain }));
  return outcome.kind === 'yes' ? EXIT_YES : EXIT_NO;
}

import * as z from 'zod';
import { sha256 } from '../../base/digest.ts';
import { CannotTell } from '../../base/errors.ts';
import { seal } from '../../domain/document.ts';
import { ExceptionReview } from '../../domain/exception.ts';
import { EXCEPTION_REVIEW_TEMPLATE } from '../../domain/exception-review-text.ts';
import { openReviews } from '../../machine/exception-reviews.ts';
import type { Command } from '../shared/command.ts';
import { ExceptionStart } from '../shared/views/exception-start.ts';
import { exceptionName } from '../shared/views/exception-text.ts';
import { entryBy, land, openDesk, Plan, written } from '../shared/opening/write.ts';
import { endingRole } from './ending-role.ts';
import { EXCEPTION_ARGUMENT, pickException } from './pick.ts';

const MAX_REVIEW_BYTES = 1024 * 1024;

const Input = z
  .object({
    exception: ExceptionStart.nullable().default(null),
    file: z.string().optional(),
    template: z.boolean().default(false),
  })
  .refine(({ file, template }) => template || file !== undefined, {
    path: ['file'],
    message: 'must be given: a Markdown file; --template prints its headings',
  });

/** Records what was learned of an exception once it is over. */
export const reviewException: Command<z.infer<typeof Input>> = {
  name: 'exception review',
  group: 'emergency',
  summary: 'record what was learned of an exception that has ended',
  description:
    'By who answers for it, whoever holds a role that approves it, or a policy approver. The text says under a heading each what\n' +
    'happened, what it was used for, how the controls held and what follows. While a review is overdue nothing is waived on the\n' +
    'line, nothing renewed, and no person takes a step there.',
  arguments: [EXCEPTION_ARGUMENT],
  options: [
    { flags: '--file <review.md>', description: 'the text, in Markdown' },
    { flags: '--template', description: 'print the headings it needs, and do nothing else' },
  ],
  examples: [
    'modelsmith exception review --template > review.md',
    'modelsmith exception review 3f2a --file review.md',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { exception: start, file, template }, common) => {
    if (template || file === undefined)
      return {
        kind: 'yes',
        json: { template: EXCEPTION_REVIEW_TEMPLATE },
        text: () => EXCEPTION_REVIEW_TEMPLATE.trimEnd(),
      };
    const desk = await openDesk(context, common);
    const { world } = desk.workspace;
    const picked = pickException(world, start, 'this exception cannot be reviewed', ({ exception }) =>
      openReviews(world, exception.line).some(({ each }) => each.exception.id === exception.id),
    );
    if ('kind' in picked) return picked;
    const { id, line } = picked.each.exception;
    const text = await context.files.read(file, MAX_REVIEW_BYTES);
    if (text.length === 0) throw new CannotTell('NO_INPUT', `${file} is empty`);
    const review = seal(ExceptionReview, {
      schema: 'modelsmith/exception-review/v1',
      ...entryBy(desk, 'review-exception', endingRole(desk, common, picked.each), [id]),
      exception: id,
      text: { size: text.length, sha256: sha256(text) },
    });
    const plan = new Plan(desk);
    const no = plan.add(`${exceptionName(id)} cannot be reviewed`, {
      kind: 'review-exception',
      line,
      review,
      text,
    });
    if (no !== null) return no;
    const report = await land(desk, common, plan, `Review ${exceptionName(id)}`);
    return written(report, [`reviewed ${exceptionName(id)}`], { exception: id, line, entry: review.id });
  },
};

import * as z from 'zod';
import { allExceptions } from '../../machine/exceptions.ts';
import type { Command } from '../shared/command.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { exceptionTitle, reviewWords } from '../shared/views/exception-text.ts';
import { exceptionView, type ExceptionView } from '../shared/views/exception-view.ts';
import { groundOf } from '../shared/views/notices.ts';
import { field, hanging } from '../shared/terminal/style.ts';
import { openTip } from '../shared/opening/workspace.ts';

const Input = z.object({ all: z.boolean().default(false) });

/** Every exception with what it waits for. */
export const listExceptions: Command<z.infer<typeof Input>> = {
  name: 'exception list',
  group: 'emergency',
  summary: 'exceptions: what is waived, until when, and which review is due',
  arguments: [],
  options: [{ flags: '--all', description: 'also those that are over and need no review' }],
  examples: ['modelsmith exception list', 'modelsmith exception list --all'],
  writes: false,
  reads: true,
  input: Input,
  run: async (context, { all }, common) => {
    const workspace = await openTip(context, common);
    const { world, valid } = workspace;
    const ground = groundOf(context, workspace);
    const at = Math.max(context.now(), valid.clock);
    const views = allExceptions(world.tree).map((each) => exceptionView(world, each, at));
    const shown = views.filter((view) => all || isOfInterest(view));
    return {
      kind: ground.kind,
      json: { ...ground.json, exceptions: shown },
      text: ({ columns }) =>
        [
          ...ground.head,
          ...(shown.length === 0 ? ['no exceptions'] : []),
          ...shown.flatMap((view) => [
            ...hanging(escapeShown(exceptionTitle(view)), columns),
            ...field('until', `${view.expires}; ${view.owner} answers for it`, columns),
            ...field('review', reviewWords(view), columns),
            ...view.next.map((step) => `  next: ${step}`),
          ]),
          ...(shown.length === views.length ? [] : [`${views.length - shown.length} more with --all`]),
        ].join('\n'),
    };
  },
};

function isOfInterest({ state, review }: ExceptionView): boolean {
  return (state !== 'closed' && state !== 'expired') || review.state === 'open' || review.state === 'overdue';
}

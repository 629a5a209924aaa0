import * as z from 'zod';
import type { Command } from '../shared/command.ts';
import { ExceptionStart } from '../shared/views/exception-start.ts';
import { exceptionLines } from '../shared/views/exception-text.ts';
import { exceptionView } from '../shared/views/exception-view.ts';
import { groundOf } from '../shared/views/notices.ts';
import { styleOf } from '../shared/terminal/style.ts';
import { openTip } from '../shared/opening/workspace.ts';
import { EXCEPTION_ARGUMENT, pickException } from './pick.ts';

const Input = z.object({ exception: ExceptionStart.nullable().default(null) });

/** One exception: what it waives and what is done instead, who approved it, what uses it. */
export const showException: Command<z.infer<typeof Input>> = {
  name: 'exception show',
  group: 'emergency',
  summary: 'what an exception waives, who approved it, what uses it, what is missing',
  arguments: [EXCEPTION_ARGUMENT],
  options: [],
  examples: ['modelsmith exception show 3f2a'],
  writes: false,
  reads: true,
  input: Input,
  run: async (context, { exception }, common) => {
    const workspace = await openTip(context, common);
    const { world, valid } = workspace;
    const picked = pickException(world, exception, 'this exception cannot be shown');
    if ('kind' in picked) return picked;
    const ground = groundOf(context, workspace);
    const view = exceptionView(world, picked.each, Math.max(context.now(), valid.clock));
    return {
      kind: ground.kind,
      json: { ...ground.json, ...view },
      text: ({ columns, color }) =>
        [
          ...ground.head,
          ...exceptionLines(view, styleOf(color), Math.min(columns, 100)),
          ...view.next.map((step, index) => `${index === 0 ? '\nnext: ' : '      '}${step}`),
        ].join('\n'),
    };
  },
};

import * as z from 'zod';
import { CHANGE_ARGUMENT, ChangeStart, pickChange } from '../shared/changes/change-pick.ts';
import { changeLines } from '../shared/views/change-text.ts';
import { changeView } from '../shared/views/change-view.ts';
import type { Command } from '../shared/command.ts';
import { groundOf } from '../shared/views/notices.ts';
import { styleOf } from '../shared/terminal/style.ts';
import { openTip } from '../shared/opening/workspace.ts';

const Input = z.object({ change: ChangeStart.nullable().default(null) });

/** One proposal: what it changes, who approved it, what is missing and who can give it. */
export const policyShow: Command<z.infer<typeof Input>> = {
  name: 'policy show',
  group: 'policy',
  summary: 'what a proposal changes, who approved it, what is missing and who can sign',
  arguments: [CHANGE_ARGUMENT],
  options: [],
  examples: ['modelsmith policy show 3f2a'],
  writes: false,
  reads: true,
  input: Input,
  run: async (context, { change }, common) => {
    const workspace = await openTip(context, common);
    const { world, valid } = workspace;
    const picked = pickChange(world, change, 'this change cannot be shown');
    if ('kind' in picked) return picked;
    const ground = groundOf(context, workspace);
    const view = changeView(world, picked.each, Math.max(context.now(), valid.clock));
    return {
      kind: ground.kind,
      json: { ...ground.json, ...view },
      text: ({ columns, color }) =>
        [
          ...ground.head,
          ...changeLines(view, styleOf(color), Math.min(columns, 100)),
          ...view.next.map((step, index) => `${index === 0 ? '\nnext: ' : '      '}${step}`),
        ].join('\n'),
    };
  },
};

import * as z from 'zod';
import { changesOf } from '../../machine/changes.ts';
import { titleOf } from '../shared/views/change-text.ts';
import { changeView } from '../shared/views/change-view.ts';
import type { Command } from '../shared/command.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { brief, table } from '../shared/terminal/layout.ts';
import { groundOf } from '../shared/views/notices.ts';
import { openTip } from '../shared/opening/workspace.ts';

const Input = z.object({ all: z.boolean().default(false) });

/** Every proposal with what it waits for. */
export const policyList: Command<z.infer<typeof Input>> = {
  name: 'policy list',
  group: 'policy',
  summary: 'proposals to change the policy, and what they wait for',
  arguments: [],
  options: [{ flags: '--all', description: 'also those that are in force or outdated' }],
  examples: ['modelsmith policy list', 'modelsmith policy list --all'],
  writes: false,
  reads: true,
  input: Input,
  run: async (context, { all }, common) => {
    const workspace = await openTip(context, common);
    const { world, valid } = workspace;
    const ground = groundOf(context, workspace);
    const at = Math.max(context.now(), valid.clock);
    const views = changesOf(world.tree)
      .map((each) => changeView(world, each, at))
      .sort((a, b) => (a.time < b.time ? -1 : 1));
    const shown = views.filter(({ state }) => all || (state !== 'applied' && state !== 'outdated'));
    const { version } = world.law.policy;
    return {
      kind: ground.kind,
      json: { ...ground.json, version, changes: shown },
      text: ({ columns }) =>
        [
          ...ground.head,
          `policy version ${version} is in force`,
          ...(shown.length === 0 ? ['no proposal waits'] : []),
          ...shown.flatMap((view) => [
            ...table(
              [
                [
                  brief(view.change),
                  titleOf(view),
                  view.state,
                  `by ${view.proposedBy}, ${view.time.slice(0, 10)}: ${escapeShown(view.reason.replaceAll('\n', ' '))}`,
                ],
              ],
              columns,
            ),
            ...view.next.map((step) => `  next: ${step}`),
          ]),
          ...(shown.length === views.length ? [] : [`${views.length - shown.length} more with --all`]),
        ].join('\n'),
    };
  },
};

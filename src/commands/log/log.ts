import * as z from 'zod';
import { IterationId } from '../../domain/names.ts';
import type { Command, View } from '../shared/command.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { brief } from '../shared/terminal/layout.ts';
import { counted, groundOf, separationLines, separationWaiver } from '../shared/views/notices.ts';
import { pickBundle } from '../shared/views/pick.ts';
import { quoted, styleOf, wrap } from '../shared/terminal/style.ts';
import { openWorkspace } from '../shared/opening/workspace.ts';
import { counts, loggedActs, type LoggedAct } from './acts.ts';
import { conversationLines } from './conversation.ts';

const Input = z.object({ iteration: IterationId.optional() });

/** Who did what when, from the founding on. */
export const log: Command<z.infer<typeof Input>> = {
  name: 'log',
  group: 'see',
  summary: 'every act of the history in order: who, when, in which role, why',
  description:
    'Of one iteration the whole conversation: what answers what, what experts judged, and comments under what they are\n' +
    'about. The ids are those of entries, for --about, --to and --answers.',
  arguments: [{ name: '[iteration]', description: 'line@version; without it everything' }],
  options: [],
  examples: ['modelsmith log', 'modelsmith log claims-triage@1.4.0 --json'],
  writes: false,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    const workspace = await openWorkspace(context, common);
    const { world, verification } = workspace;
    const picked = input.iteration === undefined ? null : pickBundle(world, input.iteration);
    if (picked !== null && 'kind' in picked) return picked;
    const ground = groundOf(context, workspace);
    const waiver = picked === null ? null : separationWaiver(world, [picked.bundle]);
    const all = loggedActs(verification.commits);
    const acts = all.filter((act) => input.iteration === undefined || act.iteration === input.iteration);
    const voids = verification.commits.filter((commit) => !counts(commit)).length;
    return {
      kind: ground.kind,
      json: { ...ground.json, separationWaived: waiver, voidCommits: voids, acts },
      text: (view) =>
        [
          ...ground.head,
          ...separationLines(waiver),
          ...(picked === null ? logLines(acts, view) : conversationLines(acts, view)),
          ...(voids === 0 ? [] : [`${counted(voids, 'commit')} not valid and left out`]),
        ].join('\n'),
    };
  },
};

function logLines(acts: readonly LoggedAct[], { columns, color }: View): readonly string[] {
  const style = styleOf(color);
  return acts.flatMap(({ time, commit, signer, role, act, iteration, line, what, reason }) => {
    const about = iteration ?? line;
    const head = `${signer}${role === null ? '' : ` (${role})`}: ${style.bold(act)}${about === null ? '' : ` ${about}`}`;
    return [
      `${time}  ${brief(commit)}  ${head}`,
      ...wrap(escapeShown(what), columns - 4).map((text) => `    ${text}`),
      ...(reason === null ? [] : quoted(reason, columns, '    | ')),
    ];
  });
}

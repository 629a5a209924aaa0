import * as z from 'zod';
import type { Drill } from '../../domain/drill.ts';
import { drillsOf, drillStandings } from '../../machine/drills.ts';
import type { Command } from '../shared/command.ts';
import { drillViews, overdueLines, type DrillView } from '../shared/views/drill-view.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { brief, table } from '../shared/terminal/layout.ts';
import { groundOf } from '../shared/views/notices.ts';
import { openTip } from '../shared/opening/workspace.ts';

const Input = z.object({});

/** What was drilled, and what is due. */
export const listDrills: Command<z.infer<typeof Input>> = {
  name: 'drill list',
  group: 'emergency',
  summary: 'the drills recorded, and those that are due',
  arguments: [],
  options: [],
  examples: ['modelsmith drill list', 'modelsmith drill list --json'],
  writes: false,
  reads: true,
  input: Input,
  run: async (context, _input, common) => {
    const workspace = await openTip(context, common);
    const { world, valid } = workspace;
    const ground = groundOf(context, workspace);
    const drills = drillsOf(world.tree);
    const asked = drillViews(drillStandings(world, Math.max(context.now(), valid.clock)));
    return {
      kind: ground.kind,
      json: { ...ground.json, asked, drills },
      text: ({ columns }) =>
        [
          ...ground.head,
          ...(drills.length === 0 ? ['no drills'] : table(drills.map(rowOf), columns)),
          ...asked.flatMap(dueLines),
          ...overdueLines(asked, columns),
        ].join('\n'),
    };
  },
};

function rowOf({ id, time, principal, overrides, outcome, steps, failure }: Drill): readonly string[] {
  const seconds = Math.round(steps.reduce((sum, { ms }) => sum + ms, 0) / 1000);
  const why = failure === undefined ? '' : `: ${failure.split('\n')[0] ?? ''}`;
  return [
    ...[brief(id), time, principal, outcome],
    escapeShown(`${overrides.join(', ')}, in ${seconds} s${why}`),
  ];
}

function dueLines({ override, due, overdue }: DrillView): readonly string[] {
  return overdue || due === null ? [] : [`${override} is to be drilled again by ${due.slice(0, 10)}`];
}

import * as z from 'zod';
import { IterationId, LineName } from '../../domain/names.ts';
import { drillStandings } from '../../machine/drills.ts';
import { unheldRoles } from '../../machine/unheld-roles.ts';
import type { Command, CommonOptions, Outcome } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { drillViews, overdueLines } from '../shared/views/drill-view.ts';
import { endedPeopleAt } from '../shared/views/ended-people.ts';
import {
  groundOf,
  separationLines,
  separationWaiver,
  troubleLines,
  troublesAt,
} from '../shared/views/notices.ts';
import { ownKeyEndLine, ownKeyEnds } from '../shared/opening/own-key-ends.ts';
import { pickBundle } from '../shared/views/pick.ts';
import { unheldLines } from '../shared/views/unheld-lines.ts';
import { lookAtTip, openTip, type Tip } from '../shared/opening/workspace.ts';
import { detailJson, detailText } from './detail.ts';
import { overviewOf, overviewText } from './overview.ts';

/** Of a line there is another verb, which whoever names one is told. */
const Named = z
  .string()
  .superRefine((text, issues) => {
    if (LineName.safeParse(text).success)
      issues.addIssue({
        code: 'custom',
        message: `must be written line@version; of a line: modelsmith show ${text}`,
        continue: false,
      });
  })
  .pipe(IterationId);
const Input = z.object({ iteration: Named.optional() });

/** Where everything stands now, and what it waits for. */
export const status: Command<z.infer<typeof Input>> = {
  name: 'status',
  group: 'see',
  summary: 'where every iteration stands and what it waits for',
  description:
    'For one iteration: its gates with who can sign and what they type, approvals that do not count any more, open\n' +
    'objections, missing evidence, scores against thresholds, and what is next.',
  arguments: [{ name: '[iteration]', description: 'line@version; without it an overview of every line' }],
  options: [],
  examples: ['modelsmith status', 'modelsmith status claims-triage@1.4.0'],
  writes: false,
  reads: true,
  input: Input,
  run: async (context, { iteration }, common) =>
    iteration === undefined
      ? await lookAtTip(context, common, (tip) => everything(context, common, tip))
      : await one(context, common, iteration),
};

async function everything(context: Context, common: CommonOptions, workspace: Tip): Promise<Outcome> {
  const { world, valid } = workspace;
  const at = Math.max(context.now(), valid.clock);
  const yours = await ownKeyEnds(context, world.law, common, at);
  const ground = groundOf(context, workspace);
  const overview = overviewOf(world, at);
  const waiver = separationWaiver(world, overview.iterations);
  const troubles = troublesAt(workspace, at);
  const unheld = unheldRoles(world.law, at);
  const drills = drillViews(drillStandings(world, at));
  return {
    kind: ground.kind,
    json: {
      ...ground.json,
      separationWaived: waiver,
      ...troubles,
      yours,
      unheld,
      drills,
      lines: overview.lines,
    },
    text: (view) =>
      [
        ...ground.head,
        ...yours.map(ownKeyEndLine),
        ...separationLines(waiver),
        ...troubleLines(troubles, view.columns),
        ...unheldLines(unheld, view.columns),
        ...overdueLines(drills, view.columns),
        ...overviewText(overview.lines, view),
      ].join('\n'),
  };
}

async function one(context: Context, common: CommonOptions, iteration: IterationId): Promise<Outcome> {
  const workspace = await openTip(context, common);
  const { world, valid } = workspace;
  const at = Math.max(context.now(), valid.clock);
  const yours = await ownKeyEnds(context, world.law, common, at);
  const picked = pickBundle(world, iteration);
  if ('kind' in picked) return picked;
  const ground = groundOf(context, workspace);
  const { bundle } = picked;
  const waiver = separationWaiver(world, [bundle]);
  const detail = detailJson(world, bundle, at, await endedPeopleAt(context.verifier, world, at));
  return {
    kind: ground.kind,
    json: { ...ground.json, ...detail, separationWaived: waiver, yours },
    text: (view) =>
      [
        ...ground.head,
        ...yours.map(ownKeyEndLine),
        ...separationLines(waiver),
        ...detailText(bundle, detail, view),
      ].join('\n'),
  };
}

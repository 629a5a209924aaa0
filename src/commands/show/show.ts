import { z } from 'zod';
import { IterationId, SafePath } from '../../domain/names.ts';
import type { Command } from '../shared/command.ts';
import { groundOf, separationLines, separationWaiver } from '../shared/notices.ts';
import { pickBundle } from '../shared/pick.ts';
import { standingView } from '../shared/standing-view.ts';
import { openWorkspace } from '../shared/workspace.ts';
import { showFile } from './bundle-file.ts';
import { recordLines } from './record-text.ts';

const Input = z.object({ iteration: IterationId, file: SafePath.optional() });

/** Everything recorded about one iteration. */
export const show: Command<z.infer<typeof Input>> = {
  name: 'show',
  group: 'see',
  summary: 'everything recorded about one iteration, or one file of its bundle',
  arguments: [{ name: '<iteration>', description: 'line@version' }],
  options: [{ flags: '--file <path>', description: 'print one file of the bundle, such as model-card.md' }],
  examples: [
    'modelsmith show claims-triage@1.4.0',
    'modelsmith show claims-triage@1.4.0 --file model-card.md',
  ],
  writes: false,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    const workspace = await openWorkspace(context, common);
    const { world, valid } = workspace;
    const picked = pickBundle(world, input.iteration);
    if ('kind' in picked) return picked;
    const { bundle } = picked;
    const waiver = separationWaiver(world, [bundle]);
    if (input.file !== undefined) {
      const shown = showFile(bundle, input.file);
      const ground = groundOf(context, workspace);
      return {
        kind: ground.kind,
        json: { ...ground.json, separationWaived: waiver, iteration: input.iteration, ...shown.json },
        text: () => [...ground.head, ...separationLines(waiver), ...shown.lines].join('\n'),
      };
    }
    const ground = groundOf(context, workspace);
    const standing = standingView(world, bundle, Math.max(context.now(), valid.clock));
    return {
      kind: ground.kind,
      json: {
        ...ground.json,
        iteration: input.iteration,
        record: bundle.record,
        lock: bundle.lock,
        approvals: bundle.approvals,
        standing,
        separationWaived: waiver,
      },
      text: (view) =>
        [...ground.head, ...separationLines(waiver), ...recordLines(bundle, standing, view)].join('\n'),
    };
  },
};

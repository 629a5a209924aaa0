import * as z from 'zod';
import { IterationId } from '../../domain/names.ts';
import type { Command } from '../shared/command.ts';
import { groundOf } from '../shared/views/notices.ts';
import { pickBundle } from '../shared/views/pick.ts';
import { openWorkspace } from '../shared/opening/workspace.ts';
import { resultPage } from './page.ts';

const Input = z.object({ iteration: IterationId });

/** The page of a result, to be published or put beside a release. */
export const report: Command<z.infer<typeof Input>> = {
  name: 'report',
  group: 'see',
  summary: 'print the result of an iteration as a Markdown page',
  description:
    'Data, harness, rubric, scores against thresholds and baseline, regressions, comparators, signatures, and how to make the\n' +
    'page again. It tells what the verified history holds and nothing else, so one commit gives one page.',
  arguments: [{ name: '<iteration>', description: 'line@version' }],
  options: [],
  examples: ['modelsmith report claims-triage@1.4.0 > claims-triage-1.4.0.md'],
  writes: false,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    const workspace = await openWorkspace(context, common);
    const picked = pickBundle(workspace.world, input.iteration);
    if ('kind' in picked) return picked;
    const ground = groundOf(context, workspace);
    const { commit, signer } = workspace.root;
    const page = resultPage(workspace.world, picked.bundle, {
      commit: workspace.valid.id,
      root: `${commit}:${signer}`,
    });
    return {
      kind: ground.kind,
      json: { ...ground.json, iteration: input.iteration, page },
      text: () => [...ground.head, page.trimEnd()].join('\n'),
    };
  },
};

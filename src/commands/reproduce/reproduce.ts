import * as z from 'zod';
import { IterationId } from '../../domain/names.ts';
import { completeRuns, runsVerdict } from '../../machine/verdict.ts';
import type { Command } from '../shared/command.ts';
import { groundOf, separationLines, separationWaiver } from '../shared/views/notices.ts';
import { pickBundle } from '../shared/views/pick.ts';
import { reasonsJson } from '../shared/explaining/refusal.ts';
import { styleOf, wrap } from '../shared/terminal/style.ts';
import { openTip } from '../shared/opening/workspace.ts';
import { deriveRun } from './derivation.ts';
import { checkEveryFile, digestsOf } from './digests.ts';
import { runText } from './steps-text.ts';

const Input = z.object({ iteration: IterationId });

/** From files to verdict, every step shown, so that anybody can do it again without this tool. */
export const reproduce: Command<z.infer<typeof Input>> = {
  name: 'reproduce',
  group: 'see',
  summary: 'compute an iteration’s scores again, every step and digest shown',
  description:
    'Files, task values, normalised scores, composites, regressions, thresholds, verdict. Arithmetic is exact; where a\n' +
    'decimal is cut the fraction is shown. Every digest comes with a command that computes it without this tool.',
  arguments: [{ name: '<iteration>', description: 'line@version' }],
  options: [],
  examples: ['modelsmith reproduce claims-triage@1.4.0'],
  writes: false,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    const workspace = await openTip(context, common);
    const { world } = workspace;
    const picked = pickBundle(world, input.iteration);
    if ('kind' in picked) return picked;
    const { bundle } = picked;
    const ground = groundOf(context, workspace);
    const waiver = separationWaiver(world, [bundle]);
    const derived = completeRuns(bundle).map((run) => deriveRun(world, bundle, run));
    const digests = digestsOf(bundle);
    const check = checkEveryFile(bundle);
    const verdict = runsVerdict(bundle);
    const { lock } = bundle;
    const sound = derived.every((one) => one.kind === 'derived' && one.steps.asRecorded);
    return {
      kind: sound ? ground.kind : 'no',
      json: {
        ...ground.json,
        iteration: input.iteration,
        separationWaived: waiver,
        lock: lock.id,
        thresholds: lock.thresholds,
        verdict,
        runs: derived.map((one) =>
          one.kind === 'derived' ? one.steps : { run: one.run, refused: reasonsJson(one.reasons) },
        ),
        digests,
        check: check.join('\n'),
      },
      text: (view) =>
        [
          ...ground.head,
          ...separationLines(waiver),
          `${styleOf(view.color).bold(input.iteration)}: ${words(verdict, derived.length, lock.runs)}`,
          ...derived.flatMap((one) => [
            '',
            ...(one.kind === 'derived'
              ? runText(one.steps, view)
              : reasonsJson(one.reasons).flatMap(({ code, sentence }) =>
                  wrap(`run ${one.run}: ${code} ${sentence}`, view.columns),
                )),
          ]),
          '',
          'digests, each with the command that computes it again at the top of the repository',
          ...digests.flatMap(({ what, sha256, command }) => [
            ...wrap(what, view.columns - 2).map((line) => `  ${line}`),
            `    ${sha256}`,
            ...(command ?? []).map((line) => `    $ ${line}`),
          ]),
          '',
          'every file of the bundle',
          ...check,
        ].join('\n'),
    };
  },
};

function words(verdict: 'pending' | 'pass' | 'fail', has: number, of: number): string {
  switch (verdict) {
    case 'pending':
      return `no verdict yet, has ${has} of ${of} runs`;
    case 'pass':
      return `pass, by the worst of ${has}`;
    case 'fail':
      return `fail, by the worst of ${has}`;
  }
}

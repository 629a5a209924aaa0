import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { EntryId, IterationId, PrincipalName, SafeName, toIteration } from '../../domain/names.ts';
import type { Command } from '../shared/command.ts';
import { ExceptionStart } from '../shared/views/exception-start.ts';
import { CONFIDENTIAL_OPTION, Protection } from '../shared/confidential/protect.ts';
import { exportJson, exportLines } from '../shared/intake/export-lines.ts';
import { iterationOutcome } from '../shared/views/iteration-outcome.ts';
import { IMPORTER_OPTION, REGISTRY_OPTION, REQUEST_OPTIONS } from '../shared/intake/pipeline-options.ts';
import { SIGN_OPTION } from '../shared/intake/model-signature.ts';
import { PLAIN_HTTP_OPTION } from '../shared/intake/registry-choice.ts';
import { originLines } from '../shared/intake/artifact-words.ts';
import { FROM_OPTION, withModel } from '../shared/intake/model-folder.ts';
import { itemCountLines, itemsOf } from '../shared/intake/run-items.ts';
import { required } from '../shared/opening/required.ts';
import { runJson, runLines } from '../shared/intake/run-lines.ts';
import { TRANSCRIPTS_OPTION } from '../shared/intake/transcripts.ts';
import { land, openDesk, Plan } from '../shared/opening/write.ts';
import { planSubmission, type SubmissionInput } from '../shared/intake/submission.ts';

const Input = z.object({
  iteration: IterationId,
  adapter: z.string().nullable().default(null),
  from: z.string().nullable().default(null),
  metadata: required('a YAML file; `modelsmith request --template` prints an example'),
  results: z.array(z.string(), 'must be given: the output of the evaluation harness').min(1),
  run: z.array(SafeName).default([]),
  transcripts: z.array(z.string()).default([]),
  evidence: z.array(z.string()).default([]),
  base: z.string().nullable().default(null),
  lock: EntryId.nullable().default(null),
  onBehalfOf: PrincipalName.nullable().default(null),
  exception: z.array(ExceptionStart).default([]),
  importer: z.string().nullable().default(null),
  registry: z.string().nullable().default(null),
  modelKey: z.string().nullable().default(null),
  modelCa: z.string().nullable().default(null),
  signModel: z.string().nullable().default(null),
  plainHttp: z.boolean().default(false),
  confidential: Protection,
});

/** Everything a pipeline does for a candidate, in one commit: as far as the criteria carry it. */
export const submit: Command<z.infer<typeof Input>> = {
  name: 'submit',
  group: 'pipeline',
  summary: 'request, evidence, evaluation and export of a candidate in one commit',
  description:
    'Goes as far as the criteria carry the candidate: where its runs clear the lock it ends as artifact-exported. A run ' +
    'that does not clear the lock is recorded all the same, and nothing is exported.',
  arguments: [{ name: '<iteration>', description: 'line@version' }],
  options: [
    ...REQUEST_OPTIONS,
    FROM_OPTION,
    {
      flags: '--results <file>',
      description: 'output of the harness, or the folder of its outputs; one for each run',
      repeat: true,
    },
    {
      flags: '--run <name>',
      description: 'name of each run, in the order of --results (default: run-1, run-2, …)',
      repeat: true,
    },
    TRANSCRIPTS_OPTION,
    { ...CONFIDENTIAL_OPTION, description: `transcripts ${CONFIDENTIAL_OPTION.description}` },
    { flags: '--evidence <file>', description: 'document for the bundle', repeat: true },
    IMPORTER_OPTION,
    REGISTRY_OPTION,
    SIGN_OPTION,
    PLAIN_HTTP_OPTION,
  ],
  examples: [
    'modelsmith submit claims-triage@1.4.0 --adapter out/adapter --metadata metadata.yaml \\',
    '    --results results.json --evidence model-card.md --evidence rollback-procedure.md',
    'modelsmith submit claims-triage@1.4.0 --from oci://registry.example.org/candidates/claims:run-2117 \\',
    '    --metadata metadata.yaml --results logs/',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    const runs = namedRuns(input);
    const desk = await openDesk(context, common);
    const plan = new Plan(desk);
    const iteration = toIteration(input.iteration);
    return await withModel(context, input, async ({ folder: adapter, origin }) => {
      const done = await planSubmission(desk, common, plan, iteration, { ...input, adapter, origin, runs });
      if (done.kind === 'refused') return done;
      const { request, evaluations, exported } = done;
      const report = await land(desk, common, plan, `Submit ${input.iteration}: ${done.state}`);
      return iterationOutcome(desk, plan, iteration, report, {
        json: {
          request: request.id,
          onBehalfOf: request.onBehalfOf,
          lock: request.lock,
          artifact: request.artifact,
          origin: request.origin ?? null,
          base: request.base,
          evidence: done.evidence,
          evaluations: evaluations.map(runJson),
          export: exported === null ? null : exportJson(exported.entry, exported.registry),
        },
        lines: (after, style, columns) => [
          ...originLines(request.origin),
          ...evaluations.flatMap((run) => [
            ...runLines(after, run, style, columns),
            ...itemCountLines(itemsOf(context, after, run), columns),
          ]),
          ...(exported === null ? [] : exportLines(exported.entry, exported.registry, common.dryRun)),
        ],
      });
    });
  },
};

function namedRuns({ results, run, transcripts }: z.infer<typeof Input>): SubmissionInput['runs'] {
  for (const [flag, given] of [
    ['--run', run],
    ['--transcripts', transcripts],
  ] as const) {
    if (given.length === 0 || given.length === results.length) continue;
    throw new CannotTell('USAGE', `${flag} must be given as often as --results, or not at all`, {
      facts: [`--results ${results.length} times, ${flag} ${given.length} times`],
    });
  }
  return results.map((file, index) => ({
    results: file,
    run: run[index] ?? SafeName.parse(`run-${index + 1}`),
    transcripts: transcripts.slice(index, index + 1),
  }));
}

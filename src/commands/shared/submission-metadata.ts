import { z } from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { Time } from '../../domain/names.ts';
import { Mutation } from '../../domain/policy.ts';
import { CHANGE_FLAGS } from '../../domain/request.ts';
import { Label, Text } from '../../domain/text.ts';
import { parseYaml } from '../../domain/yaml-document.ts';
import type { Context } from './context.ts';

/** The metadata payload of a promotion request, as people and pipelines write it. */
export const SubmissionMetadata = z.strictObject({
  change: z.strictObject({
    mutation: Mutation,
    summary: Text,
    parent: z.string().optional(),
    flags: z.partialRecord(z.enum(CHANGE_FLAGS), z.boolean()).default({}),
    capabilities: z.array(z.string()).default([]),
    permissions: z.array(z.string()).default([]),
  }),
  lineage: z.strictObject({
    datasets: z
      .array(
        z.strictObject({
          name: Label,
          digest: z.string(),
          licence: Label.optional(),
          jurisdiction: Label.optional(),
          personalData: z.boolean().optional(),
          retention: Label.optional(),
        }),
      )
      .default([]),
    training: z.strictObject({
      system: Label,
      run: Label,
      startedAt: Time,
      endedAt: Time,
      codeCommit: z.string().optional(),
    }),
  }),
  licence: Label.optional(),
  contact: Label.optional(),
  intendedUse: Text.optional(),
  /** The name the harness prints for the adapter, where it is not the name of its folder. */
  evaluatedAs: Label.optional(),
});
export type SubmissionMetadata = z.infer<typeof SubmissionMetadata>;

/** @throws CannotTell BAD_DATA with the line. */
export async function readMetadata(context: Context, path: string): Promise<SubmissionMetadata> {
  const result = parseYaml(SubmissionMetadata, await context.files.read(path, 1024 * 1024), path);
  if (result.ok) return result.value;
  const [{ place, message }, ...rest] = result.problems;
  throw new CannotTell('BAD_DATA', `${place.key ?? path} ${message}`, {
    place,
    facts: rest.map((problem) => `${problem.place.key ?? ''} ${problem.message}`),
    remedy: 'modelsmith request --template   (prints an example with every key)',
  });
}

export const METADATA_TEMPLATE = `# What a promotion request says beside the artifact. Everything here is signed.
change:
  mutation: adapter-update        # adapter-update, full-finetune, quantization, merge, prompt, tool, code, data
  summary: One or two sentences on what is different and why.
  # parent: 1.3.0                 # the iteration this one was made from
  flags:                          # what is not declared counts as true
    affects-production-traffic: true
    expands-permissions: false
    modifies-code: false
    modifies-data-lineage: false
    modifies-evaluator: false
    personal-data: false
  capabilities: []
  permissions: []                 # exec, network:<host>, tool:<name>, data:<class>

lineage:
  datasets:
    - name: claims-2025
      digest: "0000000000000000000000000000000000000000000000000000000000000000"   # sha256
      licence: proprietary
      jurisdiction: EU
      personalData: false
      retention: P2Y
  training:
    system: my-trainer
    run: run-2117
    startedAt: 2026-03-02T09:30:00Z   # the lock must be older
    endedAt: 2026-03-02T17:05:00Z
    # codeCommit: full commit id of the training code

licence: proprietary
contact: ml-team@example.org
intendedUse: Suggests the queue of a claim to a human handler.
# evaluatedAs: name-of-the-adapter   # where the harness knew it under another name than its folder
`;

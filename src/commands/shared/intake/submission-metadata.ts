import * as z from 'zod';
import { CannotTell } from '../../../base/errors.ts';
import { SafeName, Version } from '../../../domain/names.ts';
import { CHANGE_FLAGS, Mutation, Permission } from '../../../domain/model-change.ts';
import { Dataset, Training } from '../../../domain/request.ts';
import { Label, Text } from '../../../domain/text.ts';
import { parseYaml } from '../../../domain/yaml-document.ts';
import type { Context } from '../context.ts';

const MAX_METADATA_BYTES = 1024 * 1024;

function list<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .refine(
      (all) => new Set(all.map((one) => JSON.stringify(one))).size === all.length,
      'must hold each once',
    )
    .default([]);
}

/** The metadata payload of a promotion request, as people and pipelines write it. In the record its lists are sorted. */
export const SubmissionMetadata = z.strictObject({
  change: z.strictObject({
    mutation: Mutation,
    summary: Text,
    parent: Version.optional(),
    flags: z.partialRecord(z.enum(CHANGE_FLAGS), z.boolean()).default({}),
    capabilities: list(SafeName),
    permissions: list(Permission),
  }),
  lineage: z.strictObject({ datasets: list(Dataset), training: Training }),
  licence: Label.optional(),
  contact: Label.optional(),
  intendedUse: Text.optional(),
  /** The name the harness prints for the adapter, where it is not the name of its folder. */
  evaluatedAs: Label.optional(),
});
export type SubmissionMetadata = z.infer<typeof SubmissionMetadata>;

/** @throws CannotTell BAD_DATA with every problem, each with its line; and as reading the file does. */
export async function readMetadata(
  { files }: Pick<Context, 'files'>,
  path: string,
): Promise<SubmissionMetadata> {
  const result = parseYaml(SubmissionMetadata, await files.read(path, MAX_METADATA_BYTES), path);
  if (result.ok) return result.value;
  const [{ place, message }, ...rest] = result.problems;
  throw new CannotTell('BAD_DATA', `the metadata is not sound: ${place.key ?? ''} ${message}`, {
    place,
    facts: rest.map(
      (problem) => `line ${problem.place.line ?? '?'}: ${problem.place.key ?? ''} ${problem.message}`,
    ),
    remedy: 'modelsmith request --template   (prints an example with every key)',
  });
}

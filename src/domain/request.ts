import * as z from 'zod';
import { entryHeader, fileSet, isStrictlySorted } from './entry.ts';
import { LockStamps, LockStrength } from './lock-strength.ts';
import { ChangeFlag, Mutation, Permission } from './model-change.ts';
import { ModelSignature } from './model-statement.ts';
import { EntryId, PrincipalName, SafeName, Sha256Text, Time, Version } from './names.ts';
import { RequestOrigin } from './request-origin.ts';
import { Label, Text } from './text.ts';

/** What is asked to be promoted: the artifact by digest, its pinned base, what changed and where it comes from. */

const files = {
  /** Name by which an evaluation harness knows it: the last segment of its path. */
  name: Label,
  files: fileSet(),
  /** SHA-256 of what `sha256sum` prints for the files, sorted by path. */
  digest: Sha256Text,
  /** Which of the files carry the id of a lock; absent where none does. */
  stamps: LockStamps.optional(),
};

const Adapter = z
  .strictObject({
    format: z.literal('peft-lora'),
    ...files,
    facts: z
      .strictObject({
        rank: z.int().min(1),
        targetModules: z.array(Label).readonly(),
        parameters: z.int().min(1),
      })
      .readonly(),
  })
  .readonly();

/** A model that needs no other to run: all its tensors, in safetensors files or in one GGUF file. */
const WholeModel = z
  .strictObject({
    format: z.enum(['safetensors', 'gguf']),
    ...files,
    facts: z
      .strictObject({
        architecture: Label,
        tensors: z.int().min(1),
        parameters: z.int().min(1),
        /** Types of the tensors, sorted. */
        types: z
          .array(Label)
          .min(1)
          .max(100)
          .refine(isStrictlySorted, 'must be sorted, each once')
          .readonly(),
      })
      .readonly(),
  })
  .readonly();

export const Artifact = z.discriminatedUnion('format', [Adapter, WholeModel]);
export type Artifact = z.infer<typeof Artifact>;
export type ArtifactFormat = Artifact['format'];

const Pin = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('commit'),
      value: z.string().regex(/^[0-9a-f]{40}$/, 'must be a full commit id'),
    }),
    z.strictObject({ kind: z.literal('digest'), value: Sha256Text }),
  ])
  .readonly();

export const BaseModel = z
  .strictObject({ name: Label, pin: Pin, statedBy: z.enum(['adapter-config', 'submitter']) })
  .readonly();
export type BaseModel = z.infer<typeof BaseModel>;

const Change = z
  .strictObject({
    mutation: Mutation,
    summary: Text,
    /** The iteration this one was made from, where it is governed here. */
    parent: Version.optional(),
    flags: z
      .array(z.strictObject({ name: ChangeFlag, value: z.boolean() }).readonly())
      .refine(
        (flags) => isStrictlySorted(flags.map((flag) => flag.name)),
        'must be sorted by name, each flag once',
      )
      .readonly(),
    capabilities: z.array(SafeName).max(200).refine(isStrictlySorted, 'must be sorted, each once').readonly(),
    permissions: z
      .array(Permission)
      .max(200)
      .refine(isStrictlySorted, 'must be sorted, each once')
      .readonly(),
  })
  .readonly();

export const Dataset = z
  .strictObject({
    name: Label,
    /** SHA-256 of the data, or of its manifest. */
    digest: Sha256Text,
    licence: Label.optional(),
    jurisdiction: Label.optional(),
    personalData: z.boolean().optional(),
    retention: Label.optional(),
    /** SHA-256 of its data sheet, an attachment of the bundle. */
    sheet: Sha256Text.optional(),
    /** SHA-256 of what shows the legal basis of its personal data, an attachment of the bundle. */
    legalBasis: Sha256Text.optional(),
  })
  .readonly();

export type Dataset = z.infer<typeof Dataset>;

export const Training = z
  .strictObject({
    system: Label,
    run: Label,
    startedAt: Time,
    endedAt: Time,
    codeCommit: z
      .string()
      .regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/, 'must be a full commit id')
      .optional(),
  })
  .readonly();

export const Request = z
  .strictObject({
    ...entryHeader('request'),
    /** The human who wants this promoted. An automation requests for somebody, never for itself. */
    onBehalfOf: PrincipalName,
    lock: EntryId,
    /**
     * What this entry shows by itself of the lock the artifact was trained under. Whether it is attested, too, follows from
     * whom the policy trusts, so no entry says it.
     */
    lockStrength: LockStrength.exclude(['attested']),
    /** The exceptions whose waiver this request needs. */
    exceptions: z
      .array(EntryId)
      .min(1)
      .max(20)
      .refine(isStrictlySorted, 'must be sorted, each once')
      .readonly()
      .optional(),
    artifact: Artifact,
    /** Where the artifact was taken from, if from under a digest. */
    origin: RequestOrigin.optional(),
    /** The signature over the model's files that was verified when it came in; absent where none was. */
    modelSignature: ModelSignature.optional(),
    base: BaseModel,
    change: Change,
    lineage: z
      .strictObject({
        datasets: z
          .array(Dataset)
          .max(1000)
          .refine(
            (sets) => isStrictlySorted(sets.map((set) => set.name)),
            'must be sorted by name, each name once',
          )
          .readonly(),
        training: Training,
      })
      .readonly(),
    metadata: z
      .strictObject({ licence: Label.optional(), contact: Label.optional(), intendedUse: Text.optional() })
      .readonly(),
  })
  .readonly();
export type Request = z.infer<typeof Request>;

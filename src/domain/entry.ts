import * as z from 'zod';
import { EntryId, Fingerprint, PrincipalName, RepositoryId, Sha256Text, SafePath, Time } from './names.ts';
import { Role } from './roles.ts';

/**
 * What every recorded act says about itself, so that standing can be computed from the tree alone.
 * Validity checks each field against the signature of the commit that brought the entry.
 */
export function entryHeader<Act extends string>(act: Act) {
  return {
    id: EntryId,
    act: z.literal(act),
    repository: RepositoryId,
    principal: PrincipalName,
    role: Role,
    key: Fingerprint,
    time: Time,
    /** Ids of the entries this act builds on, sorted, each once. */
    reliedOn: idSet(),
  };
}

export interface EntryHeader {
  readonly id: EntryId;
  readonly act: string;
  readonly repository: RepositoryId;
  readonly principal: PrincipalName;
  readonly role: Role;
  readonly key: Fingerprint;
  readonly time: Time;
  readonly reliedOn: readonly EntryId[];
}

/** A list that is sorted and holds each id once: sets have one spelling. */
export function idSet() {
  return z.array(EntryId).max(10_000).refine(isStrictlySorted, 'must be sorted, each id once').readonly();
}

export function toIdSet(ids: Iterable<EntryId>): readonly EntryId[] {
  return [...new Set(ids)].sort();
}

export function isStrictlySorted(list: readonly string[]): boolean {
  return list.every((item, index) => index === 0 || (list[index - 1] ?? '') < item);
}

/** A file of a bundle by its digest. `path` is relative to the bundle. */
export const FileEntry = z
  .strictObject({ path: SafePath, size: z.int().min(0), sha256: Sha256Text })
  .readonly();
export type FileEntry = z.infer<typeof FileEntry>;

export function fileSet(max = 1000) {
  return z
    .array(FileEntry)
    .max(max)
    .refine(
      (files) => isStrictlySorted(files.map((file) => file.path)),
      'must be sorted by path, each path once',
    )
    .readonly();
}

import { sha256 } from '../base/digest.ts';
import { confidentialFileDocument, type ConfidentialFile } from '../domain/confidential-file.ts';
import type { FileEntry } from '../domain/entry.ts';
import { confidentialPath, sealedFile, standInFile } from '../domain/paths.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { Erasure, PromotionRecord } from '../domain/record.ts';
import { readSealedMessage } from '../domain/sealed-message.ts';
import { fileAt, filesUnder, type TreeFolder } from '../domain/tree.ts';
import type { NewFile } from './act.ts';
import { mayBeConfidential } from './evidence-rules.ts';
import { ruleOfLine, type Law } from './law.ts';
import { trustedFile, type Bundle } from './world.ts';
import type { LineName } from '../domain/names.ts';

/**
 * What is wrong with the stand-ins and ciphertexts that an act brings. Each ciphertext has a stand-in, each stand-in its
 * ciphertext or none, and what they stand for lies nowhere beside them in the clear.
 * @param files by their paths in the bundle. @param folder of the bundle, before.
 */
export function checkConfidential(
  files: readonly NewFile[],
  { folder, record }: Pick<Bundle, 'folder' | 'record'>,
): readonly Reason[] {
  const brought = new Map(files.map((file) => [file.path, file.bytes]));
  const isThere = (path: string): boolean => brought.has(path) || fileAt(folder, path) !== null;
  return files.flatMap(({ path, bytes }): readonly Reason[] => {
    if (!mayBeConfidential(path)) return [];
    const about = confidentialPath(path);
    // In the clear beside what stands for it, however they came there.
    if (about === null)
      return fileAt(folder, standInFile(path)) === null
        ? []
        : [unsound(path, 'lies in the clear beside its stand-in')];
    if (about.kind === 'sealed')
      return brought.has(standInFile(about.path)) ? [] : [unsound(path, 'comes without its stand-in')];
    const parsed = confidentialFileDocument.parse(bytes, path);
    if (!parsed.ok)
      return parsed.problems.map(({ place, message }) =>
        reason('DOCUMENT_UNSOUND', { path, message, place }),
      );
    return [
      ...(isThere(about.path) ? [unsound(path, 'stands for a file that lies beside it in the clear')] : []),
      ...checkStandIn(path, about.path, parsed.value, brought.get(sealedFile(about.path)) ?? null),
      // What is not brought anew would stay, and nobody could say of what it is the ciphertext.
      ...(parsed.value.sealed === undefined && fileAt(folder, sealedFile(about.path)) !== null
        ? [unsound(path, 'takes the place of a stand-in whose ciphertext is here; give it another name')]
        : []),
      ...(erasureOf(record, { path: about.path, sha256: parsed.value.sha256 }) === null
        ? []
        : [unsound(path, 'stands for content that was erased here')]),
    ];
  });
}

function checkStandIn(
  path: string,
  about: string,
  { name, sealed }: ConfidentialFile,
  ciphertext: Uint8Array | null,
): readonly Reason[] {
  const expected = about.split('/').at(-1);
  return [
    ...(name === expected ? [] : [unsound(path, `stands for ${name}, and lies where ${expected} would`)]),
    ...(confidentialPath(about) === null ? [] : [unsound(path, 'stands for a stand-in or a ciphertext')]),
    ...(sealed === undefined
      ? ciphertext === null
        ? []
        : [unsound(path, 'says nothing of the ciphertext beside it')]
      : checkSealed(sealedFile(about), sealed, ciphertext)),
  ];
}

function checkSealed(
  path: string,
  sealed: NonNullable<ConfidentialFile['sealed']>,
  ciphertext: Uint8Array | null,
): readonly Reason[] {
  if (ciphertext === null) return [reason('EVIDENCE_MISSING', { path })];
  const found = sha256(ciphertext);
  if (found !== sealed.sha256) return [reason('FILE_DIFFERS', { path, stated: sealed.sha256, found })];
  const message = readSealedMessage(ciphertext);
  if (message.kind === 'unsealed') return [unsound(path, message.why)];
  const [stated, present] = [sealed.recipients.join(', '), message.recipients.join(', ')];
  return [
    ...(sealed.size === ciphertext.length
      ? []
      : [
          reason('FILE_DIFFERS', {
            path,
            stated: `${sealed.size} bytes`,
            found: `${ciphertext.length} bytes`,
          }),
        ]),
    ...(stated === present
      ? []
      : [unsound(path, `is sealed to ${present}, and its stand-in says ${stated}`)]),
  ];
}

/**
 * Where a line's transcripts are confidential, nothing that a harness wrote lies in the clear but what scores are read from.
 * @param scored the raw files that a report was made from, by their paths. @param paths of all of them, in one folder.
 */
export function checkInClear(
  law: Law,
  line: LineName,
  paths: readonly string[],
  scored: readonly FileEntry[],
): readonly Reason[] {
  if (ruleOfLine(law, line)?.transcripts !== 'confidential') return [];
  const open = new Set<string>(scored.map(({ path }) => path));
  return paths
    .filter((path) => !open.has(path) && confidentialPath(path) === null)
    .map((path) => reason('CONFIDENTIAL_IN_CLEAR', { path, line }));
}

/** A confidential file of a bundle, as its stand-in tells it. */
export interface Confidential {
  /** Where it would lie in the bundle. */
  readonly path: string;
  readonly file: ConfidentialFile;
  /** By whom and when its content was erased; null where it was not. */
  readonly erased: Erasure | null;
}

/** All confidential files of a bundle, sorted by path. @param below only those in this folder of it. */
export function confidentialIn(
  { folder, record }: Pick<Bundle, 'folder' | 'record'>,
  below = '',
): readonly Confidential[] {
  return filesUnder(folder, below).flatMap(([name, file]) => {
    const path = below === '' ? name : `${below}/${name}`;
    const about = mayBeConfidential(path) ? confidentialPath(path) : null;
    if (about?.kind !== 'stand-in') return [];
    const standIn = trustedFile(confidentialFileDocument, file, path);
    return [
      {
        path: about.path,
        file: standIn,
        erased: erasureOf(record, { path: about.path, sha256: standIn.sha256 }),
      },
    ];
  });
}

function erasureOf(
  { erasures = [] }: Pick<PromotionRecord, 'erasures'>,
  { path, sha256: digest }: { readonly path: string; readonly sha256: string },
): Erasure | null {
  return (
    erasures.find(({ files }) => files.some((file) => file.path === path && file.sha256 === digest)) ?? null
  );
}

/** Whether a file that was recorded is not there because it was erased. */
export function isErased(
  bundle: { readonly record: PromotionRecord; readonly folder: TreeFolder },
  path: string,
): boolean {
  const about = confidentialPath(path);
  if (about?.kind !== 'sealed') return false;
  return confidentialIn(bundle).some((known) => known.path === about.path && known.erased !== null);
}

function unsound(path: string, message: string): Reason {
  return reason('CONFIDENTIAL_UNSOUND', { path, message });
}

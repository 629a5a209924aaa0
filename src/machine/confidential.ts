import { sha256 } from '../base/digest.ts';
import {
  confidentialFileDocument,
  MOST_SEALED_BYTES,
  type ConfidentialFile,
} from '../domain/confidential-file.ts';
import type { FileEntry } from '../domain/entry.ts';
import { confidentialPath, sealedFile, standInFile } from '../domain/paths.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { Erasure, PromotionRecord } from '../domain/record.ts';
import { readSealedMessage } from '../domain/sealed-message.ts';
import { EMPTY_TREE, fileAt, filesUnder, type TreeFile, type TreeFolder } from '../domain/tree.ts';
import type { NewFile } from './act.ts';
import { mayBeConfidential } from './evidence-rules.ts';
import { ruleOfLine, type Law } from './law.ts';
import { trustedFile } from './trusted-files.ts';
import { type Bundle } from './world.ts';
import type { LineName } from '../domain/names.ts';

/**
 * What is wrong with the stand-ins and ciphertexts that an act brings. Each ciphertext has a stand-in, each stand-in its
 * ciphertext or none, what they stand for lies nowhere beside them in the clear, and nothing that was erased comes again.
 * @param files by their paths in the bundle. @param folder of the bundle, before.
 */
export function checkConfidential(
  files: readonly NewFile[],
  { folder, record }: Pick<Bundle, 'folder' | 'record'>,
): readonly Reason[] {
  const contents = new Set<string>(
    erasuresIn(record).flatMap((each) => each.files.map((file) => file.sha256)),
  );
  return [
    ...(contents.size === 0 ? [] : checkAgain(files, contents)),
    ...checkPairs(
      files.filter(({ path }) => mayBeConfidential(path)),
      folder,
    ),
  ];
}

/** What was erased is known by what it held, so another name brings it back as little as its own. */
function checkAgain(files: readonly NewFile[], contents: ReadonlySet<string>): readonly Reason[] {
  return files.flatMap(({ path, bytes }): readonly Reason[] => {
    if (contents.has(sha256(bytes))) return [unsound(path, 'holds content that was erased here')];
    if (!mayBeConfidential(path) || confidentialPath(path)?.kind !== 'stand-in') return [];
    const parsed = confidentialFileDocument.parse(bytes, path);
    return parsed.ok && contents.has(parsed.value.sha256)
      ? [unsound(path, 'stands for content that was erased here')]
      : [];
  });
}

function checkPairs(files: readonly NewFile[], folder: TreeFolder): readonly Reason[] {
  const brought = new Map(files.map((file) => [file.path, file.bytes]));
  const isThere = (path: string): boolean => brought.has(path) || fileAt(folder, path) !== null;
  return files.flatMap(({ path, bytes }): readonly Reason[] => {
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
    ];
  });
}

function checkStandIn(
  path: string,
  about: string,
  { name, size, sealed }: ConfidentialFile,
  ciphertext: Uint8Array | null,
): readonly Reason[] {
  const expected = about.split('/').at(-1);
  return [
    ...(name === expected ? [] : [unsound(path, `stands for ${name}, and lies where ${expected} would`)]),
    ...(confidentialPath(about) === null ? [] : [unsound(path, 'stands for a stand-in or a ciphertext')]),
    // A reader takes in as much as is said, and a small message can unfold to anything.
    ...(sealed !== undefined && size > MOST_SEALED_BYTES
      ? [unsound(path, `says its sealed content has ${size} bytes, more than anybody opens`)]
      : []),
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
  if (!isConfidential(law, line)) return [];
  const open = new Set<string>(scored.map(({ path }) => path));
  return (
    paths
      // Items are read from such files whatever a report says of them.
      .filter((path) => confidentialPath(path) === null && (!open.has(path) || /\.jsonl$/i.test(path)))
      .map((path) => reason('CONFIDENTIAL_IN_CLEAR', { path, line }))
  );
}

/** The same of a baseline. It lies in no bundle, so its names mean something only where its line asks for that. */
export function checkBaselineInClear(
  law: Law,
  line: LineName,
  files: readonly NewFile[],
  scored: readonly FileEntry[],
): readonly Reason[] {
  if (!isConfidential(law, line)) return [];
  return [
    ...checkInClear(
      law,
      line,
      files.map(({ path }) => path),
      scored,
    ),
    ...checkScored(scored),
    ...checkPairs(files, EMPTY_TREE),
  ];
}

/** Whoever can clone can read the scores off: what a report is made from is neither sealed nor erased. */
export function checkScored(scored: readonly FileEntry[]): readonly Reason[] {
  return scored
    .filter(({ path }) => confidentialPath(path) !== null)
    .map(({ path }) => unsound(path, 'is what scores are read from, which lies in the clear'));
}

function isConfidential(law: Law, line: LineName): boolean {
  return ruleOfLine(law, line)?.transcripts === 'confidential';
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
    return standingFor(path, file, record) ?? [];
  });
}

function standingFor(path: string, file: TreeFile, record: Erased): Confidential | null {
  const about = mayBeConfidential(path) ? confidentialPath(path) : null;
  if (about?.kind !== 'stand-in') return null;
  const standIn = trustedFile(confidentialFileDocument, file, path);
  const { sha256: digest } = standIn;
  return { path: about.path, file: standIn, erased: erasureOf(record, { path: about.path, sha256: digest }) };
}

type Erased = Pick<PromotionRecord, 'erasures'>;

function erasuresIn({ erasures = [] }: Erased): readonly Erasure[] {
  return erasures;
}

const erasedFiles = new WeakMap<readonly Erasure[], ReadonlyMap<string, Erasure>>();

/** Looked up for every file of a bundle, which may be many, as may be what was erased. */
function erasureOf(
  { erasures }: Erased,
  { path, sha256: digest }: { readonly path: string; readonly sha256: string },
): Erasure | null {
  if (erasures === undefined) return null;
  const known =
    erasedFiles.get(erasures) ??
    new Map(erasures.flatMap((each) => each.files.map((file) => [`${file.sha256} ${file.path}`, each])));
  erasedFiles.set(erasures, known);
  return known.get(`${digest} ${path}`) ?? null;
}

/** Whether a file that was recorded is not there because it was erased. */
export function isErased(
  { record, folder }: { readonly record: PromotionRecord; readonly folder: TreeFolder },
  path: string,
): boolean {
  const about = confidentialPath(path);
  if (about?.kind !== 'sealed') return false;
  const file = fileAt(folder, standInFile(about.path));
  return file !== null && (standingFor(standInFile(about.path), file, record)?.erased ?? null) !== null;
}

function unsound(path: string, message: string): Reason {
  return reason('CONFIDENTIAL_UNSOUND', { path, message });
}

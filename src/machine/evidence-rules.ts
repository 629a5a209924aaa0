import { decodeUtf8 } from '../base/utf8.ts';
import { exceptionReviewProblems } from '../domain/exception-review-text.ts';
import { modelCardProblems } from '../domain/model-card.ts';
import { APPROVAL_LOG, confidentialPath, MODEL_CARD, RECORD, ROLLBACK_PROCEDURE } from '../domain/paths.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { rollbackProblems } from '../domain/rollback-procedure.ts';
import { fileAt, filesUnder, type TreeFile, type TreeFolder } from '../domain/tree.ts';

/** Every evaluation keeps its files here, so "the transcripts" is a folder that may not be empty. */
const isFolder = (path: string): boolean => path.endsWith('/');

/** What is wrong with a piece of evidence by its own rules: present, not empty, not a placeholder. */
export function fileProblems(path: string, bytes: Uint8Array): readonly Reason[] {
  const unreal = unrealReasons(path, bytes);
  if (unreal.length > 0 || !path.endsWith('.md')) return unreal;
  const text = decodeUtf8(bytes);
  if (text === null) return [notText(path)];
  if (path === MODEL_CARD)
    return modelCardProblems(text).map(({ line, message }) =>
      reason('EVIDENCE_UNSOUND', { path, message, line }),
    );
  if (path === ROLLBACK_PROCEDURE)
    return rollbackProblems(text).map((message) => reason('EVIDENCE_UNSOUND', { path, message }));
  return text.trim() === '' ? [reason('EVIDENCE_UNSOUND', { path, message: 'is empty' })] : [];
}

/** The same of the review of an exception. */
export function reviewTextProblems(path: string, bytes: Uint8Array): readonly Reason[] {
  const unreal = unrealReasons(path, bytes);
  if (unreal.length > 0) return unreal;
  const text = decodeUtf8(bytes);
  if (text === null) return [notText(path)];
  return exceptionReviewProblems(text).map((message) => reason('EVIDENCE_UNSOUND', { path, message }));
}

function unrealReasons(path: string, bytes: Uint8Array): readonly Reason[] {
  if (bytes.length === 0) return [reason('EVIDENCE_UNSOUND', { path, message: 'is empty' })];
  if (!isLfsPointer(bytes)) return [];
  const message = 'is a Git LFS pointer, not the content; fetch the real bytes';
  return [reason('EVIDENCE_UNSOUND', { path, message })];
}

function notText(path: string): Reason {
  return reason('EVIDENCE_UNSOUND', { path, message: 'is not valid UTF-8' });
}

/** Whether what a gate demands is in the bundle and sound. A path ending in `/` demands a file below it. */
export function evidenceProblems(folder: TreeFolder, required: readonly string[]): readonly Reason[] {
  return required.flatMap((demand) => {
    const files = filesOf(folder, demand);
    if (files.length === 0) return [reason('EVIDENCE_MISSING', { path: demand })];
    return files.flatMap(([path, file]) => problemsOf(path, file));
  });
}

const looked = new WeakMap<TreeFile, Map<string, readonly Reason[]>>();

/** A file is looked at once under a name, however often it is asked about. */
function problemsOf(path: string, file: TreeFile): readonly Reason[] {
  const known = looked.get(file) ?? new Map<string, readonly Reason[]>();
  looked.set(file, known);
  const problems = known.get(path) ?? fileProblems(path, file.bytes);
  known.set(path, problems);
  return problems;
}

type NamedFile = readonly [path: string, file: TreeFile];

/** The files of a bundle that a list of demands covers, sorted by path, each once. */
export function requiredFiles(folder: TreeFolder, required: readonly string[]): readonly NamedFile[] {
  const found = new Map(required.flatMap((demand) => filesOf(folder, demand)));
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Those that one demand covers, sorted by path. */
function filesOf(folder: TreeFolder, demand: string): readonly NamedFile[] {
  if (isFolder(demand))
    return filesUnder(folder, demand.slice(0, -1)).map(([path, file]) => [demand + path, file]);
  const file = fileAt(folder, demand);
  return file === null ? [] : [[demand, file]];
}

export function covers(demand: string, path: string): boolean {
  return isFolder(demand) ? path.startsWith(demand) : demand === path;
}

/**
 * The record changes with every transition and logs only gain entries; approvals bind what they say by other digests. A
 * ciphertext is bound by its stand-in, which outlives it.
 */
export function isStated(path: string): boolean {
  return path !== RECORD && path !== APPROVAL_LOG && !isCiphertext(path);
}

/** Elsewhere in a bundle nothing stands for a file, and its name means nothing. */
export function mayBeConfidential(path: string): boolean {
  return path.startsWith('attachments/') || /^eval-transcripts\/[^/]+\/raw\//.test(path);
}

export function isCiphertext(path: string): boolean {
  return mayBeConfidential(path) && confidentialPath(path)?.kind === 'sealed';
}

function isLfsPointer(bytes: Uint8Array): boolean {
  const text = bytes.length < 1024 ? decodeUtf8(bytes) : null;
  return text?.startsWith('version https://git-lfs.github.com/spec/') === true;
}

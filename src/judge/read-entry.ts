import type { JsonDocument } from '../domain/document.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { Difference, TreeFile } from '../domain/tree.ts';
import { parseFile } from '../machine/trusted-files.ts';

/** Reads a file that is written once and for good; anything else that happened to it is a fault. */
export function newEntry<T>(
  document: JsonDocument<T>,
  { path, before, after }: Difference,
  faults: Reason[],
): T | null {
  if (before === null) return read(document, path, after, faults);
  faults.push(reason(after === null ? 'ENTRY_REMOVED' : 'ENTRY_ALTERED', { path }));
  return null;
}

/** Reads a file; what is wrong with it goes to the faults. */
export function read<T>(document: JsonDocument<T>, path: string, file: TreeFile, faults: Reason[]): T | null {
  const result = parseFile(document, file, path);
  if (result.ok) return result.value;
  faults.push(
    ...result.problems.map(({ place, message }) => reason('DOCUMENT_UNSOUND', { path, message, place })),
  );
  return null;
}

import { isScalar, parseDocument } from 'yaml';
import type { NewFile } from '../../../machine/act.ts';
import type { Law } from '../../../machine/law.ts';
import { shellWord } from '../terminal/escape.ts';

/**
 * The files with the version after the one in force written into `policy.yaml`, and not one other byte changed.
 * Files that already have it, or hold no version at all, come back as they are.
 */
export function bumped({ policy }: Law, files: readonly NewFile[]): readonly NewFile[] {
  return files.map((file) =>
    file.path === 'policy.yaml' ? { ...file, bytes: withVersion(file.bytes, policy.version + 1) } : file,
  );
}

/** The version a `policy.yaml` states; null where it states none. */
export function versionIn(files: readonly NewFile[]): number | null {
  const file = files.find(({ path }) => path === 'policy.yaml');
  const found = file === undefined ? null : versionNode(new TextDecoder().decode(file.bytes));
  return found?.value ?? null;
}

function withVersion(bytes: Uint8Array, version: number): Uint8Array {
  const text = new TextDecoder().decode(bytes);
  const found = versionNode(text);
  if (found === null) return bytes;
  return new TextEncoder().encode(`${text.slice(0, found.start)}${version}${text.slice(found.end)}`);
}

function versionNode(
  text: string,
): { readonly value: number; readonly start: number; readonly end: number } | null {
  const node: unknown = parseDocument(text).get('version', true);
  if (!isScalar(node) || typeof node.value !== 'number' || node.range == null) return null;
  const [start, end] = node.range;
  return { value: node.value, start, end };
}

/** What to type where the version is not the next one; nothing where it is, or cannot be read. */
export function versionRemedy(law: Law, files: readonly NewFile[], folder: string): readonly string[] {
  const version = versionIn(files);
  return version === null || version === law.policy.version + 1
    ? []
    : [
        `modelsmith policy propose ${shellWord(folder, 'folder')} --reason <text> --bump   (writes the next version)`,
      ];
}

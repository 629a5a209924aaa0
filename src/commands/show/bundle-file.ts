import { decodeUtf8 } from '../../base/utf8.ts';
import { CannotTell } from '../../base/errors.ts';
import { toIterationId } from '../../domain/names.ts';
import { fileAt, filesUnder } from '../../domain/tree.ts';
import type { Bundle } from '../../machine/world.ts';
import { escapeShown } from '../shared/terminal/escape.ts';

/** One file of a bundle: as text where it is text, else what it is. @throws CannotTell NO_INPUT with what is there. */
export function showFile(
  { folder, iteration }: Bundle,
  path: string,
): { readonly json: object; readonly lines: readonly string[] } {
  const file = fileAt(folder, path);
  if (file === null) {
    throw new CannotTell('NO_INPUT', `${toIterationId(iteration)} has no file ${path}`, {
      facts: filesUnder(folder, '').map(([name]) => name),
      remedy: `modelsmith show ${toIterationId(iteration)} --file <one of these>`,
    });
  }
  const text = decodeUtf8(file.bytes);
  const { size, sha256 } = file;
  return {
    json: { file: path, size, sha256, text },
    lines:
      text === null
        ? [`${path}: ${size} bytes, not text, sha256 ${sha256}`]
        : text
            .replace(/\n$/, '')
            .split('\n')
            .map((line) => escapeShown(line.replace(/\r$/, '').replaceAll('\t', '    '))),
  };
}

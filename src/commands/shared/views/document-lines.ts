import { bundleFolder } from '../../../domain/paths.ts';
import { fileAt } from '../../../domain/tree.ts';
import type { Bundle } from '../../../machine/world.ts';
import { counted } from './notices.ts';
import { quoted } from '../terminal/style.ts';

/** How many lines of a document stand on the screen; the file has the rest. */
const FIRST_LINES = 40;
const MOST_BYTES = 200_000;

/**
 * A document of the bundle, as signed, with its path and digest: its first lines, or as many as are asked for. Headings
 * are words like everything else; nothing that was written is left out of what is shown.
 */
export function documentLines(
  bundle: Bundle,
  path: string,
  columns: number,
  most = FIRST_LINES,
): readonly string[] {
  const file = fileAt(bundle.folder, path);
  if (file === null) return [`  ${path} is not there`];
  const lines = new TextDecoder().decode(file.bytes.slice(0, MOST_BYTES)).trimEnd().split(/\r?\n/);
  // Where it is cut, the last line is not all there.
  if (file.size > MOST_BYTES && file.bytes[MOST_BYTES - 1] !== 0x0a && lines.length > 1) lines.pop();
  const left = Math.max(lines.length - most, 0) + lineCount(file.bytes.slice(MOST_BYTES));
  return [
    ...quoted(`${bundleFolder(bundle.iteration)}/${path}`, columns),
    ...quoted(`sha256 ${file.sha256}`, columns),
    ...quoted(lines.slice(0, most).join('\n'), columns, '  | '),
    ...(left > 0
      ? quoted(`… ${counted(left, 'more line')}; read the file to the end before you sign`, columns)
      : []),
  ];
}

/** Lines in the rest of a file; the first of them may have begun before. */
function lineCount(bytes: Uint8Array): number {
  const ends = bytes.reduce((count, byte) => (byte === 0x0a ? count + 1 : count), 0);
  return bytes.length === 0 || bytes.at(-1) === 0x0a ? ends : ends + 1;
}

import { bundleFolder } from '../../domain/paths.ts';
import { fileAt } from '../../domain/tree.ts';
import type { Bundle } from '../../machine/world.ts';
import { quoted } from './style.ts';

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
  const left = lines.length - most;
  return [
    ...quoted(`${bundleFolder(bundle.iteration)}/${path}`, columns),
    ...quoted(`sha256 ${file.sha256}`, columns),
    ...quoted(lines.slice(0, most).join('\n'), columns, '  | '),
    ...(left > 0 || file.size > MOST_BYTES
      ? quoted(`… ${Math.max(left, 0)} more lines; read the file to the end before you sign`, columns)
      : []),
  ];
}

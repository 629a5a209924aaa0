import { readFileSync } from 'node:fs';
import { versionOfPackage } from './adapters/files/package-version.ts';
import { telling } from './adapters/terminal/telling.ts';
import { MOST_COLUMNS } from './commands/shared/terminal/help-width.ts';

/** `--version` and the first page of help, asked for alone: both are written down by the build. @returns the exit code. */
export function front([word]: readonly string[]): number {
  const { columns, out } = telling(process.stdout, process.stderr);
  if (word === '--version' || word === '-V')
    out(versionOfPackage(new URL('../package.json', import.meta.url)));
  else out(readFileSync(new URL(`./help/${Math.min(columns, MOST_COLUMNS)}.txt`, import.meta.url), 'utf8'));
  return 0;
}

import { readFileSync } from 'node:fs';
import { versionOfPackage } from './adapters/files/package-version.ts';
import { telling } from './adapters/terminal/telling.ts';
import type { Listed } from './commands/front-page.ts';

/** `--version` and the first page of help, asked for alone: whoever asks for these waits for nothing else to be loaded. */
export async function front([word]: readonly string[]): Promise<number> {
  const version = versionOfPackage(new URL('../package.json', import.meta.url));
  const terminal = telling(process.stdout, process.stderr);
  if (word === '--version' || word === '-V') terminal.out(version);
  else {
    const { printFrontPage } = await import('./commands/front-page.ts');
    const listed = JSON.parse(
      readFileSync(new URL('./listed.json', import.meta.url), 'utf8'),
    ) as readonly Listed[];
    await printFrontPage(terminal, version, listed);
  }
  return 0;
}

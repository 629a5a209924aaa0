import { localFiles } from './adapters/files/local-files.ts';
import { CannotTell } from './base/errors.ts';
import { NAME_KINDS } from './commands/completion/name-kinds.ts';
import { namesHere } from './commands/completion/names-here.ts';

const EXIT_USAGE = 64;

/**
 * `modelsmith complete <kind> [folder]`, for the completion scripts alone: between two presses of a key there is no time to
 * load the rest. What cannot be read has no names. @returns the exit code.
 */
export async function complete([kind, directory = '.']: readonly string[]): Promise<number> {
  const known = NAME_KINDS.find((each) => each === kind);
  if (known === undefined) {
    process.stderr.write(
      `cannot tell: modelsmith complete takes one of: ${NAME_KINDS.join(', ')}\nnext: modelsmith completion --help\n`,
    );
    return EXIT_USAGE;
  }
  try {
    const names = await namesHere(localFiles(process.cwd()), known, directory);
    if (names.length > 0) process.stdout.write(`${names.join('\n')}\n`);
  } catch (error) {
    if (!(error instanceof CannotTell)) throw error;
  }
  return 0;
}

import type { Terminal } from '../../ports/terminal.ts';

/** EX_IOERR: what was found out could not be told. */
const EXIT_UNREAD = 74;
/** What is printed is laid out for no less. */
export const LEAST_COLUMNS = 40;

/** As much of a terminal as a page that is only printed needs. */
export function telling(
  output: NodeJS.WriteStream,
  error: NodeJS.WriteStream,
): Pick<Terminal, 'columns' | 'out'> {
  const columns = (output.isTTY ? output.columns : error.isTTY ? error.columns : 0) || 80;
  // A reader that has seen enough closes the pipe; that is no answer of ours, so it must not look like one.
  output.on('error', () => process.exit(EXIT_UNREAD));
  return {
    columns: Math.max(LEAST_COLUMNS, columns),
    out: (text) => {
      output.write(text.endsWith('\n') ? text : `${text}\n`);
    },
  };
}

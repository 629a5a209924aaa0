import type inquirerModule from 'inquirer';
import { CannotTell } from '../../base/errors.ts';
import type { Terminal } from '../../ports/terminal.ts';
import { editorIn, editText } from './editor.ts';
import { liveScreen } from './live-screen.ts';
import { telling } from './telling.ts';

export interface TerminalStreams {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly error: NodeJS.WriteStream;
}

export interface TerminalOptions {
  readonly environment: NodeJS.ProcessEnv;
  /** From `--no-color`. */
  readonly noColor: boolean;
}

/** The real terminal. Prompts are loaded only when one is asked, so that other commands start without them. */
export function realTerminal({ input, output, error }: TerminalStreams, options: TerminalOptions): Terminal {
  const interactive = input.isTTY && error.isTTY;
  const { columns, out } = telling(output, error);
  const rows = (output.isTTY ? output.rows : error.isTTY ? error.rows : 0) || 24;
  const { NO_COLOR, TERM } = options.environment;
  const color =
    output.isTTY && !options.noColor && (NO_COLOR === undefined || NO_COLOR === '') && TERM !== 'dumb';
  let progressShown = false;
  const clear = (): void => {
    if (progressShown) error.write('\r\u001b[K');
    progressShown = false;
  };
  const prompt = async <T>(ask: (inquirer: typeof inquirerModule) => Promise<T>): Promise<T> => {
    if (!interactive) {
      throw new CannotTell('NOT_PERMITTED', 'this needs a person at a terminal, and there is none', {
        remedy: 'run the command in an interactive terminal; there is no option that answers for a person',
      });
    }
    clear();
    try {
      return await ask((await import('inquirer')).default);
    } catch (cause) {
      if (cause instanceof Error && cause.name === 'ExitPromptError') {
        throw new CannotTell('NOT_PERMITTED', 'broken off; nothing was changed', { cause });
      }
      throw cause;
    }
  };
  const context = { input, output: error };
  const editor = interactive ? editorIn(options.environment) : null;
  return {
    interactive,
    columns,
    rows,
    color,
    ...(interactive && output.isTTY && { live: liveScreen(output, { clears: TERM !== 'dumb' }) }),
    out: (text) => {
      clear();
      out(text);
    },
    say: (text) => {
      clear();
      error.write(text.endsWith('\n') ? text : `${text}\n`);
    },
    progress: (text) => {
      clear();
      if (text === '' || !error.isTTY) return;
      error.write(text.slice(0, Math.max(0, error.columns - 1)));
      progressShown = true;
    },
    ask: (message) =>
      prompt(async (inquirer) => {
        const answers = await inquirer.createPromptModule(context)<{ value: string }>([
          { type: 'input', name: 'value', message },
        ]);
        return answers.value;
      }),
    confirm: (message) =>
      prompt(async (inquirer) => {
        const answers = await inquirer.createPromptModule(context)<{ value: boolean }>([
          { type: 'confirm', name: 'value', message, default: false },
        ]);
        return answers.value;
      }),
    ...(editor !== null && {
      edit: async (initial: string) => {
        clear();
        return await editText(editor, initial, options.environment);
      },
    }),
    secret: (message) =>
      prompt(async (inquirer) => {
        const answers = await inquirer.createPromptModule(context)<{ value: string }>([
          { type: 'password', name: 'value', message, mask: '*' },
        ]);
        return answers.value;
      }),
  };
}

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CannotTell } from '../../base/errors.ts';
import { decodeUtf8 } from '../../base/utf8.ts';

/** A program and what goes before the file. */
type EditorCommand = readonly [program: string, ...words: string[]];

/** A word without anything a shell would do something about, or one in quotes. */
const WORD = /\s*(?:"([^"$`\\]*)"|'([^']*)'|([^\s"'\\$`;&|<>()*?~#{}[\]!]+))(?=\s|$)/y;

/**
 * The person's editor, from `VISUAL` or else `EDITOR`. No shell runs: what takes one is passed over, and nothing is taken
 * from a repository. @returns null where none is set.
 */
export function editorIn({ VISUAL, EDITOR }: NodeJS.ProcessEnv): EditorCommand | null {
  return [VISUAL, EDITOR].map((text) => wordsOf(text ?? '')).find((words) => words !== null) ?? null;
}

function wordsOf(text: string): EditorCommand | null {
  const words: string[] = [];
  const rest = text.trimEnd();
  WORD.lastIndex = 0;
  while (WORD.lastIndex < rest.length) {
    const match = WORD.exec(rest);
    if (match === null) return null;
    words.push(match[1] ?? match[2] ?? match[3] ?? '');
  }
  const [program, ...others] = words;
  return program === undefined || program === '' ? null : [program, ...others];
}

const FILE = 'modelsmith-text.txt';
const SECRET = 'MODELSMITH_KEY_PASSPHRASE';

/**
 * Has a text written in an editor, in a file that nobody else can read and that is gone afterwards whatever happens.
 * @throws CannotTell NOT_PERMITTED where nothing was written or the editor failed; TOOL_MISSING where there is none.
 */
export async function editText(
  command: EditorCommand,
  initial: string,
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'modelsmith-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    const file = join(folder, FILE);
    writeFileSync(file, initial, { mode: 0o600, flag: 'wx' });
    await run(command, file, environment, remove);
    const text = decodeUtf8(readFileSync(file));
    if (text === null || text.trim() === '') throw brokenOff('nothing was written');
    return text;
  } finally {
    process.off('exit', remove);
    remove();
  }
}

function brokenOff(why: string, cause?: unknown): CannotTell {
  return new CannotTell('NOT_PERMITTED', `${why}; nothing was changed`, { cause });
}

/** The editor has the screen and Ctrl-C meanwhile. What ends this process ends the editor and removes the text. */
async function run(
  [program, ...words]: EditorCommand,
  file: string,
  environment: NodeJS.ProcessEnv,
  remove: () => void,
): Promise<void> {
  const env = Object.fromEntries(Object.entries(environment).filter(([name]) => name !== SECRET));
  // Its screen is standard error: results may go elsewhere.
  const child = spawn(program, [...words, file], { env, stdio: [0, 2, 2] });
  const stay = (): void => undefined;
  const end = (signal: NodeJS.Signals): void => {
    child.kill(signal);
    remove();
    for (const name of ENDINGS) process.off(name, end);
    process.kill(process.pid, signal);
  };
  process.on('SIGINT', stay);
  for (const name of ENDINGS) process.on(name, end);
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (status !== 0) throw brokenOff(`the editor ended with ${status ?? 'a signal'}`);
  } catch (cause) {
    if (cause instanceof CannotTell) throw cause;
    throw new CannotTell('TOOL_MISSING', `the editor ${program} cannot be started; nothing was changed`, {
      remedy: 'set VISUAL or EDITOR to one that is installed',
      cause,
    });
  } finally {
    process.off('SIGINT', stay);
    for (const name of ENDINGS) process.off(name, end);
  }
}

const ENDINGS = ['SIGTERM', 'SIGHUP'] as const;

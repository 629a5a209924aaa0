import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MODELSMITH, type Where } from './command.ts';
import { copyTo, glance, growthOf } from './glance.ts';
import type { Sandbox } from './sandbox.ts';

/** What a person saw and typed from start to end. */
export interface Seen {
  readonly exit: number;
  /** The whole scrollback; a line longer than the terminal is one line here. */
  readonly text: string;
  /** Each prompt as it was asked, on one line. */
  readonly prompts: readonly string[];
  /** Whether anything on the screen was in colour, bold or dim. */
  readonly colored: boolean;
}

const COLUMNS = 80;
const PATIENCE_MS = 30_000;
const CONFIG =
  'set -g remain-on-exit on\nset -g status off\nset -g history-limit 5000\nset -g default-terminal screen\n';
/** The exit code goes into a file: tmux does not always come to know it. Ctrl-C is for the command alone. */
const KEEP_EXIT = 'trap : INT; file=$1; shift; "$@"; echo $? > "$file"';
let sessions = 0;

/** A terminal that a person opened with the built command in it. */
export interface Pane {
  tmux(...words: readonly string[]): string;
  /** What is on the screen now, without what has scrolled away. */
  screen(): string;
  /** Waits for words on the screen. @returns the screen. */
  until(words: string | RegExp, patience?: number): Promise<string>;
  /** Waits until something was written since the last time, or it has ended. */
  news(): Promise<void>;
  /** Null while it runs. */
  exit(): number | null;
  close(): void;
}

export function openPane(
  box: Sandbox,
  { env, cwd }: Where,
  args: readonly string[],
  { columns = COLUMNS, rows = 24 } = {},
): Pane {
  const socket = join(box.root, `t${sessions++}`);
  const config = join(box.root, 'tmux.conf');
  writeFileSync(config, CONFIG);
  const tmux: Pane['tmux'] = (...words) =>
    execFileSync('tmux', ['-u', '-f', config, '-S', socket, ...words], {
      cwd,
      env: { ...env, LC_ALL: 'C.UTF-8', TERM: 'screen' },
      encoding: 'utf8',
    });
  const exit = `${socket}.exit`;
  const written = `${socket}.written`;
  const run = ['sh', '-c', KEEP_EXIT, 'sh', exit, ...MODELSMITH, ...args];
  const size = ['-x', String(columns), '-y', String(rows)];
  tmux('new-session', '-d', ...size, '--', ...run, ';', ...copyTo(written));
  const screen = (): string => tmux('capture-pane', '-p').trimEnd();
  const growth = growthOf(written, exit);
  // tmux writes nothing when it has learnt of the end.
  const news = (): Promise<void> => (existsSync(exit) ? glance() : growth());
  return {
    tmux,
    screen,
    news,
    until: async (words, patience = PATIENCE_MS) => {
      const deadline = Date.now() + patience;
      for (;;) {
        const shown = screen();
        if (typeof words === 'string' ? shown.includes(words) : words.test(shown)) return shown;
        if (Date.now() > deadline) throw new Error(`${String(words)} is not on\n${shown}`);
        await news();
      }
    },
    exit: () => (existsSync(exit) ? Number(readFileSync(exit, 'utf8')) : null),
    close: () => void tmux('kill-server'),
  };
}

/** Runs the built command in a terminal of 80 × 24 and answers its prompts as a person would: reading the screen. */
export async function atTerminal(
  box: Sandbox,
  where: Where,
  args: readonly string[],
  reason: string,
  patience = PATIENCE_MS,
): Promise<Seen> {
  const pane = openPane(box, where, args);
  try {
    const seen = await converse(pane, reason, patience);
    return { ...seen, exit: pane.exit() ?? Number.NaN };
  } finally {
    pane.close();
  }
}

async function converse(pane: Pane, reason: string, patience: number): Promise<Omit<Seen, 'exit'>> {
  const prompts: string[] = [];
  const deadline = Date.now() + patience;
  for (;;) {
    const [dead, ...shown] = pane
      .tmux(...['display-message', '-p', '#{pane_dead}', ';', 'capture-pane', '-p', '-J', '-S', '-'])
      .split('\n');
    const over = dead?.trim() === '1';
    const lines = shown.map((line) => line.replace(/^Pane is dead.*/, '').trimEnd());
    if (over) {
      const colored = pane
        .tmux('capture-pane', '-p', '-e', '-S', '-')
        .replace(/Pane is dead.*/, '')
        .includes('\u001b');
      return { text: lines.join('\n').trimEnd(), prompts, colored };
    }
    const answered = lines.filter((line) => line.startsWith('✔')).length;
    const asked = lines.findLastIndex((line) => line.startsWith('? '));
    if (asked >= 0 && answered === prompts.length) {
      const prompt = lines.slice(asked).join(' ').trim();
      const answer = answerTo(prompt, reason);
      if (answer !== null) {
        prompts.push(prompt);
        pane.tmux('send-keys', '-l', answer, ';', 'send-keys', 'Enter');
      }
    }
    if (Date.now() > deadline) throw new Error(`nothing more happened on\n${lines.join('\n')}`);
    await pane.news();
  }
}

/** Null where the prompt is not all there yet. */
function answerTo(prompt: string, reason: string): string | null {
  if (prompt.endsWith('(y/N)')) return 'y';
  const [, code] = /^\? type ([2-9A-HJ-NP-Z]{8}) to .*:$/.exec(prompt) ?? [];
  if (code !== undefined) return code;
  if (/\bm meets the standard\b.*:$/.test(prompt)) return 'm';
  if (/\bEnter\b.*[?:]$/.test(prompt)) return '';
  return /^\? (why|what) .*\?$/.test(prompt) ? reason : null;
}

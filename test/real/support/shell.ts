import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MODELSMITH, type Where } from './command.ts';
import { copyTo, growthOf } from './glance.ts';
import type { Sandbox } from './sandbox.ts';

/** What a person sees of one command. */
export interface Ran {
  readonly exit: number;
  /** Everything on the screen and above it since the command was typed; a line longer than the terminal is one line. */
  readonly text: string;
  /** What was asked, each on one line. */
  readonly asked: readonly string[];
}

/** What a person types at a prompt; null where he has not read it to its end yet. Enter is pressed after it. */
export type Answers = (prompt: string, screen: string) => string | null;

export interface Shell {
  run(command: string, answers?: Answers): Promise<Ran>;
  close(): void;
}

/** The key Ctrl-C, as an answer. */
export const CTRL_C = '\u0003';

const COLUMNS = 80;
const PATIENCE_MS = 120_000;
/** Ends every prompt of the shell, with the exit code of what ran before. */
const READY = /^<(\d+)>$/;
/** What a pinentry in the terminal asks. */
const SECRET = /^(Passphrase|Repeat|PIN):/;
let shells = 0;

/** A shell in a terminal of 80 × 30 with `modelsmith` on its path: commands are typed literally, prompts answered by reading. */
export function openShell(box: Sandbox, { env, cwd }: Where): Shell {
  const socket = join(box.root, `s${shells++}`);
  const bin = join(box.root, 'bin');
  const [node, script] = MODELSMITH;
  box.write(join(bin, 'modelsmith'), `#!/bin/sh\nexec "${node}" "${script}" "$@"\n`, 0o755);
  const config = `${socket}.conf`;
  writeFileSync(config, 'set -g status off\nset -g history-limit 5000\nset -g default-terminal screen\n');
  const tmux = (...words: readonly string[]): string =>
    execFileSync('tmux', ['-u', '-f', config, '-S', socket, ...words], {
      cwd,
      env: { ...env, PATH: `${bin}:${String(env['PATH'])}`, LC_ALL: 'C.UTF-8', TERM: 'screen', PS1: '<$?> ' },
      encoding: 'utf8',
    });
  const written = `${socket}.written`;
  const size = ['-x', String(COLUMNS), '-y', '30'];
  tmux('new-session', '-d', ...size, '--', 'bash', '--noprofile', '--norc', ';', ...copyTo(written));
  const news = growthOf(written);
  return {
    async run(command, answers = () => null) {
      await until(tmux, news, (screen) => READY.test(lastLine(screen)));
      // The exit code before is no business of the next command's.
      tmux('send-keys', '-l', 'clear', ';', 'send-keys', 'Enter');
      await until(tmux, news, (screen) => screen.trim() === '<0>');
      tmux('clear-history');
      tmux('send-keys', '-l', command);
      tmux('send-keys', 'Enter');
      return await converse(tmux, news, answers);
    },
    close: () => void tmux('kill-server'),
  };
}

type Tmux = (...words: readonly string[]) => string;

async function converse(tmux: Tmux, news: () => Promise<void>, answers: Answers): Promise<Ran> {
  const asked: string[] = [];
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    await news();
    const all = tmux('capture-pane', '-p', '-J', '-S', '-');
    const ended = READY.exec(lastLine(all));
    if (ended !== null && all.trim().split('\n').length > 1)
      return { exit: Number(ended[1]), text: all.trimEnd().split('\n').slice(0, -1).join('\n'), asked };
    const prompt = openPrompt(all, asked);
    const answer = prompt === null ? null : answers(prompt, all);
    if (prompt !== null && answer !== null) {
      asked.push(prompt);
      if (answer === CTRL_C) tmux('send-keys', 'C-c');
      else {
        tmux('send-keys', '-l', answer);
        tmux('send-keys', 'Enter');
      }
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    if (Date.now() > deadline) throw new Error(`nothing more happened on\n${all}`);
  }
}

/** The question that nobody has answered: of modelsmith, or of a pinentry in the terminal. */
function openPrompt(all: string, asked: readonly string[]): string | null {
  const lines = all.split('\n').map((each) => each.trimEnd());
  // A pinentry in the terminal shows nothing of what is typed, so what counts is how often it has asked.
  const secrets = lines.filter((each) => SECRET.test(each));
  if (secrets.length > asked.filter((prompt) => SECRET.test(prompt)).length) return secrets.at(-1) ?? null;
  const begun = lines.findLastIndex((each) => each.startsWith('? '));
  const answered = lines.filter((each) => /^[✔✖]/.test(each)).length;
  const own = asked.filter((prompt) => prompt.startsWith('? ')).length;
  return begun >= 0 && answered >= own ? joined(lines.slice(begun)) : null;
}

/** A question that fills its line goes on in the middle of a word on the next. */
function joined(lines: readonly string[]): string {
  return lines
    .reduce((text, line) => `${text}${text.length % COLUMNS < COLUMNS - 2 ? ' ' : ''}${line}`)
    .trim();
}

async function until(tmux: Tmux, news: () => Promise<void>, is: (screen: string) => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!is(tmux('capture-pane', '-p'))) {
    if (Date.now() > deadline) throw new Error(`not what was awaited:\n${tmux('capture-pane', '-p')}`);
    await news();
  }
}

function lastLine(screen: string): string {
  return screen.trimEnd().split('\n').at(-1)?.trim() ?? '';
}

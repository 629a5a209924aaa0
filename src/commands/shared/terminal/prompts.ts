import { CannotTell } from '../../../base/errors.ts';
import type { Text } from '../../../domain/text.ts';
import type { Context } from '../context.ts';
import { Why } from './why.ts';

type Words = typeof Text;

/** No 0, O, 1 and I: 32 characters nobody confuses. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const CODE_LENGTH = 8;
const TRIES = 3;

/**
 * Human gates take a person at a terminal. This keeps people from deciding by accident; it is not the boundary, which
 * is that only the signature of an enrolled human counts.
 * @throws CannotTell NOT_PERMITTED.
 */
export function needPerson({ terminal }: Pick<Context, 'terminal'>, act: string): void {
  if (terminal.interactive) return;
  throw new CannotTell('NOT_PERMITTED', `${act} takes a person at a terminal, and there is none`, {
    facts: [
      'No option, variable or setting answers for a person.',
      'This guards people against deciding unseen. The boundary lies elsewhere: verify counts only the signature of an enrolled human.',
    ],
    remedy: 'run the command in an interactive terminal (--dry-run shows the decision without one)',
  });
}

function brokenOff(why: string, remedy?: string): CannotTell {
  return new CannotTell(
    'NOT_PERMITTED',
    `${why}; nothing was changed`,
    remedy === undefined ? {} : { remedy },
  );
}

/**
 * Asks for a yes.
 * @param remedy what else can be done by somebody who does not say it.
 * @throws CannotTell NOT_PERMITTED where it is not given.
 */
export async function demandYes(
  { terminal }: Context,
  question: string,
  otherwise: string,
  remedy?: string,
): Promise<void> {
  if (!(await terminal.confirm(question))) throw brokenOff(otherwise, remedy);
}

/** Asks until there is a reason that can be recorded. An empty line opens the person's editor, where one is set. */
export async function askReason({ terminal }: Context, question: string, form: Words = Why): Promise<string> {
  const { edit } = terminal;
  const asked = edit === undefined ? question : `${question} (Enter alone opens your editor)`;
  // What was written in the editor and cannot be recorded is there again when it opens again.
  let written = '';
  for (;;) {
    const line = (await terminal.ask(asked)).trim();
    const edited = line === '' && edit !== undefined;
    if (edited) written = await edit(written);
    const reason = form.safeParse((edited ? written : line).replaceAll('\r\n', '\n').trim());
    if (reason.success) return reason.data;
    terminal.say(`the text ${reason.error.issues[0]?.message ?? 'is wrong'}`);
  }
}

/** Words for others to read: those given, else a person is asked. @throws CannotTell USAGE where there is neither. */
export async function wordsOf(
  context: Context,
  message: string | undefined,
  question: string,
  form?: Words,
): Promise<string> {
  if (message !== undefined) return message;
  if (context.terminal.interactive) return await askReason(context, question, form);
  throw new CannotTell('USAGE', '--message <text> is missing, and nobody can be asked', {
    remedy: 'say it with --message',
  });
}

/** Has one of several words typed, or its beginning; q ends it, as it does while reading. @param preferred what Enter alone means. */
export async function askChoice<Choice extends string>(
  { terminal }: Context,
  question: string,
  choices: readonly Choice[],
  preferred?: Choice,
): Promise<Choice> {
  for (let left = TRIES; left > 0; left -= 1) {
    const answer = (await terminal.ask(`${question} (${choices.join(' or ')}):`)).trim();
    if (answer === '' && preferred !== undefined) return preferred;
    const chosen = choices.filter((choice) => answer !== '' && choice.startsWith(answer));
    if (chosen[0] !== undefined && chosen.length === 1) return chosen[0];
    if (answer.toLowerCase() === 'q') throw brokenOff('broken off');
    terminal.say(`that is none of ${choices.join(', ')}`);
  }
  throw brokenOff('nothing was chosen');
}

/** Shows a fresh code and has it typed back. @throws CannotTell NOT_PERMITTED after three other answers. */
export async function typeBack(context: Context, purpose: string): Promise<void> {
  const code = freshCode(context);
  for (let left = TRIES; left > 0; left -= 1) {
    const typed = await context.terminal.ask(`type ${code} to ${purpose}:`);
    if (typed.replace(/[\s-]/g, '').toUpperCase() === code) return;
    if (left > 1) context.terminal.say('that is another code');
  }
  throw brokenOff('the code was not typed back');
}

function freshCode({ random }: Pick<Context, 'random'>): string {
  return [...random(CODE_LENGTH)].map((byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('');
}

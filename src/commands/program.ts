import { CommanderError, Option, type Command as Commander } from 'commander';
import * as z from 'zod';
import { CannotTell } from '../base/errors.ts';
import { addListed, emptyProgram } from './front-page.ts';
import type { AnyCommand, CommonOptions, Verb } from './shared/command.ts';
import { commonFlags } from './shared/common-flags.ts';
import type { Context } from './shared/context.ts';
import { finish } from './shared/opening/finish.ts';

const Common = z.object({
  directory: z.string().default('.'),
  json: z.boolean().default(false),
  plain: z.boolean().default(false),
  root: z.string().nullable().default(null),
  branch: z.string().nullable().default(null),
  state: z.string().nullable().default(null),
  as: z.string().nullable().default(null),
  keyFile: z.string().nullable().default(null),
  role: z.string().nullable().default(null),
  dryRun: z.boolean().default(false),
});

/** Reads the command line and runs one command. @returns the exit code. */
export async function runProgram(
  argv: readonly string[],
  context: Context,
  verbs: readonly Verb[],
): Promise<number> {
  const exits: number[] = [];
  // `help policy list` is said with the words of the command, which commander's own help command takes only one of.
  const words = argv[0] === 'help' ? [...argv.slice(1), '--help'] : [...argv];
  const program = emptyProgram(context.terminal, context.version);
  for (const command of await loaded(asked(words, verbs)))
    addCommand(program, command, async (chosen, raw) => {
      exits.push(await invoke(chosen, raw, context));
    });
  try {
    await program.parseAsync(unknownWords(words, verbs) ?? words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    const said = error.code === 'commander.help' ? incomplete(argv, verbs) : error.message;
    throw new CannotTell('USAGE', said.replace(/^error: /, '').replace(/\s*\n\s*/g, ' '), {
      remedy: helpFor(argv, verbs),
    });
  }
  const [exit] = exits;
  if (exit !== undefined) return exit;
  throw new CannotTell('USAGE', 'no command given', { remedy: 'modelsmith --help' });
}

/** What has to be loaded: the verb that is named, else those that begin with the first word, else all, to choose from. */
function asked([first, second]: readonly string[], verbs: readonly Verb[]): readonly Verb[] {
  const exact = verbs.filter(({ name }) => name === `${first} ${second}`);
  if (exact.length > 0) return exact;
  const beginning = verbs.filter(({ name }) => name.split(' ')[0] === first);
  return beginning.length > 0 ? beginning : verbs;
}

async function loaded(verbs: readonly Verb[]): Promise<readonly AnyCommand[]> {
  return await Promise.all(verbs.map((verb) => verb.load()));
}

/**
 * The words that name no command, where help is asked for: commander would show the help of whatever comes before them, and
 * a script that probes for a command would be told that it is there. Null where there is no such mistake.
 */
function unknownWords(words: readonly string[], verbs: readonly Verb[]): string[] | null {
  const end = words.findIndex((word) => word.startsWith('-'));
  const [first, second] = words.slice(0, end < 0 ? undefined : end);
  if (first === undefined || verbs.some(({ name }) => name === first)) return null;
  const seconds = secondWords(first, verbs);
  if (seconds.length === 0) return [first];
  return second === undefined || seconds.includes(second) ? null : [first, second];
}

/** What commander answers with help: the words end before they name a command. */
function incomplete([first]: readonly string[], verbs: readonly Verb[]): string {
  const seconds = secondWords(first, verbs);
  return seconds.length === 0
    ? 'no command given'
    : `modelsmith ${first} takes one of: ${seconds.join(', ')}`;
}

/** What may follow the first word of commands of two words. */
function secondWords(first: string | undefined, verbs: readonly Verb[]): readonly string[] {
  return verbs.flatMap(({ name }) => {
    const [group, second] = name.split(' ');
    return group === first && second !== undefined ? [second] : [];
  });
}

/** The help of the command the words begin with, since that is where the mistake is. */
function helpFor(argv: readonly string[], verbs: readonly Verb[]): string {
  const meant = verbs.find(({ name }) => name.split(' ').every((word, index) => argv[index] === word));
  if (meant !== undefined) return `modelsmith ${meant.name} --help`;
  const [first] = argv;
  return secondWords(first, verbs).length === 0 ? 'modelsmith --help' : `modelsmith ${first} --help`;
}

async function invoke(command: AnyCommand, raw: Record<string, unknown>, context: Context): Promise<number> {
  const shadowed = shadowedNames(command);
  const common: CommonOptions = Common.parse(
    Object.fromEntries(Object.entries(raw).filter(([name]) => !shadowed.has(name))),
  );
  const input = command.input.safeParse(raw);
  if (!input.success) {
    const [issue] = input.error.issues;
    const name = issue?.path.map(String).join('.') ?? '';
    throw new CannotTell('USAGE', `${flagOf(command, name)} ${inWords(issue, raw)}`, {
      facts: input.error.issues
        .slice(1)
        .map((other) => `${flagOf(command, other.path.map(String).join('.'))} ${inWords(other, raw)}`),
      remedy: `modelsmith ${command.name} --help`,
    });
  }
  const outcome = await command.run(context, input.data as never, common);
  return finish(context, command.name, common, outcome);
}

/** What is wrong with an argument or option; where its schema has no words for that, in some that a person understands. */
function inWords(issue: z.core.$ZodIssue | undefined, raw: Record<string, unknown>): string {
  if (issue === undefined) return 'is wrong';
  if (!issue.message.startsWith('Invalid ')) return issue.message;
  if (raw[String(issue.path[0])] === undefined) return 'must be given';
  return issue.code === 'invalid_value' ? `must be ${issue.values.map(String).join(' or ')}` : issue.message;
}

/** Common options that one of its own takes the name of. What it has only of its own is a common one with other words. */
function shadowedNames(command: AnyCommand): ReadonlySet<string> {
  const own = new Set(command.options.map(({ flags }) => nameOf(flags)));
  return new Set(commonFlags(command).flatMap(([flags]) => (own.has(nameOf(flags)) ? [nameOf(flags)] : [])));
}

function nameOf(flags: string): string {
  return new Option(flags).attributeName();
}

function flagOf(command: AnyCommand, name: string): string {
  const [head = name] = name.split('.');
  const option = command.options.find((candidate) => new Option(candidate.flags).attributeName() === head);
  return option?.flags.split(/[ ,]/)[0] ?? `<${head}>`;
}

function addCommand(
  program: Commander,
  command: AnyCommand,
  run: (command: AnyCommand, raw: Record<string, unknown>) => Promise<void>,
): void {
  const sub = addListed(program, command)
    .description(
      // Broken anew at the width of the terminal.
      [command.summary, ...(command.description?.split('\n\n') ?? [])]
        .map((paragraph) => paragraph.replaceAll('\n', ' '))
        .join('\n\n'),
    )
    .allowExcessArguments(false)
    .exitOverride();
  for (const argument of command.arguments) sub.argument(argument.name, argument.description);
  for (const option of command.options) {
    const made = new Option(option.flags, option.description);
    if (option.repeat === true)
      made.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]);
    sub.addOption(made);
  }
  const shadowed = shadowedNames(command);
  const common = commonFlags(command).filter(([flags]) => !shadowed.has(nameOf(flags)));
  for (const [flags, description] of common)
    sub.addOption(new Option(flags, description).helpGroup('Common options:'));
  if (command.examples.length > 0)
    sub.addHelpText('after', `\nExamples:\n${command.examples.map((example) => `  ${example}`).join('\n')}`);
  sub.action(async () => {
    const names = sub.registeredArguments.map((argument) =>
      argument.name().replace(/-([a-z])/g, (_all, letter: string) => letter.toUpperCase()),
    );
    const given = sub.processedArgs as readonly unknown[];
    const values: Record<string, unknown> = {};
    names.forEach((name, index) => {
      if (given[index] !== undefined) values[name] = given[index];
    });
    await run(command, { ...sub.opts<Record<string, unknown>>(), ...values });
  });
}

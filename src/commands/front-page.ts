import { Command as Commander, CommanderError } from 'commander';
import type { Terminal } from '../ports/terminal.ts';
import type { AnyCommand } from './shared/command.ts';
import { MOST_COLUMNS } from './shared/terminal/help-width.ts';
import { TITLES } from './shared/terminal/group-titles.ts';

/** What the first page of help says of a command. */
type Listed = Pick<AnyCommand, 'name' | 'group' | 'summary'>;

/** What commands of two words have in common. */
const PARENTS: Readonly<Record<string, string>> = {
  baseline: 'record how a model that is not governed here does',
  evidence: 'add what people sign for: model card, rollback procedure, attachments',
  exception: 'waive a rule for a while, with what is done in its place, and review it',
  override: 'brakes: one signature stops, holds or switches off',
  receipt: 'say what is live where no machine of yours reaches',
  policy: 'propose, review and approve changes of the policy',
  signer: 'who may sign: enrol, grant and take roles, retire, refresh keys',
  root: 'move the trust root to a later commit',
  hook: 'have git verify what is pushed',
};

/** The first page of help, as it is printed on a terminal. */
export async function frontPage(columns: number, commands: readonly Listed[]): Promise<string> {
  let page = '';
  const program = emptyProgram({ columns, out: (text) => (page += text) }, '');
  for (const command of commands) addListed(program, command);
  try {
    await program.parseAsync(['--help'], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError) || error.exitCode !== 0) throw error;
  }
  return page;
}

/** What there is before any command is added. */
export function emptyProgram(terminal: Pick<Terminal, 'columns' | 'out'>, version: string): Commander {
  return (
    new Commander('modelsmith')
      .description(
        'Decides whether a fine-tuned model may move from "training finished" to "serves customers", and proves afterwards that every step was allowed.',
      )
      .version(version, '-V, --version', 'print the version')
      .helpOption('-h, --help', 'print help')
      .helpCommand('help [command]', 'print help for a command')
      .exitOverride()
      .allowExcessArguments(false)
      // Else a command that is one word and the first of two takes the options of the second for its own.
      .enablePositionalOptions()
      // Names alone: with arguments beside them the summaries find no room on a terminal of 80 columns.
      .configureHelp({ subcommandTerm: (command) => command.name() })
      .configureOutput({
        writeOut: (text) => terminal.out(text),
        writeErr: () => undefined, // the error is thrown and printed in one place
        getOutHelpWidth: () => Math.min(terminal.columns, MOST_COLUMNS),
        getErrHelpWidth: () => Math.min(terminal.columns, MOST_COLUMNS),
      })
      .addHelpText(
        'after',
        '\nExit codes: 0 yes, 3 no (refused, or findings), 64–78 cannot tell, 70 a bug.\nExample: modelsmith demo',
      )
  );
}

/** Adds a command that is not described further yet. A command of two words lies in one of their first word. */
export function addListed(program: Commander, { name, group, summary }: Listed): Commander {
  const [first = '', second] = name.split(' ');
  let parent = program;
  if (second !== undefined) {
    parent =
      program.commands.find((candidate) => candidate.name() === first) ??
      program
        .command(first)
        .description(PARENTS[first] ?? `${first} commands`)
        .helpGroup(TITLES[group])
        .addHelpText('after', `\nHelp for one of them, with an example: modelsmith ${name} --help`)
        .exitOverride()
        .helpCommand(false);
    parent.enablePositionalOptions();
  }
  return parent
    .command(second ?? first)
    .summary(summary)
    .helpGroup(TITLES[group]);
}

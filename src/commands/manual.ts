import type { AnyCommand, OptionSpec } from './shared/command.ts';
import { GROUPS } from './shared/command.ts';
import { commonFlags } from './shared/common-flags.ts';
import { TITLES } from './shared/terminal/group-titles.ts';

/** The text of `docs/modelsmith.1`, from what `--help` says too. No date and no version: it changes when a command does. */
export function manual(commands: readonly AnyCommand[]): string {
  const groups = GROUPS.flatMap((group) => {
    const own = commands.filter((command) => command.group === group);
    return own.length === 0
      ? []
      : [`.SS ${quoted(TITLES[group].replace(/:$/, ''))}`, ...own.flatMap(section)];
  });
  return `${[
    '.\\" Generated: run `npm run schemas` after a change of a command.',
    '.TH MODELSMITH 1 "" modelsmith "User Commands"',
    '.SH NAME',
    'modelsmith \\- decide whether a fine\\-tuned model may serve customers, and prove it afterwards',
    '.SH SYNOPSIS',
    '.B modelsmith',
    '.I command',
    '.RI [ arguments ]',
    '.RI [ options ]',
    '.SH DESCRIPTION',
    'A command\\-line tool over a git repository of evidence. An iteration of a model moves through six states by one shared',
    'machine; human gates count only as OpenPGP\\-signed commits of the people named in a policy in the same repository.',
    '.B modelsmith verify',
    'judges the whole history from a trust root that is given from outside.',
    '.PP',
    'Results go to standard output, words for people to standard error. Prompts are asked at a terminal only.',
    '.SH COMMANDS',
    ...groups,
    '.SH COMMON OPTIONS',
    'Commands that read a repository take the first of these, commands that write the second too, and all the last.',
    ...options(flagsOf({ reads: true, writes: true })),
    '.SH ENVIRONMENT',
    ...ENVIRONMENT.flatMap(([name, text]) => ['.TP', `.B ${escaped(name)}`, escaped(text)]),
    '.SH EXIT STATUS',
    ...EXITS.flatMap(([code, text]) => ['.TP', `.B ${escaped(code)}`, escaped(text)]),
    '.SH SEE ALSO',
    '.BR git (1),',
    '.BR gpg (1)',
    '.PP',
    'The guides in',
    '.IR docs/ :',
    'the law, the files, every code, hosting, CI, and ten minutes for people who sign.',
  ].join('\n')}\n`;
}

const ENVIRONMENT = [
  ['MODELSMITH_ROOT', 'The trust root, where none is pinned: <commit>:<fingerprint>.'],
  ['MODELSMITH_KEY_FILE', 'An OpenPGP key file to sign with instead of GnuPG.'],
  ['MODELSMITH_KEY_PASSPHRASE', 'The passphrase of that file, for machines; people are asked.'],
  ['MODELSMITH_STATE', 'The folder that remembers verified tips.'],
  [
    'MODELSMITH_INCREMENTAL',
    'With 1, what this build found valid before is not judged again without a terminal, too; with MODELSMITH_STATE.',
  ],
  [
    'MODELSMITH_REGISTRY',
    'The model registry, where --registry does not name one: a folder, or oci://<host>/<repository>.',
  ],
  ['DOCKER_CONFIG', 'The folder with the docker configuration, which has your credentials for registries.'],
  ['NODE_EXTRA_CA_CERTS', 'A file with the certificates of your own authorities, for registries.'],
  ['NO_COLOR', 'Print without colour.'],
  ['GNUPGHOME, GPG_TTY', 'As GnuPG reads them.'],
] as const;

const EXITS = [
  ['0', 'Yes: done, or verified without findings.'],
  ['3', 'No: refused, or findings; every reason is named.'],
  ['64', 'The command line is wrong.'],
  [
    '65-78',
    'It cannot be told, as in sysexits.h: 66 no input, 67 no key to sign with, 77 not permitted, 78 no trust root.',
  ],
  ['70', 'A bug, or the process ended without an answer.'],
] as const;

function section(command: AnyCommand): readonly string[] {
  const { name, summary, description, examples } = command;
  const places = command.arguments.map((argument) => ` \\fI${escaped(argument.name)}\\fR`).join('');
  const described = (description ?? '').split('\n\n').filter((text) => text !== '');
  return [
    '.TP',
    `\\fBmodelsmith ${escaped(name)}\\fR${places}`,
    escaped(sentence(summary)),
    '.RS',
    ...described.flatMap((text) => ['.PP', escaped(text.replaceAll('\n', ' '))]),
    ...command.arguments.flatMap((argument) => [
      '.TP',
      `\\fI${escaped(argument.name)}\\fR`,
      escaped(sentence(argument.description)),
    ]),
    ...options(command.options),
    '.PP',
    ...examples.flatMap((example) => ['.EX', escaped(example), '.EE']),
    '.RE',
  ];
}

function flagsOf(kind: Pick<AnyCommand, 'reads' | 'writes'>): readonly OptionSpec[] {
  return commonFlags(kind).map(([flags, description]) => ({ flags, description }));
}

function options(list: readonly OptionSpec[]): readonly string[] {
  return list.flatMap(({ flags, description }) => [
    '.TP',
    `\\fB${escaped(flags)}\\fR`,
    escaped(sentence(description)),
  ]);
}

/** As a sentence, unless it begins with something that is typed as it stands, such as `sha1` or `bash, zsh`. */
function sentence(text: string): string {
  if (!/^[A-Za-z]+ /.test(text)) return `${text}${/[.)]$/.test(text) ? '' : '.'}`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.)]$/.test(text) ? '' : '.'}`;
}

function quoted(text: string): string {
  return `"${escaped(text)}"`;
}

/** A dash that is to be copied is `\-`, a line never begins with a control character, and quotes stay plain. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('"', '\\(dq')
    .replaceAll('`', '\\(ga')
    .replaceAll('~', '\\(ti')
    .replace(/^\./, '\\&.');
}

import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GeneratedKey } from '../../src/adapters/openpgp/keyfile.ts';
import type { Sandbox } from '../real/support/sandbox.ts';
import { gitFolderOf } from './bare.ts';
import type { Target } from './case.ts';
import { setTraps, type Traps } from './traps.ts';

/** Everything around a verifier works for the attacker: settings, keyring, programs, environment. */

export interface Surrounded {
  readonly env: NodeJS.ProcessEnv;
  readonly traps: Traps;
}

export interface Attacker {
  readonly fingerprint: string;
  /** A GnuPG home in which the attacker's key is trusted ultimately. */
  readonly gnupg: string;
}

/** Imports the key with the real gpg, once; each case gets a copy. */
export function attackersKeyring(box: Sandbox, { fingerprint, publicArmored }: GeneratedKey): Attacker {
  const gnupg = join(box.root, 'attacker');
  mkdirSync(gnupg, { mode: 0o700 });
  for (const [arg, input] of [
    ['--import', publicArmored],
    ['--import-ownertrust', `${fingerprint}:6:\n`],
  ] as const) {
    // Without an agent, of which nobody would know that it has to be ended.
    const ended = spawnSync('gpg', ['--batch', '--no-autostart', '--homedir', gnupg, arg], {
      env: box.env,
      input,
    });
    if (ended.status !== 0) throw new Error(`gpg ${arg}: ${ended.stderr.toString()}`);
  }
  return { fingerprint, gnupg };
}

/** @param folder for the traps of this case alone. @param env what the command would get in a friendly world. */
export function surround(
  folder: string,
  target: Target,
  env: NodeJS.ProcessEnv,
  { fingerprint, gnupg }: Attacker,
): Surrounded {
  const traps = setTraps(folder, fingerprint);
  const home = join(folder, 'home');
  mkdirSync(join(home, '.config/git'), { recursive: true });
  writeFileSync(join(home, '.gitconfig'), configuration(folder, traps));
  writeFileSync(join(home, '.config/git/config'), configuration(folder, traps));
  writeFileSync(join(folder, 'attributes'), '* filter=evil diff=evil merge=evil text eol=crlf ident\n');
  cpSync(gnupg, join(folder, 'gnupg'), { recursive: true });
  writeFileSync(join(folder, 'gnupg/gpg-agent.conf'), `pinentry-program ${traps.program}\n`);
  const git = gitFolderOf(target.directory);
  if (git !== null) {
    appendFileSync(join(git, 'config'), `\n${configuration(folder, traps)}`);
    mkdirSync(join(git, 'info'), { recursive: true });
    writeFileSync(join(git, 'info/attributes'), '* filter=evil diff=evil merge=evil text eol=crlf ident\n');
    traps.hookInto(join(git, 'hooks'));
  }
  return { env: environment(folder, traps, env), traps };
}

/** Settings by which git can be made to run a program, to show other things, or to go elsewhere. */
function configuration(folder: string, { program, hooks }: Traps): string {
  const aliases = [
    'cat-file',
    'rev-parse',
    'show-ref',
    'for-each-ref',
    'symbolic-ref',
    'ls-tree',
    'config',
    'log',
  ];
  return `[gpg]
	program = ${program}
[gpg "openpgp"]
	program = ${program}
[gpg "ssh"]
	program = ${program}
	defaultKeyCommand = ${program}
[gpg "x509"]
	program = ${program}
[core]
	hooksPath = ${hooks}
	fsmonitor = ${program}
	pager = ${program}
	editor = ${program}
	askPass = ${program}
	sshCommand = ${program}
	gitProxy = ${program}
	alternateRefsCommand = ${program}
	attributesFile = ${join(folder, 'attributes')}
	excludesFile = ${join(folder, 'attributes')}
	quotePath = true
	abbrev = 4
	ignoreCase = true
	bigFileThreshold = 1
	useReplaceRefs = true
[diff]
	external = ${program}
[diff "evil"]
	command = ${program}
	textconv = ${program}
[filter "evil"]
	clean = ${program}
	smudge = ${program}
	process = ${program}
	required = true
[merge "evil"]
	driver = ${program} %A
[pager]
	cat-file = ${program}
	log = ${program}
	config = ${program}
[alias]
${aliases.map((verb) => `\t${verb} = !${program}`).join('\n')}
[log]
	showSignature = true
[format]
	pretty = raw
[color]
	ui = always
[i18n]
	logOutputEncoding = UTF-16
[safe]
	directory = *
[protocol]
	allow = always
[protocol "ext"]
	allow = always
[url "ext::${program} "]
	insteadOf = file://
	insteadOf = https://
	insteadOf = /
[credential]
	helper = ${program}
[sequence]
	editor = ${program}
[uploadpack]
	packObjectsHook = ${program}
[commit]
	gpgSign = true
[trace2]
	eventTarget = ${join(folder, 'sprung')}
`;
}

/** What a process may have around it when git or a hook started it, or somebody who prepared its shell. */
function environment(folder: string, traps: Traps, friendly: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { program, bin } = traps;
  const elsewhere = join(folder, 'elsewhere');
  const programs = [
    ...['GIT_SSH', 'GIT_SSH_COMMAND', 'GIT_ASKPASS', 'SSH_ASKPASS', 'GIT_PROXY_COMMAND', 'GIT_EXTERNAL_DIFF'],
    ...['GIT_PAGER', 'PAGER', 'GIT_EDITOR', 'GIT_SEQUENCE_EDITOR', 'EDITOR', 'VISUAL'],
  ];
  return {
    ...friendly,
    ...Object.fromEntries(programs.map((name) => [name, program])),
    PATH: `${bin}:${friendly['PATH'] ?? ''}`,
    HOME: join(folder, 'home'),
    GNUPGHOME: join(folder, 'gnupg'),
    GIT_CONFIG_NOSYSTEM: '',
    GIT_CONFIG_SYSTEM: join(folder, 'home/.gitconfig'),
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: 'core.fsmonitor',
    GIT_CONFIG_VALUE_0: program,
    GIT_CONFIG_KEY_1: 'alias.cat-file',
    GIT_CONFIG_VALUE_1: `!${program}`,
    GIT_CONFIG_PARAMETERS: `'gpg.program=${program}'`,
    GIT_DIR: elsewhere,
    GIT_COMMON_DIR: elsewhere,
    GIT_WORK_TREE: elsewhere,
    GIT_INDEX_FILE: join(elsewhere, 'index'),
    GIT_OBJECT_DIRECTORY: join(elsewhere, 'objects'),
    GIT_ALTERNATE_OBJECT_DIRECTORIES: join(elsewhere, 'objects'),
    GIT_SHALLOW_FILE: join(elsewhere, 'shallow'),
    GIT_GRAFT_FILE: join(elsewhere, 'grafts'),
    GIT_REPLACE_REF_BASE: 'refs/heads/',
    GIT_NAMESPACE: 'elsewhere',
    GIT_EXEC_PATH: bin,
    GIT_TEMPLATE_DIR: traps.hooks,
    GIT_DEFAULT_HASH: friendly['GIT_DEFAULT_HASH'] ?? 'sha256',
    GIT_TRACE: join(folder, 'sprung'),
    GIT_TRACE2_EVENT: join(folder, 'sprung'),
  };
}

import { basename } from 'node:path';
import type { Context } from '../shared/context.ts';
import { bad, ok, warn, type Finding } from './finding.ts';

/** git, GnuPG, its agent, and the terminal. */
export async function tools(context: Context, keyFile: string | null): Promise<readonly Finding[]> {
  const { git, signing, terminal } = context;
  const version = await git.version();
  const gpg = await signing.gpgVersion();
  const { program, format } = await signing.preferences();
  return [
    version === null
      ? bad('git', 'git 2.34 or newer was not found', 'install git')
      : ok('git', `git ${version}`),
    gpg !== null
      ? isOld(gpg)
        ? bad('gpg', `${program} ${gpg} is older than 2.2`, 'install GnuPG 2.2 or newer')
        : ok('gpg', `${program} ${gpg}`)
      : keyFile === null
        ? bad('gpg', `${program} was not found`, 'install GnuPG, or sign with --key-file <file>')
        : ok('gpg', `${program} was not found; the key file does without`),
    ...(gpg === null ? [] : [await agent(context)]),
    ...(keyFile === null ? await asking(context) : []),
    format === 'openpgp'
      ? ok('gpg.format', 'git signs with OpenPGP')
      : warn(
          'gpg.format',
          `git signs with ${format}; modelsmith takes OpenPGP whatever git does`,
          'have an OpenPGP key for modelsmith; nothing needs to change in git',
        ),
    terminal.interactive
      ? ok('terminal', `interactive, ${terminal.columns} columns`)
      : warn('terminal', 'not interactive, so no human gate can be signed here', 'use a terminal'),
  ];
}

async function agent({ signing }: Context): Promise<Finding> {
  if (await signing.gpgAgent()) return ok('gpg-agent', 'answers');
  // Where no key is, gpg starts its agent when it first needs one.
  return (await signing.secretKeys()).length === 0
    ? ok('gpg-agent', 'not running, and not needed: there is no private key')
    : bad(
        'gpg-agent',
        'does not answer, so gpg cannot sign',
        'gpg --list-keys; gpgconf --kill all; gpgconf --launch gpg-agent',
      );
}

function isOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < 2 || (major === 2 && minor < 2);
}

const TERMINAL_ONLY = /^pinentry-(tty|curses)/;
const WINDOWS_ONLY = /^pinentry-(mac|w32)/;

/** Whether GnuPG can ask for a passphrase, and who can read what it keeps. Where no key file makes it unnecessary. */
async function asking({ signing, files }: Context): Promise<readonly Finding[]> {
  const around = await signing.surroundings();
  if (around === null) return [];
  const { home, pinentry, terminal, windows } = around;
  const name = basename(pinentry ?? '');
  const nowhere = terminal === null && !WINDOWS_ONLY.test(name) && (TERMINAL_ONLY.test(name) || !windows);
  const mode = await files.mode(home);
  return [
    pinentry === null
      ? bad(
          'pinentry',
          'there is no program here that could ask for a passphrase',
          'install one: apt install pinentry-curses, or brew install pinentry-mac',
        )
      : nowhere
        ? warn(
            'pinentry',
            `${name} has no terminal to ask in, so keys with a passphrase cannot sign here`,
            'in an interactive terminal: export GPG_TTY=$(tty)   (over ssh: ssh -t)',
          )
        : ok(
            'pinentry',
            `${name} asks ${windows && !TERMINAL_ONLY.test(name) ? 'in a window' : 'in the terminal'}`,
          ),
    mode === null
      ? ok('gpg folder', `${home} is not there yet`)
      : (mode & 0o077) === 0
        ? ok('gpg folder', `${home} is yours alone`)
        : warn(
            'gpg folder',
            `others may look into ${home}, which holds your private keys`,
            `chmod -R go-rwx ${home}`,
          ),
  ];
}

import type { Context } from '../shared/context.ts';
import { ok, problem, warning, type Finding } from './finding.ts';

/** git, GnuPG, its agent, and the terminal. */
export async function tools(context: Context, keyFile: string | null): Promise<readonly Finding[]> {
  const { git, signing, terminal } = context;
  const version = await git.version();
  const gpg = await signing.gpgVersion();
  const { program, format } = await signing.preferences();
  return [
    version === null
      ? problem('git', 'git 2.34 or newer was not found', 'install git')
      : ok('git', `git ${version}`),
    gpg !== null
      ? ok('gpg', `${program} ${gpg}`)
      : keyFile === null
        ? problem('gpg', `${program} was not found`, 'install GnuPG, or sign with --key-file <file>')
        : ok('gpg', `${program} was not found; the key file does without`),
    ...(gpg === null ? [] : [await agent(context)]),
    format === 'openpgp'
      ? ok('gpg.format', 'git signs with OpenPGP')
      : warning(
          'gpg.format',
          `git signs with ${format}; modelsmith takes OpenPGP whatever git does`,
          'have an OpenPGP key for modelsmith; nothing needs to change in git',
        ),
    terminal.interactive
      ? ok('terminal', `interactive, ${terminal.columns} columns`)
      : warning('terminal', 'not interactive, so no human gate can be signed here', 'use a terminal'),
  ];
}

async function agent({ signing }: Context): Promise<Finding> {
  if (await signing.gpgAgent()) return ok('gpg-agent', 'answers');
  // Where no key is, gpg starts its agent when it first needs one.
  return (await signing.secretKeys()).length === 0
    ? ok('gpg-agent', 'not running, and not needed: there is no private key')
    : problem(
        'gpg-agent',
        'does not answer, so gpg cannot sign',
        'gpg --list-keys; gpgconf --kill all; gpgconf --launch gpg-agent',
      );
}

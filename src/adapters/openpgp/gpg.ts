import { CannotTell } from '../../base/errors.ts';
import type { Fingerprint } from '../../domain/names.ts';
import type { CommitSigner } from '../../ports/signatures.ts';
import { gpgFailure } from './gpg-failure.ts';
import { runGpg, terminalName, type GpgOptions } from './gpg-process.ts';

/** Signs with the newest signing key of that certificate, as gpg chooses it. */
export function gpgSigner(primary: Fingerprint, options: GpgOptions): CommitSigner {
  return {
    primary,
    sign: async (payload) => {
      const tty = await terminalName(options.ambient ?? process.env);
      const result = await runGpg(
        options,
        [
          ...(tty === null ? ['--batch', '--no-tty'] : []),
          ...['--status-fd=2', '--no-textmode', '--digest-algo=SHA512', '--no-comments', '--no-emit-version'],
          ...['--local-user', primary, '--armor', '--detach-sign'],
        ],
        payload,
        tty === null ? {} : { GPG_TTY: tty },
      );
      // As git does: the exit code alone is not believed.
      if (result.code === 0 && /^\[GNUPG:\] SIG_CREATED /m.test(result.stderr)) return result.stdout;
      throw gpgFailure(primary, result.stderr, await validityOf(primary, options));
    },
  };
}

/** The public certificate, armored, with no signatures but the key's own. */
export async function exportCertificate(primary: Fingerprint, options: GpgOptions): Promise<string> {
  const exporting = [
    '--batch',
    '--no-tty',
    '--armor',
    '--export-options',
    'export-minimal',
    '--export',
    primary,
  ];
  const { stdout, stderr } = await runGpg(options, exporting);
  if (stdout.includes('BEGIN PGP PUBLIC KEY BLOCK')) return stdout;
  throw gpgFailure(primary, stderr, '');
}

/** @returns GnuPG's version such as `2.2.40`, or null where the program is not installed. */
export async function gpgVersion(options: GpgOptions): Promise<string | null> {
  try {
    const { stdout } = await runGpg(options, ['--version']);
    return /^gpg[^\n]* (\d+\.\d+[^\s]*)/.exec(stdout)?.[1] ?? null;
  } catch (error) {
    if (error instanceof CannotTell && error.code === 'TOOL_MISSING') return null;
    throw error;
  }
}

/** Whether gpg-agent answers; `gpg-connect-agent` starts it where it does not run, as signing would. */
export async function gpgAgent(ambient: NodeJS.ProcessEnv): Promise<boolean> {
  try {
    const asked = await runGpg({ program: 'gpg-connect-agent', ambient }, ['GETINFO version', '/bye']);
    return asked.code === 0 && /^OK/m.test(asked.stdout);
  } catch (error) {
    if (error instanceof CannotTell && error.code === 'TOOL_MISSING') return false;
    throw error;
  }
}

/** The letter gpg gives the certificate: `e` expired, `r` revoked; empty where it does not know it. */
async function validityOf(primary: Fingerprint, options: GpgOptions): Promise<string> {
  const { stdout } = await runGpg(options, ['--batch', '--no-tty', '--with-colons', '--list-keys', primary]);
  return /^pub:([a-z]?)/m.exec(stdout)?.[1] ?? '';
}

import { spawn } from 'node:child_process';
import { CannotTell } from '../../base/errors.ts';
import type { Fingerprint } from '../../domain/names.ts';
import type { CommitSigner } from '../../ports/signatures.ts';
import { gpgFailure, gpgMissing } from './gpg-failure.ts';

/** The user's own GnuPG (2.2 or newer), with his agent, smartcards and pinentry. It makes signatures and judges none. */
export interface GpgOptions {
  /** The program of the user's global git configuration, or `gpg`. */
  readonly program: string;
  readonly ambient?: NodeJS.ProcessEnv;
}

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

/** Primary fingerprints of the certificates for which a usable secret signing key is here or on a known card. */
export async function listSecretKeys(options: GpgOptions): Promise<readonly Fingerprint[]> {
  const { stdout } = await runGpg(options, [
    ...['--batch', '--no-tty', '--with-colons', '--fixed-list-mode', '--list-secret-keys'],
  ]);
  const usable = new Set<Fingerprint>();
  let primary: Fingerprint | null = null;
  let inForce = false;
  let signs = false;
  for (const line of stdout.split('\n')) {
    // doc/DETAILS of GnuPG: 2 validity, 10 fingerprint, 12 capabilities, 15 `#` where the secret part is elsewhere.
    const field = line.split(':');
    const kind = field[0];
    if (kind === 'sec' || kind === 'ssb') {
      const alive = !/^[eridn]/.test(field[1] ?? '');
      if (kind === 'sec') [primary, inForce] = [null, alive];
      signs = alive && inForce && (field[11] ?? '').includes('s') && field[14] !== '#';
    } else if (kind === 'fpr') {
      primary ??= field[9] as Fingerprint;
      if (signs) usable.add(primary);
      signs = false;
    }
  }
  return [...usable];
}

/** The letter gpg gives the certificate: `e` expired, `r` revoked; empty where it does not know it. */
async function validityOf(primary: Fingerprint, options: GpgOptions): Promise<string> {
  const { stdout } = await runGpg(options, ['--batch', '--no-tty', '--with-colons', '--list-keys', primary]);
  return /^pub:([a-z]?)/m.exec(stdout)?.[1] ?? '';
}

interface GpgResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function runGpg(
  options: GpgOptions,
  args: readonly string[],
  input: Uint8Array = new Uint8Array(),
  environment: Record<string, string> = {},
): Promise<GpgResult> {
  return new Promise((resolve, reject) => {
    const env = { ...(options.ambient ?? process.env), ...environment };
    const child = spawn(options.program, args, { env, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
    child.stderr.on(
      'data',
      (chunk: Buffer) => (stderr += stderr.length < 65_536 ? chunk.toString('utf8') : ''),
    );
    child.on('error', (cause) => reject(gpgMissing(options.program, cause)));
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.on('error', () => undefined); // gpg may refuse before it reads; its status tells
    child.stdin.end(input);
  });
}

/** The terminal pinentry may draw on: gpg cannot find it by itself, because its input is the payload. */
async function terminalName(ambient: NodeJS.ProcessEnv): Promise<string | null> {
  const named = ambient['GPG_TTY'];
  if (named?.startsWith('/') === true) return named;
  if (!process.stdin.isTTY) return null;
  return await new Promise((resolve) => {
    const child = spawn('tty', { stdio: ['inherit', 'pipe', 'ignore'] });
    let name = '';
    child.stdout.on('data', (chunk: Buffer) => (name += chunk.toString('utf8')));
    child.on('error', () => resolve(null));
    child.on('close', (code) => resolve(code === 0 ? name.trim() : null));
  });
}

import { spawn } from 'node:child_process';
import { gpgMissing } from './gpg-failure.ts';

/** The user's own GnuPG (2.2 or newer), with his agent, smartcards and pinentry. It makes signatures and judges none. */
export interface GpgOptions {
  /** The program of the user's global git configuration, or `gpg`. */
  readonly program: string;
  readonly ambient?: NodeJS.ProcessEnv;
}

export interface GpgResult {
  readonly code: number | null;
  readonly stdout: string;
  /** The same, as it came. */
  readonly output: Uint8Array;
  readonly stderr: string;
}

export function runGpg(
  options: GpgOptions,
  args: readonly string[],
  input: Uint8Array = new Uint8Array(),
  environment: Record<string, string> = {},
): Promise<GpgResult> {
  return new Promise((resolve, reject) => {
    const env = { ...(options.ambient ?? process.env), ...environment };
    const child = spawn(options.program, args, { env, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
    const output: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on(
      'data',
      (chunk: Buffer) => (stderr += stderr.length < 65_536 ? chunk.toString('utf8') : ''),
    );
    child.on('error', (cause) => reject(gpgMissing(options.program, cause)));
    child.on('close', (code) => {
      const whole = Buffer.concat(output);
      resolve({ code, stdout: whole.toString('utf8'), output: whole, stderr });
    });
    child.stdin.on('error', () => undefined); // gpg may refuse before it reads; its status tells
    child.stdin.end(input);
  });
}

/** The terminal pinentry may draw on: gpg cannot find it by itself, because its input is the payload. */
export async function terminalName(ambient: NodeJS.ProcessEnv): Promise<string | null> {
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

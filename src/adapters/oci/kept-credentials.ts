import { spawn } from 'node:child_process';
import { delimiter, isAbsolute } from 'node:path';
import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const MAX_BYTES = 256 * 1024;
const LIMIT_MS = 30_000;

const Kept = z.looseObject({ Username: z.string(), Secret: z.string() });

export interface HelperOrder {
  readonly serverAddress: string;
  /** The configuration that names the helper. */
  readonly file: string;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Asks `docker-credential-<name>` (docker-credential-helpers). It reads the address from its input, and what it says is shown to
 * nobody. @returns null where it keeps nothing for that address. @throws CannotTell BAD_DATA, TOOL_MISSING, NOT_PERMITTED.
 */
export async function askHelper(
  name: string,
  { serverAddress, file, environment }: HelperOrder,
  limitMs = LIMIT_MS,
): Promise<{ readonly user: string; readonly secret: string } | null> {
  if (!NAME.test(name))
    throw new CannotTell('BAD_DATA', 'your docker configuration names a credential helper that can be none', {
      place: { file },
    });
  const program = `docker-credential-${name}`;
  const { code, output } = await run(program, serverAddress, absolutePaths(environment), limitMs);
  if (code !== 0) {
    if (/credentials not found|no credentials|no username|no usernames/i.test(output)) return null;
    throw new CannotTell('NOT_PERMITTED', `${program} gives no credentials for ${serverAddress}`, {
      facts: [
        code === null ? `it was ended after ${limitMs / 1000} s, or told too much` : `it ended with ${code}`,
      ],
      place: { file },
    });
  }
  const kept = parsed(output);
  if (kept === null)
    throw new CannotTell('NOT_PERMITTED', `${program} answers with something that is no credentials`, {
      place: { file },
    });
  return { user: kept.Username, secret: kept.Secret };
}

function parsed(output: string): z.infer<typeof Kept> | null {
  try {
    return Kept.parse(JSON.parse(output));
  } catch {
    return null;
  }
}

/** A folder that is relative would be one of whatever repository the command is run in. */
function absolutePaths(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  return { ...environment, PATH: folders.join(delimiter) };
}

/** `code` is null where it was ended. */
async function run(
  program: string,
  input: string,
  env: NodeJS.ProcessEnv,
  limitMs: number,
): Promise<{ readonly code: number | null; readonly output: string }> {
  return await new Promise((resolve, reject) => {
    const child = spawn(program, ['get'], { env, shell: false, stdio: ['pipe', 'pipe', 'ignore'] });
    // What it started itself may hold its output open.
    const stop = (): void => {
      child.kill('SIGKILL');
      child.stdout.destroy();
    };
    const end = setTimeout(stop, limitMs);
    const pieces: Buffer[] = [];
    let bytes = 0;
    child.stdout.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > MAX_BYTES) stop();
      else pieces.push(piece);
    });
    child.on('error', (cause) => {
      clearTimeout(end);
      reject(
        new CannotTell(
          'TOOL_MISSING',
          `${program}, which your docker configuration names, cannot be started`,
          {
            facts: ['code' in cause ? String(cause.code) : cause.message],
          },
        ),
      );
    });
    // One that closes its input unread is no failure.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.on('close', (code) => {
      clearTimeout(end);
      resolve({ code, output: Buffer.concat(pieces).toString('utf8') });
    });
  });
}

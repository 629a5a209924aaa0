import { constants } from 'node:fs';
import { access, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { CannotTell } from '../../base/errors.ts';
import type { Surroundings } from '../../ports/signing.ts';
import { runGpg, terminalName } from './gpg-process.ts';

/** Looks, and starts nothing. */
export async function surroundings(ambient: NodeJS.ProcessEnv): Promise<Surroundings | null> {
  try {
    const gpgconf = { program: 'gpgconf', ambient };
    const dirs = (await runGpg(gpgconf, ['--list-dirs'])).stdout;
    const components = (await runGpg(gpgconf, ['--list-components'])).stdout;
    const home = decodeURIComponent(/^homedir:(.*)$/m.exec(dirs)?.[1] ?? '');
    const usual = decodeURIComponent(/^pinentry:[^:]*:(.*)$/m.exec(components)?.[1] ?? '');
    const terminal = await terminalName(ambient);
    return {
      home,
      pinentry: await startable((await chosen(home)) ?? usual),
      terminal: terminal === null ? null : await usable(terminal),
      windows: [ambient['DISPLAY'], ambient['WAYLAND_DISPLAY']].some((name) => (name ?? '') !== ''),
    };
  } catch (error) {
    if (error instanceof CannotTell && error.code === 'TOOL_MISSING') return null;
    throw error;
  }
}

/** What the user's own agent is told to start. */
async function chosen(home: string): Promise<string | null> {
  const text = await readFile(join(home, 'gpg-agent.conf'), 'utf8').catch(() => '');
  return /^\s*pinentry-program\s+(.*\S)/m.exec(text)?.[1] ?? null;
}

async function startable(program: string): Promise<string | null> {
  try {
    await access(program, constants.X_OK);
    return await realpath(program);
  } catch {
    return null;
  }
}

/** `GPG_TTY` of a session that is over names a terminal that is no more. */
async function usable(terminal: string): Promise<string | null> {
  return await access(terminal, constants.R_OK | constants.W_OK).then(
    () => terminal,
    () => null,
  );
}

import { fork, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Ended {
  readonly exit: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs the built command with these words; `env` replaces the environment of the sandbox. */
export type Ask = (argv: readonly string[], env?: NodeJS.ProcessEnv, cwd?: string) => Promise<Ended>;

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** `node bin/modelsmith.js`, a process for each call. */
export function commandIn(sandbox: NodeJS.ProcessEnv): Ask {
  return (argv, env = sandbox, cwd) => startCommand(argv, env, cwd);
}

export const startCommand: Ask = (argv, env, cwd) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path('../../bin/modelsmith.js'), ...argv], {
      env,
      ...(cwd !== undefined && { cwd }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (exit) =>
      resolve({ exit, output: Buffer.concat(out).toString(), errors: Buffer.concat(err).toString() }),
    );
  });

/** The same built code in a process that stays, since most of a short run is its start. One call at a time. */
export function warmCommand(
  sandbox: NodeJS.ProcessEnv,
  cwd?: string,
): { readonly ask: Ask; readonly stop: () => void } {
  const child = fork(path('./warm.mjs'), {
    env: sandbox,
    ...(cwd !== undefined && { cwd }),
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return {
    ask: (argv, env = sandbox, cwd) =>
      new Promise((resolve, reject) => {
        const lost = (): void => reject(new Error('the command’s process ended without an answer'));
        child.once('exit', lost);
        child.once('message', (ended) => {
          child.off('exit', lost);
          resolve(ended as Ended);
        });
        // It may have ended between two calls, and then nobody is there to answer.
        child.send({ argv, env, cwd }, (error) => {
          if (error !== null) reject(error);
        });
      }),
    stop: () => {
      if (child.connected) child.disconnect();
    },
  };
}

import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Ended as Answer } from '../../attacks/command.ts';
import type { Where } from './command.ts';
import type { Ended } from './sandbox.ts';

/** For a machine that is busy; a test that waits cannot be broken off from outside. */
const PATIENCE_MS = 600_000;
let thread: Worker | null = null;

/**
 * The built command in a process that stays from one test to the next, since most of a short run is its start. It is waited
 * for as for a process of its own.
 */
export function askStanding({ env, cwd }: Where, argv: readonly string[]): Ended {
  thread ??= begin();
  const { port1, port2 } = new MessageChannel();
  const flag = new Int32Array(new SharedArrayBuffer(4));
  thread.postMessage({ argv, env: { ...env }, cwd, flag, port: port2 }, [port2]);
  Atomics.wait(flag, 0, 0, PATIENCE_MS);
  const told = receiveMessageOnPort(port1)?.message as Answer | null | undefined;
  port1.close();
  if (told === undefined || told === null)
    throw new Error(`there was no answer to modelsmith ${argv.join(' ')}`);
  return { code: told.exit, stdout: told.output, stderr: told.errors };
}

function begin(): Worker {
  const worker = new Worker(new URL('./standing.mjs', import.meta.url), { execArgv: [] });
  worker.unref(); // nobody waits for it but those who ask
  return worker;
}

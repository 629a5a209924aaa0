import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { warmCommand } from '../../attacks/command.ts';
import type { Ended } from './sandbox.ts';
import { askStanding } from './standing.ts';

const BIN = fileURLToPath(new URL('../../../bin/modelsmith.js', import.meta.url));

/** What starts the built command: a program and its first arguments. */
export const MODELSMITH: readonly [string, string] = [process.execPath, BIN];

export interface Where {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

/** What the built command says without a terminal. For what a process of its own is, there is `modelsmithAlone`. */
export function modelsmith(where: Where, args: readonly string[]): Ended {
  // What shells ask is answered by another file than the rest.
  return args[0] === 'complete' ? modelsmithAlone(where, args) : askStanding(where, args);
}

/** Runs the built command without a terminal, in a process of its own as people start it. */
export function modelsmithAlone({ env, cwd }: Where, args: readonly string[]): Ended {
  const [node, bin] = MODELSMITH;
  const ended = spawnSync(node, [bin, ...args], { env, cwd, maxBuffer: 1 << 26 });
  return { code: ended.status, stdout: ended.stdout.toString(), stderr: ended.stderr.toString() };
}

/** Processes that stay and have nothing to do. */
const idle: ReturnType<typeof warmCommand>[] = [];

/** The same without holding up this process, for tests that serve what it asks or run several at once. */
export async function modelsmithBeside({ env, cwd }: Where, args: readonly string[]): Promise<Ended> {
  const one = idle.pop() ?? warmCommand(env);
  const { exit, output, errors } = await one.ask(args, env, cwd);
  idle.push(one);
  return { code: exit, stdout: output, stderr: errors };
}

/** Runs it and demands success. @returns standard output. */
export function succeed(where: Where, args: readonly string[]): string {
  const ended = modelsmith(where, args);
  if (ended.code === 0) return ended.stdout;
  throw new Error(
    `modelsmith ${args.join(' ')} ended with ${String(ended.code)}\n${ended.stdout}${ended.stderr}`,
  );
}

/** The tools of a list that this machine lacks, said once; a test that needs them is skipped. */
export function lacking(...tools: readonly string[]): boolean {
  const gone = tools.filter((tool) => spawnSync('sh', ['-c', `command -v "${tool}"`]).status !== 0);
  if (gone.length > 0) console.warn(`skipped: ${gone.join(' and ')} not installed`);
  return gone.length > 0;
}

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { AttackCase, Bench, Target, Verdict } from './case.ts';

export interface Judged {
  readonly id: string;
  readonly expected: Verdict;
  readonly actual: Verdict | 'BUG';
  /** Finding codes, each once; for CANNOT the exit code. */
  readonly codes: readonly string[];
  readonly passed: boolean;
  /** What went otherwise than expected. */
  readonly why: string | null;
}

const COMMAND = fileURLToPath(new URL('../../bin/modelsmith.js', import.meta.url));

/** Builds the case and asks the real command about it: its exit code and the codes of its findings are the verdict. */
export async function judgeCase(attack: AttackCase, bench: Bench, env: NodeJS.ProcessEnv): Promise<Judged> {
  const target = await attack.build(bench);
  const { exit, output, errors } = await verify(target, env);
  const codes = exit === 0 || exit === 3 ? codesIn(output) : [String(exit)];
  const actual = verdictOf(exit);
  const complaint =
    actual !== attack.expected
      ? `${actual} instead of ${attack.expected}`
      : attack.code !== undefined && !codes.includes(attack.code)
        ? `${attack.code} is not among what was found`
        : (target.check?.(`${output}\n${errors}`) ?? null);
  return {
    id: attack.id,
    expected: attack.expected,
    actual,
    codes,
    passed: complaint === null,
    why: complaint === null ? null : `${complaint}\n${errors.slice(0, 2000)}`,
  };
}

function verdictOf(exit: number | null): Judged['actual'] {
  if (exit === 0) return 'OK';
  if (exit === 3) return 'FAIL';
  return exit !== null && exit >= 64 && exit <= 78 && exit !== 70 ? 'CANNOT' : 'BUG';
}

function codesIn(output: string): readonly string[] {
  const { findings } = JSON.parse(output) as { findings: readonly { code: string }[] };
  return [...new Set(findings.map(({ code }) => code))].sort();
}

interface Ended {
  readonly exit: number | null;
  readonly output: string;
  readonly errors: string;
}

async function verify(target: Target, env: NodeJS.ProcessEnv): Promise<Ended> {
  const { directory, revision, root, options = [] } = target;
  const branch = revision === undefined ? [] : ['--branch', revision];
  const argv = [COMMAND, 'verify', '-C', directory, '--root', root, ...branch, ...options, '--json'];
  return await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, argv, { env: { ...env, ...target.env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (exit) =>
      resolve({ exit, output: Buffer.concat(out).toString(), errors: Buffer.concat(err).toString() }),
    );
  });
}

/** Judges all of them, a few at a time, and reports each as it comes. */
export async function judgeAll(
  attacks: readonly AttackCase[],
  bench: Bench,
  env: NodeJS.ProcessEnv,
  report: (judged: Judged) => void = () => undefined,
): Promise<readonly Judged[]> {
  const results: Judged[] = [];
  const queue = [...attacks];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { id, expected } = next;
      const judged = await judgeCase(next, bench, env).catch(
        (error: unknown): Judged => ({
          ...{ id, expected, actual: 'BUG', codes: [], passed: false },
          why: error instanceof Error ? (error.stack ?? error.message) : String(error),
        }),
      );
      results.push(judged);
      report(judged);
    }
  };
  await Promise.all(Array.from({ length: 3 }, worker));
  const order = new Map(attacks.map(({ id }, index) => [id, index]));
  return results.sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
}

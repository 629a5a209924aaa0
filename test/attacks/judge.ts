import type { AttackCase, Bench, Target, Verdict } from './case.ts';
import { startCommand, type Ask } from './command.ts';

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

/** Builds the case and asks the real command about it: its exit code and the codes of its findings are the verdict. */
export async function judgeCase(attack: AttackCase, bench: Bench, ask: Ask): Promise<Judged> {
  const target = await attack.build(bench);
  // A case with an environment of its own is about the process, so it gets one.
  const put = target.env === undefined ? ask : startCommand;
  const { exit, output, errors } = await put(wordsFor(target), target.env);
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

function wordsFor({ directory, revision, root, options = [] }: Target): readonly string[] {
  const branch = revision === undefined ? [] : ['--branch', revision];
  return ['verify', '-C', directory, '--root', root, ...branch, ...options, '--json'];
}

/** Judges all of them, a few at a time, and reports each as it comes. */
export async function judgeAll(
  attacks: readonly AttackCase[],
  bench: Bench,
  asks: readonly Ask[],
  report: (judged: Judged) => void = () => undefined,
): Promise<readonly Judged[]> {
  const results: Judged[] = [];
  const queue = [...attacks];
  const worker = async (ask: Ask): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { id, expected } = next;
      const judged = await judgeCase(next, bench, ask).catch((error: unknown): Judged => ({
        ...{ id, expected, actual: 'BUG', codes: [], passed: false },
        why: error instanceof Error ? (error.stack ?? error.message) : String(error),
      }));
      results.push(judged);
      report(judged);
    }
  };
  await Promise.all(asks.map(worker));
  const order = new Map(attacks.map(({ id }, index) => [id, index]));
  return results.sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
}

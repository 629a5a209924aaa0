import type { Workshop } from './bench.ts';
import { bothWays, NOTHING_JUDGED, type BothWays } from './both-ways.ts';
import type { AttackCase, Target, Verdict } from './case.ts';
import { startCommand, type Ask } from './command.ts';
import type { Setting } from './setting.ts';

export interface Judged {
  readonly id: string;
  readonly setting: Setting;
  readonly expected: Verdict;
  readonly actual: Verdict | 'BUG' | 'NOT_APPLICABLE';
  /** Finding codes, each once; for CANNOT the exit code. */
  readonly codes: readonly string[];
  readonly passed: boolean;
  /** What came of judging it by the quick ways and by the plain one; null where that was not done or there was nothing to judge. */
  readonly ways: BothWays['outcome'];
  /** What went otherwise than expected, or why the case is not applicable. */
  readonly why: string | null;
}

/**
 * Builds the case once and asks the real command about it in each setting: exit code and finding codes are the verdict. In the
 * last of them it is judged both ways, too, where that is asked for.
 */
export async function judgeCase(
  attack: AttackCase,
  shop: Workshop,
  settings: readonly Setting[],
  { ask, isCompared }: { readonly ask: Ask; readonly isCompared: boolean },
): Promise<readonly Judged[]> {
  const format = settings[0]?.format ?? 'sha1';
  const built = await attack.build(shop.bench(format));
  const judged: Judged[] = [];
  const last = settings.findLast(({ bare }) => !bare || attack.bareLacks === undefined);
  for (const setting of settings)
    judged.push(await judgeIn(setting, attack, built, shop, ask, isCompared && setting === last));
  return judged;
}

async function judgeIn(
  setting: Setting,
  attack: AttackCase,
  built: Target,
  shop: Workshop,
  ask: Ask,
  isBothWays: boolean,
): Promise<Judged> {
  const { id, expected, bareLacks } = attack;
  if (setting.bare && bareLacks !== undefined) {
    const why = `a bare repository has no such ${bareLacks}`;
    return { id, setting, expected, actual: 'NOT_APPLICABLE', codes: [], passed: true, ways: null, why };
  }
  const { target, env, sprung, clear } = await shop.place(built, setting);
  // A case with an environment of its own is about the process, so it gets one.
  const put = target.env === undefined ? ask : startCommand;
  const { exit, output, errors } = await put(wordsFor(target), env);
  const codes = exit === 0 || exit === 3 ? codesIn(output) : [String(exit)];
  const actual = verdictOf(exit);
  const ways = isBothWays ? await bothWays(target, env ?? shop.box.env) : NOTHING_JUDGED;
  const ran = sprung();
  clear();
  const complaint =
    ran !== null
      ? `verify ran ${ran}`
      : actual !== expected
        ? `${actual} instead of ${expected}`
        : attack.code !== undefined && !codes.includes(attack.code)
          ? `${attack.code} is not among what was found`
          : (target.check?.(`${output}\n${errors}`) ?? otherwise(ways));
  return {
    ...{ id, setting, expected, actual, codes, ways: ways.outcome },
    passed: complaint === null,
    why: complaint === null ? null : `${complaint}\n${errors.slice(0, 2000)}`,
  };
}

function otherwise({ differences }: BothWays): string | null {
  return differences.length === 0 ? null : `judged otherwise by the plain way:\n${differences.join('\n')}`;
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

/**
 * Judges all of them, a few at a time, and reports each as it comes.
 * @param settings of one object format, in the order of `settingsOf`. @param isCompared which are judged both ways. @returns case by case, each in every setting.
 */
export async function judgeAll(
  attacks: readonly AttackCase[],
  shop: Workshop,
  settings: readonly Setting[],
  asks: readonly Ask[],
  report: (judged: Judged) => void = () => undefined,
  isCompared: (attack: AttackCase) => boolean = () => true,
): Promise<readonly Judged[]> {
  const results = new Map<string, readonly Judged[]>();
  const queue = [...attacks];
  const worker = async (ask: Ask): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { id, expected } = next;
      const judged = await judgeCase(next, shop, settings, { ask, isCompared: isCompared(next) }).catch(
        (error: unknown) =>
          settings.map((setting): Judged => ({
            ...{ id, setting, expected, actual: 'BUG', codes: [], passed: false, ways: null },
            why: error instanceof Error ? (error.stack ?? error.message) : String(error),
          })),
      );
      results.set(id, judged);
      for (const each of judged) report(each);
    }
  };
  await Promise.all(asks.map(worker));
  return attacks.flatMap(({ id }) => results.get(id) ?? []);
}

import { modelsmithBeside } from '../real/support/command.ts';
import { assemble, type Crew } from './crew.ts';
import { makeCommits, store } from './commits.ts';
import { DIFFERENCES, EQUAL, listed, type Difference } from './differences.ts';
import { asGitReads } from './git-reading.ts';
import { gitVerdicts } from './git-verdict.ts';
import { fewAtATime } from './gpg-process.ts';
import { gpgVerdict, type GpgVerdict } from './gpg-verdict.ts';

/** One commit, judged by both. */
export interface Compared {
  readonly scenario: string;
  readonly id: string;
  readonly gpg: GpgVerdict;
  /** `good`, `unsigned`, or the code of the refusal. */
  readonly modelsmith: string;
  /** What else the two say otherwise of a signature both call good. */
  readonly beside: readonly string[];
}

/** Commits on which the two differ in the same way. */
export interface ClassOfDifference {
  readonly gpg: string;
  readonly modelsmith: string;
  readonly scenario: string;
  readonly commits: readonly string[];
  /** Null where nobody has said why. */
  readonly listed: Difference | null;
}

export interface Comparison {
  readonly commits: number;
  readonly same: number;
  readonly classes: readonly ClassOfDifference[];
  /** Scenarios of which git, asked itself about their first commit, had gpg say something else. */
  readonly misread: readonly string[];
  /** Listed, and not seen. */
  readonly stale: readonly Difference[];
  readonly seconds: {
    readonly keys: number;
    readonly signing: number;
    readonly gpg: number;
    readonly modelsmith: number;
  };
}

interface Line {
  readonly commit: string;
  readonly verdict: 'good' | 'bad' | 'unknown' | 'unsigned';
  readonly code: string | null;
  readonly key: string | null;
  readonly primary: string | null;
  readonly time: string | null;
}

/** Has both judge the same commits. */
export async function compare(commits: number, seed: number): Promise<Comparison> {
  const clock = stopwatch();
  const crew = await assemble();
  try {
    const keys = clock();
    const made = await makeCommits(crew, commits, seed);
    const { directory, ids } = store(crew.box, 'commits', made);
    const signing = clock();
    const verdicts = await fewAtATime(made, async ({ commit }, index) =>
      gpgVerdict(crew.reader, asGitReads(commit), String(index)),
    );
    const byGit = gitVerdicts(crew.reader, directory);
    const misread = made.flatMap(({ scenario }, index) => {
      if (made.findIndex((each) => each.scenario === scenario) !== index) return [];
      const said = byGit(ids[index] ?? '')?.word ?? null;
      const same = said === null || comparable(said) === comparable(verdicts[index]?.word ?? '');
      return same ? [] : [`${scenario}: ${said}`];
    });
    const gpg = clock();
    const lines = await linesOf(crew, directory);
    const compared = made.map(({ scenario }, index): Compared => {
      const line = lines.get(ids[index] ?? '');
      const verdict = verdicts[index];
      if (line === undefined || verdict === undefined)
        throw new Error(`nothing was said of ${ids[index] ?? index}`);
      const beside = line.verdict === 'good' && verdict.key !== null ? otherwise(line, verdict) : [];
      return { scenario, id: line.commit, gpg: verdict, modelsmith: line.code ?? line.verdict, beside };
    });
    const classes = classesIn(compared);
    const seen = new Set(classes.map(({ listed }) => listed));
    return {
      commits: compared.length,
      same: compared.length - classes.reduce((sum, each) => sum + each.commits.length, 0),
      classes,
      misread,
      stale: DIFFERENCES.filter((difference) => difference.byChance !== true && !seen.has(difference)),
      seconds: { keys, signing, gpg, modelsmith: clock() },
    };
  } finally {
    crew.dispose();
  }
}

async function linesOf(crew: Crew, directory: string): Promise<ReadonlyMap<string, Line>> {
  const words = ['signatures', 'main', '--keyring', crew.keyring, '--json', '-C', directory];
  const { code, stdout, stderr } = await modelsmithBeside({ env: crew.box.env, cwd: crew.box.root }, words);
  if (code !== 3) throw new Error(`signatures ended with ${String(code)}: ${stderr}`);
  const lines = stdout.split('\n').filter((line) => line.startsWith('{"commit"'));
  return new Map(lines.map((text) => JSON.parse(text) as Line).map((line) => [line.commit, line]));
}

/** Of a signature that both call good, key and time must be the same. */
function otherwise({ key, primary, time }: Line, verdict: GpgVerdict): readonly string[] {
  const seconds = Math.floor(Date.parse(time ?? '') / 1000);
  return [
    ...(key === verdict.key ? [] : ['key']),
    ...(primary === verdict.primary ? [] : ['primary']),
    ...(seconds === verdict.time ? [] : ['time']),
  ];
}

function classesIn(compared: readonly Compared[]): readonly ClassOfDifference[] {
  const classes = new Map<string, Compared[]>();
  for (const each of compared) {
    if (each.beside.length === 0 && EQUAL[each.gpg.word]?.includes(each.modelsmith) === true) continue;
    const key = [each.gpg.word, each.modelsmith, ...each.beside, each.scenario].join(' ');
    classes.set(key, [...(classes.get(key) ?? []), each]);
  }
  return [...classes.values()].map((own) => {
    const [{ gpg, modelsmith, scenario, beside }] = own as [Compared];
    const said = [modelsmith, ...beside.map((what) => `other ${what}`)].join(', ');
    return {
      gpg: gpg.word,
      modelsmith: said,
      scenario,
      commits: own.map(({ id }) => id),
      listed: listed(gpg.word, said, scenario),
    };
  });
}

/** git has an exit code of its own. */
function comparable(word: string): string {
  return word.replace(/-exit-\d+$/, '');
}

function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const seconds = (now - last) / 1000;
    last = now;
    return Math.round(seconds * 10) / 10;
  };
}

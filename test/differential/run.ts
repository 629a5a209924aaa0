import { compare, type Comparison } from './compare.ts';

const COMMITS = 4000;

/** `npm run differential [-- --commits <n>] [--seed <n>] [--json]`. @returns the exit code. */
export async function run(argv: readonly string[]): Promise<number> {
  const numberAfter = (flag: string, otherwise: number): number => {
    const at = argv.indexOf(flag);
    return at < 0 ? otherwise : Number(argv[at + 1]);
  };
  const commits = numberAfter('--commits', COMMITS);
  const seed = numberAfter('--seed', 1);
  if (!Number.isSafeInteger(commits) || !Number.isSafeInteger(seed) || commits < 1) {
    process.stderr.write('npm run differential [-- --commits <n>] [--seed <n>] [--json]\n');
    return 64;
  }
  const comparison = await compare(commits, seed);
  process.stdout.write(
    argv.includes('--json') ? `${JSON.stringify(comparison, patternsAsText)}\n` : text(comparison),
  );
  return isExpected(comparison) ? 0 : 1;
}

function patternsAsText(_key: string, value: unknown): unknown {
  return value instanceof RegExp ? String(value) : value;
}

function isExpected({ classes, misread, stale }: Comparison): boolean {
  return misread.length + stale.length === 0 && classes.every(({ listed }) => listed !== null);
}

function text({ commits, same, classes, misread, stale, seconds }: Comparison): string {
  const rows = classes.map(({ gpg, modelsmith, scenario, commits: own, listed }) => {
    const why = listed === null ? `NOT LISTED, such as ${own[0] ?? ''}` : `decision 13, ${listed.because}`;
    return `${String(own.length).padStart(6)}  ${gpg.padEnd(18)} ${modelsmith.padEnd(22)} ${scenario} — ${why}`;
  });
  const { keys, signing, gpg, modelsmith } = seconds;
  return [
    ` count  gpg                modelsmith             what`,
    ...rows,
    ...misread.map((each) => `  other  git itself has gpg say of ${each}`),
    ...stale.map(
      (each) =>
        `   none  ${String(each.gpg)} ${String(each.modelsmith)} ${String(each.scenarios)} — LISTED, BUT NOT SEEN`,
    ),
    `${commits} commits: ${same} the same in both, ${commits - same} in ${classes.length} classes of difference`,
    `seconds: ${keys} making keys, ${signing} signing, ${gpg} gpg, ${modelsmith} modelsmith`,
    '',
  ].join('\n');
}

import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench, Measurements } from './bench.ts';
import { exporting } from './export.ts';
import { exportKilled } from './killed.ts';
import { queue } from './queue.ts';
import { startup } from './startup.ts';
import { verify, verifyGrowth } from './verify.ts';

const BENCHES: Readonly<Record<string, Bench>> = {
  export: exporting,
  'export-killed': exportKilled,
  queue,
  startup,
  verify,
  'verify-growth': verifyGrowth,
};
const ROUNDS = 5;
/** With fewer a median says nothing. */
const LEAST_ROUNDS = 3;
const EXIT_USAGE = 64;

/** `npm run bench -- <name> [--<size> <n>] [--rounds <n>] [--json]`. @returns the exit code. */
export async function run(argv: readonly string[]): Promise<number> {
  const asked = read(argv);
  if (typeof asked === 'string') {
    process.stderr.write(`cannot tell: ${asked}\n\n${usage()}`);
    return EXIT_USAGE;
  }
  const { name, bench, size, rounds, json } = asked;
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const found = await bench.run({ size, rounds, kept: keptIn(process.env), say });
  process.stdout.write(json ? `${JSON.stringify({ bench: name, ...found })}\n` : table(name, found));
  return 0;
}

interface Asked {
  readonly name: string;
  readonly bench: Bench;
  readonly size: number;
  readonly rounds: number;
  readonly json: boolean;
}

/** @returns what is asked for, or what is wrong with it. */
function read(argv: readonly string[]): Asked | string {
  const [name, ...rest] = argv;
  if (name === undefined) return 'no bench is named';
  const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (bench === undefined) return `there is no bench ${name}`;
  const sized = bench.size === null ? {} : { [bench.size.option]: { type: 'string' } as const };
  try {
    const { values } = parseArgs({
      args: rest,
      options: { json: { type: 'boolean' }, rounds: { type: 'string' }, ...sized },
    });
    const given: Readonly<Record<string, unknown>> = values;
    const rounds = Number(given['rounds'] ?? ROUNDS);
    if (!Number.isSafeInteger(rounds) || rounds < LEAST_ROUNDS)
      return `--rounds must be ${LEAST_ROUNDS} or more`;
    const size = bench.size === null ? 0 : Number(given[bench.size.option] ?? bench.size.usual);
    if (bench.size !== null && (!Number.isSafeInteger(size) || size < 1))
      return `--${bench.size.option} must be a whole number, 1 or more`;
    return { name, bench, size, rounds, json: values.json === true };
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
}

function usage(): string {
  const rows = Object.entries(BENCHES).map(([name, { about, size }]) => {
    const option = size === null ? '' : ` --${size.option} <n>`;
    return `  ${`${name}${option}`.padEnd(32)}${about}${size === null ? '' : ` (default: ${size.usual})`}\n`;
  });
  return [
    'npm run bench -- <name> [--rounds <n>] [--json]\n\n',
    ...rows,
    '\nEach runs five times, or as often as --rounds says, and all take turns; what is told is the median. What is\n',
    'generated is kept in MODELSMITH_BENCH_CACHE (default: modelsmith-bench in the folder of caches).\n',
  ].join('');
}

function keptIn({ MODELSMITH_BENCH_CACHE, XDG_CACHE_HOME }: NodeJS.ProcessEnv): string {
  if (MODELSMITH_BENCH_CACHE !== undefined && MODELSMITH_BENCH_CACHE !== '') return MODELSMITH_BENCH_CACHE;
  const caches =
    XDG_CACHE_HOME === undefined || XDG_CACHE_HOME === '' ? join(homedir(), '.cache') : XDG_CACHE_HOME;
  return join(caches, 'modelsmith-bench');
}

function table(bench: string, found: Measurements): string {
  const measured = Object.entries(found);
  const facts = measured.filter(([name]) => !/_(s|ratio)$/.test(name));
  const rows = measured.flatMap(([name, value]) => {
    if (!name.endsWith('_s')) return [];
    const contender = name.slice(0, -'_s'.length);
    const ratio = found[`${contender}_ratio`];
    const times = ratio === undefined ? '' : `${ratio.toFixed(2)} ×`.padStart(10);
    return [`${contender.padEnd(12)}${`${value.toFixed(3)} s`.padStart(12)}${times}`];
  });
  return `${[bench, ...facts.map(([name, value]) => `${name.padEnd(26)}${String(value).padStart(10)}`), ...rows].join('\n')}\n`;
}

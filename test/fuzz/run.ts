import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Dice } from '../properties/dice.ts';
import { mutate } from './mutate.ts';
import { PARSERS, type Parser } from './parsers.ts';

/** Longer than this for one small input is a hang that was lucky. */
const MAX_MILLISECONDS = 2000;
const MAX_RESIDENT_BYTES = 1024 * 1024 * 1024;

/** `npm run fuzz -- [parser] [--inputs N] [--seed N]`. @returns the exit code: 0 where every input ended as it must. */
export async function run(argv: readonly string[]): Promise<number> {
  const option = (name: string, otherwise: number): number => {
    const at = argv.indexOf(name);
    return at < 0 ? otherwise : Number(argv[at + 1]);
  };
  const [inputs, seed] = [option('--inputs', 20_000), option('--seed', Math.floor(Date.now() / 1000))];
  const [asked] = argv.filter(
    (word, index) => !word.startsWith('--') && !(argv[index - 1] ?? '').startsWith('--'),
  );
  const parsers = PARSERS.filter(({ name }) => asked === undefined || name === asked);
  if (parsers.length === 0 || !Number.isSafeInteger(inputs) || inputs < 1 || !Number.isSafeInteger(seed)) {
    const names = PARSERS.map(({ name }) => name).join(', ');
    process.stderr.write(`usage: npm run fuzz -- [parser] [--inputs N] [--seed N]\nparsers: ${names}\n`);
    return 64;
  }
  let isWell = true;
  for (const parser of parsers) isWell = (await fuzz(parser, inputs, seed)) && isWell;
  return isWell ? 0 : 1;
}

async function fuzz(parser: Parser, inputs: number, seed: number): Promise<boolean> {
  const outcomes = new Map<string, number>();
  const started = performance.now();
  let [slowest, resident] = [0, 0];
  for (let turn = 0; turn < inputs; turn += 1) {
    const bytes = inputOf(parser, seed + turn);
    const before = performance.now();
    try {
      const answer = parser.parse(bytes);
      const outcome = typeof answer === 'string' ? answer : await answer;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    } catch (error) {
      return tell(parser, bytes, `crashed with seed ${seed + turn}: ${String(error)}`);
    }
    let took = performance.now() - before;
    if (took > MAX_MILLISECONDS) {
      // A busy machine makes one input slow once; a hang is slow again.
      const again = performance.now();
      await parser.parse(bytes);
      took = performance.now() - again;
    }
    slowest = Math.max(slowest, took);
    if (took > MAX_MILLISECONDS)
      return tell(parser, bytes, `took ${Math.round(took)} ms with seed ${seed + turn}`);
    if (turn % 5000 === 0) resident = Math.max(resident, process.memoryUsage.rss());
    if (resident > MAX_RESIDENT_BYTES) return tell(parser, bytes, `took ${resident} bytes of memory`);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const counts = [...outcomes].sort((a, b) => b[1] - a[1]).map(([outcome, count]) => `${outcome} ${count}`);
  process.stdout.write(
    `${parser.name}: ${inputs} inputs in ${seconds} s, slowest ${slowest.toFixed(1)} ms, ` +
      `${Math.round(resident / 1_000_000)} MB; ${counts.join(', ')}\n`,
  );
  return true;
}

/** The same for the same seed: an input is found again by its number alone. */
export function inputOf({ seeds }: Parser, seed: number): Uint8Array {
  const dice = new Dice(seed);
  // Neighbouring seeds give neighbouring first numbers.
  for (let turn = 0; turn < 3; turn += 1) dice.below(2);
  return mutate(dice, dice.pick(seeds), seeds);
}

function tell({ name }: Parser, bytes: Uint8Array, what: string): false {
  const path = join(mkdtempSync(join(tmpdir(), 'fuzz-')), name);
  writeFileSync(path, bytes);
  process.stdout.write(`${name}: NOT AS IT MUST BE: ${what}\n  the input: ${path}\n`);
  return false;
}

import { trial } from './trial.ts';

/** `npm run mutate -- [--count N] [--seed N]`. @returns the exit code: 0 where every alteration ended as it must. */
export async function run(argv: readonly string[]): Promise<number> {
  const option = (name: string, otherwise: number): number => {
    const at = argv.indexOf(name);
    return at < 0 ? otherwise : Number(argv[at + 1]);
  };
  const [count, seed] = [option('--count', 5000), option('--seed', Math.floor(Date.now() / 1000))];
  if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(seed)) {
    process.stderr.write('usage: npm run mutate -- [--count N] [--seed N]\n');
    return 64;
  }
  process.stdout.write(`${count} altered histories from seed ${seed}\n`);
  const silences = await trial(count, seed, (done) => process.stderr.write(`\r${done}`));
  process.stderr.write('\r');
  for (const { seed: turn, what } of silences)
    process.stdout.write(`NOT AS IT MUST BE  --seed ${turn} --count 1: ${what}\n`);
  process.stdout.write(`${count - silences.length} of ${count} as they must be\n`);
  return silences.length === 0 ? 0 : 1;
}

import { writeFileSync } from 'node:fs';
import { workshop } from './bench.ts';
import { CASES, casesNamed } from './cases.ts';
import { commandIn, warmCommand, type Ask } from './command.ts';
import { judgeAll, type Judged } from './judge.ts';
import { attacksTable } from './table.ts';

/** `npm run attacks -- [<id>…] [--json] [--sha256] [--docs]`. @returns the exit code. */
export async function run(argv: readonly string[]): Promise<number> {
  const json = argv.includes('--json');
  if (argv.includes('--docs')) {
    writeFileSync(new URL('../../docs/attacks.md', import.meta.url), attacksTable(CASES));
    return 0;
  }
  const names = argv.filter((word) => !word.startsWith('--'));
  const cases = casesNamed(names);
  if (cases.length === 0) {
    process.stderr.write(`there is no attack named ${names.join(' or ')}\n`);
    return 64;
  }
  const shop = workshop();
  try {
    const bench = shop.bench(argv.includes('--sha256') ? 'sha256' : 'sha1');
    const warm = argv.includes('--warm') ? [1, 2, 3].map(() => warmCommand(shop.box.env)) : [];
    const asks = warm.length > 0 ? warm.map(({ ask }) => ask) : Array<Ask>(3).fill(commandIn(shop.box.env));
    const titles = new Map(cases.map(({ id, title }) => [id, title]));
    const results = await judgeAll(cases, bench, asks, (judged) =>
      process.stdout.write(`${lineOf(judged, titles.get(judged.id) ?? '')}\n`),
    );
    for (const { stop } of warm) stop();
    const passed = results.filter((judged) => judged.passed).length;
    const summary = {
      total: results.length,
      passed,
      cases: results.map(({ id, expected, actual, codes }) => ({ id, expected, actual, codes })),
    };
    process.stdout.write(
      json ? `${JSON.stringify(summary)}\n` : `${passed} of ${results.length} as expected\n`,
    );
    return passed === results.length ? 0 : 1;
  } finally {
    shop.dispose();
  }
}

function lineOf({ id, actual, codes, passed, why }: Judged, title: string): string {
  const head = `${passed ? 'ok      ' : 'NOT OK  '} ${id.padEnd(26)} ${actual.padEnd(6)} ${codes.join(' ')}`;
  return `${head}  — ${title}${why === null ? '' : `\n         ${why.replaceAll('\n', '\n         ')}`}`;
}

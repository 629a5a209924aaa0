import { writeFileSync } from 'node:fs';
import { workshop, type Workshop } from './bench.ts';
import type { AttackCase } from './case.ts';
import { CASES, casesNamed } from './cases.ts';
import { commandIn, warmCommand, type Ask } from './command.ts';
import { judgeAll, type Judged } from './judge.ts';
import { settingName, settingsOf, type Setting } from './setting.ts';
import { summaryOf, summaryText, type Summary } from './summary.ts';
import { attacksTable } from './table.ts';

const FLAGS = ['--json', '--sha256', '--bare', '--hostile', '--matrix', '--warm', '--docs'];
const AT_A_TIME = 3;

/** `npm run attacks -- [<id>…] [--sha256] [--bare] [--hostile] [--matrix] [--json] [--docs]`. @returns the exit code. */
export async function run(argv: readonly string[]): Promise<number> {
  const has = (flag: string): boolean => argv.includes(flag);
  const unknown = argv.filter((word) => word.startsWith('--') && !FLAGS.includes(word));
  if (unknown.length > 0) return refuse(`there is no ${unknown.join(', no ')}; there are ${FLAGS.join(' ')}`);
  if (has('--docs')) {
    writeFileSync(new URL('../../docs/attacks.md', import.meta.url), attacksTable(CASES));
    return 0;
  }
  const names = argv.filter((word) => !word.startsWith('--'));
  const cases = casesNamed(names);
  if (cases.length === 0) return refuse(`there is no attack named ${names.join(' or ')}`);
  const setting: Setting = {
    format: has('--sha256') ? 'sha256' : 'sha1',
    bare: has('--bare'),
    hostile: has('--hostile'),
  };
  const shop = workshop();
  // A process for each question is what people start; one that stays saves the matrix most of its time.
  const warm =
    has('--warm') || has('--matrix')
      ? Array.from({ length: AT_A_TIME }, () => warmCommand(shop.box.env))
      : [];
  const asks =
    warm.length > 0 ? warm.map(({ ask }) => ask) : Array<Ask>(AT_A_TIME).fill(commandIn(shop.box.env));
  try {
    return has('--matrix')
      ? await runMatrix(cases, shop, asks, has('--json'))
      : await runOne(cases, shop, setting, asks, has('--json'));
  } finally {
    for (const { stop } of warm) stop();
    shop.dispose();
  }
}

async function runOne(
  cases: readonly AttackCase[],
  shop: Workshop,
  setting: Setting,
  asks: readonly Ask[],
  json: boolean,
): Promise<number> {
  const titles = new Map(cases.map(({ id, title }) => [id, title]));
  const results = await judgeAll(cases, shop, [setting], asks, (judged) =>
    say(lineOf(judged, titles.get(judged.id) ?? '')),
  );
  const summary = summaryOf(setting, results);
  say(json ? JSON.stringify(summary) : summaryText(summary));
  return summary.passed === summary.total ? 0 : 1;
}

/** Each case is built once an object format and then judged in every setting of it. */
async function runMatrix(
  cases: readonly AttackCase[],
  shop: Workshop,
  asks: readonly Ask[],
  json: boolean,
): Promise<number> {
  const titles = new Map(cases.map(({ id, title }) => [id, title]));
  const combinations: Summary[] = [];
  for (const format of ['sha1', 'sha256'] as const) {
    const results = await judgeAll(cases, shop, settingsOf(format), asks, (judged) => {
      if (!judged.passed)
        say(`${settingName(judged.setting)}: ${lineOf(judged, titles.get(judged.id) ?? '')}`);
    });
    for (const setting of settingsOf(format)) {
      const summary = summaryOf(setting, results);
      combinations.push(summary);
      say(`${settingName(setting).padEnd(20)} ${summaryText(summary)}`);
    }
  }
  const total = combinations.reduce((sum, each) => sum + each.total, 0);
  const passed = combinations.reduce((sum, each) => sum + each.passed, 0);
  if (json) say(JSON.stringify({ total, passed, combinations }));
  return passed === total ? 0 : 1;
}

function lineOf({ id, actual, codes, passed, why }: Judged, title: string): string {
  const word = actual === 'NOT_APPLICABLE' ? 'n/a     ' : passed ? 'ok      ' : 'NOT OK  ';
  const head = `${word} ${id.padEnd(26)} ${(actual === 'NOT_APPLICABLE' ? '-' : actual).padEnd(6)} ${codes.join(' ')}`;
  return `${head}  — ${title}${why === null ? '' : `\n         ${why.replaceAll('\n', '\n         ')}`}`;
}

function refuse(why: string): number {
  process.stderr.write(`${why}\n`);
  return 64;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

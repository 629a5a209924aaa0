import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compare, floorText } from '../../../src/base/decimal.ts';
import type { Rubric } from '../../../src/domain/rubric.ts';
import type { EvaluationReport } from '../../../src/domain/evaluation-report.ts';
import { score, type Scored } from '../../../src/machine/score.ts';
import { judgeScores, scoresRecord, worst } from '../../../src/machine/thresholds.ts';
import { ScoresRecord } from '../../../src/domain/scores.ts';
import { decimal, reportOf, rubricOf } from './score-cases.ts';

const rubric = rubricOf([
  { id: 'a', weight: '2' },
  { id: 'b', direction: 'lower', range: { min: '1', max: '5' } },
  { id: 'h', group: 'held-out' },
  { id: 's', group: 'security', weight: '0', direction: 'lower', hardLimit: '0.02' },
]);
const rows = [
  { task: 't-a', value: '0.8' },
  { task: 't-b', value: '2', higherIsBetter: false },
  { task: 't-h', value: '0.7' },
  { task: 't-s', value: '0.02', higherIsBetter: false },
];
const altered = (task: string, changes: object) =>
  reportOf(rows.map((row) => (row.task === task ? { ...row, ...changes } : row)));
const good = reportOf(rows);

function scored(of: Rubric, report: EvaluationReport, baseline: EvaluationReport): Scored {
  const result = score(of, report, baseline);
  if (result.kind !== 'scored') throw new Error(JSON.stringify(result.faults));
  return result;
}
const codes = (of: Rubric, report: EvaluationReport, baseline: EvaluationReport) => {
  const result = score(of, report, baseline);
  return result.kind === 'scored' ? [] : result.faults.map(({ code }) => code);
};
const thresholds = (core: string, heldOut: string, maxRegressions = 0) => ({
  core: decimal(core),
  heldOut: decimal(heldOut),
  maxRegressions,
});

describe('score', () => {
  test('is the weighted mean of normalised values', () => {
    const result = scored(rubric, good, good);
    expect(floorText(result.core)).toBe('0.783333333333'); // (2·0.8 + 1·(5−2)/4) / 3
    expect(floorText(result.heldOut)).toBe('0.7');
    expect(result.regressions).toBe(0);
    expect(result.tasks.map(({ hardLimitMet }) => hardLimitMet)).toEqual([null, null, null, true]);
  });
  test.each<[string, EvaluationReport, EvaluationReport]>([
    ['EVAL_TASK_MISSING', reportOf(rows.slice(1)), good],
    ['EVAL_GROUP_AND_SUBTASKS', reportOf(rows.slice(1), { groups: ['t-a'] }), good],
    ['EVAL_OUT_OF_RANGE', altered('t-a', { value: '1.0000000001' }), good],
    ['EVAL_OUT_OF_RANGE', altered('t-a', { value: '80' }), good],
    ['EVAL_OUT_OF_RANGE', altered('t-a', { value: '-0.1' }), good],
    ['EVAL_OUT_OF_RANGE', good, altered('t-a', { value: '51.3' })],
    ['EVAL_DIRECTION', altered('t-a', { higherIsBetter: false }), altered('t-a', { higherIsBetter: false })],
    [
      'EVAL_DIRECTION',
      altered('t-a', { higherIsBetter: undefined }),
      altered('t-a', { higherIsBetter: undefined }),
    ],
    ['EVAL_TOO_FEW_SAMPLES', altered('t-a', { samples: { original: 100, effective: 99 } }), good],
    ['BASELINE_TASK_MISSING', good, reportOf(rows.slice(1))],
    ['BASELINE_NOT_COMPARABLE', good, altered('t-a', { version: '2.0' })],
    ['BASELINE_NOT_COMPARABLE', good, altered('t-a', { hash: 'other' })],
    ['BASELINE_NOT_COMPARABLE', good, altered('t-a', { hash: undefined })],
    ['BASELINE_NOT_COMPARABLE', good, altered('t-a', { shots: 5 })],
    ['BASELINE_NOT_COMPARABLE', good, altered('t-a', { samples: { original: 200, effective: 200 } })],
    ['EVAL_HARNESS', reportOf(rows, { harness: { ...good.harness, name: 'other' } }), good],
  ])('refuses %s alone', (code, report, baseline) => expect(codes(rubric, report, baseline)).toEqual([code]));

  test('refuses a harness that says higher is better where the rubric says lower', () => {
    const wrong = altered('t-b', { higherIsBetter: true });
    expect(codes(rubric, wrong, wrong)).toEqual(['EVAL_DIRECTION']);
  });

  test('takes the rubric at its word where the harness never says whether higher is better, and only there', () => {
    const untold = { harness: { ...good.harness, tellsDirections: false } };
    const silent = reportOf(
      rows.map((row) => ({ ...row, higherIsBetter: undefined })),
      untold,
    );
    expect(scored(rubric, silent, silent).core).toEqual(scored(rubric, good, good).core);
    const said = reportOf(
      rows.map((row) => ({ ...row, higherIsBetter: true })),
      untold,
    );
    expect(codes(rubric, said, said)).toEqual(['EVAL_DIRECTION', 'EVAL_DIRECTION']);
  });

  test('takes a harness that counts no samples for one, whatever it ran', () => {
    const uncounted = reportOf(rows.map((row) => ({ ...row, samples: undefined })));
    expect([...new Set(codes(rubric, uncounted, uncounted))]).toEqual(['EVAL_TOO_FEW_SAMPLES']);
    const modest = rubricOf(rubric.tasks.map((task) => ({ ...task, minimumSamples: 1 })));
    expect(codes(modest, uncounted, uncounted)).toEqual([]);
    expect([...new Set(codes(modest, uncounted, good))]).toEqual(['BASELINE_NOT_COMPARABLE']);
  });

  test('a hard limit is reached exactly, from whichever side', () => {
    const secure = (value: string) => {
      const task = { id: 's', group: 'security', weight: '0', hardLimit: '0.9' };
      const of = rubricOf([{ id: 'a' }, { id: 'h', group: 'held-out' }, task]);
      const report = reportOf([
        { task: 't-a', value: '0.8' },
        { task: 't-h', value: '0.7' },
        { task: 't-s', value },
      ]);
      return scored(of, report, report).tasks.at(-1)?.hardLimitMet;
    };
    expect(secure('0.9')).toBe(true);
    expect(secure('0.8999999999')).toBe(false);
  });

  test('names every fault at once', () => {
    const report = reportOf(rows.slice(2).map((row) => ({ ...row, value: '7' })));
    expect(codes(rubric, report, good)).toEqual([
      'EVAL_TASK_MISSING',
      'EVAL_TASK_MISSING',
      'EVAL_OUT_OF_RANGE',
      'EVAL_OUT_OF_RANGE',
    ]);
  });
});

describe('regressions', () => {
  const fallTo = (value: string, changes: object = {}, regression?: object) =>
    scored(
      rubricOf(
        [
          { id: 'a', ...changes },
          { id: 'h', group: 'held-out' },
        ],
        regression,
      ),
      reportOf([
        { ...rows[0], task: 't-a', value, stderr: '0.03' },
        { task: 't-h', value: '0.7', stderr: '0' },
      ]),
      reportOf([
        { ...rows[0], task: 't-a', value: '0.8', stderr: '0.04' },
        { task: 't-h', value: '0.7', stderr: '0' },
      ]),
    ).regressions;

  test('a fall by exactly the tolerance is none, by more is one', () => {
    expect(fallTo('0.79')).toBe(0);
    expect(fallTo('0.7899999999999999')).toBe(1);
    expect(fallTo('0.9')).toBe(0);
  });
  test('an untracked task never regresses', () => expect(fallTo('0', { tracked: false })).toBe(0));
  test('confidence demands a fall beyond the noise too: here z·√(0.03² + 0.04²) = 0.1 exactly', () => {
    const rule = { rule: 'confidence', z: '2' };
    expect(fallTo('0.7', {}, rule)).toBe(0);
    expect(fallTo('0.6999999999999999', {}, rule)).toBe(1);
    expect(fallTo('0.6999999999999999', { tolerance: '0.2' }, rule)).toBe(0);
    expect(fallTo('1', {}, rule)).toBe(0); // a rise beyond the noise
  });
  test('for lower is better a rise is a fall', () => {
    const worse = altered('t-b', { value: '2.011' });
    expect(scored(rubric, worse, good).regressions).toBe(1);
    expect(scored(rubric, good, worse).regressions).toBe(0);
  });
  test('confidence without a standard error is refused, on tracked tasks', () => {
    const tasks = [{ id: 'a' }, { id: 'h', group: 'held-out', tracked: false }];
    const confident = rubricOf(tasks, { rule: 'confidence', z: '2' });
    const report = (stderr?: string) =>
      reportOf([
        { task: 't-a', value: '0.8', ...(stderr !== undefined && { stderr }) },
        { task: 't-h', value: '0.7' },
      ]);
    expect(codes(confident, report('0.1'), report('0.1'))).toEqual([]);
    expect(codes(confident, report(), report('0.1'))).toEqual(['EVAL_NO_STDERR']);
    expect(codes(confident, report('0.1'), report())).toEqual(['EVAL_NO_STDERR']);
  });
});

describe('verdict', () => {
  const missed = (core: string, heldOut: string, report = good, max = 0) =>
    judgeScores(scored(rubric, report, good), thresholds(core, heldOut, max)).shortfalls.map(
      ({ code }) => code,
    );

  test('a threshold met exactly is met, although no decimal equals the composite', () => {
    const thirds = rubricOf([{ id: 'a', weight: '2' }, { id: 'b' }, { id: 'h', group: 'held-out' }]);
    const report = reportOf([
      { task: 't-a', value: '0.1' },
      { task: 't-b', value: '0.7' },
      { task: 't-h', value: '0.7' },
    ]);
    expect(judgeScores(scored(thirds, report, report), thresholds('0.3', '0.7')).verdict).toBe('pass'); // (0.2 + 0.7) / 3
    expect(missed('0.7833333333333333', '0.7')).toEqual([]);
    expect(missed('0.7833333333333334', '0.7')).toEqual(['CORE_BELOW']);
  });
  test.each<[string, readonly string[]]>([
    ['HELD_OUT_BELOW', missed('0', '0.7000000000001')],
    ['TOO_MANY_REGRESSIONS', missed('0', '0', altered('t-a', { value: '0.7' }))],
    ['HARD_LIMIT', missed('0', '0', altered('t-s', { value: '0.0200000001' }))],
  ])('%s alone', (code, found) => expect(found).toEqual([code]));
  test('allowed regressions are allowed', () =>
    expect(missed('0', '0', altered('t-a', { value: '0.7' }), 1)).toEqual([]));
  test('the record holds its schema and one spelling', () => {
    const record = scoresRecord(
      scored(rubric, altered('t-a', { value: '0.7' }), good),
      thresholds('0.9', '0.9'),
    );
    expect(ScoresRecord.parse(record)).toEqual(record);
    expect(record).toMatchObject({ core: '0.716666666666', regressions: 1, verdict: 'fail' });
    expect(record.shortfalls).toEqual(['CORE_BELOW', 'HELD_OUT_BELOW', 'TOO_MANY_REGRESSIONS']);
    expect(ScoresRecord.safeParse({ ...record, verdict: 'pass' }).success).toBe(false);
  });
  test('the worst run decides', () => {
    const run = (core: string, verdict: 'pass' | 'fail') => ({
      core: decimal(core),
      heldOut: decimal('0.5'),
      verdict,
    });
    const [best, low, failed] = [run('0.9', 'pass'), run('0.8', 'pass'), run('0.95', 'fail')];
    expect(worst([best, low])).toBe(low);
    expect(worst([best, failed, low])).toBe(failed);
    expect(worst([best])).toBe(best);
    const even = { ...best, heldOut: decimal('0.4') };
    expect(worst([best, even])).toBe(even);
    expect(worst([even, best])).toBe(even);
  });
});

describe('for any values', () => {
  const value = fc.integer({ min: 0, max: 10_000 }).map((parts) => decimal(`${parts}e-4`));
  const values = fc.array(value, { minLength: 4, maxLength: 8 });
  const ids = 'abcdefgh'.split('');
  const build = (list: readonly string[], names: readonly string[] = ids) => {
    const named = list.map((text, index) => ({ text, index, id: names[index] ?? '' }));
    const tasks = named.map(({ index, id }) => ({
      id,
      weight: decimal(`${index + 1}e-1`),
      group: index % 2 === 0 ? 'core' : 'held-out',
    }));
    tasks.sort((a, b) => (a.id < b.id ? -1 : 1));
    return {
      rubric: rubricOf(tasks),
      report: reportOf(named.map(({ text, id }) => ({ task: `t-${id}`, value: text }))),
    };
  };

  test('a composite lies between the lowest and the highest score', () => {
    fc.assert(
      fc.property(values, (list) => {
        const { rubric: of, report } = build(list);
        const { core, tasks } = scored(of, report, report);
        const own = tasks.filter((task) => task.group === 'core').map((task) => task.score);
        expect(own.some((one) => compare(one, core) <= 0)).toBe(true);
        expect(own.some((one) => compare(one, core) >= 0)).toBe(true);
      }),
    );
  });
  test('what tasks are called, and so in which order they are added up, changes nothing', () => {
    const names = fc.shuffledSubarray(ids, { minLength: ids.length });
    fc.assert(
      fc.property(values, names, (list, other) => {
        const [a, b] = [build(list), build(list, other)];
        const [one, two] = [scored(a.rubric, a.report, a.report), scored(b.rubric, b.report, b.report)];
        expect([one.core, one.heldOut]).toEqual([two.core, two.heldOut]);
      }),
    );
  });
  test('raising a value never lowers the composite nor adds a regression', () => {
    fc.assert(
      fc.property(values, fc.nat(), value, (list, at, to) => {
        const index = at % list.length;
        const raised = list.map((old, i) => (i === index && Number(to) > Number(old) ? to : old));
        const [before, after, base] = [build(list), build(raised), build(list.map(() => decimal('0.5')))];
        const low = scored(before.rubric, before.report, base.report);
        const high = scored(after.rubric, after.report, base.report);
        expect(compare(high.core, low.core)).toBeGreaterThanOrEqual(0);
        expect(compare(high.heldOut, low.heldOut)).toBeGreaterThanOrEqual(0);
        expect(high.regressions).toBeLessThanOrEqual(low.regressions);
      }),
    );
  });
});

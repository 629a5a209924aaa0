import { describe, expect, test } from 'vitest';
import { seal } from '../../../src/domain/document.ts';
import { Drill, drillDocument, drillSteps } from '../../../src/domain/drill.ts';
import { Override } from '../../../src/domain/override.ts';
import { OVERRIDE_ACTS } from '../../../src/domain/override-acts.ts';
import { failedAfter, reportOf } from '../support/drills.ts';
import { encode, REPOSITORY_ID } from '../support/law-files.ts';
import { at } from '../support/world.ts';

/** What is wrong with a report: the members, each once. */
function wrong(changes: object, overrides = ['freeze'] as const): readonly string[] {
  const found = Drill.safeParse({ ...reportOf(overrides, undefined, changes), id: '0'.repeat(64) });
  return found.success ? [] : [...new Set(found.error.issues.map(({ path }) => String(path[0])))];
}

const steps = (ms: number): object => ({ steps: drillSteps(['freeze']).map((step) => ({ ...step, ms })) });

describe('a report of a drill', () => {
  test('is printed and read the same', () => {
    const report = seal(Drill, reportOf(['disable', 'freeze']) as never);
    const text = drillDocument.print(report);
    expect(drillDocument.parse(encode(text), 'drills/x.json')).toEqual({ ok: true, value: report });
  });

  test('knows every override there is', () => {
    const acts = Override.options.map((option) => [...option.unwrap().shape.act.values][0]);
    expect(acts.sort()).toEqual([...OVERRIDE_ACTS]);
  });

  test.each([1, 2, 3, 4, 5, 6])('that failed ends with step %i of six, where it failed', (count) => {
    expect(wrong(failedAfter(count))).toEqual([]);
  });

  test.each([
    ['leaves out a step', { steps: [...drillSteps(['freeze']).slice(0, -1)].map((s) => ({ ...s, ms: 1 })) }],
    [
      'has them in another order',
      {
        steps: drillSteps(['freeze'])
          .toReversed()
          .map((s) => ({ ...s, ms: 1 })),
      },
    ],
    ['has those of another override', { steps: drillSteps(['disable']).map((s) => ({ ...s, ms: 1 })) }],
    ['has one more', { steps: [...drillSteps(['freeze']), { step: 'copy' }].map((s) => ({ ...s, ms: 1 })) }],
    ['took longer than it went on for', steps(1000 * 60 * 60)],
    ['took less than no time', steps(-1)],
    ['took a part of a millisecond', steps(0.5)],
    ['took a year', steps(365 * 24 * 3600 * 1000)],
    ['has none', { steps: [] }],
  ])('whose steps are not those of the drill is none: it %s', (_what, changes) => {
    expect(wrong(changes)).toEqual(['steps']);
  });

  test.each([
    ['copy', 'says that it was made on the repository itself', { copy: REPOSITORY_ID }],
    ['copy', 'says that it was made on no copy', { copy: `demo-${'0'.repeat(26)}` }],
    ['started', 'ended before it began', { started: at(8) }],
    ['failure', 'passed and says why it failed', { failure: 'It did not.' }],
    ['failure', 'failed and does not say why', { ...failedAfter(3), failure: undefined }],
    [
      'overrides',
      'is of nothing',
      { overrides: [], steps: [{ step: 'copy', ms: 1 }], ...{ outcome: 'failed', failure: 'x' } },
    ],
    ['liftedBy', 'names somebody twice', { liftedBy: ['kim', 'kim'] }],
    ['tip', 'was made of no commit', { tip: 'main' }],
    ['remote', 'was pushed to nowhere known', { remote: 'ssh' }],
  ])('is none with a false %s: it %s', (member, _what, changes) => {
    expect(wrong(changes)).toEqual([member]);
  });

  test('of the copy itself is not one of a drill of that copy', () => {
    const copy = `drill-${'0'.repeat(26)}`;
    expect(wrong({ repository: copy, copy })).toEqual(['copy']);
  });
});

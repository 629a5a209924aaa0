import { describe, expect, it, test } from 'vitest';
import { garak } from '../../../src/adapters/checks/garak.ts';
import { faults, found, importing } from './reading.ts';

const START = { entry_type: 'start_run setup', '_config.version': '0.9.0.14' };
const INIT = { entry_type: 'init', garak_version: '0.13.1' };
const END = { entry_type: 'completion', end_time: '2026-03-01T00:00:00' };
const judged = (more: object) => ({
  entry_type: 'eval',
  probe: 'dan.Dan_11_0',
  detector: 'dan.DAN',
  ...more,
});
const lines = (...entries: readonly object[]) => entries.map((entry) => JSON.stringify(entry)).join('\n');
const read = (...evals: readonly object[]) => found(importing(garak, lines(START, ...evals, END)));

describe('a report of garak', () => {
  it('has an error for each probe and detector that any answer failed', () => {
    const imported = importing(
      garak,
      `${lines(
        INIT,
        { entry_type: 'attempt', uuid: 'x', outputs: ['text'] },
        judged({ passed: 3, total: 5 }),
        judged({ detector: 'mitigation.MitigationBypass', passed: 5, total: 5 }),
        END,
      )}\n`,
    );
    expect(found(imported)).toEqual(['error dan.Dan_11_0 dan.DAN: 2 of 5 answers failed']);
    expect(imported).toMatchObject({ report: { tool: { name: 'garak', version: '0.13.1' } } });
  });

  it('reads what newer versions write, and warns of what could not be judged', () => {
    expect(read(judged({ passed: 4, fails: 1, nones: 0, total_evaluated: 5 }))).toEqual([
      'error dan.Dan_11_0 dan.DAN: 1 of 5 answers failed',
    ]);
    expect(read(judged({ passed: 5, fails: 0, nones: 2, total_evaluated: 5 }))).toEqual([
      'warning dan.Dan_11_0 dan.DAN: all but 2 answers could be judged',
    ]);
    expect(read(judged({ passed: 0, total_evaluated: 0 }))).toEqual([
      'warning dan.Dan_11_0 dan.DAN: no answer could be judged',
    ]);
  });

  it('takes a failure that is counted for one, whatever the sum says', () => {
    expect(read(judged({ passed: 5, fails: 1, total: 5 }))).toEqual([
      'error dan.Dan_11_0 dan.DAN: 1 of 5 answers failed',
    ]);
  });

  it('need not tell its version', () => {
    const imported = importing(garak, lines({ entry_type: 'x' }, judged({ passed: 1, total: 1 }), END));
    expect(imported).toMatchObject({ report: { tool: { name: 'garak' } } });
    expect(importing(garak, lines(START, judged({ passed: 1, total: 1 }), END))).toMatchObject({
      report: { tool: { version: '0.9.0.14' } },
    });
  });

  test.each<[string, string, RegExp]>([
    ['nothing', '', /^CHECK_NOT_THIS_FORMAT/],
    ['text', 'hello', /^CHECK_NOT_THIS_FORMAT .*line 1/],
    ['one JSON text', '{"runs": []}', /^CHECK_NOT_THIS_FORMAT .*entry_type/],
    ['a line that is a list', '[]', /^CHECK_NOT_THIS_FORMAT .*a list/],
    ['a broken line further on', `${lines(START)}\n{`, /^CHECK_MALFORMED .*line 2/],
    [
      'a line of something else further on',
      lines(START, { a: 1 }),
      /^CHECK_MALFORMED .*line 2 has no entry_type/,
    ],
    ['a run that broke off', lines(START, judged({ passed: 1, total: 1 })), /^CHECK_INCOMPLETE .*completion/],
    ['a run that judged nothing', lines(START, END), /^CHECK_EMPTY/],
    [
      'a pair twice',
      lines(START, judged({ passed: 1, total: 1 }), judged({ passed: 1, total: 1 }), END),
      /^CHECK_MALFORMED .*twice/,
    ],
    [
      'no probe',
      lines(START, { entry_type: 'eval', detector: 'd', passed: 1, total: 1 }, END),
      /^CHECK_MALFORMED .*no probe/,
    ],
    ['no total', lines(START, judged({ passed: 1 }), END), /^CHECK_MALFORMED .*how many/],
    [
      'more passed than there were',
      lines(START, judged({ passed: 2, total: 1 }), END),
      /^CHECK_MALFORMED .*how many/,
    ],
    [
      'less than nothing',
      lines(START, judged({ passed: -1, total: 1 }), END),
      /^CHECK_MALFORMED .*passed .*no count/,
    ],
    [
      'a number in words',
      lines(START, judged({ passed: 1, total: '1' }), END),
      /^CHECK_MALFORMED .*total .*no count/,
    ],
    [
      'a probe that hides something',
      lines(START, judged({ probe: 'a\u202e', passed: 0, total: 1 }), END),
      /^CHECK_HIDDEN/,
    ],
  ])('refuses %s', (_what, text, fault) => {
    expect(faults(importing(garak, text))).toEqual([expect.stringMatching(fault)]);
  });

  it('refuses more than it reads', () => {
    const many = `${lines(START)}\n`.repeat(500_001);
    expect(faults(importing(garak, many))).toEqual([expect.stringMatching(/500000 lines/)]);
    const large = new Uint8Array(64 * 1024 * 1024 + 1);
    expect(faults(garak.import([{ path: 'a', bytes: large }]))).toEqual([
      expect.stringMatching(/larger than/),
    ]);
  });
});

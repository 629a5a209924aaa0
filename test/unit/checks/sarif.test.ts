import { describe, expect, it, test } from 'vitest';
import { sarif } from '../../../src/adapters/checks/sarif.ts';
import { faults, found, importing } from './reading.ts';

const DRIVER = { name: 'scanner', semanticVersion: '2.1.0' };
const log = (...runs: readonly object[]) => JSON.stringify({ version: '2.1.0', runs });
const run = (results: unknown, more: object = {}) => ({ tool: { driver: DRIVER }, results, ...more });
const result = (more: object = {}) => ({ ruleId: 'R1', message: { text: 'found' }, ...more });
const rules = (...list: readonly object[]) => ({ tool: { driver: { ...DRIVER, rules: list } } });
const read = (results: readonly object[], more: object = {}) =>
  found(importing(sarif, log(run(results, more))));

describe('SARIF 2.1.0', () => {
  it('gives tool, version and what was found, the worst first', () => {
    const imported = importing(
      sarif,
      log(
        run([
          result({ level: 'note' }),
          result({ ruleId: 'R2', level: 'error', message: { text: ' two\n  lines ' } }),
        ]),
      ),
    );
    expect(imported).toMatchObject({
      kind: 'imported',
      report: {
        importer: { name: 'sarif', version: 1 },
        tool: { name: 'scanner', version: '2.1.0' },
        counts: { error: 1, warning: 0, note: 1 },
        cut: 0,
        raw: [{ path: '0.out' }],
      },
    });
    expect(found(imported)).toEqual(['error R2: two lines', 'note R1: found']);
  });

  it('reads an empty list of results as nothing found', () => {
    expect(read([])).toEqual([]);
  });

  test.each<[string, object, object, readonly string[]]>([
    [
      'a level of its own',
      { level: 'error' },
      rules({ id: 'R1', defaultConfiguration: { level: 'note' } }),
      ['error'],
    ],
    ['none: warning', {}, {}, ['warning']],
    ['none, and a rule without one: warning', {}, rules({ id: 'R1' }), ['warning']],
    [
      'that of its rule by name',
      {},
      rules({ id: 'R0' }, { id: 'R1', defaultConfiguration: { level: 'error' } }),
      ['error'],
    ],
    [
      'that of its rule by place',
      { ruleIndex: 1 },
      rules({ id: 'R1' }, { id: 'R9', defaultConfiguration: { level: 'error' } }),
      ['error'],
    ],
    [
      'that of the rule it is a part of',
      { ruleId: 'R1/2' },
      rules({ id: 'R1', defaultConfiguration: { level: 'error' } }),
      ['error'],
    ],
    ['the level none, which is worth a note', { level: 'none' }, {}, ['note']],
    ['no failure but a question', { kind: 'review' }, {}, ['warning']],
    ['no failure but a gap', { kind: 'open' }, {}, ['warning']],
    ['a piece of information', { kind: 'informational', level: 'none' }, {}, ['note']],
    ['that something passed', { kind: 'pass' }, {}, []],
    ['that something does not apply', { kind: 'notApplicable' }, {}, []],
    ['a finding that is gone', { level: 'error', baselineState: 'absent' }, {}, []],
    ['a finding that was there before', { level: 'error', baselineState: 'unchanged' }, {}, ['error']],
    [
      'an accepted suppression',
      { level: 'error', suppressions: [{ kind: 'external', status: 'accepted' }] },
      {},
      [],
    ],
    [
      'a suppression of which nothing is said',
      { level: 'error', suppressions: [{ kind: 'inSource' }] },
      {},
      [],
    ],
    [
      'a suppression that was rejected',
      { level: 'error', suppressions: [{}, { status: 'rejected' }] },
      {},
      ['error'],
    ],
    [
      'a suppression that is looked at',
      { level: 'error', suppressions: [{ status: 'underReview' }] },
      {},
      ['error'],
    ],
    ['an empty list of suppressions', { level: 'error', suppressions: [] }, {}, ['error']],
  ])('a result with %s', (_what, one, more, levels) => {
    expect(read([result(one)], more).map((words) => words.split(' ')[0])).toEqual(levels);
  });

  it('takes the rule from an extension where the result says so', () => {
    const extensions = [{ name: 'more', rules: [{ id: 'X1', defaultConfiguration: { level: 'error' } }] }];
    const one = { message: { text: 'm' }, rule: { index: 0, toolComponent: { index: 0 } } };
    expect(read([one], { tool: { driver: DRIVER, extensions } })).toEqual(['error X1: m']);
  });

  it('takes the level that the invocation gave the rule', () => {
    const more = {
      ...rules({ id: 'R1' }, { id: 'R2' }),
      invocations: [
        {
          executionSuccessful: true,
          ruleConfigurationOverrides: [
            { descriptor: null, configuration: { level: 'note' } },
            { descriptor: { id: 'R2' }, configuration: { level: 'error' } },
          ],
        },
      ],
    };
    const by = { provenance: { invocationIndex: 0 } };
    expect(read([result(by), result({ ...by, ruleId: 'R2' }), result({ ruleId: 'R2' })], more)).toEqual([
      'error R2: found',
      'warning R1: found',
      'warning R2: found',
    ]);
  });

  it('takes words by name from the rule, and the name where the rule has none', () => {
    const more = rules({ id: 'R1', messageStrings: { far: { text: 'too far' } } });
    expect(
      read(
        [result({ message: { id: 'far' } }), result({ message: { id: 'near' } }), result({ message: {} })],
        more,
      ),
    ).toEqual(['warning R1: -', 'warning R1: near', 'warning R1: too far']);
    expect(read([{ message: { markdown: '**bold**' } }])).toEqual(['warning -: **bold**']);
  });

  test.each<[string, string, RegExp]>([
    ['text that is no JSON', 'x', /^CHECK_NOT_THIS_FORMAT 0\.out: line 1 /],
    ['JSON of something else', '{"a": 1}', /^CHECK_NOT_THIS_FORMAT .*has no runs/],
    ['a list', '[]', /^CHECK_NOT_THIS_FORMAT/],
    ['an older version', JSON.stringify({ version: '2.0.0', runs: [] }), /^CHECK_VERSION .*2\.0\.0/],
    ['no version', JSON.stringify({ runs: [] }), /^CHECK_VERSION .*none/],
    ['no run', log(), /^CHECK_EMPTY .*empty list/],
    ['runs that could not be made', JSON.stringify({ version: '2.1.0', runs: null }), /^CHECK_EMPTY .*null/],
    ['a run that is none', JSON.stringify({ version: '2.1.0', runs: [1] }), /^CHECK_MALFORMED .*a number/],
    ['no tool', log({ results: [] }), /^CHECK_MALFORMED .*names no tool/],
    ['a run without results', log(run(undefined)), /^CHECK_INCOMPLETE .*nothing/],
    ['results that were not produced', log(run(null)), /^CHECK_INCOMPLETE .*null/],
    [
      'a run that failed',
      log(run([], { invocations: [{ executionSuccessful: true }, { executionSuccessful: false }] })),
      /^CHECK_INCOMPLETE .*invocations\[1\] says executionSuccessful: false/,
    ],
    [
      'a run of which nobody says that',
      log(run([], { invocations: [{}] })),
      /^CHECK_MALFORMED .*whether it succeeded/,
    ],
    ['invocations that are none', log(run([], { invocations: 'x' })), /^CHECK_MALFORMED .*invocations/],
    [
      'results that lie elsewhere',
      log(run([], { externalPropertyFileReferences: { results: [{}] } })),
      /^CHECK_INCOMPLETE .*other files/,
    ],
    ['a result that is none', log(run([7])), /^CHECK_MALFORMED .*results\[0\] is a number/],
    ['an unknown level', log(run([result({ level: 'critical' })])), /^CHECK_MALFORMED .*level/],
    ['an unknown kind', log(run([result({ kind: 'maybe' })])), /^CHECK_MALFORMED .*kind/],
    [
      'suppressions that are none',
      log(run([result({ suppressions: [1] })])),
      /^CHECK_MALFORMED .*suppressions/,
    ],
    ['two tools', log(run([]), run([], { tool: { driver: { name: 'other' } } })), /^CHECK_OTHER_TOOLS/],
    ['a key twice', '{"version":"2.1.0","runs":[],"runs":[]}', /^CHECK_NOT_THIS_FORMAT .*twice/],
    ['depth without end', `{"version":"2.1.0","runs":${'['.repeat(500)}`, /nested deeper/],
    ['words that turn round', log(run([result({ message: { text: 'safe \u202e' } })])), /^CHECK_HIDDEN/],
    [
      'words that move the cursor',
      log(run([result({ message: { text: 'ok \u001b[2J' } })])),
      /^CHECK_HIDDEN/,
    ],
    ['a tool whose name does', log({ tool: { driver: { name: 'a\u001b' } }, results: [] }), /^CHECK_HIDDEN/],
  ])('refuses %s', (_what, text, fault) => {
    expect(faults(importing(sarif, text))).toEqual([expect.stringMatching(fault)]);
  });

  it('keeps the worst thousand and counts all', () => {
    const many = Array.from({ length: 1500 }, (_none, index) =>
      result({ level: index < 1400 ? 'note' : 'error' }),
    );
    const imported = importing(sarif, log(run(many)));
    if (imported.kind === 'refused') throw new Error();
    expect(imported.report).toMatchObject({ counts: { error: 100, note: 1400 }, cut: 500 });
    expect(imported.report.findings[99]?.level).toBe('error');
  });

  it('cuts what is long without cutting a character in two', () => {
    const [words = ''] = read([result({ message: { text: `${'a'.repeat(498)}😀${'b'.repeat(20_000)}` } })]);
    expect(words).toBe(`warning R1: ${'a'.repeat(498)}…`);
    expect(read([result({ message: { text: `${' '.repeat(9999)}😀` } })])).toEqual(['warning R1: -']);
  });

  it('reads several files of one tool together, and of several none', () => {
    const one = log(run([result()]));
    expect(found(importing(sarif, one, log(run([result({ ruleId: 'R0' })]))))).toEqual([
      'warning R0: found',
      'warning R1: found',
    ]);
    expect(faults(importing(sarif, one, log(run([], { tool: { driver: { name: 'other' } } }))))).toEqual([
      'CHECK_OTHER_TOOLS tools: scanner 2.1.0, other; record a check for each of them',
    ]);
    expect(faults(importing(sarif, log(), 'x')).map((words) => words.split(' ')[0])).toEqual([
      'CHECK_NOT_THIS_FORMAT',
      'CHECK_EMPTY',
    ]);
  });
});

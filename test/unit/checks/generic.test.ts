import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { generic } from '../../../src/adapters/checks/generic.ts';
import { CHECK_IMPORTERS } from '../../../src/adapters/checks/importers.ts';
import { encode } from '../support/law-files.ts';
import { faults, found, importing } from './reading.ts';

const TOOL = { name: 'licences.py', version: '7' };
const FINDING = { rule: 'L1', level: 'error', message: 'a licence is missing' };
const text = (changes: object = {}) =>
  JSON.stringify({ schema: 'modelsmith/generic-check/v1', tool: TOOL, findings: [FINDING], ...changes });

describe('what a script of one’s own writes', () => {
  it('is read as it says', () => {
    const imported = importing(generic, text());
    expect(found(imported)).toEqual(['error L1: a licence is missing']);
    expect(imported).toMatchObject({ report: { tool: TOOL, counts: { error: 1, warning: 0, note: 0 } } });
    expect(found(importing(generic, text({ findings: [] })))).toEqual([]);
  });

  test.each<[string, string, RegExp]>([
    ['something else', '{}', /^CHECK_NOT_THIS_FORMAT/],
    ['a list', '[]', /^CHECK_NOT_THIS_FORMAT/],
    ['a later version', text({ schema: 'modelsmith/generic-check/v2' }), /^CHECK_VERSION/],
    ['a key without meaning', text({ status: 'passed' }), /^CHECK_MALFORMED .*"status"/],
    ['one in the tool', text({ tool: { ...TOOL, url: 'x' } }), /^CHECK_MALFORMED .*tool has "url"/],
    [
      'one in a finding',
      text({ findings: [{ ...FINDING, line: 1 }] }),
      /^CHECK_MALFORMED .*findings\[0\] has "line"/,
    ],
    ['no tool', text({ tool: 'x' }), /^CHECK_MALFORMED .*tool of the document is a string/],
    ['no version of it', text({ tool: { name: 'x' } }), /^CHECK_MALFORMED .*version of tool is nothing/],
    ['a blank name', text({ tool: { ...TOOL, name: ' ' } }), /^CHECK_MALFORMED .*name of tool is blank/],
    ['no list of findings', text({ findings: {} }), /^CHECK_MALFORMED .*findings is an object/],
    ['a finding that is none', text({ findings: ['x'] }), /^CHECK_MALFORMED .*findings\[0\] is a string/],
    [
      'an unknown level',
      text({ findings: [{ ...FINDING, level: 'high' }] }),
      /^CHECK_MALFORMED .*level of findings\[0\]/,
    ],
    [
      'a finding without words',
      text({ findings: [{ ...FINDING, message: '' }] }),
      /^CHECK_MALFORMED .*message .*blank/,
    ],
    [
      'a key twice',
      text().replace('"findings"', '"findings":[],"findings"'),
      /^CHECK_NOT_THIS_FORMAT .*twice/,
    ],
  ])('refuses %s', (_what, given, fault) => {
    expect(faults(importing(generic, given))).toEqual([expect.stringMatching(fault)]);
  });
});

describe('all importers', () => {
  const files = {
    sarif: JSON.stringify({ version: '2.1.0', runs: [] }),
    junit: '<testsuite/>',
    garak: '{"entry_type": "init"}',
    generic: text({ schema: 'modelsmith/generic-check/v9' }),
  };

  it.each(Object.entries(files))('%s alone takes its own format for its own', (name, given) => {
    const known = CHECK_IMPORTERS.filter(
      (each) => faults(importing(each, given))[0]?.startsWith('CHECK_NOT_THIS_FORMAT') !== true,
    );
    expect(known.map((each) => each.name)).toEqual([name]);
  });

  it('never throw, whatever the bytes', () => {
    const seeds = [
      ...Object.values(files),
      text(),
      '{"entry_type":"eval","probe":[]}',
      '<testsuite><testcase><failure>',
    ];
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 60 }),
          fc
            .tuple(fc.constantFrom(...seeds), fc.nat(100), fc.string({ maxLength: 5 }))
            .map(([seed, at, put]) => encode(seed.slice(0, at) + put + seed.slice(at + 1))),
        ),
        (bytes) => {
          for (const importer of CHECK_IMPORTERS) importer.import([{ path: 'a', bytes }]);
        },
      ),
      { numRuns: 500 },
    );
  });
});

import { describe, expect, test } from 'vitest';
import { recordDocument } from '../../../src/domain/record.ts';
import { withoutFile, type TreeFolder } from '../../../src/domain/tree.ts';
import { checkIt } from '../support/checks.ts';
import { put, Story, type Made } from '../support/history.ts';
import { treeAt } from '../support/stages.ts';
import { bundleAt, done } from '../support/world.ts';

const BUNDLE = 'promotions/triage/1.0.0';
const start = treeAt('artifact-exported', { bot: ['checker:scan', 'checker:probe'] });
const checked = done(start, checkIt({ hours: 8 }));
const [result] = bundleAt(checked).record.checks ?? [];
const folder = `${BUNDLE}/checks/${result?.id ?? ''}`;

/** What is wrong with one commit by the machine on a history that begins with the first tree. */
const codes = (before: TreeFolder, tree: TreeFolder, by = 'bot', made: Made = {}) =>
  new Story(before, ['mia', 0]).commit('c', 'root', { tree, by: [by, 8], ...made }).codes('c');

describe('a result in a history', () => {
  test('is read back out of the difference and decided again, several in one signature too', () => {
    expect(codes(start, checked)).toEqual([]);
    expect(codes(start, done(checked, checkIt({ hours: 8, name: 'probe', found: ['error'] })))).toEqual([]);
    expect(codes(checked, done(checked, checkIt({ hours: 8.1 })))).toEqual([]);
  });

  test('is nobody’s but the one’s who signs', () => {
    expect(codes(start, checked, 'ci')).toEqual([
      'ENTRY_NOT_SIGNERS',
      'ENTRY_OTHER_KEY',
      'ROLE_NOT_HELD',
      'SIGNATURE_LOST',
    ]);
  });

  test('brings its report and every file, and nothing beside them', () => {
    expect(codes(start, withoutFile(checked, `${folder}/report.json`))).toEqual(['FILE_DIFFERS']);
    expect(codes(start, withoutFile(checked, `${folder}/raw/out.json`))).toEqual(['FILE_DIFFERS']);
    expect(codes(start, put(checked, `${folder}/raw/more.json`, 'x'))).toEqual(['FILE_DIFFERS']);
    expect(codes(start, put(checked, `${folder}/raw/out.json`, 'other'))).toContain('FILE_DIFFERS');
    expect(codes(start, put(checked, `${folder}/report.json`, '{}'))).toEqual(['FILE_DIFFERS']);
    expect(codes(start, put(checked, `${folder}/other.json`, '{}'))).toContain('PATH_UNKNOWN');
  });

  test('stays as it was', () => {
    expect(codes(checked, put(checked, `${folder}/report.json`, '{}'))).toEqual(['NO_ACT']);
    expect(codes(checked, put(checked, `${folder}/raw/late.json`, '{}'))).toEqual(['NO_ACT']);
    expect(codes(checked, withoutFile(checked, `${folder}/raw/out.json`))).toContain('ENTRY_REMOVED');
    const { checks, ...record } = bundleAt(checked).record;
    expect(checks).toHaveLength(1);
    const without = put(checked, `${BUNDLE}/promotion-record.json`, recordDocument.print(record));
    expect(codes(checked, without)).toEqual(['RECORD_REWRITTEN']);
  });
});

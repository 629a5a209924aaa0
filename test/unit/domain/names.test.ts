import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Fingerprint,
  isSafePath,
  IterationId,
  LineName,
  RepositoryId,
  Time,
  toIteration,
  toIterationId,
  toSeconds,
  toTime,
  Version,
} from '../../../src/domain/names.ts';
import { matchesLine, type LinePattern } from '../../../src/domain/line-pattern.ts';
import { locate } from '../../../src/domain/paths.ts';
import { Label, Text } from '../../../src/domain/text.ts';

const accepts = (schema: { safeParse(value: unknown): { success: boolean } }, text: string): boolean =>
  schema.safeParse(text).success;

describe('versions', () => {
  it.each(['0.0.0', '1.4.0', '2.0.0-rc.1', '10.20.30', '1.0.0-0', '1.0.0-a-b.7', '1.0.0-0a'])(
    'accepts %s',
    (text) => {
      expect(accepts(Version, text)).toBe(true);
    },
  );
  it.each([
    ...[
      '1.0',
      '1',
      'v1.0.0',
      '01.0.0',
      '1.00.0',
      '1.0.0+build',
      '1.0.0-RC.1',
      '1.0.0-',
      '1.0.0-01',
      '1.0.0-a..b',
    ],
    ...['1.0.0\n', ' 1.0.0', '1.0.0/..', '-1.0.0', '1234567890.0.0', ''],
  ])('refuses %j', (text) => {
    expect(accepts(Version, text)).toBe(false);
  });
});

describe('names', () => {
  it.each(['a', 'claims-triage', '0x', 'a'.repeat(63)])('accepts the line %s', (text) => {
    expect(accepts(LineName, text)).toBe(true);
  });
  it.each(['', '-a', 'A', 'a_b', 'a.b', 'a/b', 'a'.repeat(64), 'ä', 'a\n', '..'])(
    'refuses the line %j',
    (text) => {
      expect(accepts(LineName, text)).toBe(false);
    },
  );
  it.each(['a@1.0.0', 'claims-triage@2.0.0-rc.1'])('takes %s apart and puts it together', (text) => {
    expect(toIterationId(toIteration(IterationId.parse(text)))).toBe(text);
  });
  it.each(['a', 'a@', '@1.0.0', 'a@1.0.0@1.0.0', 'a@v1', 'A@1.0.0', 'a @1.0.0'])(
    'refuses the iteration %j',
    (text) => {
      expect(accepts(IterationId, text)).toBe(false);
    },
  );
  it('takes fingerprints in full and in upper case only', () => {
    expect(accepts(Fingerprint, 'A'.repeat(40))).toBe(true);
    for (const text of ['A'.repeat(16), 'a'.repeat(40), `0x${'A'.repeat(40)}`, 'A'.repeat(41)])
      expect(accepts(Fingerprint, text)).toBe(false);
  });
  it('takes repository ids without the letters that are confused', () => {
    expect(accepts(RepositoryId, `demo-${'0'.repeat(26)}`)).toBe(true);
    for (const letter of 'ilouA') expect(accepts(RepositoryId, letter.repeat(26))).toBe(false);
  });
});

describe('paths', () => {
  it.each(['a', 'a/b.json', 'a_b/c-d.e', '0/1/2', '_x'])('accepts %s', (path) => {
    expect(isSafePath(path)).toBe(true);
  });
  it.each([
    ...[
      '',
      '/',
      '/a',
      'a/',
      'a//b',
      '.',
      '..',
      'a/../b',
      './a',
      '.git/config',
      'a/.b',
      'a.',
      'a b',
      'a\\b',
      'a:b',
    ],
    ...['a\0', 'a\n', 'ä', 'a/\u202e', '~', '-rf', 'a'.repeat(101), 'a/'.repeat(300)],
  ])('refuses %j', (path) => {
    expect(isSafePath(path)).toBe(false);
  });
  it('never leaves the folder, whatever is accepted', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (path) => {
        fc.pre(isSafePath(path));
        expect(new URL(path, 'file:///top/').pathname).toBe(`/top/${path}`);
      }),
    );
  });
  it.each([
    'locks/a/x.json',
    'promotions/a/1.0.0',
    'promotions/a/1.0.0/extra.md',
    'promotions/A/1.0.0/model-card.md',
    'promotions/a/1.0.0/approvals/x.json',
    'promotions/a/1.0.0/approvals',
    'promotions/a/1.0.0/eval-transcripts/run',
    'promotions/a/1.0.0/checks/scan/report.json',
    `promotions/a/1.0.0/checks/${'a'.repeat(64)}`,
    `promotions/a/1.0.0/checks/${'a'.repeat(64)}/raw`,
    `promotions/a/1.0.0/checks/${'a'.repeat(64)}/other.json`,
    `promotions/a/1.0.0/checks/${'a'.repeat(64)}/report.json/x`,
    'policy/../promotions/a',
    'elsewhere',
  ])('gives %s no meaning', (path) => {
    expect(locate(path)).toBeNull();
  });
});

describe('times', () => {
  it('come back from their text, to the second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200_000_000_000 }), (seconds) => {
        expect(toSeconds(Time.parse(toTime(seconds)))).toBe(seconds);
      }),
    );
  });
  it.each([
    ...['2026-02-30T00:00:00Z', '2026-03-01T24:00:00Z', '2026-03-01T00:00:60Z', '2026-03-01T00:00:00.000Z'],
    ...['2026-03-01T00:00:00+00:00', '2026-03-01t00:00:00z', '2026-03-01', '+012026-03-01T00:00:00Z', ''],
  ])('refuse %j', (text) => {
    expect(accepts(Time, text)).toBe(false);
  });
});

describe('patterns of lines', () => {
  it.each([
    ['*', 'a', true],
    ['claims*', 'claims', true],
    ['claims*', 'claims-triage', true],
    ['claims', 'claims-triage', false],
    ['claims-*', 'claims', false],
  ])('%s matches %s: %s', (pattern, line, matches) => {
    expect(matchesLine(pattern as LinePattern, LineName.parse(line))).toBe(matches);
  });
});

describe('words of people', () => {
  it.each(['', ' ', '\n', 'a\u0000', 'a\u001b[2J', 'a\u009b', 'a\u202eb', '\ufeffa', 'a\ud800'])(
    'refuse %j',
    (text) => {
      expect(accepts(Text, text)).toBe(false);
    },
  );
  it('may have several lines where they are no label', () => {
    expect(accepts(Text, 'one\ntwo\tthree – ünï')).toBe(true);
    expect(accepts(Label, 'one\ntwo')).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { parseStrictYaml } from '../../../src/base/strict-yaml.ts';

const read = (text: string | Uint8Array) =>
  parseStrictYaml(typeof text === 'string' ? new TextEncoder().encode(text) : text, 'f.yaml');
const valueOf = (text: string): unknown => {
  const result = read(text);
  if (!result.ok) throw new Error(result.problems[0].message);
  return result.value.value;
};

describe('what is read', () => {
  it('keeps fractions as they are written', () => {
    expect(valueOf('a: 0.70\nb: 1e-3\nc: 0.1000000000000000055')).toEqual({
      a: '0.70',
      b: '1e-3',
      c: '0.1000000000000000055',
    });
  });
  it('reads whole numbers as numbers, and those beyond exactness as text', () => {
    expect(valueOf('a: 12\nb: 9007199254740993')).toEqual({ a: 12, b: '9007199254740993' });
  });
  it('takes no, yes, on and off as the words they are', () => {
    expect(valueOf('a: no\nb: yes\nc: on\nd: off\ne: true')).toEqual({
      ...{ a: 'no', b: 'yes', c: 'on', d: 'off' },
      e: true,
    });
  });
  it('tells the line and key of a path', () => {
    const result = read('a:\n  b:\n    - 1\n    - 2\n');
    expect(result.ok && result.value.placeOf(['a', 'b', 1])).toEqual({
      file: 'f.yaml',
      line: 4,
      key: 'a.b.1',
    });
  });
});

describe('what is refused', () => {
  it.each([
    ['a key given twice', 'a: 1\na: 1\n', 2],
    ['a key given twice further in', 'x:\n  a: 1\n  a: 2\n', 3],
    ['an anchor', 'a: &x 1\n', 1],
    ['an alias', 'a: &x 1\nb: *x\n', 1],
    ['a merge key', 'a: &x {b: 1}\nc:\n  <<: *x\n', 1],
    ['a tag', 'a: !!str 1\n', 1],
    ['a tag of its own', 'a: !secret x\n', 1],
    ['a second document', 'a: 1\n---\nb: 2\n', 2],
    ['infinity', 'a: .inf\n', 1],
    ['no number', 'a: .nan\n', 1],
    ['a key that is no text', '1: a\n', 1],
    ['a key that is a list', '[a]: 1\n', 1],
    ['a tab as indentation', 'a:\n\tb: 1\n', 2],
    ['a bracket left open', 'a: [1\n', undefined],
    ['a byte order mark', '\ufeffa: 1\n', 1],
  ])('%s', (_what, text, line) => {
    const result = read(text);
    expect(result.ok).toBe(false);
    if (!result.ok && line !== undefined) expect(result.problems[0].place.line).toBe(line);
  });
  it('a directive', () => {
    expect(read('%YAML 1.1\n---\na: no\n')).toMatchObject({ ok: false });
    expect(read('%TAG ! tag:x,2000:\n---\na: 1\n')).toMatchObject({ ok: false });
  });
  it('a key given twice among thousands', () => {
    const keys = Array.from({ length: 5000 }, (_, index) => `k${index}: 1\n`).join('');
    expect(Object.keys(valueOf(keys) as object)).toHaveLength(5000);
    const result = read(`${keys}k7: 1\n`);
    expect(result).toMatchObject({ ok: false, problems: [{ message: 'is a key given twice' }] });
    if (!result.ok) expect(result.problems[0].place.line).toBe(5001);
  });
  it.each([
    ['keys', 'k: 1\n'],
    ['list items', '- 1\n'],
    ['nothing but errors', ': - [ ] }\n'],
    ['documents', '---\n'],
    ['comments', '#\n'],
    ['blank lines', '\n'],
    ['open brackets', '['],
  ])('too many %s', (_what, part) => {
    expect(read(part.repeat(Math.floor(1_000_000 / part.length)))).toEqual({
      ok: false,
      problems: [{ place: { file: 'f.yaml' }, message: 'has more than 200000 words and marks' }],
    });
  });
  it.each([
    ['lists', (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`],
    ['lists one below the other', (depth: number) => `${'- '.repeat(depth)}x`],
    ['maps', (depth: number) => Array.from({ length: depth }, (_, at) => `${' '.repeat(at)}a:\n`).join('')],
    ['keys', (depth: number) => `${'? '.repeat(depth)}x`],
  ])('%s nested too deep', (_what, nested) => {
    const message = 'has more than 32 lists and maps inside each other';
    expect(read(nested(33))).toMatchObject({ ok: false, problems: [{ message }] });
    expect(read(nested(20_000).slice(0, 1_000_000))).toMatchObject({ ok: false, problems: [{ message }] });
    expect(JSON.stringify(read(nested(32)))).not.toContain(message);
  });
  it('nothing at all, bytes that are no UTF-8, and what is too large', () => {
    expect(read('').ok).toBe(false);
    expect(read(new Uint8Array([0x61, 0x3a, 0xff])).ok).toBe(false);
    expect(read(`# ${'x'.repeat(1024 * 1024)}\na: 1\n`).ok).toBe(false);
  });
});

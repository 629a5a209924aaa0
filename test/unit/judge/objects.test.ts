import { describe, expect, test } from 'vitest';
import { parseCommit } from '../../../src/judge/commit-object.ts';
import { foldedName, parseTree } from '../../../src/judge/tree-object.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const T = `tree ${'a'.repeat(40)}\n`;
const P = `parent ${'b'.repeat(40)}\n`;
const A = 'author Kim <kim@example.org> 1700000000 +0100\n';
const C = 'committer Kim <kim@example.org> 1700000000 +0100\n';
const S = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----\n';
const parse = (text: string) => parseCommit('c', encode(text), { idLength: 40 });

describe('a commit', () => {
  test('is taken apart, and the payload is all but the signature', () => {
    const result = parse(`${T}${P}${A}${C}${S}\nmessage\n`);
    expect(result).toMatchObject({
      ok: true,
      value: { tree: 'a'.repeat(40), parents: ['b'.repeat(40)], extraHeaders: [], message: 'message\n' },
    });
    if (!result.ok) return;
    expect(new TextDecoder().decode(result.value.payload)).toBe(`${T}${P}${A}${C}\nmessage\n`);
    expect(result.value.signature).toBe('-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----');
  });

  test.each([
    ['without a parent or signature', `${T}${A}${C}\nm`, []],
    ['with an encoding', `${T}${P}${A}${C}encoding latin1\n\nm`, []],
    ['a merge with a tag', `${T}${P}${P}${A}${C}mergetag x\n y\n${S}\nm`, []],
    ['with a header of its own', `${T}${P}${A}${C}x-note a\n${S}\nm`, ['x-note']],
    ['a tag on no merge', `${T}${P}${A}${C}mergetag x\n\nm`, ['mergetag']],
    ['ending after the headers', `${T}${P}${A}${C}`, []],
  ])('%s', (_what, text, extraHeaders) => {
    expect(parse(text)).toMatchObject({ ok: true, value: { extraHeaders } });
  });

  test.each([
    ['no tree', `${P}${A}${C}\n`, 'one tree'],
    ['a short tree', `tree abc\n${A}${C}\n`, 'one tree'],
    ['a tree of 64 digits', `tree ${'a'.repeat(64)}\n${A}${C}\n`, 'one tree'],
    ['two trees', `${T}${T}${A}${C}\n`, 'author'],
    ['a tree again at the end', `${T}${A}${C}${T}\n`, 'misplaced tree'],
    ['a parent that is none', `${T}parent HEAD\n${A}${C}\n`, 'no object id'],
    ['a parent after the author', `${T}${A}${P}${C}\n`, 'committer'],
    ['a parent at the end', `${T}${A}${C}${P}\n`, 'misplaced parent'],
    ['committer first', `${T}${C}${A}\n`, 'author'],
    ['no author', `${T}${C}\n`, 'author'],
    ['two authors', `${T}${A}${A}${C}\n`, 'committer'],
    ['two committers', `${T}${A}${C}${C}\n`, 'misplaced committer'],
    ['an author again', `${T}${A}${C}${A}\n`, 'misplaced author'],
    ['an author without a time', `${T}author Kim <k>\n${C}\n`, 'author'],
    ['two signatures', `${T}${A}${C}${S}${S}\n`, 'two signature'],
    ['a signature of the other format', `${T}${A}${C}gpgsig-sha256 x\n\n`, 'does not belong'],
    ['a line without a space', `${T}${A}${C}header\n\n`, 'header block'],
    ['a line that begins with nothing', ` x\n${T}`, 'header block'],
    ['no newline at the end', `${T}${A}committer`, 'header block'],
  ])('%s', (_what, text, words) => {
    const result = parse(text);
    expect(result.ok ? '' : result.problems[0].message).toContain(words);
  });

  test('with ids of 64 digits the other signature header is the right one', () => {
    const text = `tree ${'a'.repeat(64)}\n${A}${C}gpgsig-sha256 x\n\nm`;
    expect(parseCommit('c', encode(text), { idLength: 64 })).toMatchObject({
      ok: true,
      value: { signature: 'x' },
    });
    const wrong = `tree ${'a'.repeat(64)}\n${A}${C}${S}\nm`;
    expect(parseCommit('c', encode(wrong), { idLength: 64 }).ok).toBe(false);
  });
});

describe('a tree', () => {
  const entry = (mode: string, name: string) =>
    new Uint8Array([...encode(`${mode} ${name}`), 0, ...new Uint8Array(20).fill(7)]);
  const tree = (...entries: readonly Uint8Array[]) =>
    parseTree('t', new Uint8Array(entries.flatMap((part) => [...part])), 20);

  test('is taken apart', () => {
    const result = tree(
      entry('100644', 'a'),
      entry('100755', 'b'),
      entry('40000', 'c'),
      entry('120000', 'd'),
      entry('160000', 'e'),
    );
    expect(result.ok && result.value.map((item) => item.kind)).toEqual([
      'file',
      'executable',
      'folder',
      'link',
      'submodule',
    ]);
    expect(result.ok && result.value[0]?.id).toBe('07'.repeat(20));
    expect(tree()).toMatchObject({ ok: true, value: [] });
  });

  test('folders sort as if their names ended in a slash', () => {
    expect(tree(entry('100644', 'a.b'), entry('40000', 'a')).ok).toBe(true);
    expect(tree(entry('40000', 'a'), entry('100644', 'a.b')).ok).toBe(false);
    expect(tree(entry('100644', 'a'), entry('100644', 'ab')).ok).toBe(true);
  });

  test.each([
    ['two of one name', [entry('100644', 'a'), entry('100644', 'a')], 'two entries'],
    [
      'a file and a folder of one name',
      [entry('100644', 'a'), entry('100644', 'a.b'), entry('40000', 'a')],
      'two entries',
    ],
    ['not sorted', [entry('100644', 'b'), entry('100644', 'a')], 'not sorted'],
    ['an unknown mode', [entry('100664', 'a')], 'unknown mode'],
    ['a mode with a zero', [entry('040000', 'a')], 'unknown mode'],
    ['no name', [entry('100644', '')], 'usable name'],
    ['a dot', [entry('100644', '.')], 'usable name'],
    ['two dots', [entry('40000', '..')], 'usable name'],
    ['a slash', [entry('100644', 'a/b')], 'usable name'],
    ['cut within the id', [entry('100644', 'a').subarray(0, 20)], 'cut short'],
    ['cut within the name', [encode('100644 a')], 'cut short'],
    ['no space', [encode('100644')], 'cut short'],
  ])('%s', (_what, entries, words) => {
    const result = tree(...entries);
    expect(result.ok ? '' : result.problems[0].message).toContain(words);
  });

  test('names that are one on some file system', () => {
    expect(foldedName('Policy')).toBe('policy');
    expect(foldedName('e\u0301')).toBe(foldedName('\u00c9'));
  });
});

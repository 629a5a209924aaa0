import { describe, expect, test } from 'vitest';
import { parseCommit } from '../../../src/judge/commit-object.ts';
import { foldedName, parseTree } from '../../../src/judge/tree-object.ts';

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const tree = (...names: readonly Buffer[]): Buffer =>
  Buffer.concat(
    names.map((name) => Buffer.concat([Buffer.from('100644 '), name, Buffer.from([0]), Buffer.alloc(20, 1)])),
  );
const namesOf = (bytes: Buffer): readonly string[] | null => {
  const entries = parseTree('t', bytes, 20);
  return entries.ok ? entries.value.map((entry) => entry.name) : null;
};

describe('a byte order mark is a character like any other', () => {
  test('in a tree: the name is another one, and folds to the one it imitates', () => {
    const [name = ''] = namesOf(tree(Buffer.concat([BOM, Buffer.from('policy')]))) ?? [];
    expect(name).toBe('\ufeffpolicy');
    expect(foldedName(name)).toBe('policy');
    expect(foldedName('Policy. ')).toBe('policy');
  });

  test('in a commit: a header that starts with one is not the header git reads', () => {
    const id = '1'.repeat(40);
    const person = 'A <a@b> 1 +0000';
    const commit = (header: Buffer): Buffer =>
      Buffer.concat([
        Buffer.from(`tree ${id}\nparent ${id}\n`),
        header,
        Buffer.from(`author ${person}\ncommitter ${person}\n\nm\n`),
      ]);
    expect(parseCommit('c', commit(Buffer.alloc(0)), { idLength: 40 }).ok).toBe(true);
    const second = Buffer.concat([BOM, Buffer.from(`parent ${'2'.repeat(40)}\n`)]);
    expect(parseCommit('c', commit(second), { idLength: 40 }).ok).toBe(false);
    const many = Buffer.from(`parent ${id}\n`.repeat(64));
    expect(parseCommit('c', commit(many), { idLength: 40 }).ok).toBe(false);
  });
});

describe('names that are not UTF-8', () => {
  test('are told apart', () => {
    expect(namesOf(tree(Buffer.from([0x63, 0xe8]), Buffer.from([0x63, 0xe9])))).toEqual(['c\\xe8', 'c\\xe9']);
  });

  test('a mode of many digits is refused before it is read', () => {
    expect(
      parseTree('t', Buffer.concat([Buffer.alloc(300_000, 0x31), Buffer.from(' x\0'), Buffer.alloc(20)]), 20)
        .ok,
    ).toBe(false);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  differences,
  EMPTY_TREE,
  fileAt,
  filesUnder,
  namesIn,
  nodeAt,
  withFile,
  type TreeFolder,
} from '../../../src/domain/tree.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
type Files = Readonly<Record<string, string>>;

// Files are named a–c and folders x–z, so that no path is a file and a folder at once.
const folder = fc.array(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 });
const path = fc
  .tuple(folder, fc.constantFrom('a', 'b', 'c'))
  .map(([above, name]) => [...above, name].join('/'));
const files: fc.Arbitrary<Files> = fc.dictionary(path, fc.string({ maxLength: 4 }), {
  maxKeys: 12,
  noNullPrototype: true,
});

const treeOf = (of: Files): TreeFolder =>
  Object.entries(of).reduce((tree, [name, text]) => withFile(tree, name, encode(text)), EMPTY_TREE);
const filesOf = (tree: TreeFolder): Files =>
  Object.fromEntries(
    filesUnder(tree, '').map(([name, { bytes }]) => [name, new TextDecoder().decode(bytes)]),
  );

describe('a tree', () => {
  it('holds exactly the files that were put in', () => {
    fc.assert(
      fc.property(files, (of) => {
        expect(filesOf(treeOf(of))).toEqual(of);
      }),
    );
  });
  it('does not change when a file is put in: another tree does', () => {
    fc.assert(
      fc.property(files, path, (of, name) => {
        const tree = treeOf(of);
        expect(fileAt(withFile(tree, name, encode('new')), name)?.bytes).toEqual(encode('new'));
        expect(filesOf(tree)).toEqual(of);
      }),
    );
  });
  it('finds nothing below a file, beside it, or at a folder', () => {
    const tree = treeOf({ 'x/a': '1' });
    expect(nodeAt(tree, 'x')?.kind).toBe('folder');
    expect([fileAt(tree, 'x'), fileAt(tree, 'x/a/b'), fileAt(tree, 'x/b'), nodeAt(tree, 'y')]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect([namesIn(tree, 'x'), namesIn(tree, 'x/a'), namesIn(tree, 'y')]).toEqual([['a'], [], []]);
  });
});

describe('the differences of two trees', () => {
  it('are none between a tree and itself, however it came about', () => {
    fc.assert(
      fc.property(files, (of) => {
        const other = Object.fromEntries(Object.entries(of).reverse());
        expect(differences(treeOf(of), treeOf(other))).toEqual([]);
      }),
    );
  });
  it('are every file that was added, removed or changed, sorted, each once', () => {
    fc.assert(
      fc.property(files, files, (before, after) => {
        const expected = [...new Set([...Object.keys(before), ...Object.keys(after)])]
          .filter((name) => before[name] !== after[name])
          .sort();
        const found = differences(treeOf(before), treeOf(after));
        expect(found.map((difference) => difference.path)).toEqual(expected);
        for (const { path: name, before: old, after: now } of found) {
          expect([old === null, now === null]).toEqual([!(name in before), !(name in after)]);
        }
      }),
    );
  });
  it('lead from one tree to the other where nothing is removed', () => {
    fc.assert(
      fc.property(files, files, (before, more) => {
        const after = { ...before, ...more };
        const reached = differences(treeOf(before), treeOf(after)).reduce(
          (tree, { path: name, after: file }) => withFile(tree, name, file?.bytes ?? encode('gone')),
          treeOf(before),
        );
        expect(filesOf(reached)).toEqual(after);
      }),
    );
  });
});

import { describe, expect, test } from 'vitest';
import { GuardedReader } from '../../../src/evidence/guarded-values.ts';
import { guardedEntries, guardedValue } from '../../../src/judge/guarded-value.ts';
import type { ObjectReader } from '../../../src/ports/objects.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const id = (digit: string): string => digit.repeat(40);

/** A raw tree in the order given. */
function tree(...entries: readonly (readonly [mode: string, name: string, id: string])[]): Uint8Array {
  return Buffer.concat(
    entries.map(([mode, name, of]) => Buffer.concat([bytesOf(`${mode} ${name}\0`), Buffer.from(of, 'hex')])),
  );
}

function readerOf(folder: Uint8Array | null, bar: readonly [mode: string, id: string]): ObjectReader {
  const objects = new Map([
    [id('1'), { type: 'tree', bytes: tree([bar[0], 'ci', bar[1]]) }],
    ...(folder === null ? [] : [[id('2'), { type: 'tree', bytes: folder }] as const]),
  ]);
  return {
    read: (object: string) => Promise.resolve(objects.get(object) ?? { type: 'blob', bytes: bytesOf('x') }),
  } as unknown as ObjectReader;
}

async function valueOf(objects: ObjectReader): Promise<string | undefined> {
  const reader = new GuardedReader(objects, 20);
  await reader.watch(['ci/verify.yml']);
  return (await reader.of(id('1'))).values.get('ci/verify.yml');
}

describe('a guarded path', () => {
  test('is the object that lies there', async () => {
    const folder = tree(['100644', 'verify.yml', id('3')]);
    expect(await valueOf(readerOf(folder, ['40000', id('2')]))).toBe(`file ${id('3')}`);
  });

  test('is nothing where nothing lies', async () => {
    const folder = tree(['100644', 'other.yml', id('3')]);
    expect(await valueOf(readerOf(folder, ['40000', id('2')]))).toBeUndefined();
    expect(await valueOf(readerOf(null, ['100644', id('3')]))).toBeUndefined();
  });

  test('is also what some file system takes for it', async () => {
    const both = tree(['100644', 'Verify.yml', id('4')], ['100644', 'verify.yml', id('3')]);
    expect(await valueOf(readerOf(both, ['40000', id('2')]))).toBe(
      [`file ${id('3')}`, `file ${id('4')} ci/Verify.yml`].join('\0'),
    );
    const short = tree(['100644', 'VERIFY~1.YML', id('4')]);
    expect(await valueOf(readerOf(short, ['40000', id('2')]))).toBe(`file ${id('4')} ci/VERIFY~1.YML`);
  });

  test('is what repair puts back, entry by entry', () => {
    const found = [
      { path: 'ci/Verify.yml', kind: 'file', id: id('4') },
      { path: 'ci/verify.yml', kind: 'executable', id: id('3') },
    ] as const;
    expect(guardedEntries('ci/verify.yml', guardedValue('ci/verify.yml', found))).toEqual([
      found[1],
      found[0],
    ]);
    expect(guardedEntries('ci/verify.yml', undefined)).toEqual([]);
    expect(() => guardedEntries('ci/verify.yml', 'pipe 00')).toThrow('not a value');
  });

  test('is not taken for nothing behind a folder that git reads all the same', async () => {
    const twice = tree(['100644', 'verify.yml', id('3')], ['100644', 'verify.yml', id('4')]);
    expect(await valueOf(readerOf(twice, ['40000', id('2')]))).toBe(`folder ${id('2')} ci`);
    const unsorted = tree(['100644', 'verify.yml', id('3')], ['100644', 'a', id('4')]);
    expect(await valueOf(readerOf(unsorted, ['40000', id('2')]))).toBe(`folder ${id('2')} ci`);
  });

  test('is not taken for nothing behind a link or a submodule', async () => {
    expect(await valueOf(readerOf(null, ['120000', id('3')]))).toBe(`link ${id('3')} ci`);
    expect(await valueOf(readerOf(null, ['160000', id('3')]))).toBe(`submodule ${id('3')} ci`);
  });
});

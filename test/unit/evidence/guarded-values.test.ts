import { describe, expect, test } from 'vitest';
import { GuardedReader } from '../../../src/evidence/guarded-values.ts';
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

  test('is not taken for nothing behind a folder that git reads all the same', async () => {
    const twice = tree(['100644', 'verify.yml', id('3')], ['100644', 'verify.yml', id('4')]);
    expect(await valueOf(readerOf(twice, ['40000', id('2')]))).toBe(`unreadable ${id('2')}`);
    const unsorted = tree(['100644', 'verify.yml', id('3')], ['100644', 'a', id('4')]);
    expect(await valueOf(readerOf(unsorted, ['40000', id('2')]))).toBe(`unreadable ${id('2')}`);
  });

  test('is not taken for nothing behind a link or a submodule', async () => {
    expect(await valueOf(readerOf(null, ['120000', id('3')]))).toBe(`behind link ${id('3')}`);
    expect(await valueOf(readerOf(null, ['160000', id('3')]))).toBe(`behind submodule ${id('3')}`);
  });
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { filesInTar } from '../../../src/adapters/sources/tar.ts';
import { CannotTell } from '../../../src/base/errors.ts';
import { pax, tarOf, type Member } from './tar-bytes.ts';

const root = mkdtempSync(join(tmpdir(), 'tar-'));
afterAll(() => rmSync(root, { recursive: true }));

// eslint-disable-next-line @typescript-eslint/require-await
async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Buffer, size = 700): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const { path, content } of filesInTar(inPieces(bytes, size))) {
    const parts: Uint8Array[] = [];
    for await (const part of content) parts.push(Buffer.from(part));
    files[path] = Buffer.concat(parts).toString('utf8');
  }
  return files;
}

async function why(bytes: Buffer): Promise<string> {
  try {
    return JSON.stringify(await read(bytes));
  } catch (error) {
    if (error instanceof CannotTell) return `${error.code} ${error.message}`;
    throw error;
  }
}

describe('a tar archive', () => {
  const long = `${'d'.repeat(60)}/${'e'.repeat(60)}/f.json`;

  test('gives its files front to back, in whatever pieces it comes', async () => {
    const archive = tarOf([
      { name: 'a.json', content: '{}' },
      { name: 'sub/', type: '5' },
      { name: 'b.txt', prefix: 'sub', content: 'x'.repeat(5000) },
      { name: 'empty' },
      { name: 'large', binarySize: true, content: 'as GNU counts' },
    ]);
    const whole = { 'a.json': '{}', 'sub/b.txt': 'x'.repeat(5000), empty: '', large: 'as GNU counts' };
    for (const size of [1, 511, 512, 513, 100_000]) expect(await read(archive, size)).toEqual(whole);
  });

  test.each(['ustar', 'pax', 'gnu', 'v7'])(
    'is read as tar itself writes it, in the form %s',
    async (form) => {
      const folder = join(root, form);
      mkdirSync(join(folder, 'sub'), { recursive: true });
      writeFileSync(join(folder, 'a.json'), '{}');
      writeFileSync(join(folder, 'sub/b.bin'), 'y'.repeat(3000));
      const bytes = execFileSync('tar', [`--format=${form}`, '-C', folder, '-cf', '-', '.']);
      expect(await read(bytes)).toEqual({ 'a.json': '{}', 'sub/b.bin': 'y'.repeat(3000) });
    },
  );

  test('takes long names and sizes from headers of pax', async () => {
    const archive = tarOf([
      pax({ path: long, size: '3', mtime: '1.5' }),
      { name: 'cut', content: 'abc', size: '00000000000' },
      { name: 'next', content: 'z' },
    ]);
    expect(await read(archive)).toEqual({ [long]: 'abc', next: 'z' });
  });

  const file: Member = { name: 'a', content: 'x' };
  test.each<[string, string, () => Buffer]>([
    ['a symbolic link', 'neither file nor folder: a', () => tarOf([{ name: 'a', type: '2' }])],
    ['a hard link', 'neither file nor folder: a', () => tarOf([{ name: 'a', type: '1' }])],
    ['a device', 'neither file nor folder: a', () => tarOf([{ name: 'a', type: '3' }])],
    ['a long name of GNU', 'neither file nor folder', () => tarOf([{ name: 'a', type: 'L', content: 'b' }])],
    [
      'a header for all files',
      'neither file nor folder',
      () => tarOf([{ ...pax({ path: 'a' }), type: 'g' }]),
    ],
    ['a folder that has content', 'a folder with content: a', () => tarOf([{ ...file, type: '5' }])],
    ['a header that names a link', 'not known: linkpath', () => tarOf([pax({ linkpath: '/etc' }), file])],
    ['a sparse file', 'not known: GNU.sparse.size', () => tarOf([pax({ 'GNU.sparse.size': '9' }), file])],
    ['two headers for one file', 'two headers', () => tarOf([pax({ path: 'b' }), pax({ path: 'c' }), file])],
    [
      'a header that says a thing twice',
      'says path twice',
      () => {
        const { content = '' } = pax({ path: 'b' });
        return tarOf([{ ...pax({}), content: `${content as string}${content as string}` }, file]);
      },
    ],
    [
      'a header of lengths that lie',
      'cannot be read',
      () => tarOf([{ ...pax({}), content: '99 path=b\n' }, file]),
    ],
    ['an empty header', 'cannot be read', () => tarOf([pax({}), file])],
    ['a header that is too large', 'too large', () => tarOf([pax({ comment: 'c'.repeat(70_000) }), file])],
    ['a header and no file', 'in the middle of a file', () => tarOf([pax({ path: 'b' })])],
    ['a size that is no number', 'damaged', () => tarOf([{ ...file, size: '0000000000x' }])],
    ['a size beyond all bounds', 'beyond all bounds', () => tarOf([pax({ size: '9'.repeat(16) }), file])],
    [
      'a size of more than 48 bits',
      'beyond all bounds',
      () => {
        const bytes = tarOf([{ ...file, binarySize: true }]);
        bytes[129] = 1;
        const sum = (bytes.readUInt8(129) + Number.parseInt(bytes.toString('latin1', 148, 154), 8)).toString(
          8,
        );
        bytes.write(sum.padStart(6, '0'), 148);
        return bytes;
      },
    ],
    ['more content than is there', 'cut off', () => tarOf([{ ...file, size: '00000100000' }])],
    ['no end', 'cut off', () => tarOf([file], Buffer.alloc(0))],
    [
      'something after its end',
      'after its end',
      () => tarOf([file], Buffer.concat([Buffer.alloc(1024), Buffer.from('x')])),
    ],
    [
      'a wrong sum',
      'damaged',
      () => {
        const bytes = tarOf([file]);
        bytes.write('b', 0);
        return bytes;
      },
    ],
    ['what is no archive', 'no tar archive', () => Buffer.from('x'.repeat(2048))],
  ])('with %s is refused: %s', async (_, words, bytes) => {
    expect(await why(bytes())).toMatch(new RegExp(`^BAD_DATA the archive .*${words.replace(/\./g, '\\.')}`));
  });
});

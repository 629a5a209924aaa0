import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { judgedBefore } from '../../../../src/adapters/config/judged-before.ts';
import { Fingerprint } from '../../../../src/domain/names.ts';
import type { Anchor } from '../../../../src/ports/anchors.ts';

const top = mkdtempSync(join(tmpdir(), 'judged-'));
afterAll(() => rmSync(top, { recursive: true }));

const root = { commit: 'a'.repeat(40), signer: Fingerprint.parse('A'.repeat(40)) };
const other = { ...root, signer: Fingerprint.parse('B'.repeat(40)) };
const ANCHOR: Anchor = {
  commit: 'c'.repeat(40),
  clock: 1_704_067_200,
  counts: { commits: 9, governed: 8, signatures: 7 },
  merged: ['d'.repeat(40)],
  promotions: { paths: 12, bytes: 345 },
};

let count = 0;
async function kept() {
  const state = join(top, `state-${count++}`);
  const memory = judgedBefore(state, () => 'this build');
  await memory.keep(root, [ANCHOR]);
  const folder = join(state, 'judged-before');
  const [name = ''] = readdirSync(folder);
  return { state, memory, folder, file: join(folder, name) };
}

describe('what was judged before', () => {
  it('is given back to the build that judged it, for the root it was judged from', async () => {
    const { state, memory, file } = await kept();
    expect(await memory.anchorsOf(root)).toEqual([ANCHOR]);
    expect(await memory.anchorsOf(other)).toEqual([]);
    expect(await judgedBefore(state, () => 'another build').anchorsOf(root)).toEqual([]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('is nothing where nothing was kept', async () => {
    expect(await judgedBefore(join(top, 'none'), () => 'this build').anchorsOf(root)).toEqual([]);
  });

  it.each<readonly [string, (it: Awaited<ReturnType<typeof kept>>) => void]>([
    ['the file may be written by others', ({ file }) => chmodSync(file, 0o622)],
    ['its folder may be written by others', ({ folder }) => chmodSync(folder, 0o777)],
    ['the state folder may be written by others', ({ state }) => chmodSync(state, 0o775)],
    [
      'the file is a link',
      ({ file }) => {
        renameSync(file, `${file}.moved`);
        symlinkSync(`${file}.moved`, file);
      },
    ],
    ['the file is cut short', ({ file }) => writeFileSync(file, readFileSync(file).subarray(0, 100))],
    [
      'it says more',
      ({ file }) => writeFileSync(file, readFileSync(file, 'utf8').replace('{', '{"more": 1,')),
    ],
    ['it is huge', ({ file }) => writeFileSync(file, ' '.repeat(10_000_000))],
    [
      'a commit is none',
      ({ file }) => writeFileSync(file, readFileSync(file, 'utf8').replace('cccc', 'HEAD')),
    ],
    [
      'it was moved to where that of another root belongs',
      ({ file }) => writeFileSync(file, readFileSync(file, 'utf8').replace('aaaa', 'abab')),
    ],
  ])('is nothing where %s, and can be kept anew', async (_what, spoil) => {
    const found = await kept();
    spoil(found);
    expect(await found.memory.anchorsOf(root)).toEqual([]);
    for (const path of [found.state, found.folder]) chmodSync(path, 0o700);
    await found.memory.keep(root, [ANCHOR]);
    expect(await found.memory.anchorsOf(root)).toEqual([ANCHOR]);
  });
});

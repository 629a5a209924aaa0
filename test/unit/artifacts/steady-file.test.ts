import { appendFileSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { withSteadyFile } from '../../../src/adapters/artifacts/steady-file.ts';
import { sha256 } from '../../../src/base/digest.ts';

const root = mkdtempSync(join(tmpdir(), 'steady-'));
afterAll(() => rmSync(root, { recursive: true }));
const content = 'x'.repeat(3_000_000);

function made(name: string): string {
  writeFileSync(join(root, name), content);
  return join(root, name);
}

test('the digest is that of the whole file, whatever was taken before', async () => {
  const digest = await withSteadyFile(made('whole'), async (file) => {
    expect(Buffer.from(await file.take(5)).toString()).toBe('xxxxx');
    return file.digest();
  });
  expect(digest).toBe(sha256(content));
});

test.each<[what: string, meddle: (path: string) => void]>([
  ['grows', (path) => appendFileSync(path, 'y')],
  ['shrinks', (path) => writeFileSync(path, 'x')],
  ['is replaced', (path) => renameSync(made('other'), path)],
])('a file that %s meanwhile: cannot tell', async (what, meddle) => {
  const path = made(what);
  const work = withSteadyFile(path, async (file) => {
    await file.take(5);
    meddle(path);
    return file.digest();
  });
  await expect(work).rejects.toMatchObject({ code: 'RACE_LOST', place: { file: path } });
});

test('a link is not followed', async () => {
  symlinkSync(made('target'), join(root, 'link'));
  await expect(withSteadyFile(join(root, 'link'), (file) => file.digest())).rejects.toMatchObject({
    code: 'IO_FAILED',
  });
});

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { scratchFolders } from '../../../src/adapters/files/scratch-folders.ts';

let within: string;
beforeEach(() => {
  within = mkdtempSync(join(tmpdir(), 'ms-unit-'));
});
afterEach(() => rmSync(within, { recursive: true, force: true }));

describe('a folder for what nobody needs afterwards', () => {
  test('is empty, readable to its owner alone, and goes with everything in it', async () => {
    const made = await scratchFolders(within).make();
    const { path } = made;
    expect([readdirSync(path), statSync(path).mode & 0o777]).toEqual([[], 0o700]);
    mkdirSync(join(path, 'deep/er'), { recursive: true });
    writeFileSync(join(path, 'deep/er/file'), 'x');
    await made.remove();
    expect(readdirSync(within)).toEqual([]);
  });

  test('leaves no ear for signals behind', async () => {
    const heard = (): readonly number[] =>
      ['exit', 'SIGINT', 'SIGTERM', 'SIGHUP'].map((name) => process.listenerCount(name));
    const before = heard();
    const made = await scratchFolders(within).make();
    expect(heard()).toEqual(before.map((count) => count + 1));
    await made.remove();
    expect(heard()).toEqual(before);
  });

  test('takes away what a process left that is gone, and nothing else', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    const names = [`modelsmith-scratch-${pid}-aaaaaa`, `modelsmith-scratch-${process.pid}-bbbbbb`, 'other'];
    for (const name of names) mkdirSync(join(within, name));
    const made = await scratchFolders(within).make();
    await made.remove();
    expect(readdirSync(within).sort()).toEqual(names.slice(1).sort());
  });

  test('is not to be had where nothing can be written', async () => {
    const nowhere = join(within, 'nowhere');
    await expect(scratchFolders(nowhere).make()).rejects.toThrow('cannot be made');
    expect(existsSync(nowhere)).toBe(false);
  });
});

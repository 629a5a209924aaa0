import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localFiles } from '../../../src/adapters/files/local-files.ts';

describe.skipIf(process.platform === 'win32')('reading what tells no size', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'modelsmith-files-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('refuses a device without an end once the limit is passed', async () => {
    await expect(localFiles(folder).read('/dev/zero', 100_000)).rejects.toMatchObject({
      code: 'BAD_DATA',
      message: '/dev/zero is larger than 100000 bytes',
    });
  });

  it('reads a pipe to its end', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    spawn('sh', ['-c', 'printf "a scan" > "$1"', 'sh', pipe]);
    expect(Buffer.from(await localFiles(folder).read(pipe, 100)).toString()).toBe('a scan');
  });

  it('reads a device that is empty as nothing', async () => {
    expect(await localFiles(folder).read('/dev/null', 100)).toHaveLength(0);
  });
});

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SpillFile } from '../../../src/adapters/git/spill-file.ts';
import { CannotTell } from '../../../src/base/errors.ts';

describe('a file for what need not be in memory', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'spill-test-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('gives back what was put into it, in any order and however much it was', () => {
    const spill = new SpillFile(folder);
    const sizes = [0, 1, 1000, 1024 * 1024, 3, 700_000, 700_000, 5];
    const parts = sizes.map((size, index) => Buffer.alloc(size, index + 1));
    const loads = parts.map((part) => spill.put(part));
    for (const index of [7, 0, 3, 5, 1, 6, 2, 4, 3])
      expect(Buffer.compare(loads[index]?.() ?? Buffer.from('none'), parts[index] ?? Buffer.alloc(1))).toBe(
        0,
      );
    spill.close();
  });

  it('keeps nothing of what it was given: whoever changes that afterwards changes nothing here', () => {
    const spill = new SpillFile(folder);
    const bytes = Buffer.from('as it was');
    const load = spill.put(bytes);
    bytes.fill(0);
    expect(Buffer.from(load()).toString()).toBe('as it was');
    spill.close();
  });

  it('has no name by which somebody else could open it', () => {
    const spill = new SpillFile(folder);
    spill.put(Buffer.from('confidential'));
    expect(readdirSync(folder)).toEqual([]);
    spill.close();
  });

  it('says where it could not be made, and where it could not be written', () => {
    expect(() => new SpillFile(join(folder, 'nowhere'))).toThrow(CannotTell);
    const spill = new SpillFile(folder);
    spill.close();
    expect(() => spill.put(Buffer.alloc(2 * 1024 * 1024))).toThrow(/cannot be written/);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { IMPORTERS } from '../../../src/adapters/evals/importers.ts';
import { localFiles } from '../../../src/adapters/files/local-files.ts';
import { CannotTell } from '../../../src/base/errors.ts';
import { readHarnessOutput } from '../../../src/commands/shared/intake/harness-output.ts';
import { at, changed, fixture } from '../evals/support.ts';

const folder = mkdtempSync(join(tmpdir(), 'outputs-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;
/** A folder with these files, and the path of one of them. */
function lay(files: Record<string, Uint8Array | string>): string {
  const path = mkdtempSync(join(folder, `${(count += 1)}-`));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(path, name), bytes);
  return path;
}
const context = { files: localFiles(folder), importers: IMPORTERS };
const read = (path: string, importer: string | null = null) => readHarnessOutput(context, path, importer);
const other = changed('inspect.json', (tree) => (at(tree, 'eval')['task'] = 'another'));

describe('the output of a harness', () => {
  test('is read by whoever knows it, without being told', async () => {
    for (const [file, name] of [
      ['promptfoo-v3.json', 'promptfoo-results'],
      ['inspect.eval', 'inspect-log-v2'],
      ['lm-eval-v03.json', 'lm-eval-v0.3'],
      ['lm-eval-v04-groups.json', 'lm-eval-v0.4'],
      ['generic.json', 'generic'],
    ] as const) {
      const output = await read(join(lay({ [file]: fixture(file) }), file));
      expect(output.kind === 'read' && output.report.importer.name).toBe(name);
    }
  });
  test('in a folder is one run of several files, with what else lies there left out', async () => {
    const path = lay({ 'a.json': fixture('inspect.json'), 'b.json': other, 'notes.txt': 'x' });
    const output = await read(path);
    expect(output.kind === 'read' && output.report.raw.map((file) => file.path)).toEqual([
      'a.json',
      'b.json',
    ]);
    expect(output.files).toHaveLength(2);
  });
  test('under a name that no repository can hold keeps what kind of file it is', async () => {
    const name = '2026-03-02T09-30-00+00-00_yes no.eval';
    const output = await read(join(lay({ [name]: fixture('inspect.eval') }), name));
    expect(output.files[0]?.path).toMatch(/^results-[0-9a-f]{12}\.eval$/);
  });
  test('that nobody knows is refused with what each looked for', async () => {
    const output = await read(join(lay({ 'x.json': '{"results": 1}' }), 'x.json'));
    if (output.kind !== 'refused') throw new Error('read');
    expect(JSON.stringify(output.reasons)).toMatch(
      /lm-eval-v0\.4: .*lm-eval-v0\.3: .*inspect.*promptfoo.*generic: /,
    );
  });
  test.each([
    ['empty', '', /^EVAL_NOT_THIS_FORMAT x\.json:1 is not JSON: a value is missing$/],
    ['no JSON', '<html>', /^EVAL_NOT_THIS_FORMAT x\.json:1 is not JSON: [^;]*$/],
  ])('that is %s is said once', async (_, text, words) => {
    const output = await read(join(lay({ 'x.json': text }), 'x.json'));
    if (output.kind !== 'refused') throw new Error('read');
    const [why] = output.reasons;
    if (why.code !== 'EVAL_UNSCORABLE') throw new Error(why.code);
    expect(`${why.facts.fault} ${why.facts.facts.join('; ')}`).toMatch(words);
  });
  test('that one importer was asked for is refused by that one alone', async () => {
    const path = join(lay({ 'x.json': fixture('promptfoo-v3.json') }), 'x.json');
    const output = await read(path, 'inspect-log-v2');
    expect(output.kind === 'refused' && JSON.stringify(output.reasons)).toMatch(/no log of Inspect/);
  });
  test('put together so that it cannot be read is no error of the run; a log among it that was broken off is', async () => {
    const good = fixture('inspect.json');
    const misplaced = async (files: Record<string, Uint8Array | string>) => {
      const output = await read(lay(files));
      return output.kind === 'refused' && output.misplaced;
    };
    expect(await misplaced({ 'a.json': good, 'b.json': '{}' })).toBe(true);
    expect(
      await misplaced({ 'a.json': good, 'b.json': changed('inspect.json', (tree) => (tree['note'] = 1)) }),
    ).toBe(true);
    const cancelled = changed('inspect.json', (tree) => {
      at(tree, 'eval')['task'] = 'another';
      tree['status'] = 'cancelled';
    });
    expect(await misplaced({ 'a.json': good, 'b.json': cancelled })).toBe(false);
    expect(await misplaced({ 'a.json': '{}', 'b.json': '{}' })).toBe(false);
  });
  test('is not looked for in a folder that holds none, or more than one run has', async () => {
    const many = Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`${index}.json`, '{}']));
    for (const path of [lay({ 'notes.txt': 'x' }), lay(many)])
      await expect(read(path)).rejects.toThrow(CannotTell);
  });
});

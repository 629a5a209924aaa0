import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { editorIn, editText } from '../../../src/adapters/terminal/editor.ts';

describe('the editor of the person', () => {
  test.each([
    [{ VISUAL: 'code --wait', EDITOR: 'vi' }, ['code', '--wait']],
    [{ EDITOR: 'vi' }, ['vi']],
    [{ VISUAL: '', EDITOR: ' nano  -w ' }, ['nano', '-w']],
    [{ EDITOR: '"/opt/My Editor/edit" -n \'a b\'' }, ['/opt/My Editor/edit', '-n', 'a b']],
    [{}, null],
    [{ EDITOR: '  ' }, null],
  ])('of %j', (environment, command) => {
    expect(editorIn(environment)).toEqual(command);
  });

  test('is none that takes a shell', () => {
    for (const EDITOR of [
      'vi; rm x',
      'vi $HOME',
      'vi `id`',
      'vi "$(id)"',
      'vi "x',
      '~/bin/vi',
      'a|b',
      'a"b"',
    ])
      expect(editorIn({ EDITOR })).toBe(null);
    expect(editorIn({ VISUAL: 'vi;id', EDITOR: 'nano' })).toEqual(['nano']);
  });
});

describe('a text in an editor', () => {
  const own = mkdtempSync(join(tmpdir(), 'editor-test-'));
  const before = process.env['TMPDIR'];
  const script = join(own, 'edit.cjs');
  beforeAll(() => {
    process.env['TMPDIR'] = join(own);
    writeFileSync(
      script,
      `const fs = require('node:fs');
       const [what, file] = process.argv.slice(2);
       const mode = (path) => (fs.statSync(path).mode & 0o777).toString(8);
       if (what === 'fail') { fs.writeFileSync(file, 'x'); process.exit(3); }
       const seen = fs.readFileSync(file, 'utf8');
       if (what === 'append') fs.writeFileSync(file, seen + 'two lines\\nof text\\n');
       if (what === 'empty') fs.writeFileSync(file, ' \\n');
       if (what === 'modes') fs.writeFileSync(file, mode(file) + ' ' + mode(require('node:path').dirname(file)));
       if (what === 'env') fs.writeFileSync(file, String(process.env.MODELSMITH_KEY_PASSPHRASE));`,
    );
  });
  afterEach(() => expect(readdirSync(own)).toEqual(['edit.cjs']));
  afterAll(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    rmSync(own, { recursive: true });
  });
  const edit = (what: string, initial = '') =>
    editText([process.execPath, script, what], initial, {
      ...process.env,
      MODELSMITH_KEY_PASSPHRASE: 'secret',
    });

  test('is what was saved, over what was there', async () => {
    expect(await edit('append', 'first\n')).toBe('first\ntwo lines\nof text\n');
  });

  test('lies where only its author can read it', async () => {
    expect(await edit('modes')).toBe('600 700');
  });

  test('is none where nothing was written or the editor failed', async () => {
    await expect(edit('empty')).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
    await expect(edit('fail')).rejects.toThrow('the editor ended with 3; nothing was changed');
  });

  test('is none where the editor cannot be started', async () => {
    await expect(editText([join(own, 'nothing')], '', {})).rejects.toMatchObject({ code: 'TOOL_MISSING' });
  });

  test('is written by a program that is not told the passphrase', async () => {
    expect(await edit('env')).toBe('undefined');
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../src/base/digest.ts';
import { lockDocument } from '../../../src/domain/lock.ts';
import { entryId, MAX_DOCUMENT_BYTES } from '../../../src/domain/document.ts';
import { DOCUMENTS } from '../support/documents.ts';

const textOf = (noun: string): string =>
  readFileSync(new URL(`../../../fixtures/vectors/${noun}/valid.json`, import.meta.url), 'utf8');
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Other spellings of the same value: none of them is the file that was signed. */
const RESPELLED: Readonly<Record<string, (text: string) => string>> = {
  'four spaces': (text) => `${JSON.stringify(JSON.parse(text), null, 4)}\n`,
  'one line': (text) => `${JSON.stringify(JSON.parse(text))}\n`,
  'no newline at the end': (text) => text.trimEnd(),
  'two newlines at the end': (text) => `${text}\n`,
  'carriage returns': (text) => text.replaceAll('\n', '\r\n'),
  'a space at the end of a line': (text) => text.replace(',\n', ', \n'),
  'keys in another order': (text) =>
    `${JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text) as object).reverse()), null, 2)}\n`,
  'a key given twice': (text) => text.replace(/^( {2}"schema": "[^"]+",\n)/m, '$1$1'),
  'an escape that is not needed': (text) => text.replace('"schema"', '"\\u0073chema"'),
  'an unknown key': (text) => text.replace('{\n', '{\n  "note": "hello",\n'),
  'something after the end': (text) => `${text}{}`,
};

describe.each(Object.entries(DOCUMENTS))('the codec of %s', (noun, document) => {
  const text = textOf(noun);
  const result = document.parse(encode(text), 'file.json');

  it('prints what it read, byte for byte', () => {
    expect(result.ok && document.print(result.value)).toBe(text);
  });

  it('names itself in the file', () => {
    expect(JSON.parse(text)).toMatchObject({ schema: document.name });
  });

  it.each(Object.entries(RESPELLED))('refuses %s', (_how, respell) => {
    const other = respell(text);
    expect(other).not.toBe(text);
    expect(document.parse(encode(other), 'file.json')).toMatchObject({ ok: false });
  });

  it('refuses a byte order mark, bytes that are no UTF-8, and what is too large', () => {
    expect(document.parse(encode(`\ufeff${text}`), 'f').ok).toBe(false);
    const broken = encode(text);
    broken[broken.indexOf(0x6d)] = 0xff;
    expect(document.parse(broken, 'f')).toMatchObject({
      ok: false,
      problems: [{ message: 'is not valid UTF-8' }],
    });
    expect(document.parse(encode(text + ' '.repeat(MAX_DOCUMENT_BYTES)), 'f').ok).toBe(false);
  });
});

describe('a problem', () => {
  it('names the line where the spelling begins to differ', () => {
    const lines = textOf('lock').split('\n');
    lines[3] = (lines[3] ?? '').replace(': ', ' : ');
    expect(lockDocument.parse(encode(lines.join('\n')), 'l.json')).toMatchObject({
      problems: [{ place: { file: 'l.json', line: 4 } }],
    });
  });
});

describe('the id of an entry', () => {
  it('is what `grep -v id | sha256sum` prints for its file', () => {
    const text = textOf('lock');
    const lock = JSON.parse(text) as { id: string };
    const without = text
      .split('\n')
      .filter((line) => !line.startsWith('  "id": '))
      .join('\n');
    expect(sha256(without)).toBe(lock.id);
    expect(entryId(lockDocument.schema, lock)).toBe(lock.id);
  });

  it('changes with anything else in the entry and not with the id', () => {
    const lock = JSON.parse(textOf('lock')) as { id: string; runs: number };
    const id = entryId(lockDocument.schema, lock);
    expect(entryId(lockDocument.schema, { ...lock, id: 'f'.repeat(64) })).toBe(id);
    expect(entryId(lockDocument.schema, { ...lock, runs: lock.runs + 1 })).not.toBe(id);
  });
});

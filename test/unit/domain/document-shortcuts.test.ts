import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { aliasesDocument } from '../../../src/domain/aliases.ts';
import { approvalLogDocument } from '../../../src/domain/approval.ts';
import { jsonDocument, type JsonDocument } from '../../../src/domain/document.ts';
import { recordDocument } from '../../../src/domain/record.ts';

/** Documents that are read and printed sooner are held against the same documents read and printed whole. */

const SEED = 20_261_130;
const ROUNDS = 2500;

const textOf = (noun: string): string =>
  readFileSync(new URL(`../../../fixtures/vectors/${noun}/valid.json`, import.meta.url), 'utf8');
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const CHANGES: readonly ((lines: string[], roll: (below: number) => number) => string[])[] = [
  (lines, roll) => lines.filter((_line, index) => index !== roll(lines.length)),
  (lines, roll) => lines.toSpliced(roll(lines.length), 0, lines[roll(lines.length)] ?? ''),
  (lines, roll) => {
    const at = roll(lines.length - 1);
    return lines.toSpliced(at, 2, lines[at + 1] ?? '', lines[at] ?? '');
  },
  (lines, roll) => {
    const at = roll(lines.length);
    const line = lines[at] ?? '';
    const from = roll(Math.max(1, line.length));
    return lines.toSpliced(
      at,
      1,
      line.slice(0, from) +
        (['"', '0', '{', '}', ',', ' ', '\\'][roll(7)] ?? '') +
        line.slice(from + roll(2)),
    );
  },
  // A part of it elsewhere, such as an entry in another list.
  (lines, roll) => {
    const from = roll(lines.length);
    const part = lines.slice(from, from + 1 + roll(20));
    return lines.toSpliced(roll(lines.length), roll(2) * part.length, ...part);
  },
  // A number in place of an entry.
  (lines, roll) => {
    const begins = lines.flatMap((line, index) => (/^ {4}\{$|^ {2}"[a-z]+": \{$/.test(line) ? [index] : []));
    const at = begins[roll(Math.max(1, begins.length))] ?? 0;
    const indent = /^ +/.exec(lines[at] ?? '')?.[0] ?? '';
    const end = lines.findIndex((line, index) => index > at && line.startsWith(`${indent}}`));
    const name = (lines[at] ?? '').replace(/\{$/, '');
    return lines.toSpliced(
      at,
      end - at + 1,
      name + String(roll(4)) + ((lines[end] ?? '').endsWith(',') ? ',' : ''),
    );
  },
  (lines, roll) => lines.map((line) => (roll(lines.length) === 0 ? `${line}\r` : line)),
];

const NOUNS = [
  ['promotion-record', recordDocument, ['evidence', 'evaluations', 'transitions']],
  ['approval-log', approvalLogDocument, ['entries']],
  ['aliases', aliasesDocument, ['steps']],
] as readonly (readonly [string, JsonDocument<object>, readonly string[]])[];

describe.each(NOUNS)('a document such as %s', (noun, quick, lists) => {
  const plain = jsonDocument(quick.name, quick.schema);
  const text = textOf(noun);

  const agree = (other: string): boolean => {
    const bytes = encode(other);
    const [some, all] = [quick.parse(bytes, 'file.json'), plain.parse(bytes, 'file.json')];
    expect(some).toEqual(all);
    if (some.ok && all.ok) expect(quick.print(some.value)).toBe(plain.print(all.value));
    return all.ok;
  };

  /** With fewer entries in its lists. */
  const shorter = (share: number): string => {
    const value = JSON.parse(text) as Record<string, unknown>;
    for (const list of lists) {
      const items = value[list] as readonly unknown[];
      value[list] = items.slice(0, Math.ceil(items.length * share));
    }
    return `${JSON.stringify(value, null, 2)}\n`;
  };

  it('is read and printed alike as it grows, and again when nothing of it is new', () => {
    for (const share of [0.3, 1, 0.6, 1, 0.3]) expect(agree(shorter(share))).toBe(true);
  });

  it('is read alike whatever is changed in it', () => {
    const roll = dice(SEED);
    let [sound, broken] = [0, 0];
    for (let round = 0; round < ROUNDS; round += 1) {
      const change = CHANGES[roll(CHANGES.length)];
      if (agree(change?.(shorter(roll(2) === 0 ? 1 : 0.6).split('\n'), roll).join('\n') ?? text)) sound += 1;
      else broken += 1;
      if (round % 10 === 0) agree(text);
    }
    expect(broken).toBeGreaterThan(ROUNDS / 2);
    expect(sound).toBeGreaterThan(0);
  });

  it('prints no entry where one of another kind belongs', () => {
    const read = quick.parse(encode(text), 'file.json');
    if (!read.ok) throw new Error('the vector is not valid');
    const [list = ''] = lists;
    const value = read.value as Readonly<Record<string, readonly object[]>>;
    const strays = Object.values(value).flatMap((member) => (typeof member === 'object' ? member : []));
    for (const stray of [...strays, { id: 'x' }]) {
      const other = { ...value, [list]: [stray] };
      const printed = (document: JsonDocument<object>): string => {
        try {
          return document.print(other);
        } catch {
          return 'refused';
        }
      };
      expect(printed(quick)).toBe(printed(plain));
    }
  });

  it('prints what was never read alike', () => {
    const read = plain.parse(encode(text), 'file.json');
    if (!read.ok) throw new Error('the vector is not valid');
    expect(quick.print(structuredClone(read.value))).toBe(text);
    const backwards = Object.fromEntries(Object.entries(structuredClone(read.value)).reverse());
    expect(quick.print(backwards)).toBe(text);
  });
});

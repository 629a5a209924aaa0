import type * as z from 'zod';
import { printJson } from '../base/canonical-json.ts';
import { isSettledBy, settled } from './settled.ts';

/** A member that is an entry, or a list of entries. */
export interface Part {
  readonly member: string;
  readonly item: z.ZodType;
}

interface KnownPart extends Pick<Part, 'item'> {
  /** By their texts. */
  readonly entries: Map<string, object>;
  /** The same the other way round. */
  readonly texts: Map<object, string>;
}

/** Entries of some hundred iterations that are worked on at once. */
const MOST_KNOWN = 4096;

/** The beginning of a list, of a member that is an object, or of an object in a list: what it means is in the line itself. */
const BEGINNINGS = /\n {2}"([A-Za-z]+)": \[\n|\n {2}"([A-Za-z]+)": (?=\{\n)|\n {4}(?=\{\n)/g;
const PLACES = /(\n {4}|\n {2}"[A-Za-z]+": )(\d+)(?=,?\n)/g;

/**
 * Documents that consist of entries and little else, such as a record that gains one entry at a time: an entry that was read
 * before is known by its text. In the spelling of documents no line break is part of a string, so lines tell where an entry
 * begins and ends. What is left of the text, with a number for each entry, is the frame; it holds no other numbers.
 */
export class ComposedDocuments<T> {
  private readonly parts: ReadonlyMap<string, KnownPart>;
  private readonly frame: z.ZodType;

  /** @param frame the document with a number in place of every entry. */
  constructor(parts: readonly Part[], frame: z.ZodType) {
    this.frame = frame;
    this.parts = new Map(
      parts.map(({ member, item }) => [member, { item, entries: new Map(), texts: new Map() }]),
    );
  }

  /** @returns null where it has to be read whole, also where anything is wrong with it. */
  parse(text: string): T | null {
    const items: { readonly member: string; readonly value: unknown }[] = [];
    let frame = '';
    let read = 0;
    let list: string | null = null;
    BEGINNINGS.lastIndex = 0;
    for (let found = BEGINNINGS.exec(text); found !== null; found = BEGINNINGS.exec(text)) {
      const [begin, ofList, single] = found;
      if (ofList !== undefined) {
        list = ofList;
        BEGINNINGS.lastIndex -= 1; // the line break may begin its first entry
        continue;
      }
      const member = single ?? list;
      const start = found.index + begin.length;
      const indent = single === undefined ? '    ' : '  ';
      const end = text.indexOf(`\n${indent}}`, start);
      if (member === null || end < 0) return null;
      const stop = end + indent.length + 2;
      const value = this.entry(member, text.slice(start, stop), indent);
      if (value === null) return null;
      frame += text.slice(read, start) + String(items.length);
      items.push({ member, value });
      read = stop;
      BEGINNINGS.lastIndex = stop;
    }
    return this.filled(frame + text.slice(read), items);
  }

  /** @returns null where it has to be spelled out whole. */
  print(value: T): string | null {
    const entries: { readonly entry: unknown; readonly member: string }[] = [];
    const frame: Record<string, unknown> = { ...(value as object) };
    for (const member of this.parts.keys()) {
      const of = frame[member];
      const number = (entry: unknown): number => entries.push({ entry, member }) - 1;
      if (Array.isArray(of)) frame[member] = of.map(number);
      else if (of !== undefined) frame[member] = number(of);
    }
    const framed = this.frame.safeParse(frame);
    if (!framed.success) return null;
    const missing: unknown[] = [];
    const text = printJson(framed.data).replace(PLACES, (_all, before: string, number: string) => {
      const found = entries[Number(number)];
      const spelled = found === undefined ? null : this.textOf(found.member, found.entry, before);
      if (spelled === null) missing.push(number);
      return before + (spelled ?? '');
    });
    return missing.length === 0 ? text : null;
  }

  private filled(
    text: string,
    items: readonly { readonly member: string; readonly value: unknown }[],
  ): T | null {
    const read = jsonOf(text);
    const frame = read === null ? null : this.frame.safeParse(read);
    if (frame?.success !== true || printJson(frame.data) !== text) return null;
    const filled: Record<string, unknown> = { ...(frame.data as object) };
    let used = 0;
    const itemAt = (place: unknown, member: string): unknown => {
      const item = items[used];
      if (place !== used || item?.member !== member) return undefined;
      used += 1;
      return item.value;
    };
    for (const member of Object.keys(filled)) {
      if (!this.parts.has(member)) continue;
      const places = filled[member];
      filled[member] = Array.isArray(places)
        ? Object.freeze(places.map((place) => itemAt(place, member)))
        : itemAt(places, member);
    }
    return used === items.length && this.isFilled(filled) ? (Object.freeze(filled) as T) : null;
  }

  private isFilled(filled: Readonly<Record<string, unknown>>): boolean {
    return [...this.parts.keys()].every((member) => {
      const of = filled[member];
      if (Array.isArray(of)) return of.every((entry) => entry !== undefined);
      return !(member in filled) || of !== undefined;
    });
  }

  private entry(member: string, text: string, indent: string): unknown {
    const part = this.parts.get(member);
    const found = part?.entries.get(text);
    if (part === undefined || found !== undefined) return found ?? null;
    const raw = jsonOf(text);
    const entry = raw === null ? null : checked(part, raw);
    if (entry === null || spelled(entry, indent) !== text) return null;
    // A part of a text keeps the whole of it in memory.
    keep(part, settled(entry, part.item), Buffer.from(text).toString());
    return entry;
  }

  private textOf(member: string, entry: unknown, before: string): string | null {
    const part = this.parts.get(member);
    if (part === undefined || typeof entry !== 'object' || entry === null) return null;
    const known = part.texts.get(entry);
    if (known !== undefined) return known;
    const value = isSettledBy(entry, part.item) ? entry : checked(part, entry);
    return value === null ? null : spelled(value, before.startsWith('\n    ') ? '    ' : '  ');
  }
}

function checked({ item }: KnownPart, entry: unknown): object | null {
  const read = item.safeParse(entry);
  return read.success && typeof read.data === 'object' ? read.data : null;
}

function keep({ entries, texts }: KnownPart, entry: object, text: string): void {
  if (entries.size >= MOST_KNOWN) {
    entries.clear();
    texts.clear();
  }
  entries.set(text, entry);
  texts.set(entry, text);
}

/** @returns null where the text is not JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function spelled(value: unknown, indent: string): string {
  return JSON.stringify(value, null, 2).replaceAll('\n', `\n${indent}`);
}

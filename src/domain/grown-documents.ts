import type * as z from 'zod';
import { decodeUtf8 } from '../base/utf8.ts';

interface Known<T> {
  readonly value: T;
  /** In its one spelling. */
  readonly bytes: Buffer;
}

/** What was read last; and before it, since an act is done again on what was there after its outcome was read. */
type Latest<T> = readonly [Known<T>, ...Known<T>[]];

/** Documents of some hundred lines of models. */
const MOST_KNOWN = 256;
const END = Buffer.from('\n  ]\n}\n');
const BETWEEN = Buffer.from(',\n');

/**
 * Documents that end with a list and only ever gain items at its end: of one that begins as another one did, which was read
 * before, only what was added is read; and only that is spelled out where one is printed. Anything else is nobody's here.
 * They are compared as bytes, since in a long history they are large and change often.
 */
export class GrownDocuments<T> {
  private readonly member: string;
  private readonly item: z.ZodType;
  private readonly mark: string;
  /** By everything before the list. */
  private readonly known = new Map<string, Latest<T>>();

  constructor(member: string, item: z.ZodType) {
    this.member = member;
    this.item = item;
    this.mark = `\n  ${JSON.stringify(member)}: [\n`;
  }

  /** @param written its one spelling. */
  remember(value: T, written: Uint8Array): void {
    // What is a part of something larger is not to keep it in memory.
    const bytes = written.buffer.byteLength > 2 * written.length ? Buffer.from(written) : viewOf(written);
    const begin = this.beginning(bytes);
    if (begin === null || !endsWith(bytes, END)) return;
    if (this.known.size >= MOST_KNOWN && !this.known.has(begin)) this.known.clear();
    const [latest] = this.known.get(begin) ?? [];
    const known = { value, bytes };
    this.known.set(begin, latest === undefined ? [known] : [known, latest]);
  }

  /** @returns null where it has to be read whole. */
  parse(written: Uint8Array): T | null {
    const bytes = viewOf(written);
    const begin = this.beginning(bytes);
    const latest = begin === null ? [] : (this.known.get(begin) ?? []);
    for (const known of latest) if (bytes.equals(known.bytes)) return known.value;
    const known = latest.find((each) => isBegunBy(bytes, each.bytes));
    if (known === undefined || !endsWith(bytes, END)) return null;
    const from = known.bytes.length - END.length + BETWEEN.length;
    const added = decodeUtf8(bytes.subarray(from, bytes.length - END.length));
    const items = added === null ? null : parseItems(added);
    const fresh = items === null ? null : this.checked(items);
    if (fresh === null || spelled(fresh) !== added) return null;
    const value = Object.freeze({
      ...known.value,
      [this.member]: Object.freeze([...this.itemsOf(known.value), ...fresh]),
    });
    this.remember(value, bytes);
    return value;
  }

  /** @returns null where it has to be spelled out whole. */
  print(value: T): Uint8Array | null {
    const items = this.itemsOf(value);
    for (const latest of this.known.values()) {
      const known = latest.find((each) => this.isBegunByItems(value, items, each.value));
      if (known === undefined) continue;
      const fresh = this.checked(items.slice(this.itemsOf(known.value).length));
      if (fresh === null) return null;
      if (fresh.length === 0) return known.bytes;
      const end = Buffer.concat([BETWEEN, Buffer.from(spelled(fresh)), END]);
      const shared = known.bytes.length - END.length;
      // Most often just this was read a moment ago.
      const same = latest.find(
        ({ bytes }) =>
          bytes.length === shared + end.length && isBegunBy(bytes, known.bytes) && endsWith(bytes, end),
      );
      return same?.bytes ?? Buffer.concat([known.bytes.subarray(0, shared), end]);
    }
    return null;
  }

  private isBegunByItems(value: T, items: readonly unknown[], known: T): boolean {
    const before = this.itemsOf(known);
    return (
      before.length <= items.length &&
      before[0] === items[0] &&
      before.every((item, index) => item === items[index]) &&
      this.sameBeginning(known, value)
    );
  }

  /** @returns null where any is no item. */
  private checked(items: readonly unknown[]): readonly unknown[] | null {
    const read = items.map((item) => this.item.safeParse(item));
    const fresh = read.flatMap((each) => (each.success ? [each.data] : []));
    return fresh.length < read.length ? null : fresh;
  }

  private sameBeginning(a: T, b: T): boolean {
    const { member } = this;
    const [before, after] = [a, b].map((each) =>
      JSON.stringify({ ...each, [member]: null }, Object.keys(a as object)),
    );
    return before === after && Object.keys(a as object).length === Object.keys(b as object).length;
  }

  private itemsOf(value: T): readonly unknown[] {
    return (value as Readonly<Record<string, readonly unknown[]>>)[this.member] ?? [];
  }

  private beginning(bytes: Buffer): string | null {
    const at = bytes.indexOf(this.mark);
    return at < 0 ? null : bytes.toString('latin1', 0, at);
  }
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}

function endsWith(bytes: Buffer, end: Buffer): boolean {
  return bytes.length >= end.length && bytes.subarray(bytes.length - end.length).equals(end);
}

/** Whether a document is another one with items added. */
function isBegunBy(bytes: Buffer, known: Buffer): boolean {
  const shared = known.length - END.length;
  return (
    bytes.subarray(shared, shared + BETWEEN.length).equals(BETWEEN) &&
    bytes.subarray(0, shared).equals(known.subarray(0, shared))
  );
}

/** @returns null where the text is not a number of items. */
function parseItems(text: string): readonly unknown[] | null {
  try {
    return JSON.parse(`[${text}]`) as readonly unknown[];
  } catch {
    return null;
  }
}

/** Items of a list that is a member of a document, in the spelling of documents. */
function spelled(items: readonly unknown[]): string {
  return JSON.stringify(items, null, 2)
    .split('\n')
    .slice(1, -1)
    .map((line) => `  ${line}`)
    .join('\n');
}

import type * as z from 'zod';

interface Known<T> {
  readonly value: T;
  /** In its one spelling. */
  readonly text: string;
}

/** What was read last; and before it, since an act is done again on what was there after its outcome was read. */
type Latest<T> = readonly [Known<T>, ...Known<T>[]];

/** Documents of some hundred lines of models. */
const MOST_KNOWN = 256;
const END = '\n  ]\n}\n';
const BETWEEN = ',\n';

/**
 * Documents that end with a list and only ever gain items at its end: of one that begins as another one did, which was read
 * before, only what was added is read; and only that is spelled out where one is printed. Anything else is nobody's here.
 */
export class GrownDocuments<T> {
  private readonly member: string;
  private readonly item: z.ZodType;
  /** By everything before the list. */
  private readonly known = new Map<string, Latest<T>>();

  constructor(member: string, item: z.ZodType) {
    this.member = member;
    this.item = item;
  }

  /** @param text its one spelling. */
  remember(value: T, text: string): void {
    const begin = this.beginning(text);
    if (begin === null || !text.endsWith(END)) return;
    if (this.known.size >= MOST_KNOWN && !this.known.has(begin)) this.known.clear();
    const [latest] = this.known.get(begin) ?? [];
    const known = { value, text };
    this.known.set(begin, latest === undefined ? [known] : [known, latest]);
  }

  /** @returns null where it has to be read whole. */
  parse(text: string): T | null {
    const begin = this.beginning(text);
    const latest = begin === null ? [] : (this.known.get(begin) ?? []);
    for (const known of latest) if (text === known.text) return known.value;
    const known = latest.find((each) => isBegunBy(text, each.text));
    if (known === undefined || !text.endsWith(END)) return null;
    const shared = known.text.length - END.length;
    const added = text.slice(shared + BETWEEN.length, -END.length);
    const items = parseItems(added);
    if (items === null) return null;
    const read = items.map((item) => this.item.safeParse(item));
    const fresh = read.flatMap((each) => (each.success ? [each.data] : []));
    if (fresh.length < read.length || spelled(fresh) !== added) return null;
    const value = Object.freeze({
      ...known.value,
      [this.member]: Object.freeze([...this.itemsOf(known.value), ...fresh]),
    });
    this.remember(value, text);
    return value;
  }

  /** @returns null where it has to be spelled out whole. */
  print(value: T): string | null {
    const items = this.itemsOf(value);
    for (const known of [...this.known.values()].flat()) {
      const before = this.itemsOf(known.value);
      if (before.length > items.length || before[0] !== items[0]) continue;
      if (!before.every((item, index) => item === items[index]) || !this.sameBeginning(known.value, value))
        continue;
      if (before.length === items.length) return known.text;
      const read = items.slice(before.length).map((item) => this.item.safeParse(item));
      const fresh = read.flatMap((each) => (each.success ? [each.data] : []));
      if (fresh.length < read.length) return null;
      return known.text.slice(0, -END.length) + BETWEEN + spelled(fresh) + END;
    }
    return null;
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

  private beginning(text: string): string | null {
    const mark = `\n  ${JSON.stringify(this.member)}: [\n`;
    const at = text.indexOf(mark);
    return at < 0 ? null : text.slice(0, at + mark.length);
  }
}

/** Whether a text is another one with items added. */
function isBegunBy(text: string, known: string): boolean {
  const shared = known.length - END.length;
  return text.startsWith(BETWEEN, shared) && text.startsWith(known.slice(0, shared));
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

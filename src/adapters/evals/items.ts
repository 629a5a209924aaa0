import { sha256 } from '../../base/digest.ts';
import { isForeignObject, parseForeignJson } from '../../base/foreign-json.ts';
import type { ItemOfRun, ItemReader, RawFile, ReadItems, UnreadLines } from '../../ports/evaluations.ts';
import { isLmEvalItem, lmEvalItem } from './lm-eval-item.ts';
import { plainItem } from './plain-item.ts';
import { cutText, isItemName, type LoggedItem } from './logged-item.ts';

/** Reads transcripts: lines of JSON, one item each, as lm-evaluation-harness 0.4 logs them or in a plain form. */

/** Bytes of all transcripts of a run that are read. */
const MAX_BYTES = 128 * 1024 * 1024;
const MAX_LINE_BYTES = 4 * 1024 * 1024;
const MAX_DEPTH = 64;
/** Lines are as cheap to write as their end. */
const MAX_LINES = 500_000;
const MAX_ITEMS = 100_000;
const MAX_SCORES = 50;

export const jsonLineItems: ItemReader = {
  itemsIn: (files) => {
    const found = new Found();
    let [bytesLeft, linesLeft] = [MAX_BYTES, MAX_LINES];
    const transcripts = files.filter(({ path }) => /\.jsonl$/i.test(path));
    for (const file of transcripts.sort((a, b) => (a.path < b.path ? -1 : 1))) {
      let [line, from] = [1, 0];
      for (; from < file.bytes.length; line += 1) {
        const end = endOfLine(file.bytes, from);
        bytesLeft -= end - from;
        linesLeft -= 1;
        if (bytesLeft < 0 || linesLeft < 0) break;
        const why = found.read(file, line, file.bytes.subarray(from, end));
        if (why !== null) found.refuse(file.path, { line, why });
        from = end + 1;
      }
      if (from < file.bytes.length) {
        const why = `comes after the first ${MAX_BYTES} bytes or ${MAX_LINES} lines of the run`;
        found.refuse(file.path, { line, why }, countLines(file.bytes.subarray(from)));
      }
    }
    return found.result();
  },
};

const LINE_FEED = 0x0a;
const SPACE = new Set([0x20, 0x09, 0x0d]);

function endOfLine(bytes: Uint8Array, from: number): number {
  const feed = bytes.indexOf(LINE_FEED, from);
  return feed < 0 ? bytes.length : feed;
}

/** Lines, the last one also where no line feed ends it. */
function countLines(bytes: Uint8Array): number {
  let lines = bytes.at(-1) === LINE_FEED ? 0 : 1;
  for (const byte of bytes) if (byte === LINE_FEED) lines += 1;
  return lines;
}

/** The same without what grows while lines are read. */
interface Growing extends Omit<ItemOfRun, 'scores'> {
  readonly scores: { readonly metric: string; readonly value: string }[];
}

class Found {
  private readonly items: Growing[] = [];
  private readonly unread = new Map<string, { lines: number; first: UnreadLines['first'] }>();
  /** Items by what tells one from another, and how many have one name. */
  private readonly known = new Map<string, Growing>();
  private readonly named = new Map<string, number>();

  /** @returns why the line is no item; null where it is one, or blank. */
  read(file: RawFile, line: number, bytes: Uint8Array): string | null {
    if (bytes.every((byte) => SPACE.has(byte))) return null;
    const json = parseForeignJson(bytes, file.path, { maxBytes: MAX_LINE_BYTES, maxDepth: MAX_DEPTH });
    if (!json.ok) return json.problems[0].message;
    if (!isForeignObject(json.value)) return 'is no object';
    const logged = isLmEvalItem(json.value) ? lmEvalItem(json.value) : plainItem(json.value);
    if (typeof logged === 'string') return logged;
    const task = logged.task ?? taskOfFile(file.path);
    const name = logged.item ?? `line-${line}`;
    const key = sha256(JSON.stringify([task, name, logged.input, logged.output, logged.expected]));
    const again = this.known.get(key);
    // A harness logs an item once for every filter that it takes an answer out with.
    if (again !== undefined) {
      addScores(again.scores, logged.scores);
      return null;
    }
    if (this.items.length >= MAX_ITEMS) return `comes after the first ${MAX_ITEMS} items of the run`;
    const count = (this.named.get(`${task}/${name}`) ?? 0) + 1;
    this.named.set(`${task}/${name}`, count);
    const item: Growing = {
      task,
      item: count === 1 ? name : `${name}#${count}`,
      input: cutText(logged.input),
      output: cutText(logged.output),
      expected: logged.expected === null ? null : cutText(logged.expected),
      scores: [],
      ...{ file: file.path, line, sha256: sha256(bytes) },
    };
    addScores(item.scores, logged.scores);
    this.known.set(key, item);
    this.items.push(item);
    return null;
  }

  refuse(file: string, first: UnreadLines['first'], lines = 1): void {
    const before = this.unread.get(file);
    this.unread.set(file, { lines: (before?.lines ?? 0) + lines, first: before?.first ?? first });
  }

  result(): ReadItems {
    return { items: this.items, unread: [...this.unread].map(([file, of]) => ({ file, ...of })) };
  }
}

function addScores(scores: Growing['scores'], more: LoggedItem['scores']): void {
  for (const { metric, value } of more) {
    const known = scores.some((score) => score.metric === metric && score.value === value);
    if (!known && scores.length < MAX_SCORES) scores.push({ metric, value });
  }
}

const HARNESS_NAME = /^samples_(.+?)(?:_\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(?:\.\d+)?)?$/;

/** `samples_<task>_<time>.jsonl` as the harness names it, also without the time; of any other name what precedes `.jsonl`. */
function taskOfFile(path: string): string {
  const name = (path.split('/').at(-1) ?? '').replace(/\.jsonl$/i, '');
  const task = HARNESS_NAME.exec(name)?.[1] ?? name;
  return isItemName(task) ? task : sha256(path).slice(0, 12);
}

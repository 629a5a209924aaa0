import { parsed, unparsable, type Parsed } from './problem.ts';
import { decodeUtf8 } from './utf8.ts';

/**
 * Strict reading of JSON (RFC 8259) that others wrote. Where two readers could understand one text differently it is
 * refused: a key given twice (even with equal values), a byte order mark, invalid UTF-8, lone surrogates, bare NaN or
 * Infinity. Numbers keep their exact text, since 0.1 has no exact double and 2^53 + 1 has no double at all.
 */

/** A number as its writer spelled it, such as `0.51`, `1e-5` or `9007199254740993`. */
export interface ForeignNumber {
  readonly number: string;
}

/** Objects are maps, so that a key such as `__proto__` is a key like any other. */
export type ForeignObject = ReadonlyMap<string, ForeignJson>;
export type ForeignArray = readonly ForeignJson[];
export type ForeignJson = null | boolean | string | ForeignNumber | ForeignArray | ForeignObject;

export interface ForeignJsonLimits {
  /** Larger texts are refused unread. */
  readonly maxBytes?: number;
  /** Levels of objects and arrays within each other. */
  readonly maxDepth?: number;
}

export const MAX_FOREIGN_BYTES = 64 * 1024 * 1024;
export const MAX_FOREIGN_DEPTH = 128;
/** Values in one document: each takes far more memory than its text. */
export const MAX_FOREIGN_VALUES = 2_000_000;
/** Longer spellings of a number carry no measurement, only work for whoever computes with them. */
export const MAX_NUMBER_CHARACTERS = 400;

/**
 * @param file names the source in problems.
 * @returns the tree, or one problem with the 1-based line where reading stopped. Never throws for bad input.
 */
export function parseForeignJson(
  bytes: Uint8Array,
  file: string,
  limits: ForeignJsonLimits = {},
): Parsed<ForeignJson> {
  const maxBytes = limits.maxBytes ?? MAX_FOREIGN_BYTES;
  if (bytes.length > maxBytes) return unparsable({ file }, `is larger than ${maxBytes} bytes`);
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return unparsable({ file, line: 1 }, 'starts with a byte order mark, which JSON must not have');
  }
  const text = decodeUtf8(bytes);
  if (text === null) return unparsable({ file }, 'is not valid UTF-8');
  try {
    return parsed(new Reader(text, limits.maxDepth ?? MAX_FOREIGN_DEPTH).document());
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    return unparsable({ file, line: lineAt(text, error.at) }, error.message);
  }
}

export function isForeignObject(json: ForeignJson | undefined): json is ForeignObject {
  return json instanceof Map;
}

export function isForeignArray(json: ForeignJson | undefined): json is ForeignArray {
  return Array.isArray(json);
}

export function isForeignNumber(json: ForeignJson | undefined): json is ForeignNumber {
  return typeof json === 'object' && json !== null && 'number' in json;
}

/** The value under a path of keys; undefined where one is missing or no object. */
export function memberOf(json: ForeignJson | undefined, ...keys: readonly string[]): ForeignJson | undefined {
  return keys.reduce<ForeignJson | undefined>(
    (at, key) => (isForeignObject(at) ? at.get(key) : undefined),
    json,
  );
}

/** The string itself; undefined for anything else. */
export function textOf(json: ForeignJson | undefined): string | undefined {
  return typeof json === 'string' ? json : undefined;
}

/** The exact text of a number; undefined for anything else. */
export function numberTextOf(json: ForeignJson | undefined): string | undefined {
  return isForeignNumber(json) ? json.number : undefined;
}

/** A whole number spelled in plain digits that a double holds exactly; undefined for anything else. */
export function integerOf(json: ForeignJson | undefined): number | undefined {
  const text = numberTextOf(json);
  if (text === undefined || !/^-?\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? value : undefined;
}

/** The strings of a list of nothing but strings; undefined for anything else. */
export function textsOf(json: ForeignJson | undefined): readonly string[] | undefined {
  return isForeignArray(json) && json.every((item) => typeof item === 'string') ? json : undefined;
}

/** What a value is, for messages. */
export function kindOf(json: ForeignJson | undefined): string {
  if (json === undefined) return 'nothing';
  if (json === null) return 'null';
  if (isForeignArray(json)) return 'a list';
  if (isForeignObject(json)) return 'an object';
  if (isForeignNumber(json)) return 'a number';
  return typeof json === 'string' ? 'a string' : 'a boolean';
}

function lineAt(text: string, at: number): number {
  let line = 1;
  for (let next = text.indexOf('\n'); next >= 0 && next < at; next = text.indexOf('\n', next + 1)) line += 1;
  return line;
}

/** Ends reading; never leaves this file. */
class Stop extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

const ESCAPES: ReadonlyMap<string, string> = new Map(
  Object.entries({ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }),
);
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[-+]?[A-Za-z]{1,20}/y;

class Reader {
  private readonly text: string;
  private readonly maxDepth: number;
  private at = 0;
  private depth = 0;
  private values = 0;

  constructor(text: string, maxDepth: number) {
    this.text = text;
    this.maxDepth = maxDepth;
  }

  document(): ForeignJson {
    const value = this.value();
    if (this.at < this.text.length) this.stop('is not JSON: something follows the end of the value');
    return value;
  }

  /** One value with the white space around it. */
  private value(): ForeignJson {
    this.values += 1;
    if (this.values > MAX_FOREIGN_VALUES) this.stop(`holds more than ${MAX_FOREIGN_VALUES} values`);
    this.space();
    const next = this.text[this.at];
    const value =
      next === '{'
        ? this.object()
        : next === '['
          ? this.array()
          : next === '"'
            ? this.string()
            : this.scalar();
    this.space();
    return value;
  }

  private object(): ForeignObject {
    const members = new Map<string, ForeignJson>();
    this.open();
    if (this.takes('}')) return this.close(members);
    do {
      this.space();
      const start = this.at;
      if (this.text[start] !== '"') this.stop('is not JSON: a key in double quotes is missing');
      const key = this.string();
      if (members.has(key))
        this.stop(`has the key ${JSON.stringify(key.slice(0, 100))} twice in one object`, start);
      this.space();
      if (!this.takes(':')) this.stop('is not JSON: a colon is missing after a key');
      members.set(key, this.value());
    } while (this.takes(','));
    if (!this.takes('}')) this.stop('is not JSON: a comma or } is missing');
    return this.close(members);
  }

  private array(): ForeignArray {
    const items: ForeignJson[] = [];
    this.open();
    if (this.takes(']')) return this.close(items);
    do items.push(this.value());
    while (this.takes(','));
    if (!this.takes(']')) this.stop('is not JSON: a comma or ] is missing');
    return this.close(items);
  }

  private string(): string {
    const start = this.at;
    let result = '';
    let from = ++this.at;
    for (;;) {
      const code = this.text.charCodeAt(this.at); // NaN at the end of the text
      if (code === 0x22) break;
      if (code < 0x20) this.stop('is not JSON: a control character in a string');
      if (Number.isNaN(code)) this.stop('is not JSON: a string does not end', start);
      if (code === 0x5c) {
        result += this.text.slice(from, this.at) + this.escape();
        from = this.at;
      } else {
        this.at += 1;
      }
    }
    result += this.text.slice(from, this.at);
    this.at += 1;
    if (!result.isWellFormed())
      this.stop('has a string with half a surrogate pair, which is no character', start);
    return result;
  }

  private escape(): string {
    const letter = this.text.charAt(this.at + 1);
    const plain = ESCAPES.get(letter);
    if (plain !== undefined) {
      this.at += 2;
      return plain;
    }
    const hex = this.text.slice(this.at + 2, this.at + 6);
    if (letter !== 'u' || !/^[0-9a-fA-F]{4}$/.test(hex))
      this.stop('is not JSON: an unknown escape in a string');
    this.at += 6;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }

  private scalar(): null | boolean | ForeignNumber {
    NUMBER.lastIndex = this.at;
    const number = NUMBER.exec(this.text)?.[0];
    if (number !== undefined) {
      if (number.length > MAX_NUMBER_CHARACTERS)
        this.stop(`has a number of more than ${MAX_NUMBER_CHARACTERS} characters`);
      this.at += number.length;
      return { number };
    }
    WORD.lastIndex = this.at;
    const word = WORD.exec(this.text)?.[0];
    if (word !== 'null' && word !== 'true' && word !== 'false') {
      this.stop(
        word === undefined ? 'is not JSON: a value is missing' : `is not JSON: ${word} is no JSON value`,
      );
    }
    this.at += word.length;
    return word === 'null' ? null : word === 'true';
  }

  private open(): void {
    this.depth += 1;
    if (this.depth > this.maxDepth) this.stop(`is nested deeper than ${this.maxDepth} levels`);
    this.at += 1;
    this.space();
  }

  private close<T>(value: T): T {
    this.depth -= 1;
    return value;
  }

  private takes(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.at += 1;
    }
  }

  private stop(message: string, at = this.at): never {
    throw new Stop(at, message);
  }
}

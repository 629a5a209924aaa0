import type * as z from 'zod';
import { printJson } from '../base/canonical-json.ts';
import { sha256 } from '../base/digest.ts';
import type { NonEmpty } from '../base/nonempty.ts';
import { parsed, unparsable, type Parsed, type Problem } from '../base/problem.ts';
import type { EntryId } from './names.ts';
import { decodeUtf8 } from '../base/utf8.ts';
import { ComposedDocuments, type Part } from './composed-documents.ts';
import { GrownDocuments } from './grown-documents.ts';
import { isSettled, settled } from './settled.ts';

/**
 * A kind of JSON file with one canonical spelling: two spaces, key order of the schema, newline at the end.
 * `parse` accepts exactly what `print` writes, so duplicate keys, other spellings and unknown keys cannot occur.
 */
export interface JsonDocument<T> {
  /** `modelsmith/<noun>/v<n>`, the value of the file's `schema` member. */
  readonly name: string;
  readonly schema: z.ZodType<T>;
  parse(bytes: Uint8Array, file: string): Parsed<T>;
  /** The same of bytes that were accepted before; null where they are of another kind. */
  acceptedBefore(bytes: Uint8Array): T | null;
  print(value: T): string;
  /** The same as bytes, without making a text of what is known as bytes. */
  encode(value: T): Uint8Array;
}

/** Larger governed JSON files are refused before they are parsed. */
export const MAX_DOCUMENT_BYTES = 8 * 1024 * 1024;

/** How a document is read and printed sooner than by its schema alone, with the same result. */
export interface Shortcuts {
  /** The members that are entries or lists of them, and the schema of the document with a number in place of each. */
  readonly composed?: { readonly parts: readonly Part[]; readonly frame: z.ZodType };
  /** The member with a list that grows at its end, as the last of the document, and the schema of its items. */
  readonly grows?: { readonly member: string; readonly item: z.ZodType };
}

export function jsonDocument<T>(
  name: string,
  schema: z.ZodType<T>,
  { composed, grows }: Shortcuts = {},
): JsonDocument<T> {
  const grown = grows === undefined ? null : new GrownDocuments<T>(grows.member, grows.item);
  const parts = composed === undefined ? null : new ComposedDocuments<T>(composed.parts, composed.frame);
  const whole = (value: T): string => parts?.print(value) ?? printJson(inSchemaOrder(schema, value));
  const encode = (value: T): Uint8Array => grown?.print(value) ?? Buffer.from(whole(value));
  const partsOf = (bytes: Uint8Array): T | null => {
    const text = parts === null ? null : decodeUtf8(bytes);
    return text === null ? null : (parts?.parse(text) ?? null);
  };
  return {
    name,
    schema,
    print: (value) => (grown === null ? whole(value) : Buffer.from(encode(value)).toString()),
    encode,
    acceptedBefore(bytes) {
      const text = new TextDecoder().decode(bytes);
      const value = JSON.parse(text) as { readonly schema?: unknown };
      if (value.schema !== name) return null;
      grown?.remember(value as T, bytes);
      return settled(value, schema) as T;
    },
    parse(bytes, file) {
      const soon = bytes.length > MAX_DOCUMENT_BYTES ? null : (grown?.parse(bytes) ?? partsOf(bytes));
      if (soon !== null) return parsed(settled(soon, schema));
      const json = parseJsonText(bytes, file);
      if (!json.ok) return json;
      const result = schema.safeParse(json.value.value);
      if (!result.success) return { ok: false, problems: problemsOf(result.error, file) };
      const canonical = printJson(settled(result.data, schema));
      if (canonical === json.value.text) {
        grown?.remember(result.data, bytes);
        return parsed(result.data);
      }
      return unparsable(
        { file, line: firstDifference(canonical, json.value.text) },
        'is not spelled canonically (two spaces, keys in the order of the schema, each once, newline at the end)',
      );
    },
  };
}

/**
 * An entry's id: the SHA-256 of its text without the line that holds the id. A person checks it with
 * `grep -v '^  "id": ' <file> | sha256sum`.
 */
export function entryId(schema: z.ZodType, entry: object): EntryId {
  const known = idsOfSettled.get(entry);
  if (known !== undefined) return known;
  const whole = { ...entry, id: '0'.repeat(64) };
  const text = printJson(isSettled(entry) ? whole : schema.parse(whole));
  const id = sha256(text.replace(/^ {2}"id": "[0-9a-f]{64}",?\n/m, '')) as string as EntryId;
  if (isSettled(entry)) idsOfSettled.set(entry, id);
  return id;
}

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

/** Gives an entry its id. */
export function seal<T extends { readonly id: EntryId }>(schema: z.ZodType<T>, entry: WithoutId<T>): T {
  return settled(schema.parse({ ...entry, id: entryId(schema, entry) }), schema);
}

const idsOfSettled = new WeakMap<object, EntryId>();

function inSchemaOrder(schema: z.ZodType, value: unknown): unknown {
  return isSettled(value) ? value : schema.parse(value);
}

function parseJsonText(bytes: Uint8Array, file: string): Parsed<{ text: string; value: unknown }> {
  if (bytes.length > MAX_DOCUMENT_BYTES)
    return unparsable({ file }, `is larger than ${MAX_DOCUMENT_BYTES} bytes`);
  const text = decodeUtf8(bytes);
  if (text === null) return unparsable({ file }, 'is not valid UTF-8');
  try {
    return parsed({ text, value: JSON.parse(text) as unknown });
  } catch (error) {
    return unparsable({ file }, `is not JSON: ${error instanceof Error ? error.message : 'syntax error'}`);
  }
}

export function problemsOf(error: z.ZodError, file: string): NonEmpty<Problem> {
  const problems = error.issues.map((issue): Problem => ({
    place: { file, ...(issue.path.length > 0 && { key: issue.path.map(String).join('.') }) },
    message: issue.message,
  }));
  return problems as unknown as NonEmpty<Problem>;
}

function firstDifference(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return a.slice(0, at).split('\n').length;
}

import type { z } from 'zod';
import { printJson } from '../base/canonical-json.ts';
import { sha256 } from '../base/digest.ts';
import type { NonEmpty } from '../base/nonempty.ts';
import { parsed, unparsable, type Parsed, type Problem } from '../base/problem.ts';
import type { EntryId } from './names.ts';
import { decodeUtf8 } from '../base/utf8.ts';

/**
 * A kind of JSON file with one canonical spelling: two spaces, key order of the schema, newline at the end.
 * `parse` accepts exactly what `print` writes, so duplicate keys, other spellings and unknown keys cannot occur.
 */
export interface JsonDocument<T> {
  /** `modelsmith/<noun>/v<n>`, the value of the file's `schema` member. */
  readonly name: string;
  readonly schema: z.ZodType<T>;
  parse(bytes: Uint8Array, file: string): Parsed<T>;
  print(value: T): string;
}

/** Larger governed JSON files are refused before they are parsed. */
export const MAX_DOCUMENT_BYTES = 8 * 1024 * 1024;

export function jsonDocument<T>(name: string, schema: z.ZodType<T>): JsonDocument<T> {
  const print = (value: T): string => printJson(inSchemaOrder(schema, value));
  return {
    name,
    schema,
    print,
    parse(bytes, file) {
      const json = parseJsonText(bytes, file);
      if (!json.ok) return json;
      const result = schema.safeParse(json.value.value);
      if (!result.success) return { ok: false, problems: problemsOf(result.error, file) };
      const canonical = print(result.data);
      if (canonical === json.value.text) return parsed(result.data);
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
  const text = printJson(inSchemaOrder(schema, { ...entry, id: '0'.repeat(64) }));
  return sha256(text.replace(/^ {2}"id": "[0-9a-f]{64}",?\n/m, '')) as string as EntryId;
}

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

/** Gives an entry its id. */
export function seal<T extends { readonly id: EntryId }>(schema: z.ZodType<T>, entry: WithoutId<T>): T {
  return schema.parse({ ...entry, id: entryId(schema, entry) });
}

function inSchemaOrder(schema: z.ZodType, value: unknown): unknown {
  return schema.parse(value);
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

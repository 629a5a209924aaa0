/**
 * The two spellings of JSON this project writes.
 * `printJson` is what lies on disk: two spaces, key order as given, newline at the end.
 * `canonicalJson` is RFC 8785 (JCS), for digests over values that have no file of their own; numbers are limited to
 * safe integers, which is all the format uses, so the RFC's floating-point rules never apply.
 */

export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

export function printJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

export function canonicalJson(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new Error(`not a safe integer: ${value}`);
    return String(value);
  }
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new Error('a string with a lone surrogate has no canonical form');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonicalJson).join(',')}]`;
  const members = Object.entries(value as { readonly [key: string]: Json | undefined })
    .filter((entry): entry is [string, Json] => entry[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1)); // by UTF-16 code unit, RFC 8785 section 3.2.3
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}

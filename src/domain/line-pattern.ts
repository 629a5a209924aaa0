import * as z from 'zod';
import type { LineName } from './names.ts';

export type LinePattern = string & { readonly __brand: 'LinePattern' };
/** A line name, or the beginning of one followed by `*`; `*` alone is every line. */
export const LinePattern = z
  .string()
  .regex(
    /^(?:[a-z0-9][a-z0-9-]{0,62}|(?:[a-z0-9][a-z0-9-]{0,61})?\*)$/,
    'must be a line name, a prefix ending in *, or *',
  ) as unknown as z.ZodType<LinePattern, string>;

export const EVERY_LINE = '*' as LinePattern;

export function matchesLine(pattern: LinePattern, line: LineName): boolean {
  return pattern.endsWith('*') ? line.startsWith(pattern.slice(0, -1)) : (pattern as string) === line;
}

/** Whether every line that `inner` matches is matched by `outer`. */
export function coversPattern(outer: LinePattern, inner: LinePattern): boolean {
  return outer.endsWith('*') ? inner.startsWith(outer.slice(0, -1)) : outer === inner;
}

import * as z from 'zod';
import { Version } from './names.ts';

export type VersionPattern = string & { readonly __brand: 'VersionPattern' };
/** A version, or its first one or two numbers followed by `.*`: `1.4.0`, `1.4.*`, `1.*`. */
export const VersionPattern = z
  .string()
  .refine(
    (text) =>
      Version.safeParse(text).success || /^(?:0|[1-9]\d{0,8})(?:\.(?:0|[1-9]\d{0,8}))?\.\*$/.test(text),
    'must be a version, or its beginning such as 1.4.* or 1.*',
  ) as unknown as z.ZodType<VersionPattern, string>;

/** The one version that is meant; null where it can be several. */
export function onlyVersion(pattern: VersionPattern | undefined): string | null {
  return pattern === undefined || pattern.endsWith('*') ? null : pattern;
}

export function matchesVersion(pattern: VersionPattern, version: Version): boolean {
  return pattern.endsWith('*') ? version.startsWith(pattern.slice(0, -1)) : (pattern as string) === version;
}

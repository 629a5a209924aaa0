import type { EntryId } from '../../../domain/names.ts';

/** The one id that begins so; null where there is none, or more than one. */
export function entryStarting(ids: Iterable<EntryId>, start: string): EntryId | null {
  const [found, ...more] = [...ids].filter((id) => id.startsWith(start));
  return found === undefined || more.length > 0 ? null : found;
}

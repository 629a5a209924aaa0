import type { ObjectReader } from '../../ports/objects.ts';
import type { RestingReader } from './objects.ts';

/** The next who reads mostly comes at once, and to start git for each takes longer than to read. */
const PATIENCE_MS = 1000;

/** One reader for all who read, one after the other or at once. Closed by the last of them it waits a moment for the next. */
export function keptReader(open: () => RestingReader): () => ObjectReader {
  let kept: RestingReader | null = null;
  let users = 0;
  let leaving: NodeJS.Timeout | undefined;
  return () => {
    clearTimeout(leaving);
    const reader = kept === null || kept.failed() ? open() : kept;
    if (reader !== kept) users = 0;
    kept = reader;
    users += 1;
    let isOpen = true;
    return {
      measure: (id) => reader.measure(id),
      read: (id, maxBytes) => reader.read(id, maxBytes),
      follow: (what) => reader.follow?.(what),
      close: async () => {
        if (!isOpen) return;
        isOpen = false;
        if (reader !== kept) {
          await reader.close();
          return;
        }
        users -= 1;
        if (users > 0) return;
        reader.rest();
        leaving = setTimeout(() => {
          kept = null;
          void reader.close();
        }, PATIENCE_MS).unref();
      },
    };
  };
}

import { CannotTell } from '../../base/errors.ts';
import type {
  CorruptObject,
  Followed,
  GitObject,
  LargeObject,
  ObjectReader,
  ObjectSize,
} from '../../ports/objects.ts';
import { Along } from './along.ts';
import { CatFile } from './cat-file.ts';
import { idOf, isFullId, type ObjectFormat } from './object-id.ts';
import type { Git } from './process.ts';
import { SpillFile } from './spill-file.ts';

/** Larger objects are never read, whatever the caller asks for. */
export const MAX_OBJECT_BYTES = 64 * 1024 * 1024;

/** git answers at once or is stuck: an object whose header lies about its length leaves both sides waiting. */
const SILENCE_SECONDS = 60;

export interface ReaderOptions {
  readonly maxBytes?: number;
  /** How long git may be silent while an answer is due. */
  readonly silenceSeconds?: number;
  /** Whether this git knows `cat-file --batch-command`. */
  readonly batchCommand: boolean;
}

/** A reader that may rest while nobody reads. */
export interface RestingReader extends ObjectReader {
  /** git has ended before its time: nothing more can be read. */
  failed(): boolean;
  /** Until something is asked again it keeps no process from ending. */
  rest(): void;
}

/**
 * Reads objects through a long-lived `git cat-file`, or two where git is older than 2.36. It is asked for the size first:
 * to print an object git itself unpacks it, and a few bytes of a pack can unpack to gigabytes. git does not check that
 * bytes hash to the id they lie under, so that is done here. Any number of reads may be in flight.
 */
export function openObjects(
  git: Git,
  format: ObjectFormat,
  directory: string,
  { maxBytes: most = MAX_OBJECT_BYTES, silenceSeconds = SILENCE_SECONDS, batchCommand }: ReaderOptions,
): RestingReader {
  const shared = { directory, maxBytes: most, silence: silenceSeconds * 1000 };
  const headers = new CatFile(git, { ...shared, mode: batchCommand ? 'batch-command' : 'batch-check' });
  const contents = batchCommand ? headers : new CatFile(git, { ...shared, mode: 'batch' });
  const all = [...new Set([headers, contents])];

  const asked = async (id: string): Promise<ObjectSize> => {
    if (!isFullId(id, format))
      throw new CannotTell(
        'OBJECT_MISSING',
        `${JSON.stringify(id.slice(0, 80))} is not a full ${format} object id`,
      );
    const { type, size } = await headers.ask('info', id);
    return { type, size };
  };
  let along: Along | null = null;
  let coming: { readonly along: Along; readonly what: Followed } | null = null;
  let shelf: SpillFile | null = null;
  const leave = (): void => {
    along?.close();
    coming?.along.close();
    along = null;
    coming = null;
  };
  const read = async (id: string, maxBytes = most): Promise<GitObject | CorruptObject | LargeObject> => {
    const limit = Math.min(maxBytes, most);
    const object = await along?.take(id);
    if (object != null && object.bytes.length <= limit) return object;
    const { size } = await asked(id);
    if (size > limit) return { id, type: 'large', size, limit };
    const { type, bytes } = await contents.ask('contents', id);
    const sound = bytes !== null && idOf(type, bytes, format) === id;
    return sound ? { id, type, bytes } : { id, type: 'corrupt' };
  };
  return {
    measure: async (id) => {
      const seen = await along?.look(id);
      return seen == null ? await asked(id) : { type: seen.type, size: seen.bytes.length };
    },
    read,
    follow: (what) => {
      const begun = coming !== null && isSame(coming.what, what) ? coming.along : null;
      if (begun !== null) coming = null;
      leave();
      along = begun ?? new Along(git, format, what);
    },
    prepare: (what) => {
      coming?.along.close();
      coming = { along: new Along(git, format, what), what };
    },
    shelve: (bytes) => (shelf ??= new SpillFile()).put(bytes),
    failed: () => all.some(({ failed }) => failed),
    rest: () => {
      leave();
      all.forEach((each) => each.idle());
    },
    close: async () => {
      leave();
      await Promise.all(all.map((each) => each.close()));
    },
  };
}

function isSame(a: Followed, b: Followed): boolean {
  return a.tip === b.tip && a.from === b.from && a.what === b.what;
}

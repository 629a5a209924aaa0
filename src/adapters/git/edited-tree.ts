import { FOLDER, printTree, readTree, type RawEntry } from './tree-bytes.ts';
import { idOf, type ObjectFormat } from './object-id.ts';

/** What is to become of a path: an entry put there, or nothing. */
export interface PathEdit {
  readonly path: string;
  /** Null: it goes, with everything below it. What is put below goes into the room this makes. */
  readonly entry: { readonly mode: string; readonly id: string } | null;
}

export interface EditedTree {
  readonly id: string;
  /** The bytes of every tree that was made for it. */
  readonly made: readonly Uint8Array[];
}

interface Edits {
  gone: boolean;
  entry: { readonly mode: string; readonly id: string } | null;
  readonly below: Map<string, Edits>;
}

/**
 * A tree with some paths put over it. Only folders on the way to those paths are looked at: what else a tree names, however
 * much that is, costs nothing.
 * @param read the bytes of a tree; null where it cannot be read, which is taken for an empty one.
 */
export async function editedTree(
  base: string | null,
  edits: readonly PathEdit[],
  format: ObjectFormat,
  read: (id: string) => Promise<Uint8Array | null>,
): Promise<EditedTree> {
  const made: Uint8Array[] = [];
  const apply = async (id: string | null, { below }: Edits): Promise<RawEntry[]> => {
    const bytes = id === null ? null : await read(id);
    const entries = new Map((bytes === null ? [] : readTree(bytes, format)).map((each) => [each.name, each]));
    for (const [name, edit] of below) {
      const old = entries.get(name);
      if (edit.gone) entries.delete(name);
      if (edit.entry !== null) entries.set(name, { name, ...edit.entry });
      if (edit.entry !== null || edit.below.size === 0) continue;
      const folder = !edit.gone && old?.mode === FOLDER ? old.id : null;
      const inside = await apply(folder, edit);
      // Taking away what lies below a file leaves the file.
      if (inside.length > 0) entries.set(name, { name, mode: FOLDER, id: keep(inside) });
      else if (old?.mode === FOLDER) entries.delete(name);
    }
    return [...entries.values()];
  };
  const keep = (entries: readonly RawEntry[]): string => {
    const bytes = printTree(entries);
    made.push(bytes);
    return idOf('tree', bytes, format);
  };
  const id = keep(await apply(base, nested(edits)));
  return { id, made };
}

function nested(edits: readonly PathEdit[]): Edits {
  const root = empty();
  for (const { path, entry } of edits) {
    // Names are kept as the bytes they are in a tree, one character each.
    const place = Buffer.from(path, 'utf8')
      .toString('latin1')
      .split('/')
      .reduce((at, name) => {
        const next = at.below.get(name) ?? empty();
        at.below.set(name, next);
        return next;
      }, root);
    if (entry === null) place.gone = true;
    else place.entry = entry;
  }
  return root;
}

function empty(): Edits {
  return { gone: false, entry: null, below: new Map() };
}

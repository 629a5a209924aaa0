import { CannotTell } from '../../base/errors.ts';
import type { ObjectFormat } from './object-id.ts';
import { FOLDER, readTree, type RawEntry } from './tree-bytes.ts';

/** More paths than this differ in no honest change, and are not looked for in a work tree. */
export const MAX_PATHS = 200_000;

/**
 * Every path at which two trees hold different things, folders told by what is in them.
 * @param read the bytes of a tree; null where it cannot be read, which is taken for an empty one.
 * @throws CannotTell BAD_DATA where there are too many.
 */
export async function differingPaths(
  trees: readonly [string, string],
  format: ObjectFormat,
  read: (id: string) => Promise<Uint8Array | null>,
  limit = MAX_PATHS,
): Promise<readonly string[]> {
  const paths: string[] = [];
  let folders = 0;
  const entriesOf = async (id: string | null): Promise<ReadonlyMap<string, RawEntry>> => {
    const bytes = id === null ? null : await read(id);
    return new Map((bytes === null ? [] : readTree(bytes, format)).map((entry) => [entry.name, entry]));
  };
  const compare = async (from: string | null, to: string | null, at: string): Promise<void> => {
    folders += 1;
    if (paths.length + folders > limit) throw tooMany(limit);
    const [before, after] = [await entriesOf(from), await entriesOf(to)];
    for (const name of new Set([...before.keys(), ...after.keys()])) {
      const [old, fresh] = [before.get(name), after.get(name)];
      if (old?.id === fresh?.id && old?.mode === fresh?.mode) continue;
      const [oldFolder, freshFolder] = [folderOf(old), folderOf(fresh)];
      const isFile =
        (old !== undefined && oldFolder === null) || (fresh !== undefined && freshFolder === null);
      if (isFile) paths.push(Buffer.from(`${at}${name}`, 'latin1').toString('utf8'));
      if (oldFolder !== null || freshFolder !== null) await compare(oldFolder, freshFolder, `${at}${name}/`);
    }
  };
  await compare(...trees, '');
  if (paths.length > limit) throw tooMany(limit);
  return paths;
}

function folderOf(entry: RawEntry | undefined): string | null {
  return entry?.mode === FOLDER ? entry.id : null;
}

function tooMany(limit: number): CannotTell {
  return new CannotTell(
    'BAD_DATA',
    `more than ${limit} files and folders differ, too many to bring a work tree along`,
    {
      remedy: 'do it in a clone without one: git clone --bare <url>, then git push',
    },
  );
}

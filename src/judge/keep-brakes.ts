import { sha256 } from '../base/digest.ts';
import { overrideFile } from '../domain/paths.ts';
import { fileAt, filesUnder, withNode, type TreeFile, type TreeFolder } from '../domain/tree.ts';

/**
 * The tree with overrides by path. None takes the place of another: a brake ends by a lift alone. Whoever gives two the same
 * name, to be rid of one of them, has both in force.
 */
export function withOverrides(tree: TreeFolder, overrides: ReadonlyMap<string, TreeFile>): TreeFolder {
  const held = new Set([...overridesOf(tree).values()].map(({ sha256: digest }) => digest));
  return [...overrides]
    .filter(([, file]) => !held.has(file.sha256))
    .reduce(
      (result, [path, file]) =>
        withNode(
          result,
          placeOf(path, file, (taken) => fileAt(result, taken)),
          file,
        ),
      tree,
    );
}

/** The overrides of a tree by path. */
export function overridesOf(tree: TreeFolder): ReadonlyMap<string, TreeFile> {
  return new Map(filesUnder(tree, 'overrides').map(([name, file]) => [`overrides/${name}`, file]));
}

/** The overrides of several places by path, each under a name of its own, whatever order they come in. */
export function together(overrides: readonly (readonly [string, TreeFile])[]): ReadonlyMap<string, TreeFile> {
  const found = new Map<string, TreeFile>();
  const inOrder = [...overrides].sort(([, a], [, b]) => (a.sha256 < b.sha256 ? -1 : 1));
  for (const [path, file] of inOrder)
    found.set(
      placeOf(path, file, (taken) => found.get(taken) ?? null),
      file,
    );
  return found;
}

/** Its own path; where another one lies there, one that follows from the path and from what it says. */
function placeOf(path: string, file: TreeFile, at: (path: string) => TreeFile | null): string {
  const there = at(path);
  if (there === null || there.sha256 === file.sha256) return path;
  return placeOf(overrideFile(sha256(`${path} ${file.sha256}`)), file, at);
}

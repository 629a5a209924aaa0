import { liftDocument } from '../domain/lift.ts';
import { toSeconds, type Time } from '../domain/names.ts';
import { parseOverride } from '../domain/override.ts';
import { changeFolder, PROPOSED } from '../domain/paths.ts';
import {
  filesUnder,
  nodeAt,
  withFolder,
  withoutFile,
  type TreeFile,
  type TreeFolder,
} from '../domain/tree.ts';
import { changesOf } from '../machine/changes.ts';
import { lawOf, type Law } from '../machine/law.ts';

/** A policy and from when on it was in force, in seconds since 1970. */
export interface Reign {
  readonly from: number;
  readonly policy: TreeFolder;
  /** With the overrides of the tip. */
  readonly law: Law;
}

/** Every policy there was, oldest first; never empty. */
export type Laws = readonly [Reign, ...Reign[]];

/**
 * The policies that were in force one after the other. What came before a root that was moved is not judged, so before the
 * first policy that is known the first one is taken.
 * @param founding the governed tree of the root, and its time.
 */
export function lawsOf(
  tree: TreeFolder,
  founding: { readonly tree: TreeFolder; readonly time: number },
): Laws {
  const reign = (from: number, policy: TreeFolder): Reign => ({
    from,
    policy,
    law: lawOf(withFolder(tree, 'policy', policy)),
  });
  const applied = changesOf(tree)
    .flatMap(({ change, applied: by }) => (change.kind === 'policy' && by !== null ? [{ change, by }] : []))
    .sort((a, b) => a.change.version - b.change.version)
    .flatMap(({ change: { id }, by }) => {
      const proposed = nodeAt(tree, `${changeFolder(id)}/${PROPOSED}`);
      return proposed?.kind === 'folder' ? [reign(toSeconds(by.time), proposed)] : [];
    });
  const earlier = applied.filter(({ from }) => from <= founding.time);
  const [first = reign(founding.time, policyOf(founding.tree))] = earlier;
  return [first, ...earlier.slice(1), ...applied.slice(earlier.length)];
}

function policyOf(tree: TreeFolder): TreeFolder {
  const policy = nodeAt(tree, 'policy');
  if (policy?.kind !== 'folder') throw new Error('a root that was judged holds a policy');
  return policy;
}

function reignAt(laws: Laws, time: number): Reign {
  return laws.findLast(({ from }) => from <= time) ?? laws[0];
}

/** The policy in force at a time, with the overrides of the tip. */
export function lawAt(laws: Laws, time: number): Law {
  return reignAt(laws, time).law;
}

/** The same with the overrides that were in force then. */
export function lawAndBrakesAt(tree: TreeFolder, laws: Laws, time: number): Law {
  const later = [
    ...laterFiles(tree, 'overrides', time, ({ bytes }, path) => {
      const override = parseOverride(bytes, path);
      return override.ok ? override.value.time : null;
    }),
    ...laterFiles(tree, 'lifts', time, ({ bytes }, path) => {
      const lift = liftDocument.parse(bytes, path);
      return lift.ok ? lift.value.time : null;
    }),
  ];
  const then = later.reduce(withoutFile, tree);
  return lawOf(withFolder(then, 'policy', reignAt(laws, time).policy));
}

function laterFiles(
  tree: TreeFolder,
  folder: string,
  time: number,
  timeOf: (file: TreeFile, path: string) => Time | null,
): readonly string[] {
  return filesUnder(tree, folder).flatMap(([name, file]) => {
    const path = `${folder}/${name}`;
    const made = timeOf(file, path);
    return made !== null && toSeconds(made) > time ? [path] : [];
  });
}

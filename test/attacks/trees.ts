import { FOLDER, printTree, readTree, type RawEntry } from '../../src/adapters/git/tree-bytes.ts';
import type { Target } from './case.ts';
import type { Site } from './site.ts';

/** The tree with an object at a path, without an index: an index would expand it. */
export function graft(
  site: Site,
  tree: string,
  [name = '', ...rest]: readonly string[],
  id: string,
  kind: Kind,
): string {
  const entries = readTree(site.bytesOf(tree), site.format);
  const below = entries.find((entry) => entry.name === latin(name))?.id ?? folder(site, []);
  const put =
    rest.length === 0 ? entry(name, id, kind) : entry(name, graft(site, below, rest, id, kind), 'tree');
  return site.raw('tree', printTree([...entries.filter((each) => each.name !== put.name), put]));
}

type Kind = 'blob' | 'tree';
/** What a folder has under a name. */
export type Entry = readonly [name: string, id: string, kind: Kind];

/** Writes a tree of any names; nobody looks at them, and no process is started. */
export function folder(site: Site, entries: readonly Entry[]): string {
  return site.raw('tree', printTree(entries.map((each) => entry(...each))));
}

function entry(...[name, id, kind]: Entry): RawEntry {
  return { mode: kind === 'tree' ? FOLDER : '100644', name: latin(name), id };
}

/** One character a byte. */
function latin(name: string): string {
  return Buffer.from(name, 'utf8').toString('latin1');
}

export const TEN = 'abcdefghij'.split('');

/** Folders inside each other, each with the one below under every name: `names` to the power of `levels` files. */
export function bomb(site: Site, names: readonly string[], levels: number, content = 'x\n'): string {
  const blob = site.blob(content);
  let tree = folder(
    site,
    names.map((name) => [name, blob, 'blob']),
  );
  for (let level = 1; level < levels; level += 1)
    tree = folder(
      site,
      names.map((name) => [name, tree, 'tree']),
    );
  return tree;
}

/** A process of its own with little memory: what was not bounded would end it. */
export const SMALL = (site: Site): Partial<Target> => ({
  env: { ...site.box.env, NODE_OPTIONS: '--max-old-space-size=192' },
});

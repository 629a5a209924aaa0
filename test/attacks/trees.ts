import type { Target } from './case.ts';
import type { Site } from './site.ts';

/** The tree with an object at a path, without an index: an index would expand it. */
export function graft(
  site: Site,
  tree: string,
  path: readonly string[],
  id: string,
  kind: 'blob' | 'tree',
): string {
  const [name = '', ...rest] = path;
  const lines = site
    .git(['ls-tree', tree])
    .split('\n')
    .filter((line) => line !== '' && !line.endsWith(`\t${name}`));
  const below =
    lines.length === 0 ? '' : (/ ([0-9a-f]+)\t/.exec(site.git(['ls-tree', tree, name]))?.[1] ?? '');
  const entry =
    rest.length === 0
      ? `${kind === 'tree' ? '040000' : '100644'} ${kind} ${id}\t${name}`
      : `040000 tree ${graft(site, below || folder(site, []), rest, id, kind)}\t${name}`;
  return site.git(['mktree', '--missing'], [...lines, entry].map((line) => `${line}\n`).join(''));
}

/** What a folder has under a name. */
export type Entry = readonly [name: string, id: string, kind: 'blob' | 'tree'];

/** Writes a tree of any names; git looks at none of them. */
export function folder(site: Site, entries: readonly Entry[]): string {
  const lines = entries.map(
    ([name, id, kind]) => `${kind === 'tree' ? '040000' : '100644'} ${kind} ${id}\t${name}\n`,
  );
  return site.git(['mktree', '--missing'], lines.join(''));
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

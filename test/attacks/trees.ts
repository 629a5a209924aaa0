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

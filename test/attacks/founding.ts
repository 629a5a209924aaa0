import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from './case.ts';
import type { Files, Site } from './site.ts';

/** The files of the site's own root. */
function rootFiles(site: Site): Files {
  const { policy } = site.world;
  const files: Record<string, string | Uint8Array> = {
    'modelsmith.yaml': site.git(['show', `${site.at('root')}:modelsmith.yaml`]) + '\n',
  };
  for (const name of readdirSync(policy, { recursive: true, withFileTypes: true }))
    if (name.isFile()) {
      const file = join(name.parentPath, name.name);
      files[`policy/${file.slice(policy.length + 1)}`] = readFileSync(file, 'utf8');
    }
  return files;
}

/** Another root over a law that was tampered with, signed by mia and given to the command as the one to trust. */
export async function foundedBy(
  site: Site,
  change: (files: Files) => Files,
  remove: readonly string[] = [],
): Promise<Target> {
  const put = Object.fromEntries(
    Object.entries(change(rootFiles(site))).filter(([path]) => !remove.includes(path)),
  );
  const root = await site.commit({ on: [], by: 'mia', put, time: site.world.start });
  return site.target(root, { root: `${root}:${site.world.people.key('mia').fingerprint}` });
}

/** The same for one file of the law as text. */
export function foundedWith(
  site: Site,
  path: string,
  change: (text: string) => string | Uint8Array,
): Promise<Target> {
  return foundedBy(site, (files) => ({ ...files, [path]: change(String(files[path] ?? '')) }));
}

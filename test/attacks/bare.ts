import { cpSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from './case.ts';

/** The git folder of a finished case; null where there is no repository. */
export function gitFolderOf(directory: string): string | null {
  const inside = join(directory, '.git');
  if (existsSync(inside)) {
    if (!statSync(inside).isDirectory()) throw new Error(`${inside} is no folder`);
    return inside;
  }
  return existsSync(join(directory, 'objects')) ? directory : null;
}

/**
 * A bare repository of everything in the git folder as it lies there: refs, loose and packed objects, replacements,
 * grafts, alternates, the mark of a shallow clone, configuration. A clone would lose half of that, and with it the attack.
 */
export function bareCopy(target: Target): Target {
  const from = gitFolderOf(target.directory);
  if (from === null) throw new Error(`${target.directory} holds no repository`);
  const directory = `${target.directory}-bare.git`;
  cpSync(from, directory, { recursive: true });
  rmSync(join(directory, 'index'), { force: true });
  const config = join(directory, 'config');
  const text = readFileSync(config, 'utf8');
  if (text.split('bare = false').length !== 2)
    throw new Error(`${config} does not say once that it is not bare`);
  writeFileSync(config, text.replace('bare = false', 'bare = true'));
  // Where the command line names something inside the repository, that has moved along.
  const options = target.options?.map((word) => word.replace(from, directory));
  return { ...target, directory, ...(options !== undefined && { options }) };
}

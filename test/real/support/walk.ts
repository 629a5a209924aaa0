import { join } from 'node:path';
import type { Person } from '../../attacks/people.ts';
import type { Site } from '../../attacks/site.ts';
import { acting, type Acted } from './acting.ts';

/** Somebody of a site runs modelsmith in a clone, with a terminal and the own key. */
export function person(
  site: Site,
  who: Person,
  cwd: string,
  argv: readonly string[],
  how: Parameters<typeof acting>[2] = {},
): Promise<Acted> {
  const keyFile = join(site.world.directory, `../people/${who}.asc`);
  const env = { ...site.box.env, MODELSMITH_KEY_FILE: keyFile, MODELSMITH_ROOT: site.root };
  return acting({ env, cwd }, argv, how);
}

/** Somebody does what the guide says, line by line, and every line succeeds. */
export async function walk(
  site: Site,
  who: Person,
  cwd: string,
  steps: readonly (readonly string[])[],
): Promise<void> {
  for (const [program, ...args] of steps) {
    if (program === 'git') {
      site.box.git(cwd, args);
      continue;
    }
    if (program !== 'modelsmith') throw new Error(`what is ${String(program)}?`);
    const { code, stdout, stderr } = await person(site, who, cwd, args);
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}\n${stdout}${stderr}`);
  }
}

import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Drafts } from '../../ports/drafts.ts';
import { isOwnFolder, readOwn, removeOwn, writeOwn } from './own-files.ts';

/** A sample of the most items, each with the longest note. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Files below `$XDG_STATE_HOME/modelsmith/unsigned` (XDG base directory specification), readable to their owner alone. */
export function drafts(environment: NodeJS.ProcessEnv): Drafts {
  const { XDG_STATE_HOME: named = '', HOME: home = '' } = environment;
  const state = isAbsolute(named) ? named : join(home === '' ? homedir() : home, '.local', 'state');
  const folder = join(state, 'modelsmith', 'unsigned');
  const fileOf = (name: string): string => {
    if (!/^[0-9a-f]+$/.test(name)) throw new Error(`no name for a file: ${name}`);
    return join(folder, `${name}.json`);
  };
  return {
    load: async (name) => ((await isOwnFolder(folder)) ? await readOwn(fileOf(name), MAX_BYTES) : null),
    keep: async (name, text) => {
      await writeOwn(fileOf(name), text);
      return fileOf(name);
    },
    drop: async (name) => {
      if (await isOwnFolder(folder)) await removeOwn(folder, [`${name}.json`]);
    },
  };
}

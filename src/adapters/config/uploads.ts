import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import * as z from 'zod';
import { canonicalJson, printJson } from '../../base/canonical-json.ts';
import { sha256 } from '../../base/digest.ts';
import { CannotTell } from '../../base/errors.ts';
import type { UploadKey, UploadMemory } from '../../ports/uploads.ts';
import { isOwnFolder, readOwn, removeOwn, writeOwn } from './own-files.ts';

const SCHEMA = 'modelsmith/upload/v1';
const MAX_BYTES = 32 * 1024;

const Kept = z.strictObject({
  schema: z.literal(SCHEMA),
  repository: z.string(),
  digest: z.string(),
  url: z.string(),
});

/** One file an upload in `$XDG_STATE_HOME/modelsmith/uploads`, readable to its owner alone. */
export function uploads(environment: NodeJS.ProcessEnv): UploadMemory {
  const { XDG_STATE_HOME: named = '', HOME: home = '' } = environment;
  const state = isAbsolute(named) ? named : join(home === '' ? homedir() : home, '.local', 'state');
  const own = join(state, 'modelsmith');
  const folder = join(own, 'uploads');
  return {
    recall: (key) =>
      orNothing(async () => {
        for (const level of [own, folder]) if (!(await isOwnFolder(level))) return null;
        const text = await readOwn(join(folder, nameOf(key)), MAX_BYTES);
        const kept = text === null ? null : parsed(text);
        return kept?.repository === key.repository && kept.digest === key.digest ? kept.url : null;
      }),
    remember: async (key, url) => {
      await orNothing(() =>
        writeOwn(
          join(folder, nameOf(key)),
          printJson({ schema: SCHEMA, repository: key.repository, digest: key.digest, url }),
        ),
      );
    },
    forget: async (key) => {
      await orNothing(() => removeOwn(folder, [nameOf(key)]));
    },
  };
}

function nameOf({ repository, digest }: UploadKey): string {
  return `${sha256(canonicalJson([repository, digest]))}.json`;
}

function parsed(text: string): z.infer<typeof Kept> | null {
  try {
    return Kept.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

async function orNothing<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CannotTell) return null;
    throw error;
  }
}

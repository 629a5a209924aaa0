import { ownTargetsFile } from '../../../src/adapters/config/own-targets-file.ts';
import { reconcileLock } from '../../../src/adapters/config/reconcile-lock.ts';
import { localFiles } from '../../../src/adapters/files/local-files.ts';
import { targetDriver } from '../../../src/adapters/serving/targets.ts';
import type { Targets } from '../../../src/ports/targets.ts';

/** What `main` puts in. */
export function targetsIn(folder: string, env: NodeJS.ProcessEnv): Targets {
  return {
    own: ownTargetsFile(env, (path) => localFiles(folder).absolute(path)),
    driver: targetDriver,
    hold: reconcileLock(env),
  };
}

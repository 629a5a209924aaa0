import type { AnyCommand } from './shared/command.ts';
import { init } from './init/init.ts';
import { lock } from './lock/lock.ts';
import { approve } from './approve/approve.ts';
import { deprecate } from './deprecate/deprecate.ts';
import { promote } from './promote/promote.ts';
import { reject } from './reject/reject.ts';

/** Every verb there is, in the order help shows them. */
export const VERBS: readonly AnyCommand[] = [init, lock, approve, reject, promote, deprecate];

import type { AnyCommand } from './shared/command.ts';
import { init } from './init/init.ts';
import { lock } from './lock/lock.ts';

/** Every verb there is, in the order help shows them. */
export const VERBS: readonly AnyCommand[] = [init, lock];

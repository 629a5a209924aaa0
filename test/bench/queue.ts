import { join } from 'node:path';
import type { Bench } from './bench.ts';
import { generated } from './generate.ts';
import { apart, compared, inTurns, MODELSMITH, seconds, type Contender } from './measure.ts';

/** A little more than an iteration takes, so that there are at least as many as were asked for. */
const COMMITS_OF_ITERATION = 10.7;
/** Iterations at the end that are on their way. */
const AHEAD = 20;
const ROUND_COMMITS = 1000;

/** What people look at every day, where many iterations lie behind it: at a terminal all but what is new was judged before. */
export const queue: Bench = {
  about: 'status, queue and metrics of a repository with many iterations, and starting Node alone',
  size: { option: 'iterations', usual: 10_000 },
  run: async ({ size, rounds, kept, say }) => {
    const least = Math.max(1, size - AHEAD) * COMMITS_OF_ITERATION;
    const commits = Math.ceil(least / ROUND_COMMITS) * ROUND_COMMITS;
    const { directory, root, iterations } = await generated(kept, commits, say);
    return await apart((folder, env) => {
      const words = ['-C', directory, '--root', root, '--branch', 'main'];
      const incremental = {
        ...env,
        MODELSMITH_STATE: join(folder, 'state'),
        MODELSMITH_INCREMENTAL: '1',
      };
      const modelsmith =
        (verb: string, environment = env): Contender =>
        () =>
          seconds(process.execPath, [MODELSMITH, verb, ...words], environment);
      say('once for what is kept of it');
      modelsmith('status', incremental)();
      const medians = inTurns(
        { rounds, say },
        {
          node: () => seconds(process.execPath, ['-e', '0'], env),
          status: modelsmith('status', incremental),
          queue: modelsmith('queue', incremental),
          status_cold: modelsmith('status'),
          metrics: modelsmith('metrics'),
        },
      );
      return Promise.resolve({ iterations, commits, ...compared(medians) });
    });
  },
};

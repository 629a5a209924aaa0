import type { Bench } from './bench.ts';
import { generated } from './generate.ts';
import { apart, compared, inTurns, MODELSMITH, seconds, type Contender } from './measure.ts';

const COMMITS = 60;

/** What is waited for before anything is done. */
export const startup: Bench = {
  about: 'starting Node alone, and the version, the help and the status of a small repository',
  size: null,
  run: async ({ rounds, kept, say }) => {
    const { directory, root } = await generated(kept, COMMITS, say);
    return await apart((_folder, env) => {
      const node =
        (...words: readonly string[]): Contender =>
        () =>
          seconds(process.execPath, words, env);
      const medians = inTurns(
        { rounds, say },
        {
          node: node('-e', '0'),
          version: node(MODELSMITH, '--version'),
          help: node(MODELSMITH, '--help'),
          status: node(MODELSMITH, 'status', '-C', directory, '--root', root),
        },
      );
      return Promise.resolve(compared(medians));
    });
  },
};

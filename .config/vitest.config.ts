import { spawnSync } from 'node:child_process';
import { configDefaults, defineConfig } from 'vitest/config';
import { HeaviestFirst } from './heaviest-first.ts';

const root = new URL('..', import.meta.url).pathname;

/** Nothing in these can be asked where GnuPG is not installed; other files skip single tests by themselves. */
const NEED_GPG = [
  'test/real/openpgp-*.test.ts',
  'test/real/signatures.test.ts',
  'test/differential/*.test.ts',
];
const hasGpg = spawnSync('gpg', ['--version']).status === 0;
if (!hasGpg) console.warn(`GnuPG is not installed; left out: ${NEED_GPG.join(', ')}`);

/** Pure tests run in parallel workers; tests that start git, gpg or the built command have more time. */
export default defineConfig({
  root,
  test: {
    maxWorkers: 2,
    sequence: { sequencer: HeaviestFirst },
    projects: [
      {
        root,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          // What is pure keeps nothing from one file to the next; loading it anew for each took two thirds of the time.
          isolate: false,
          testTimeout: 60_000, // properties take long on a busy machine, and that is no failure
        },
      },
      {
        root,
        test: {
          name: 'real',
          include: ['test/{real,attacks,differential,properties}/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...(hasGpg ? [] : NEED_GPG)],
          globalSetup: ['test/real/build.ts'],
          // Each file has a home, keys and repositories of its own; what they share is the code, and to load it anew for each takes long.
          isolate: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
    coverage: { provider: 'v8', include: ['src/**'] },
  },
});

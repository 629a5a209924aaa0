import { defineConfig } from 'vitest/config';

const root = new URL('..', import.meta.url).pathname;

/** Pure tests run in parallel workers; tests that start git, gpg or the built command have more time. */
export default defineConfig({
  root,
  test: {
    maxWorkers: 2,
    projects: [
      { root, test: { name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      {
        root,
        test: {
          name: 'real',
          include: ['test/real/**/*.test.ts', 'test/attacks/**/*.test.ts'],
          globalSetup: ['test/real/build.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
    coverage: { provider: 'v8', include: ['src/**'] },
  },
});

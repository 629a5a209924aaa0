import { defineConfig } from 'vitest/config';

const root = new URL('..', import.meta.url).pathname;

/** Where it is decided what is allowed, every branch is there for something that a test states. */
const DECIDING = ['src/machine/**', 'src/judge/**'];

export default defineConfig({
  root,
  test: {
    name: 'unit',
    include: ['test/unit/**/*.test.ts'],
    maxWorkers: 2,
    testTimeout: 60_000,
    coverage: {
      enabled: true,
      provider: 'v8',
      include: DECIDING,
      reporter: ['text'],
      thresholds: Object.fromEntries(DECIDING.map((room) => [room, { branches: 100 }])),
    },
  },
});

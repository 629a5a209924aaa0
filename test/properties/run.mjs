// Starts the alterations on a Node that cannot read TypeScript by itself: npm run mutate -- [--count N] [--seed N]
import { runTypeScript } from '../../.config/run-typescript.js';

await runTypeScript(import.meta.resolve('./run.ts'));

// Starts the fuzzing on a Node that cannot read TypeScript by itself: npm run fuzz -- [parser] [--inputs N] [--seed N]
import { runTypeScript } from '../../.config/run-typescript.js';

await runTypeScript(import.meta.resolve('./run.ts'));

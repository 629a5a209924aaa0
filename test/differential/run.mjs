// Holds `modelsmith signatures` against gpg: npm run differential [-- --commits <n>] [--seed <n>] [--json]
import { runTypeScript } from '../../.config/run-typescript.js';

await runTypeScript(import.meta.resolve('./run.ts'));

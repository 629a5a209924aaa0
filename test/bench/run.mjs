// Measures what is built, against what else runs on the same machine: npm run bench -- <name> [options] [--json]
import { runTypeScript } from '../../.config/run-typescript.js';

await runTypeScript(import.meta.resolve('./run.ts'));

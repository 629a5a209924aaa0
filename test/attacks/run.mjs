// Starts the attack corpus on a Node that cannot read TypeScript by itself: npm run attacks -- [<id>…] [--json]
import { runTypeScript } from '../../.config/run-typescript.js';

await runTypeScript(import.meta.resolve('./run.ts'));

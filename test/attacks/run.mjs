// Starts the attack corpus on a Node that cannot read TypeScript by itself: npm run attacks -- [<id>…] [--json]
import process from 'node:process';
import { runnerImport } from 'vite';

process.exitCode = 70;
const { module } = await runnerImport(new URL('./run.ts', import.meta.url).pathname, {
  configFile: false,
  root: new URL('../..', import.meta.url).pathname,
  logLevel: 'error',
});
process.exitCode = await module.run(process.argv.slice(2));

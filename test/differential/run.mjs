// Holds `modelsmith signatures` against gpg: npm run differential [-- --commits <n>] [--seed <n>] [--json]
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

process.exitCode = 70;
const { module } = await runnerImport(fileURLToPath(import.meta.resolve('./run.ts')), {
  configFile: false,
  root: fileURLToPath(import.meta.resolve('../..')),
  logLevel: 'error',
});
process.exitCode = await module.run(process.argv.slice(2));

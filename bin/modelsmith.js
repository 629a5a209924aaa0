#!/usr/bin/env node
import module from 'node:module';
import { fileURLToPath } from 'node:url';

// Until a command has finished with an answer, the answer is "bug": a crash must never look like a yes.
process.exitCode = 70;
// Newer Node keeps what it compiled. Beside the code itself, where only those can write who could change the code.
module.enableCompileCache?.(fileURLToPath(new URL('../dist/compiled', import.meta.url)));
const { main } = await import('../dist/main.js');
process.exitCode = await main(process.argv.slice(2));

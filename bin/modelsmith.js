#!/usr/bin/env node
// Until a command has finished with an answer, the answer is "bug": a crash must never look like a yes.
process.exitCode = 70;
const { main } = await import('../dist/main.js');
process.exitCode = await main(process.argv.slice(2));

#!/usr/bin/env node
// Until a command has finished with an answer, the answer is "bug": a crash must never look like a yes.
process.exitCode = 70;
const words = process.argv.slice(2);
if (words[0] === 'complete') {
  // Asked by shells at every Tab.
  const { complete } = await import('../dist/complete.js');
  process.exitCode = await complete(words.slice(1));
} else if (words.length === 1 && ['--version', '-V', '--help', '-h', 'help'].includes(words[0])) {
  const { front } = await import('../dist/front.js');
  process.exitCode = front(words);
} else {
  const { main } = await import('../dist/main.js');
  process.exitCode = await main(words);
}

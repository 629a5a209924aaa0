// Runs the built command again and again in one process: the parent sends the words, the environment and maybe the folder
// of one call, and gets back its exit code and what it printed.
import process from 'node:process';
import { main } from '../../dist/main.js';

const stdout = process.stdout.write.bind(process.stdout);
process.on('message', async ({ argv, env, cwd }) => {
  if (cwd !== undefined) process.chdir(cwd);
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  let output = '';
  let errors = '';
  process.stdout.write = (text) => ((output += text), true);
  process.stderr.write = (text) => ((errors += text), true);
  const exit = await main(argv);
  process.stdout.write = stdout;
  process.send({ exit, output, errors });
});

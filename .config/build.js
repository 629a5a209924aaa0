// Builds what users start: our own code in few files, since Node takes longer to find four hundred modules than to run a command.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
// The name of what several entries share follows from its content, so an older one would stay.
rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
const common = {
  absWorkingDir: root,
  outbase: 'src',
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  sourcemap: true,
  // Names of places are what a stack trace needs; the sources themselves lie in src/.
  sourcesContent: false,
  logLevel: 'warning',
};
// Verbs are loaded when they are asked for, each in a file of its own. What several entries share would lie in files of their
// own, too, and to find and link those costs start time: so every entry that is started often is built apart.
await build({ ...common, entryPoints: ['src/main.ts'], splitting: true });
await build({ ...common, entryPoints: ['src/foresee.ts', 'src/commands/schemas/write.ts'] });
await build({ ...common, entryPoints: ['src/complete.ts', 'src/front.ts'], splitting: true });
const { frontPages } = await import('../dist/main.js');
mkdirSync(new URL('../dist/help', import.meta.url));
for (const [columns, page] of await frontPages())
  writeFileSync(new URL(`../dist/help/${columns}.txt`, import.meta.url), page);

// What one build judged is not taken over by another.
const dist = new URL('../dist/', import.meta.url);
const digest = createHash('sha256');
for (const name of readdirSync(dist, { recursive: true })
  .filter((each) => each.endsWith('.js'))
  .sort())
  digest
    .update(`${name}\0`)
    .update(readFileSync(new URL(name, dist)))
    .update('\0');
writeFileSync(new URL('build-id', dist), `${digest.digest('hex')}\n`);

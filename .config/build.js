// Builds what users start: our code and the packages it stands on in few files, since Node takes longer to find a thousand modules
// than to run a command.
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
  // A release of it with a fix is had without one of ours; and its licence asks that it can be exchanged.
  external: ['openpgp'],
  // Packages in the older module format ask for Node's own parts in their way.
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  },
  sourcemap: true,
  metafile: true,
  // Names of places are what a stack trace needs; the sources themselves lie in src/.
  sourcesContent: false,
  logLevel: 'warning',
};
// Verbs are loaded when they are asked for, each in a file of its own. What several entries share would lie in files of their
// own, too, and to find and link those costs start time: so every entry that is started often is built apart.
const built = [
  await build({ ...common, entryPoints: ['src/main.ts'], splitting: true }),
  await build({
    ...common,
    entryPoints: ['src/foresee.ts', 'src/piece.ts', 'src/commands/schemas/write.ts'],
  }),
  await build({ ...common, entryPoints: ['src/complete.ts', 'src/front.ts'], splitting: true }),
];
const { frontPages } = await import('../dist/main.js');
mkdirSync(new URL('../dist/help', import.meta.url));
for (const [columns, page] of await frontPages())
  writeFileSync(new URL(`../dist/help/${columns}.txt`, import.meta.url), page);

// Who gets a package gets its licence.
const folders = new Set(
  built
    .flatMap(({ metafile }) => Object.keys(metafile.inputs))
    .flatMap((name) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(name) ?? []),
);
const licences = [...folders].sort().map((name) => {
  const folder = new URL(`../${name}`, import.meta.url);
  const { name: known, version, license } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'));
  const texts = readdirSync(folder).filter((each) => /^(?:licen[cs]e|copying|notice)/i.test(each));
  if (typeof license !== 'string') throw new Error(`${name} names no licence`);
  const written = texts.map((each) => readFileSync(new URL(each, folder), 'utf8').trim());
  return [`${known} ${version}, ${license}`, ...written].join('\n\n');
});
writeFileSync(new URL('../dist/licences.txt', import.meta.url), `${licences.join('\n\n\n')}\n`);

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

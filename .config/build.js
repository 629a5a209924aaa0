// Builds what users start: our own code in one file, since Node takes longer to find four hundred modules than to run a command.
import { rmSync } from 'node:fs';
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
// What others share with it would lie in files of its own, and to find and link those takes Node a tenth of its start.
await build({ ...common, entryPoints: ['src/main.ts', 'src/foresee.ts'] });
await build({
  ...common,
  entryPoints: ['src/complete.ts', 'src/commands/schemas/write.ts'],
  splitting: true,
});

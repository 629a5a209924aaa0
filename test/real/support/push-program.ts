import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** `push.ts` as one file that node runs by itself. @returns where it is. */
export function pushProgram(folder: string): string {
  const outfile = join(folder, 'push.mjs');
  buildSync({
    entryPoints: [join(import.meta.dirname, 'push.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  return outfile;
}

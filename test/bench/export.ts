import { cpSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { largeAdapter } from './adapter.ts';
import type { Bench } from './bench.ts';
import { waitingForExport } from './generate.ts';
import { apart, compared, inTurns, MODELSMITH, rounded, seconds } from './measure.ts';

const PEAK = new URL('peak.mjs', import.meta.url).href;

/** Putting a large adapter into the registry, against what anybody would do by hand: hash it, and copy it. */
export const exporting: Bench = {
  about: 'export of an adapter of so many megabytes, against sha256sum and cp of it',
  size: { option: 'mb', usual: 1000 },
  run: async ({ size, rounds, kept, say }) => {
    say(`an adapter of ${size} MB in ${kept}`);
    const { directory: adapter, files } = largeAdapter(kept, size);
    const weights = join(adapter, files.at(-1)?.path ?? '');
    return await apart(async (scratch, env) => {
      const { directory, root, iteration, keyFile } = await waitingForExport(join(scratch, 'waiting'), files);
      // Beside the adapter, so that both copies stay on one disk.
      const copies = join(kept, `.export-${basename(scratch)}`);
      const repository = join(scratch, 'repository');
      const clean = (): void => {
        rmSync(copies, { recursive: true, force: true });
        rmSync(repository, { recursive: true, force: true });
        cpSync(directory, repository, { recursive: true });
      };
      const exported = (env: NodeJS.ProcessEnv, ...before: readonly string[]): number => {
        clean();
        const where = ['-C', repository, '--root', root, '--key-file', keyFile, '--registry', copies];
        const words = ['export', iteration, '--adapter', adapter, ...where];
        return seconds(process.execPath, [...before, MODELSMITH, ...words], env);
      };
      try {
        const told = join(scratch, 'peak');
        say('once to see how much memory it takes');
        exported({ ...env, MODELSMITH_BENCH_PEAK: told }, '--import', PEAK);
        const peak = Number(readFileSync(told, 'utf8')) / 1024;
        const medians = inTurns(
          { rounds, say },
          {
            reference: () => {
              rmSync(copies, { recursive: true, force: true });
              return seconds('sha256sum', [weights], env) + seconds('cp', [weights, copies], env);
            },
            export: () => exported(env),
          },
        );
        const { export_ratio: ratio = NaN, ...times } = compared(medians);
        return { mb: size, ...times, ratio, peak_rss_mb: rounded(peak) };
      } finally {
        rmSync(copies, { recursive: true, force: true });
      }
    });
  },
};

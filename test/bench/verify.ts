import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, Measurements, Order } from './bench.ts';
import { generated, type Generated } from './generate.ts';
import { apart, inTurns, MODELSMITH, rounded, seconds } from './measure.ts';
import { sampleOf } from './signatures.ts';

const PEAK = new URL('peak.mjs', import.meta.url).href;
/** Commits whose signatures git and gpg check, which takes them milliseconds each. */
const SAMPLE = 300;
const GROWTH = [1000, 10_000, 100_000] as const;

/** The whole judgement of a history, nothing known before, against git and gpg looking at nothing but its signatures. */
export const verify: Bench = {
  about: 'verify of a history of so many commits, against git and gpg checking signatures alone',
  size: { option: 'commits', usual: 20_000 },
  run: async (order) => await measured(order, order.size),
};

/** What a commit costs in histories of three sizes. */
export const verifyGrowth: Bench = {
  about: 'verify of histories of 1000, 10000 and at most so many commits: what one commit costs in each',
  size: { option: 'commits', usual: 100_000 },
  run: async (order) => {
    const sizes = [...GROWTH.filter((each) => each < order.size), order.size];
    const found: Record<string, number> = {};
    for (const commits of sizes) {
      const {
        cold_s: cold = NaN,
        warm_s: warm = NaN,
        peak_rss_mb: peak = NaN,
      } = await timed(order, commits, {});
      found[`cold_${commits}_s`] = cold;
      found[`warm_${commits}_s`] = warm;
      found[`commit_${commits}_ms`] = rounded((cold / commits) * 1000);
      found[`peak_rss_${commits}_mb`] = peak;
    }
    const [least, most] = [found[`commit_${sizes[0] ?? 0}_ms`], found[`commit_${order.size}_ms`]];
    const [warmLeast, warmMost] = [found[`warm_${sizes[0] ?? 0}_s`], found[`warm_${order.size}_s`]];
    return {
      ...found,
      growth_ratio: rounded((most ?? NaN) / (least ?? NaN)),
      warm_growth_ratio: rounded((warmMost ?? NaN) / (warmLeast ?? NaN)),
    };
  },
};

async function measured(order: Order, commits: number): Promise<Measurements> {
  const found = await generated(order.kept, commits, order.say);
  return await apart(async (_folder, env) => {
    const sample = await sampleOf(found, Math.min(SAMPLE, commits - 1), env);
    const medians = await timed(order, commits, {
      git_gpg: () => sample.gitAndGpg(),
      raw: () => sample.arithmetic(),
      node: () => seconds(process.execPath, ['-e', '0'], env),
    });
    const {
      cold_s: cold = NaN,
      warm_s: warm = NaN,
      node_s: node = NaN,
      git_gpg_s: gpg = NaN,
      raw_s: raw = NaN,
      peak_rss_mb: peak = NaN,
    } = medians;
    return {
      commits,
      cold_s: cold,
      warm_s: warm,
      cold_commits_per_s: rounded(commits / cold),
      git_gpg_commits_per_s: rounded(1 / gpg),
      raw_verify_per_s: rounded(1 / raw),
      ratio_vs_git_gpg: rounded(gpg / (cold / commits)),
      fraction_of_raw: rounded(raw / (cold / commits)),
      warm_vs_node: rounded(warm / node),
      peak_rss_mb: peak,
    };
  });
}

function wordsFor({ directory, root }: Generated, branch: string): readonly string[] {
  return ['verify', '-C', directory, '--root', root, '--branch', branch, '--json'];
}

/**
 * The whole judgement, and that of one new commit on what was judged before. @param beside what takes turns with them.
 */
async function timed(
  { rounds, kept: cache, say }: Order,
  commits: number,
  beside: Readonly<Record<string, () => number>>,
): Promise<Measurements> {
  const found = await generated(cache, commits, say);
  const { directory } = found;
  return await apart((folder, env) => {
    const words = wordsFor(found, 'main');
    const told = join(folder, 'peak');
    say(`once to see how much memory ${commits} commits take`);
    seconds(process.execPath, ['--import', PEAK, MODELSMITH, ...words], {
      ...env,
      MODELSMITH_BENCH_PEAK: told,
    });
    const kept = join(folder, 'kept');
    const incremental = { ...env, MODELSMITH_INCREMENTAL: '1' };
    say('once for what is kept of all but the last commit');
    seconds('git', ['-C', directory, 'update-ref', 'refs/heads/before', 'main~1'], env);
    seconds(process.execPath, [MODELSMITH, ...wordsFor(found, 'before'), '--state', kept], incremental);
    const medians = inTurns(
      { rounds, say },
      {
        cold: () => seconds(process.execPath, [MODELSMITH, ...words], env),
        warm: () => {
          const state = join(folder, 'state');
          rmSync(state, { recursive: true, force: true });
          cpSync(kept, state, { recursive: true });
          return seconds(process.execPath, [MODELSMITH, ...words, '--state', state], incremental);
        },
        ...beside,
      },
    );
    const peak = rounded(Number(readFileSync(told, 'utf8')) / 1024);
    const named = Object.entries(medians).map(([name, value]) => [`${name}_s`, value] as const);
    return Promise.resolve({ ...Object.fromEntries(named), peak_rss_mb: peak });
  });
}

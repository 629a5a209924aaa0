import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import type { Measurements, Order } from './bench.ts';

/** The program as users start it: what the build made of it. */
export const MODELSMITH = fileURLToPath(new URL('../../bin/modelsmith.js', import.meta.url));

/** Runs once. @returns how many seconds it took. */
export type Contender = () => number;

/** Lets all take turns, so that whatever else the machine does meets all of them. @returns the medians, in seconds. */
export function inTurns<Name extends string>(
  { rounds, say }: Pick<Order, 'rounds' | 'say'>,
  contenders: Readonly<Record<Name, Contender>>,
): Readonly<Record<Name, number>> {
  const names = Object.keys(contenders) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 1; round <= rounds; round += 1)
    for (const name of names) {
      say(`round ${round} of ${rounds}: ${name}`);
      times.get(name)?.push(contenders[name]());
    }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as never;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = NaN, high = NaN] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
}

/** Seconds of each, and beside all but the first what they are to the first. */
export function compared(medians: Readonly<Record<string, number>>): Measurements {
  const [[, first] = ['', NaN], ...others] = Object.entries(medians);
  return Object.fromEntries([
    ...Object.entries(medians).map(([name, value]) => [`${name}_s`, rounded(value)] as const),
    ...others.map(([name, value]) => [`${name}_ratio`, rounded(value / first)] as const),
  ]);
}

export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** Runs a program to its end. @throws where it says no: what ends early is not what was to be measured. */
export function seconds(program: string, words: readonly string[], env: NodeJS.ProcessEnv): number {
  const start = performance.now();
  const { status, error, stderr } = spawnSync(program, words, {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  const taken = (performance.now() - start) / 1000;
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${words.join(' ')} ended with ${String(status)}: ${stderr}`);
  return taken;
}

/** Lets `use` have a folder that goes afterwards, and an environment in which nothing of the user's own counts. */
export async function apart<T>(use: (folder: string, env: NodeJS.ProcessEnv) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'modelsmith-bench-'));
  const own = Object.entries(process.env).filter(([name]) => !/^(MODELSMITH_|GIT_|XDG_|NODE_)/.test(name));
  try {
    return await use(folder, { ...Object.fromEntries(own), HOME: folder, GNUPGHOME: folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request as ask } from 'node:http';
import { basename, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { hasRegistry, startRegistry } from '../real/support/docker-registry.ts';
import { hasSkopeo, skopeoCopy, skopeoInspect } from '../real/support/skopeo.ts';
import { largeAdapter } from './adapter.ts';
import type { Bench } from './bench.ts';
import { waitingForExport } from './generate.ts';
import { apart, MODELSMITH, rounded } from './measure.ts';

const PEAK = new URL('peak.mjs', import.meta.url).href;
const REPOSITORY = 'models/claims';

/**
 * A large adapter is pushed to Debian's docker-registry by a process that is killed in the middle of a piece, then by one that
 * is killed between two pieces, then to its end. skopeo then reads what is there. Nothing here is compared with anything.
 */
export const exportKilled: Bench = {
  about: 'export of so many megabytes to docker-registry, killed twice and run again',
  size: { option: 'mb', usual: 1000 },
  run: async ({ size, kept, say }) => {
    if (!hasRegistry || !hasSkopeo) throw new Error('this takes docker-registry and skopeo');
    const { directory: adapter, files } = largeAdapter(kept, size);
    const total = files.reduce((sum, file) => sum + file.size, 0);
    return await apart(async (scratch, env) => {
      const waiting = await waitingForExport(join(scratch, 'waiting'), files);
      const repository = join(scratch, 'repository');
      cpSync(waiting.directory, repository, { recursive: true });
      const store = join(kept, `.registry-${basename(scratch)}`);
      const registry = await startRegistry(store);
      const between = await network(registry.host);
      const start = (told: string): ChildProcess => {
        const words = ['export', waiting.iteration, '--adapter', adapter, '-C', repository];
        const more = ['--root', waiting.root, '--key-file', waiting.keyFile];
        const to = ['--registry', `oci://${between.host}/${REPOSITORY}`];
        return spawn(process.execPath, ['--import', PEAK, MODELSMITH, ...words, ...more, ...to], {
          env: { ...env, MODELSMITH_BENCH_PEAK: told },
          stdio: ['ignore', 'ignore', 'inherit'],
        });
      };
      /** Kills the run once so much of it passed, as a piece begins or within one. */
      const killed = async (name: string, bytes: number, moment: Moment): Promise<Ran> => {
        const passed = between.count();
        const child = start(join(scratch, name));
        const ended = once(child, 'exit');
        let peak = NaN;
        between.on((now) => {
          if (now !== moment || passed.bytes < bytes || !Number.isNaN(peak)) return false;
          peak = peakOf(child);
          return child.kill('SIGKILL');
        });
        await ended;
        between.on(() => false);
        if (Number.isNaN(peak)) throw new Error('it was at its end before it was killed');
        say(`${name}: killed after ${megabytes(passed.bytes)} MB, with ${rounded(peak)} MB of memory`);
        return { passed, peak };
      };
      try {
        const first = await killed('first', total / 3, 'within a piece');
        const second = await killed('second', (2 * total) / 3, 'before a piece');
        const last = between.count();
        const began = performance.now();
        const child = start(join(scratch, 'last'));
        const [code] = (await once(child, 'exit')) as [number | null];
        if (code !== 0) throw new Error(`the last run ended with ${String(code)}`);
        const seconds = (performance.now() - began) / 1000;
        const peak = Number(readFileSync(join(scratch, 'last'), 'utf8')) / 1024;
        say(`last: ${megabytes(last.bytes)} MB in ${rounded(seconds)} s`);
        const twice = [...first.passed.finished, ...second.passed.finished].filter((digest, index, all) =>
          [...all.slice(index + 1), ...last.finished].includes(digest),
        );
        if (twice.length > 0) throw new Error(`uploaded twice: ${twice.join(' ')}`);
        say('skopeo reads it all');
        const image = `docker://${registry.host}/${REPOSITORY}:${waiting.iteration.replace('@', '-')}`;
        readBack(image, join(kept, `.copy-${basename(scratch)}`), scratch, files);
        return {
          mb: size,
          ...{
            killed_first_mb: megabytes(first.passed.bytes),
            killed_second_mb: megabytes(second.passed.bytes),
          },
          ...{ last_mb: megabytes(last.bytes), last_s: rounded(seconds) },
          ...{ first_peak_rss_mb: rounded(first.peak), second_peak_rss_mb: rounded(second.peak) },
          last_peak_rss_mb: rounded(peak),
        };
      } finally {
        between.stop();
        await registry.stop();
        rmSync(store, { recursive: true, force: true });
      }
    });
  },
};

interface Passed {
  /** Of content that was sent. */
  bytes: number;
  /** Digests of uploads that were closed. */
  readonly finished: string[];
}

type Moment = 'before a piece' | 'within a piece';

interface Ran {
  readonly passed: Passed;
  /** MB. */
  readonly peak: number;
}

/** What is between the program and the registry: counts what passes. */
async function network(registry: string) {
  let passed: Passed = { bytes: 0, finished: [] };
  let seen: (moment: Moment) => boolean = () => false;
  const [host, port] = registry.split(':');
  const server = createServer((incoming, outgoing) => {
    const { method = '', url = '', headers } = incoming;
    // Where somebody was killed as a piece began nothing of it gets on: what the registry has ends where a piece does.
    if (method === 'PATCH' && seen('before a piece')) return;
    const onward = ask({ host, port, method, path: url, headers }, (answer) => {
      const [, digest] = /[?&]digest=([^&]+)/.exec(url) ?? [];
      if (method === 'PUT' && answer.statusCode === 201 && digest !== undefined) passed.finished.push(digest);
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.on('data', (piece: Buffer) => {
      if (method !== 'PATCH') return;
      passed.bytes += piece.length;
      seen('within a piece');
    });
    incoming.on('close', () => {
      if (!incoming.complete) onward.destroy();
    });
    incoming.pipe(onward);
    onward.on('error', () => outgoing.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    host: `127.0.0.1:${address.port}`,
    count: (): Passed => (passed = { bytes: 0, finished: [] }),
    on: (next: typeof seen): void => void (seen = next),
    stop: (): void => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Reads manifest and content with another program, which hashes them. @throws where anything is not what was exported. */
function readBack(
  image: string,
  copy: string,
  home: string,
  files: readonly { readonly sha256: string }[],
): void {
  const manifest = skopeoInspect(home, image);
  const { layers } = JSON.parse(manifest.toString('utf8')) as { layers: { digest: string }[] };
  try {
    skopeoCopy(home, image, `dir:${copy}`);
    for (const { sha256 } of files) {
      if (!layers.some(({ digest }) => digest === `sha256:${sha256}`))
        throw new Error(`the manifest does not name ${sha256}`);
      const found = createHash('sha256')
        .update(readFileSync(join(copy, sha256)))
        .digest('hex');
      if (found !== sha256) throw new Error(`what is there of ${sha256} is ${found}`);
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** MB at most until now. */
function peakOf({ pid = 0 }: ChildProcess): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s*(\d+) kB/m.exec(status)?.[1] ?? NaN) / 1024;
}

function megabytes(bytes: number): number {
  return rounded(bytes / 1e6);
}

import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { claimOf, signatureIn } from '../../src/adapters/openpgp/claim.ts';
import { partsOf } from '../../src/adapters/openpgp/keyring.ts';
import { arithmeticOf } from '../../src/adapters/openpgp/node-verify.ts';
import { fingerprintOf, type KeyPacket } from '../../src/adapters/openpgp/packet-read.ts';
import { parseCommit } from '../../src/judge/commit-object.ts';
import { seconds } from './measure.ts';

const BLOCK = /-----BEGIN PGP PUBLIC KEY BLOCK-----[^]*?-----END PGP PUBLIC KEY BLOCK-----\n/g;

export interface Sampled {
  /** Checks every signature of the sample with git and gpg, as somebody would by hand. @returns seconds a commit. */
  gitAndGpg(): number;
  /** The bare arithmetic of the same signatures, on one thread. @returns seconds a signature on all cores, were nothing lost. */
  arithmetic(): number;
}

/** The newest commits of a history. @param env whose GNUPGHOME may be written to. */
export async function sampleOf(
  { directory, keyring }: { readonly directory: string; readonly keyring: string },
  size: number,
  env: NodeJS.ProcessEnv,
): Promise<Sampled> {
  ran('gpg', ['--batch', '--import'], env, keyring);
  const ids = ran('git', ['-C', directory, 'rev-list', `--max-count=${size}`, 'main'], env, '')
    .trim()
    .split('\n');
  const keys = await keysIn(keyring);
  const checks = ids.flatMap((id) => {
    const raw = spawnSync('git', ['-C', directory, 'cat-file', 'commit', id], { env }).stdout;
    const commit = parseCommit(id, raw, { idLength: 40 });
    if (!commit.ok || commit.value.signature === null) return [];
    const packet = signatureIn(commit.value.signature);
    if (typeof packet === 'string') throw new Error(`${id}: ${packet}`);
    const key = keys.get(claimOf(packet).issuer);
    const check = key === undefined ? null : arithmeticOf(packet, key, commit.value.payload);
    if (check === null) throw new Error(`${id} is signed by nobody in the keyring`);
    return [check];
  });
  const log = ['-C', directory, 'log', '--format=%G?', `--max-count=${size}`, 'main'];
  return {
    gitAndGpg: () => seconds('git', log, env) / ids.length,
    arithmetic: () => {
      const start = performance.now();
      if (!checks.every((check) => check())) throw new Error('a signature of the sample does not hold');
      return (performance.now() - start) / 1000 / checks.length / availableParallelism();
    },
  };
}

async function keysIn(keyring: string): Promise<ReadonlyMap<string, KeyPacket>> {
  const keys = new Map<string, KeyPacket>();
  for (const [armored] of keyring.matchAll(BLOCK)) {
    const parts = await partsOf({ fingerprint: '' as never, armored, refreshes: [] });
    if (parts !== null) keys.set(fingerprintOf(parts.primary.key), parts.primary.key);
  }
  return keys;
}

function ran(program: string, words: readonly string[], env: NodeJS.ProcessEnv, input: string): string {
  const { status, stdout, stderr } = spawnSync(program, words, { env, input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ended with ${String(status)}: ${stderr}`);
  return stdout;
}

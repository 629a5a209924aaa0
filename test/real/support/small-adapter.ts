import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loraAdapter } from '../../../src/adapters/artifacts/sample.ts';
import { digestOfFiles, sha256 } from '../../../src/base/digest.ts';
import type { PackagedArtifact } from '../../../src/domain/model-manifest.ts';
import type { Iteration } from '../../../src/domain/names.ts';
import type { PushOrder } from '../../../src/ports/registry.ts';

/** An adapter in a folder, and how it is pushed. @param padding bytes of weights beside the adapter's own. */
export function smallAdapter(directory: string, seed = 'x', padding = 0, version = '1.4.0'): PushOrder {
  mkdirSync(directory, { recursive: true });
  const shape = {
    base: 'acme/base',
    revision: null,
    rank: 2,
    modules: ['q_proj'],
    hidden: 8,
    layers: 1,
    seed,
  };
  const parts = [
    ...loraAdapter(shape),
    ...(padding === 0 ? [] : [{ path: 'more.safetensors', bytes: noise(seed, padding) }]),
  ];
  const files = parts.map(({ path, bytes }) => {
    writeFileSync(join(directory, path), bytes);
    return { path, size: bytes.length, sha256: sha256(bytes) };
  });
  const base = { name: 'acme/base', pin: { kind: 'commit', value: 'a'.repeat(40) } } as const;
  const artifact: PackagedArtifact = { files, digest: digestOfFiles(files), base };
  return { iteration: { line: 'claims-triage', version } as Iteration, artifact, directory };
}

/** Bytes that are not like one another, the same for the same seed. */
function noise(seed: string, bytes: number): Uint8Array {
  const all = Buffer.alloc(bytes);
  let state = Buffer.from(seed).reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7);
  for (let at = 0; at + 4 <= bytes; at += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    all.writeUInt32LE(state, at);
  }
  return all;
}

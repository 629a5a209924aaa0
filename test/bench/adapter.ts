import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { loraAdapter } from '../../src/adapters/artifacts/sample.ts';
import { sha256, type Sha256 } from '../../src/base/digest.ts';
import type { PackagedFile } from '../../src/domain/model-manifest.ts';
import { BASE, BASE_REVISION } from './plays.ts';

const WEIGHTS = 'adapter_model.safetensors';
const RANK = 64;
const HIDDEN = 4096;
/** Each a mebibyte of 32-bit floats. */
const TENSOR_BYTES = RANK * HIDDEN * 4;

/** Writes a LoRA adapter of so many megabytes, a layer after the other, or finds the one written before. */
export function largeAdapter(
  kept: string,
  megabytes: number,
): { readonly directory: string; readonly files: readonly PackagedFile[] } {
  const directory = join(kept, `adapter-1-${megabytes}`);
  const about = `${directory}.json`;
  if (!existsSync(about)) {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    const layers = Math.max(1, Math.round((megabytes * 1e6) / (2 * TENSOR_BYTES)));
    const files = [writeConfig(directory), writeWeights(join(directory, WEIGHTS), layers)];
    writeFileSync(`${about}.new`, JSON.stringify(files));
    renameSync(`${about}.new`, about);
  }
  return { directory, files: JSON.parse(readFileSync(about, 'utf8')) as readonly PackagedFile[] };
}

function writeConfig(directory: string): PackagedFile {
  const small = {
    base: BASE,
    revision: BASE_REVISION,
    rank: RANK,
    modules: ['q_proj'],
    hidden: 1,
    layers: 1,
    seed: '',
  };
  const config = loraAdapter(small).find(({ path }) => path !== WEIGHTS);
  if (config === undefined) throw new Error('an adapter has a configuration');
  writeFileSync(join(directory, config.path), config.bytes);
  return { path: config.path, size: config.bytes.length, sha256: sha256(config.bytes) };
}

function writeWeights(file: string, layers: number): PackagedFile {
  const names = Array.from({ length: layers }, (_, layer) =>
    ['A', 'B'].map((side) => `base_model.model.model.layers.${layer}.self_attn.q_proj.lora_${side}.weight`),
  ).flat();
  const described = names.map((name, index) => {
    const shape = name.includes('lora_A') ? [RANK, HIDDEN] : [HIDDEN, RANK];
    return [name, { dtype: 'F32', shape, data_offsets: [index * TENSOR_BYTES, (index + 1) * TENSOR_BYTES] }];
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(described)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const hash = createHash('sha256');
  const target = openSync(file, 'w');
  try {
    const put = (bytes: Uint8Array): void => {
      hash.update(bytes);
      writeSync(target, bytes);
    };
    put(length);
    put(header);
    names.forEach(() => put(randomBytes(TENSOR_BYTES)));
  } finally {
    closeSync(target);
  }
  return { path: WEIGHTS, size: statSync(file).size, sha256: hash.digest('hex') as Sha256 };
}

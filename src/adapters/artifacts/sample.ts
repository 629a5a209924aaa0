import { createHash } from 'node:crypto';
import { ADAPTER_WEIGHTS } from './lora-tensors.ts';
import { ADAPTER_CONFIG } from './peft-config.ts';

/** Tiny adapters in the real formats, the same bytes for the same seed: something true to show the tool with. */

export interface SampleTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** A safetensors file as the reference implementation lays it out: header padded to 8 bytes, tensors in a row. */
export function safetensorsFile(
  tensors: readonly SampleTensor[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  let at = 0;
  const members: [string, unknown][] = [['__metadata__', metadata]];
  for (const { name, dtype, shape, data } of tensors) {
    members.push([name, { dtype, shape, data_offsets: [at, at + data.length] }]);
    at += data.length;
  }
  const json = JSON.stringify(Object.fromEntries(members));
  const header = Buffer.from(json + ' '.repeat(-Buffer.byteLength(json) & 7));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Uint8Array.from(Buffer.concat([length, header, ...tensors.map((tensor) => tensor.data)]));
}

export interface SampleAdapter {
  readonly base: string;
  /** A commit id pins the base; null leaves it floating, as PEFT does by default. */
  readonly revision: string | null;
  readonly rank: number;
  readonly modules: readonly string[];
  /** Width of the base's layers. */
  readonly hidden: number;
  readonly layers: number;
  readonly seed: string;
}

export interface SampleFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export function loraAdapter(sample: SampleAdapter): readonly SampleFile[] {
  const tensors: SampleTensor[] = [];
  for (let layer = 0; layer < sample.layers; layer += 1) {
    for (const module of [...sample.modules].sort()) {
      const path = `base_model.model.model.layers.${layer}.self_attn.${module}`;
      for (const [side, shape] of [
        ['lora_A', [sample.rank, sample.hidden]],
        ['lora_B', [sample.hidden, sample.rank]],
      ] as const) {
        const name = `${path}.${side}.weight`;
        tensors.push({
          name,
          dtype: 'F32',
          shape,
          data: weights(`${sample.seed}/${name}`, sample.rank * sample.hidden),
        });
      }
    }
  }
  const config = {
    alpha_pattern: {},
    base_model_name_or_path: sample.base,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    lora_alpha: sample.rank * 2,
    lora_dropout: 0.05,
    modules_to_save: null,
    peft_type: 'LORA',
    r: sample.rank,
    rank_pattern: {},
    revision: sample.revision,
    target_modules: [...sample.modules].sort(),
    task_type: 'CAUSAL_LM',
    use_dora: false,
    use_rslora: false,
  };
  return [
    { path: ADAPTER_CONFIG, bytes: Uint8Array.from(Buffer.from(JSON.stringify(config, null, 2))) },
    { path: ADAPTER_WEIGHTS, bytes: safetensorsFile(tensors, { format: 'pt' }) },
  ];
}

/** Little-endian 32-bit floats between -0.01 and 0.01 from SHA-256 of the seed and a counter. */
function weights(seed: string, count: number): Uint8Array {
  const data = Buffer.alloc(count * 4);
  let block = Buffer.alloc(0);
  for (let index = 0; index < count; index += 1) {
    if (index % 8 === 0)
      block = createHash('sha256')
        .update(`${seed}/${index / 8}`)
        .digest();
    data.writeFloatLE((block.readUInt32LE((index % 8) * 4) / 0xffffffff - 0.5) / 50, index * 4);
  }
  return data;
}

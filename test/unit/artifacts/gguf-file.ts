/** Makes GGUF files: a sound one, of which a test changes one thing. */

export type GgufValue = readonly [type: number, bytes: Buffer];

export const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
export const u64 = (value: number | bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
export const text = (value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([u64(bytes.length), bytes]);
};
export const textValue = (value: string): GgufValue => [8, text(value)];

export interface GgufTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: number;
  readonly offset: number;
}

export const KEYS: Readonly<Record<string, GgufValue>> = {
  'general.architecture': textValue('llama'),
  'general.file_type': [4, u32(7)],
  'tokenizer.ggml.tokens': [9, Buffer.concat([u32(8), u64(2), text('a'), text('b')])],
  'tokenizer.ggml.scores': [9, Buffer.concat([u32(6), u64(2), Buffer.alloc(8)])],
};
const TENSORS: readonly GgufTensor[] = [
  { name: 'token_embd.weight', shape: [32, 2], type: 8, offset: 0 },
  { name: 'output_norm.weight', shape: [3], type: 0, offset: 96 },
];

export interface GgufParts {
  readonly magic?: string;
  readonly version?: number;
  readonly keys?: Readonly<Record<string, GgufValue>>;
  readonly tensors?: readonly GgufTensor[];
  readonly counts?: readonly [tensors: number | bigint, keys: number | bigint];
  readonly data?: number;
  readonly alignment?: number;
}

export function gguf(parts: GgufParts = {}): Uint8Array {
  const { keys = KEYS, tensors = TENSORS } = parts;
  const [tensorCount, keyCount] = parts.counts ?? [tensors.length, Object.keys(keys).length];
  const header = Buffer.concat([
    Buffer.from(parts.magic ?? 'GGUF'),
    ...[u32(parts.version ?? 3), u64(tensorCount), u64(keyCount)],
    ...Object.entries(keys).flatMap(([key, [type, bytes]]) => [text(key), u32(type), bytes]),
    ...tensors.flatMap(({ name, shape, type, offset }) => [
      ...[text(name), u32(shape.length), ...shape.map((length) => u64(length)), u32(type), u64(offset)],
    ]),
  ]);
  const alignment = parts.alignment ?? 32;
  const padding = (alignment - (header.length % alignment)) % alignment;
  return Uint8Array.from(Buffer.concat([header, Buffer.alloc(padding + (parts.data ?? 108))]));
}

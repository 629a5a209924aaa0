import {
  integerOf,
  isForeignArray,
  isForeignObject,
  kindOf,
  parseForeignJson,
  type ForeignJson,
} from '../../base/foreign-json.ts';
import { isNonEmpty } from '../../base/nonempty.ts';
import { parsed, unparsable, type Parsed, type Problem } from '../../base/problem.ts';

/**
 * The safetensors format, read strictly: 8 bytes little-endian length N, N bytes of JSON, then the tensors' bytes,
 * each exactly once and without a hole in which something else could travel.
 */

/** The format's own limit. */
export const MAX_FORMAT_HEADER_BYTES = 100_000_000;
/** What an adapter may need: about a hundred thousand tensors. Held in memory. */
export const MAX_ADAPTER_HEADER_BYTES = 16 * 1024 * 1024;

const BITS: ReadonlyMap<string, bigint> = new Map(
  Object.entries({
    F4: 4n,
    F6_E2M3: 6n,
    F6_E3M2: 6n,
    BOOL: 8n,
    U8: 8n,
    I8: 8n,
    F8_E5M2: 8n,
    F8_E4M3: 8n,
    F8_E8M0: 8n,
    I16: 16n,
    U16: 16n,
    F16: 16n,
    BF16: 16n,
    I32: 32n,
    U32: 32n,
    F32: 32n,
    I64: 64n,
    U64: 64n,
    F64: 64n,
    C64: 64n,
  }),
);

export interface Tensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Offsets in bytes from the end of the header. */
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly tensors: readonly Tensor[];
  readonly metadata: ReadonlyMap<string, string>;
}

/** @returns N, for a file of `fileSize` bytes that starts with `start`. */
export function headerLength(start: Uint8Array, fileSize: number, file: string): Parsed<number> {
  if (fileSize < 10 || start.length < 8) return unparsable({ file }, 'is too short to be a safetensors file');
  const length = new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(MAX_FORMAT_HEADER_BYTES))
    return unparsable(
      { file },
      `states a header of ${length.toString()} bytes; the format allows ${MAX_FORMAT_HEADER_BYTES}`,
    );
  if (length > BigInt(MAX_ADAPTER_HEADER_BYTES))
    return unparsable(
      { file },
      `has a header of ${length.toString()} bytes; an adapter may have ${MAX_ADAPTER_HEADER_BYTES}`,
    );
  if (length < 2n || length > BigInt(fileSize - 8))
    return unparsable(
      { file },
      `states a header of ${length.toString()} bytes but has ${fileSize} bytes in all`,
    );
  return parsed(Number(length));
}

/** @param bytes the N bytes of the header. @returns the tensors in the order of their bytes, or every problem found. */
export function parseSafetensorsHeader(
  bytes: Uint8Array,
  fileSize: number,
  file: string,
): Parsed<SafetensorsHeader> {
  if (bytes[0] !== 0x7b) return unparsable({ file }, 'has a header that does not start with {');
  const json = parseForeignJson(bytes, file, { maxBytes: MAX_ADAPTER_HEADER_BYTES, maxDepth: 3 });
  if (!json.ok) return unparsable({ file }, `has a header that ${json.problems[0].message}`);
  if (!isForeignObject(json.value)) return unparsable({ file }, 'has a header that is no object');

  const problems: Problem[] = [];
  const tensors: Tensor[] = [];
  let metadata: ReadonlyMap<string, string> = new Map();
  for (const [name, value] of json.value) {
    const fault = (message: string) => problems.push({ place: { file, key: name }, message });
    if (name === '__metadata__') {
      if (isTextMap(value)) metadata = value;
      else fault('is not a map from strings to strings');
      continue;
    }
    const tensor = readTensor(name, value);
    if (typeof tensor === 'string') fault(tensor);
    else tensors.push(tensor);
  }
  tensors.sort((a, b) => a.begin - b.begin || a.end - b.end || (a.name < b.name ? -1 : 1));
  if (problems.length === 0) problems.push(...layoutProblems(tensors, fileSize - 8 - bytes.length, file));
  return isNonEmpty(problems) ? { ok: false, problems } : parsed({ tensors, metadata });
}

/** @returns what is wrong, as text, where the entry is no tensor. */
function readTensor(name: string, value: ForeignJson): Tensor | string {
  if (!isForeignObject(value)) return `is ${kindOf(value)}, not the description of a tensor`;
  const extra = [...value.keys()].find((key) => key !== 'dtype' && key !== 'shape' && key !== 'data_offsets');
  if (extra !== undefined)
    return `has the member ${JSON.stringify(extra.slice(0, 100))}, which the format does not know`;
  const dtype = value.get('dtype');
  const bits = typeof dtype === 'string' ? BITS.get(dtype) : undefined;
  if (typeof dtype !== 'string' || bits === undefined) return 'has no dtype of the format';
  const shape = naturals(value.get('shape'));
  if (shape === undefined) return 'has no shape of natural numbers';
  const [begin, end, ...more] = naturals(value.get('data_offsets')) ?? [];
  if (begin === undefined || end === undefined || more.length > 0 || begin > end)
    return 'has no data_offsets of two rising natural numbers';
  if (shape.length > 64) return 'has more than 64 dimensions';
  const total = shape.reduce((product, length) => product * BigInt(length), bits);
  if (total !== BigInt(end - begin) * 8n)
    return `has ${end - begin} bytes of data, which do not fit ${dtype} of shape [${shape.join(', ')}]`;
  return { name, dtype, shape, begin, end };
}

/** Bytes that belong to no tensor or to two could hide something from one reader and not from another. */
function layoutProblems(tensors: readonly Tensor[], dataSize: number, file: string): Problem[] {
  const problems: Problem[] = [];
  let at = 0;
  for (const tensor of tensors) {
    if (tensor.begin !== at) {
      const what =
        tensor.begin > at
          ? `leaves a hole of ${tensor.begin - at} bytes before it`
          : 'overlaps the tensor before it';
      problems.push({ place: { file, key: tensor.name }, message: what });
    }
    at = Math.max(at, tensor.end);
  }
  if (at !== dataSize)
    problems.push({
      place: { file },
      message: `has ${dataSize} bytes of data but its header describes ${at}`,
    });
  return problems;
}

function naturals(json: ForeignJson | undefined): readonly number[] | undefined {
  if (!isForeignArray(json)) return undefined;
  const numbers = json.map(integerOf);
  return numbers.every((number) => number !== undefined && number >= 0)
    ? (numbers as readonly number[])
    : undefined;
}

function isTextMap(json: ForeignJson): json is ReadonlyMap<string, string> {
  return isForeignObject(json) && [...json.values()].every((value) => typeof value === 'string');
}

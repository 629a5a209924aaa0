import { parsed, unparsable, type Parsed } from '../../base/problem.ts';
import { decodeUtf8 } from '../../base/utf8.ts';

/**
 * The header of a GGUF file (version 2 and 3, little-endian), read strictly and without the weights: keys with values, then
 * the description of each tensor, whose bytes follow without a hole in which something else could travel.
 */

export interface GgufHeader {
  readonly version: number;
  /** Keys whose values are text or whole numbers; of others only that they are there. */
  readonly values: ReadonlyMap<string, string | bigint | null>;
  readonly tensorCount: number;
  readonly parameterCount: number;
  /** Names of the types of the tensors, sorted. */
  readonly dtypes: readonly string[];
}

/** More is no header; a vocabulary of 250 000 words takes some ten of these. */
export const MAX_GGUF_HEADER_BYTES = 64 * 1024 * 1024;
const MAX_KEYS = 100_000;
const MAX_TENSORS = 100_000;
const MAX_KEY_BYTES = 65_535;
const MAX_NAME_BYTES = 64;
const MAX_DIMENSIONS = 4;
const MAX_NESTING = 2;

/** Bytes of the values of fixed length by their type; 8 is text, 9 a list. */
const FIXED = new Map([
  [0, 1],
  [1, 1],
  [2, 2],
  [3, 2],
  [4, 4],
  [5, 4],
  [6, 4],
  [7, 1],
  [10, 8],
  [11, 8],
  [12, 8],
]);
const TEXT = 8;
const LIST = 9;

/** Types of tensors: name, elements of a block, bytes of a block. */
const TYPES = new Map<number, readonly [string, bigint, bigint]>([
  [0, ['F32', 1n, 4n]],
  [1, ['F16', 1n, 2n]],
  [2, ['Q4_0', 32n, 18n]],
  [3, ['Q4_1', 32n, 20n]],
  [6, ['Q5_0', 32n, 22n]],
  [7, ['Q5_1', 32n, 24n]],
  [8, ['Q8_0', 32n, 34n]],
  [9, ['Q8_1', 32n, 36n]],
  [10, ['Q2_K', 256n, 84n]],
  [11, ['Q3_K', 256n, 110n]],
  [12, ['Q4_K', 256n, 144n]],
  [13, ['Q5_K', 256n, 176n]],
  [14, ['Q6_K', 256n, 210n]],
  [15, ['Q8_K', 256n, 292n]],
  [16, ['IQ2_XXS', 256n, 66n]],
  [17, ['IQ2_XS', 256n, 74n]],
  [18, ['IQ3_XXS', 256n, 98n]],
  [19, ['IQ1_S', 256n, 50n]],
  [20, ['IQ4_NL', 32n, 18n]],
  [21, ['IQ3_S', 256n, 110n]],
  [22, ['IQ2_S', 256n, 82n]],
  [23, ['IQ4_XS', 256n, 136n]],
  [24, ['I8', 1n, 1n]],
  [25, ['I16', 1n, 2n]],
  [26, ['I32', 1n, 4n]],
  [27, ['I64', 1n, 8n]],
  [28, ['F64', 1n, 8n]],
  [29, ['IQ1_M', 256n, 56n]],
  [30, ['BF16', 1n, 2n]],
  [34, ['TQ1_0', 256n, 54n]],
  [35, ['TQ2_0', 256n, 66n]],
  [39, ['MXFP4', 32n, 17n]],
]);

/** @param start the beginning of the file, up to `MAX_GGUF_HEADER_BYTES`. @returns the header, or the first problem. */
export function parseGguf(start: Uint8Array, fileSize: number, file: string): Parsed<GgufHeader> {
  try {
    return parsed(new Reader(start).header(fileSize));
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    return unparsable({ file }, error.message);
  }
}

class Stop extends Error {}

function stop(message: string): never {
  throw new Stop(message);
}

interface Tensor {
  readonly name: string;
  readonly type: string;
  readonly elements: bigint;
  readonly bytes: bigint;
  readonly offset: bigint;
}

class Reader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  header(fileSize: number): GgufHeader {
    if (this.u32() !== 0x46554747) stop('does not start with GGUF');
    const version = this.u32();
    if (version !== 2 && version !== 3)
      stop(`is of version ${version}, read are 2 and 3 in little-endian order`);
    const tensorCount = this.count(MAX_TENSORS, 'tensors');
    const keyCount = this.count(MAX_KEYS, 'keys');
    if (tensorCount === 0) stop('holds no tensor');
    const values = new Map<string, string | bigint | null>();
    for (let index = 0; index < keyCount; index += 1) {
      const key = this.text(MAX_KEY_BYTES);
      if (values.has(key)) stop(`has the key ${JSON.stringify(key.slice(0, 100))} twice`);
      values.set(key, this.value(this.u32(), 0));
    }
    const tensors = new Map<string, Tensor>();
    for (let index = 0; index < tensorCount; index += 1) {
      const tensor = this.tensor();
      if (tensors.has(tensor.name)) stop(`has the tensor ${JSON.stringify(tensor.name)} twice`);
      tensors.set(tensor.name, tensor);
    }
    const all = [...tensors.values()];
    const parameters = all.reduce((sum, { elements }) => sum + elements, 0n);
    if (parameters > BigInt(Number.MAX_SAFE_INTEGER) || parameters < 1n)
      stop('has no sensible number of parameters');
    checkLayout(all, this.at, values.get('general.alignment') ?? 32n, fileSize);
    return {
      version,
      values,
      tensorCount,
      parameterCount: Number(parameters),
      dtypes: [...new Set(all.map(({ type }) => type))].sort(),
    };
  }

  private tensor(): Tensor {
    const name = this.text(MAX_NAME_BYTES);
    const dimensions = this.u32();
    if (dimensions > MAX_DIMENSIONS) stop(`has a tensor of ${dimensions} dimensions`);
    let elements = 1n;
    let width = 1n;
    for (let index = 0; index < dimensions; index += 1) {
      const length = this.u64();
      if (index === 0) width = length;
      elements *= length;
    }
    const id = this.u32();
    const [type, block, size] = TYPES.get(id) ?? stop(`has a tensor of type ${id}, which is not known`);
    if (width % block !== 0n || elements < 1n)
      stop(`has the tensor ${JSON.stringify(name)}, whose shape does not fit ${type}`);
    return { name, type, elements, bytes: (elements / block) * size, offset: this.u64() };
  }

  /** Text and whole numbers as they are; of all else that it was there. */
  private value(type: number, depth: number): string | bigint | null {
    if (type === TEXT) return this.text(MAX_GGUF_HEADER_BYTES);
    const fixed = FIXED.get(type);
    if (fixed !== undefined) return this.fixed(type, fixed);
    if (type !== LIST) stop(`has a value of type ${type}, which is not known`);
    if (depth >= MAX_NESTING) stop('has lists in lists in lists');
    const of = this.u32();
    const length = this.u64();
    const each = FIXED.get(of);
    if (each !== undefined) {
      this.skip(length * BigInt(each));
    } else {
      // Each takes four bytes at least, so what is left bounds how many there can be.
      if (length > BigInt(this.bytes.length - this.at)) stop(ENDS);
      for (let index = 0n; index < length; index += 1n) this.value(of, depth + 1);
    }
    return null;
  }

  private fixed(type: number, length: number): bigint | null {
    const at = this.at;
    this.skip(BigInt(length));
    switch (type) {
      case 2:
        return BigInt(this.view.getUint16(at, true));
      case 4:
        return BigInt(this.view.getUint32(at, true));
      case 10:
        return this.view.getBigUint64(at, true);
      default:
        return null;
    }
  }

  private text(most: number): string {
    const length = this.u64();
    if (length > BigInt(most)) stop(`has a text of ${length} bytes where ${most} are allowed`);
    const at = this.at;
    this.skip(length);
    return decodeUtf8(this.bytes.subarray(at, this.at)) ?? stop('has a text that is not UTF-8');
  }

  private count(most: number, what: string): number {
    const count = this.u64();
    if (count > BigInt(most)) stop(`says it has ${count} ${what}, more than ${most}`);
    return Number(count);
  }

  private u32(): number {
    const at = this.at;
    this.skip(4n);
    return this.view.getUint32(at, true);
  }

  private u64(): bigint {
    const at = this.at;
    this.skip(8n);
    return this.view.getBigUint64(at, true);
  }

  private skip(length: bigint): void {
    if (length > BigInt(this.bytes.length - this.at)) stop(ENDS);
    this.at += Number(length);
  }
}

const ENDS = `ends within its header, or has one of more than ${MAX_GGUF_HEADER_BYTES} bytes`;

/** Bytes that belong to no tensor or to two could hide something from one reader and not from another. */
function checkLayout(
  tensors: readonly Tensor[],
  headerEnd: number,
  alignment: string | bigint | null,
  fileSize: number,
): void {
  if (typeof alignment !== 'bigint' || alignment < 8n || alignment > 65_536n || alignment % 8n !== 0n)
    stop('has a general.alignment that is no multiple of 8');
  const aligned = (at: bigint): bigint => ((at + alignment - 1n) / alignment) * alignment;
  let end = 0n;
  for (const tensor of [...tensors].sort((a, b) =>
    a.offset < b.offset ? -1 : a.offset > b.offset ? 1 : 0,
  )) {
    if (tensor.offset !== aligned(end))
      stop(`has the tensor ${JSON.stringify(tensor.name)} in another place than after the one before it`);
    end = tensor.offset + tensor.bytes;
  }
  const data = BigInt(fileSize) - aligned(BigInt(headerEnd));
  if (data !== end && data !== aligned(end))
    stop(`has ${data} bytes of tensors but its header describes ${end}`);
}

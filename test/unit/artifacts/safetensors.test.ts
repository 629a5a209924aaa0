import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  headerLength,
  MAX_ADAPTER_HEADER_BYTES,
  parseSafetensorsHeader,
  type SafetensorsHeader,
} from '../../../src/adapters/artifacts/safetensors.ts';
import { safetensorsFile } from '../../../src/adapters/artifacts/sample.ts';
import type { Parsed } from '../../../src/base/problem.ts';

const FILE = 'adapter_model.safetensors';
const A = '"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}';
const B = '"b":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]}';

function read(file: Uint8Array): Parsed<SafetensorsHeader> {
  const length = headerLength(file.subarray(0, 8), file.length, FILE);
  return length.ok ? parseSafetensorsHeader(file.subarray(8, 8 + length.value), file.length, FILE) : length;
}

function file(header: string, dataBytes: number): Uint8Array {
  const json = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(dataBytes)]);
}

function refusals(bytes: Uint8Array): readonly string[] {
  const result = read(bytes);
  return result.ok ? [] : result.problems.map(({ place, message }) => `${place.key ?? ''}|${message}`);
}

test('a file of two tensors and metadata, padded as the reference implementation pads it', () => {
  const result = read(file(`{"__metadata__":{"format":"pt"},${B},${A}}   `, 32));
  expect(result).toEqual({
    ok: true,
    value: {
      tensors: [
        { name: 'a', dtype: 'F32', shape: [2, 3], begin: 0, end: 24 },
        { name: 'b', dtype: 'BF16', shape: [4], begin: 24, end: 32 },
      ],
      metadata: new Map([['format', 'pt']]),
    },
  });
});

test('scalars and empty tensors', () => {
  expect(
    refusals(
      file(
        '{"e":{"dtype":"F32","shape":[0,9],"data_offsets":[0,0]},"s":{"dtype":"F16","shape":[],"data_offsets":[0,2]}}',
        2,
      ),
    ),
  ).toEqual([]);
});

describe('one thing broken', () => {
  const tensor = (text: string) => `{"a":{${text}}}`;
  test.each<[what: string, bytes: Uint8Array, refusal: string]>([
    ['duplicate key', file(`{${A},${A}}`, 24), '|has a header that has the key "a" twice in one object'],
    ['space first', file(` {${A}}`, 24), '|has a header that does not start with {'],
    ['bytes at the end', file(`{${A}}`, 25), '|has 25 bytes of data but its header describes 24'],
    ['bytes missing', file(`{${A}}`, 23), '|has 23 bytes of data but its header describes 24'],
    ['hole', file(`{${A},${B.replace('24,32', '32,40')}}`, 40), 'b|leaves a hole of 8 bytes before it'],
    ['overlap', file(`{${A},${B.replace('24,32', '16,24')}}`, 24), 'b|overlaps the tensor before it'],
    ['same bytes twice', file(`{${A},${A.replace('"a"', '"c"')}}`, 24), 'c|overlaps the tensor before it'],
    [
      'hole at the start',
      file(tensor('"dtype":"U8","shape":[1],"data_offsets":[1,2]'), 2),
      'a|leaves a hole of 1 bytes before it',
    ],
    [
      'unknown dtype',
      file(tensor('"dtype":"F31","shape":[6],"data_offsets":[0,24]'), 24),
      'a|has no dtype of the format',
    ],
    [
      'wrong size',
      file(tensor('"dtype":"F32","shape":[7],"data_offsets":[0,24]'), 24),
      'a|has 24 bytes of data, which do not fit F32 of shape [7]',
    ],
    [
      'overflowing shape',
      file(tensor('"dtype":"U8","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,0]'), 0),
      'a|has 0 bytes of data, which do not fit U8 of shape [4294967296, 4294967296, 4294967296]',
    ],
    [
      'negative length',
      file(tensor('"dtype":"U8","shape":[-1],"data_offsets":[0,0]'), 0),
      'a|has no shape of natural numbers',
    ],
    [
      'float length',
      file(tensor('"dtype":"U8","shape":[1.0],"data_offsets":[0,1]'), 1),
      'a|has no shape of natural numbers',
    ],
    [
      'falling offsets',
      file(tensor('"dtype":"U8","shape":[0],"data_offsets":[1,0]'), 0),
      'a|has no data_offsets of two rising natural numbers',
    ],
    [
      'three offsets',
      file(tensor('"dtype":"U8","shape":[0],"data_offsets":[0,0,0]'), 0),
      'a|has no data_offsets of two rising natural numbers',
    ],
    [
      'unknown member',
      file(tensor('"dtype":"U8","shape":[0],"data_offsets":[0,0],"x":1'), 0),
      'a|has the member "x", which the format does not know',
    ],
    ['no tensor', file('{"a":[]}', 0), 'a|is a list, not the description of a tensor'],
    [
      'number in metadata',
      file('{"__metadata__":{"n":1}}', 0),
      '__metadata__|is not a map from strings to strings',
    ],
    ['cut JSON', file(`{${A}`, 24), '|has a header that is not JSON: a comma or } is missing'],
    ['too short', Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0x7b), '|is too short to be a safetensors file'],
    [
      'longer than the file',
      file(`{${A}}`, 24).subarray(0, 30),
      '|states a header of 57 bytes but has 30 bytes in all',
    ],
  ])('%s', (_, bytes, refusal) => expect(refusals(bytes)).toEqual([refusal]));

  test('a header larger than the format or an adapter allows is refused from its first 8 bytes', () => {
    const start = (length: bigint) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(length);
      const result = headerLength(bytes, Number.MAX_SAFE_INTEGER, FILE);
      return result.ok ? result.value : result.problems[0].message;
    };
    expect(start(BigInt(MAX_ADAPTER_HEADER_BYTES))).toBe(MAX_ADAPTER_HEADER_BYTES);
    expect(start(BigInt(MAX_ADAPTER_HEADER_BYTES) + 1n)).toBe(
      'has a header of 16777217 bytes; an adapter may have 16777216',
    );
    expect(start(2n ** 64n - 1n)).toBe(
      'states a header of 18446744073709551615 bytes; the format allows 100000000',
    );
  });

  test('all problems at once', () => {
    expect(refusals(file('{"a":1,"b":2,"__metadata__":3}', 0)).map((text) => text.split('|')[0])).toEqual([
      'a',
      'b',
      '__metadata__',
    ]);
  });
});

describe('for any bytes', () => {
  const dtypes = fc.constantFrom(
    ['U8', 1] as const,
    ['BF16', 2] as const,
    ['F32', 4] as const,
    ['I64', 8] as const,
  );
  const tensors = fc.uniqueArray(
    fc.record({
      name: fc.string({ minLength: 1 }).filter((name) => name !== '__proto__' && name !== '__metadata__'),
      dtype: dtypes,
      shape: fc.array(fc.nat(3), { maxLength: 3 }),
    }),
    { selector: ({ name }) => name, maxLength: 5 },
  );
  const valid = tensors.map((list) =>
    safetensorsFile(
      list.map(({ name, dtype: [dtype, width], shape }) => ({
        name,
        dtype,
        shape,
        data: new Uint8Array(width * shape.reduce((a, b) => a * b, 1)),
      })),
      { format: 'pt' },
    ),
  );

  test('what is written is read', () => {
    fc.assert(
      fc.property(valid, (bytes) => {
        expect(refusals(bytes)).toEqual([]);
      }),
    );
  });

  test('reading never throws, and a file that is longer or shorter is always refused', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void read(bytes)));
    fc.assert(
      fc.property(valid, fc.nat(), (bytes, at) => {
        expect(read(bytes.subarray(0, at % bytes.length)).ok).toBe(false);
        expect(read(Buffer.concat([bytes, Uint8Array.of(0)])).ok).toBe(false);
      }),
    );
  });

  test('one changed byte is refused by name or leaves a header that accounts for every byte', () => {
    fc.assert(
      fc.property(valid, fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, at, change) => {
        const mutated = Uint8Array.from(bytes);
        const index = at % mutated.length;
        mutated[index] = (mutated[index] ?? 0) ^ change;
        const result = read(mutated);
        if (!result.ok) {
          expect(result.problems[0].message).not.toBe('');
          return;
        }
        const header = headerLength(mutated, mutated.length, FILE);
        const data = result.value.tensors.reduce((sum, { begin, end }) => sum + end - begin, 0);
        expect(header.ok ? 8 + header.value + data : 0).toBe(mutated.length);
      }),
      { numRuns: 1000 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  integerOf,
  isForeignArray,
  isForeignNumber,
  isForeignObject,
  kindOf,
  MAX_FOREIGN_VALUES,
  memberOf,
  numberTextOf,
  parseForeignJson,
  textOf,
  textsOf,
  type ForeignJson,
} from '../../../src/base/foreign-json.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string) => parseForeignJson(bytes(text), 'x.json');

function accepted(text: string): ForeignJson {
  const result = read(text);
  if (!result.ok) throw new Error(result.problems[0].message);
  return result.value;
}

function refusal(input: string | Uint8Array): string {
  const result = parseForeignJson(typeof input === 'string' ? bytes(input) : input, 'x.json');
  if (result.ok) throw new Error('was accepted');
  const { place, message } = result.problems[0];
  return `${place.file}:${place.line ?? ''} ${message}`;
}

/** The tree as JSON.parse would give it. */
function plain(json: ForeignJson): unknown {
  if (isForeignObject(json)) return Object.fromEntries([...json].map(([key, value]) => [key, plain(value)]));
  if (isForeignArray(json)) return json.map(plain);
  return isForeignNumber(json) ? Number(json.number) : json;
}

describe('what it reads', () => {
  test('agrees with JSON.parse on whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 1, '\t'), (text, indent) => {
        const value = JSON.parse(text) as unknown;
        expect(plain(accepted(JSON.stringify(value, null, indent)))).toEqual(
          JSON.parse(JSON.stringify(value)),
        );
      }),
    );
  });

  test('keeps numbers as they were spelled', () => {
    const spelled = [
      '0.10',
      '-0',
      '1E+2',
      '9007199254740993',
      '1e999',
      '0.1000000000000000055511151231257827',
    ];
    expect(accepted(`[${spelled.join(',')}]`)).toEqual(spelled.map((number) => ({ number })));
  });

  test('takes __proto__ as an ordinary key', () => {
    const json = accepted('{"__proto__":{"polluted":true},"constructor":1}');
    expect(memberOf(json, '__proto__', 'polluted')).toBe(true);
    expect(memberOf(json, 'toString')).toBeUndefined();
  });

  test('never throws, whatever the bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (any) => void parseForeignJson(any, 'x')));
    const alphabet = fc.constantFrom(...Array.from('{}[]",:\\u0-1.eE+NaIntrf \n'));
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 40 }), (text) => {
        const ours = read(text).ok;
        let theirs = true;
        try {
          JSON.parse(text);
        } catch {
          theirs = false;
        }
        // Ours may be stricter, never laxer.
        if (ours) expect(theirs).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('what it refuses', () => {
  test.each([
    ['{"a":1,\n"b":2,\n"a":1}', 'x.json:3 has the key "a" twice in one object'],
    ['{"a":1,"\\u0061":2}', 'x.json:1 has the key "a" twice in one object'],
    ['{"__proto__":1,"__proto__":1}', 'x.json:1 has the key "__proto__" twice in one object'],
    ['{"acc":\nNaN}', 'x.json:2 is not JSON: NaN is no JSON value'],
    ['[-Infinity]', 'x.json:1 is not JSON: -Infinity is no JSON value'],
    ['[truely]', 'x.json:1 is not JSON: truely is no JSON value'],
    ['{} {}', 'x.json:1 is not JSON: something follows the end of the value'],
    ['', 'x.json:1 is not JSON: a value is missing'],
    ['[1,]', 'x.json:1 is not JSON: a value is missing'],
    ['{"a":1,}', 'x.json:1 is not JSON: a key in double quotes is missing'],
    ['{"a" 1}', 'x.json:1 is not JSON: a colon is missing after a key'],
    ['{"a":1', 'x.json:1 is not JSON: a comma or } is missing'],
    ['[01]', 'x.json:1 is not JSON: a comma or ] is missing'],
    ['["a\n"]', 'x.json:1 is not JSON: a control character in a string'],
    ['\n"abc', 'x.json:2 is not JSON: a string does not end'],
    ['"\\x"', 'x.json:1 is not JSON: an unknown escape in a string'],
    ['"\\ud800"', 'x.json:1 has a string with half a surrogate pair, which is no character'],
    [`[${'1'.repeat(401)}]`, 'x.json:1 has a number of more than 400 characters'],
    ['\ufeff{}', 'x.json:1 starts with a byte order mark, which JSON must not have'],
    [Uint8Array.of(0x22, 0xff, 0x22), 'x.json: is not valid UTF-8'],
    ['['.repeat(129) + ']'.repeat(129), 'x.json:1 is nested deeper than 128 levels'],
  ])('%j', (input, problem) => expect(refusal(input)).toBe(problem));

  test('more bytes or levels than asked for', () => {
    expect(parseForeignJson(bytes('[[]]'), 'x', { maxDepth: 2, maxBytes: 4 }).ok).toBe(true);
    expect(parseForeignJson(bytes('[[]]'), 'x', { maxDepth: 1 }).ok).toBe(false);
    expect(parseForeignJson(bytes('[[]]'), 'x', { maxBytes: 3 }).ok).toBe(false);
  });

  test('more values than fit in memory beside other work', () => {
    const list = (length: number) => bytes(`[${'0,'.repeat(length - 1)}0]`);
    expect(parseForeignJson(list(MAX_FOREIGN_VALUES - 1), 'x').ok).toBe(true);
    expect(refusal(list(MAX_FOREIGN_VALUES))).toBe('x.json:1 holds more than 2000000 values');
  });
});

test('accessors give a value of the kind asked for or nothing', () => {
  const json = accepted(
    '{"s":"x","n":16,"d":1.0,"z":-0,"big":9007199254740993,"l":["a"],"m":["a",1],"o":{"number":"1"}}',
  );
  expect(textOf(memberOf(json, 's'))).toBe('x');
  expect(textOf(memberOf(json, 'n'))).toBeUndefined();
  expect(integerOf(memberOf(json, 'n'))).toBe(16);
  for (const key of ['s', 'd', 'z', 'big', 'o']) expect(integerOf(memberOf(json, key))).toBeUndefined();
  expect(numberTextOf(memberOf(json, 'd'))).toBe('1.0');
  expect(numberTextOf(memberOf(json, 'o'))).toBeUndefined();
  expect(textsOf(memberOf(json, 'l'))).toEqual(['a']);
  expect(textsOf(memberOf(json, 'm'))).toBeUndefined();
  expect(memberOf(json, 's', 'deeper')).toBeUndefined();
  expect(['s', 'n', 'l', 'o', 'missing'].map((key) => kindOf(memberOf(json, key)))).toEqual([
    'a string',
    'a number',
    'a list',
    'an object',
    'nothing',
  ]);
  expect([accepted('null'), accepted('true')].map(kindOf)).toEqual(['null', 'a boolean']);
});

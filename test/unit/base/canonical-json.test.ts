import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, printJson, type Json } from '../../../src/base/canonical-json.ts';

describe('the canonical form (RFC 8785)', () => {
  it('sorts keys by UTF-16 code unit, as in section 3.2.3', () => {
    const keys = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    expect(Object.values(JSON.parse(canonicalJson(keys)) as object)).toHaveLength(7);
    expect([...canonicalJson(keys).matchAll(/":"([^"]+)"/g)].map(([, name]) => name)).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });
  it('escapes strings as in section 3.2.2.2', () => {
    expect(canonicalJson('\u20ac$\u000f\u000aA\'B"\\"/')).toBe('"\u20ac$\\u000f\\nA\'B\\"\\\\\\"/"');
  });
  it('prints literals and lists as in section 3.2.2', () => {
    expect(canonicalJson({ literals: [null, true, false], a: [56, { d: true, '10': null, '1': [] }] })).toBe(
      '{"a":[56,{"1":[],"10":null,"d":true}],"literals":[null,true,false]}',
    );
  });
  it('leaves out members without a value', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });
  it.each([0.5, NaN, Infinity, 2 ** 53])('has no form for %d', (number) => {
    expect(() => canonicalJson(number)).toThrow('not a safe integer');
  });
  it('has no form for a lone surrogate', () => {
    expect(() => canonicalJson('\ud800')).toThrow('lone surrogate');
  });
  it('does not depend on the order in which keys were given, and loses nothing', () => {
    const value = fc.dictionary(
      fc.string(),
      fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null)),
    );
    fc.assert(
      fc.property(value, (object) => {
        const reversed = Object.fromEntries(Object.entries(object).reverse()) as Json;
        expect(canonicalJson(reversed)).toBe(canonicalJson(object));
        expect(JSON.parse(canonicalJson(object))).toEqual({ ...object });
      }),
    );
  });
});

describe('the printed form', () => {
  it('has two spaces, keys as given and a newline at the end', () => {
    expect(printJson({ b: 1, a: [] })).toBe('{\n  "b": 1,\n  "a": []\n}\n');
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  add,
  compare,
  DecimalText,
  divide,
  floorText,
  multiply,
  parseDecimal,
  subtract,
  toCanonicalDecimal,
  toRatio,
  type Ratio,
} from '../../../src/base/decimal.ts';

const exact = (text: string): Ratio => {
  const value = parseDecimal(text);
  if (value === null) throw new Error(`refused: ${text}`);
  return value;
};

describe('spelling', () => {
  test.each([
    ['0', '0'],
    ['-0', '0'],
    ['-0.000', '0'],
    ['0e40', '0'],
    ['0.0', '0'],
    ['1.50', '1.5'],
    ['100', '100'],
    ['1e2', '100'],
    ['1E+2', '100'],
    ['12.5e-3', '0.0125'],
    ['-2.50e1', '-25'],
    ['1e-40', `0.${'0'.repeat(39)}1`],
    ['1e40', `1${'0'.repeat(40)}`],
    ['0.0002828144211304471', '0.0002828144211304471'],
    ['9007199254740993', '9007199254740993'],
    ['9'.repeat(60), '9'.repeat(60)],
  ])('%s is %s', (given, canonical) => expect(toCanonicalDecimal(given)).toBe(canonical));

  test.each([
    '',
    ' 1',
    '1 ',
    '+1',
    '.5',
    '1.',
    '01',
    '0x1',
    '1_0',
    'NaN',
    'Infinity',
    '-',
    '1e',
    '1e41',
    '1e-41',
    '９',
  ])('%j is refused', (given) => expect(parseDecimal(given)).toBeNull());
  test('61 digits are refused, zeros around them are not counted', () => {
    expect(parseDecimal('9'.repeat(61))).toBeNull();
    expect(parseDecimal(`0.000${'9'.repeat(60)}`)).not.toBeNull();
    expect(parseDecimal(`0.${'0'.repeat(200)}1`)).toBeNull();
    expect(parseDecimal(`1${'0'.repeat(100)}`)).toBeNull();
    expect(parseDecimal('1'.repeat(1_000_000))).toBeNull();
  });
  test('the schema takes the canonical spelling alone', () => {
    expect(DecimalText.safeParse('0.72').success).toBe(true);
    for (const other of ['0.720', '72e-2', '-0', '00', '0.', 0.72]) {
      expect(DecimalText.safeParse(other).success).toBe(false);
    }
  });
});

const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: -20, max: 20 }))
  .map(([digits, exponent]) => `${digits}e${exponent}`);

describe('arithmetic', () => {
  test('has no rounding', () => {
    expect(compare(add(exact('0.1'), exact('0.2')), exact('0.3'))).toBe(0);
    const third = divide(exact('1'), exact('3'));
    expect(compare(multiply(third, exact('3')), exact('1'))).toBe(0);
    expect(() => divide(exact('1'), exact('0'))).toThrow(RangeError);
    expect(floorText(divide(exact('1'), exact('-8')))).toBe('-0.125');
  });
  test('a canonical decimal reads back as the same value', () => {
    fc.assert(
      fc.property(decimal, (text) => {
        const canonical = toCanonicalDecimal(text);
        if (canonical === null) throw new Error(`refused: ${text}`);
        expect(compare(toRatio(canonical), exact(text))).toBe(0);
        expect(DecimalText.safeParse(canonical).success).toBe(true);
      }),
    );
  });
  test('agrees with BigInt and undoes itself', () => {
    fc.assert(
      fc.property(decimal, decimal, (left, right) => {
        const [a, b] = [exact(left), exact(right)];
        expect(compare(subtract(add(a, b), b), a)).toBe(0);
        if (b.num !== 0n) expect(compare(multiply(divide(a, b), b), a)).toBe(0);
        expect(compare(a, b)).toBe(-compare(b, a) + 0);
      }),
    );
  });
  test('printing never overstates and loses less than one unit of the last place', () => {
    fc.assert(
      fc.property(decimal, decimal, fc.integer({ min: 0, max: 12 }), (left, right, places) => {
        const divisor = exact(right);
        fc.pre(divisor.num !== 0n);
        const value = divide(exact(left), divisor);
        const text = floorText(value, places);
        const printed: Ratio = exactLong(text);
        expect(compare(printed, value)).toBeLessThanOrEqual(0);
        const unit: Ratio = { num: 1n, den: 10n ** BigInt(places) };
        expect(compare(subtract(value, printed), unit)).toBe(-1);
      }),
    );
  });
  test.each([
    ['2', '3', '0.666666666666'],
    ['-2', '3', '-0.666666666667'],
    ['-1', '1e13', '-0.000000000001'],
    ['1', '1e13', '0'],
    ['5', '1', '5'],
  ])('%s / %s prints %s', (a, b, printed) => expect(floorText(divide(exact(a), exact(b)))).toBe(printed));
});

/** Printed quotients may be longer than what is accepted from outside. */
function exactLong(text: string): Ratio {
  const [whole = '', fraction = ''] = text.split('.');
  return { num: BigInt(whole + fraction), den: 10n ** BigInt(fraction.length) };
}

import * as z from 'zod';

/**
 * Exact arithmetic on decimals given as text. No floating point: 0.1 + 0.2 is 0.3, and a threshold met exactly is met.
 */

/** A fraction in lowest terms; `den` is positive. */
export interface Ratio {
  readonly num: bigint;
  readonly den: bigint;
}

/** A decimal in its one spelling: no exponent, no plus, no leading or trailing zeros, zero without a sign. */
export type DecimalText = string & { readonly __brand: 'DecimalText' };

const MAX_EXPONENT = 40;
const MAX_SIGNIFICANT_DIGITS = 60;
/** Digits before or after the point once the exponent is written out. */
const MAX_PLACES = MAX_EXPONENT + MAX_SIGNIFICANT_DIGITS;
const MAX_CHARACTERS = 400;

/** RFC 8259 section 6. */
const NUMBER = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;

export const ZERO: Ratio = { num: 0n, den: 1n };

/** @returns the exact value of a JSON number; null for other text and for numbers beyond the bounds above. */
export function parseDecimal(text: string): Ratio | null {
  if (text.length > MAX_CHARACTERS) return null;
  const match = NUMBER.exec(text);
  if (match === null) return null;
  const [, sign = '', whole = '', fraction = '', power = '0'] = match;
  const exponent = Number(power);
  if (Math.abs(exponent) > MAX_EXPONENT) return null;
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return ZERO;
  const scale = exponent - fraction.length + (digits.length - significant.length);
  if (significant.length > MAX_SIGNIFICANT_DIGITS) return null;
  if (-scale > MAX_PLACES || significant.length + scale > MAX_PLACES) return null;
  const num = BigInt(sign + significant);
  return scale >= 0 ? { num: num * power10(scale), den: 1n } : ratio(num, power10(-scale));
}

/** @returns the one spelling of a JSON number; null where `parseDecimal` refuses. */
export function toCanonicalDecimal(text: string): DecimalText | null {
  const value = parseDecimal(text);
  return value === null ? null : floorText(value, MAX_PLACES);
}

export const DecimalText = z
  .string()
  .refine(
    (text) => toCanonicalDecimal(text) === text,
    'must be a decimal number such as 0.72: no exponent, no plus, no zeros at the end, at most 60 digits',
  ) as unknown as z.ZodType<DecimalText, string>;

/** @throws TypeError for text that is not a `DecimalText`, which the type rules out. */
export function toRatio(decimal: DecimalText): Ratio {
  const value = parseDecimal(decimal);
  if (value === null) throw new TypeError(`not a decimal: ${decimal}`);
  return value;
}

export function add(a: Ratio, b: Ratio): Ratio {
  return ratio(a.num * b.den + b.num * a.den, a.den * b.den);
}

export function subtract(a: Ratio, b: Ratio): Ratio {
  return ratio(a.num * b.den - b.num * a.den, a.den * b.den);
}

export function multiply(a: Ratio, b: Ratio): Ratio {
  return ratio(a.num * b.num, a.den * b.den);
}

/** @throws RangeError when `b` is zero. */
export function divide(a: Ratio, b: Ratio): Ratio {
  return b.num < 0n ? ratio(-a.num * b.den, -b.num * a.den) : ratio(a.num * b.den, a.den * b.num);
}

/** @returns a negative number, 0 or a positive number as `a` is below, equal to or above `b`. */
export function compare(a: Ratio, b: Ratio): -1 | 0 | 1 {
  const difference = a.num * b.den - b.num * a.den;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/**
 * @param places digits after the point; what lies beyond is rounded towards minus infinity, so that a printed score
 * never says more than was reached. Compare ratios, never printed texts.
 */
export function floorText(value: Ratio, places = 12): DecimalText {
  const scaled = value.num * power10(places);
  const units = scaled / value.den - (scaled % value.den < 0n ? 1n : 0n);
  const digits = String(units < 0n ? -units : units).padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}` as DecimalText;
}

function ratio(num: bigint, den: bigint): Ratio {
  if (den === 0n) throw new RangeError('division by zero');
  let [a, b] = [num < 0n ? -num : num, den];
  while (b !== 0n) [a, b] = [b, a % b];
  return { num: num / a, den: den / a };
}

function power10(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}

import type { Dice } from '../properties/dice.ts';

/** Alters something valid a little, so that most of it is still understood. */
export function mutate(dice: Dice, seed: Uint8Array, others: readonly Uint8Array[]): Uint8Array {
  const text = looksLikeJson(seed) && dice.below(2) === 0 ? mutateJson(dice, seed) : null;
  let bytes = Buffer.from(text ?? seed);
  const times = text === null ? 1 + dice.below(6) : dice.below(3);
  for (let turn = 0; turn < times; turn += 1) bytes = alter(dice, bytes, others);
  return Uint8Array.from(bytes);
}

const NUMBERS = [0, 1, 2, 3, 7, 0x7f, 0x80, 0xff];
const WORDS = [
  '',
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  'null',
  'NaN',
  '-Infinity',
  '1e999',
  '\u0000',
  '\ud83d\ude00',
  '../',
  'PK',
  '\\ud800',
];

function alter(dice: Dice, bytes: Buffer<ArrayBuffer>, others: readonly Uint8Array[]): Buffer<ArrayBuffer> {
  const at = dice.below(bytes.length + 1);
  const length = 1 + dice.below(dice.pick([2, 8, 64, 512]));
  const rest = bytes.subarray(Math.min(bytes.length, at + length));
  switch (dice.below(8)) {
    case 0:
    case 1: {
      const changed = Buffer.from(bytes);
      if (changed.length > 0)
        changed[at % changed.length] = (changed[at % changed.length] ?? 0) ^ (1 << dice.below(8));
      return changed;
    }
    case 2: {
      const changed = Buffer.from(bytes);
      for (let index = at; index < Math.min(at + 4, changed.length); index += 1)
        changed[index] = dice.pick(NUMBERS);
      return changed;
    }
    case 3:
      return Buffer.concat([bytes.subarray(0, at), rest]);
    case 4:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at)]);
    case 5:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from(dice.pick(WORDS)), bytes.subarray(at)]);
    case 6: {
      const other = Buffer.from(dice.pick(others));
      const from = dice.below(other.length + 1);
      return Buffer.concat([bytes.subarray(0, at), other.subarray(from, from + length), rest]);
    }
    default:
      return Buffer.from(bytes.subarray(0, at));
  }
}

function looksLikeJson(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7b || bytes[0] === 0x5b;
}

/** What values others have written where they are not expected. */
const VALUES: readonly string[] = [
  ...['null', 'true', 'false', '0', '-1', '1e300', '0.1', '""', '"x"', '"NaN"'],
  ...['[]', '{}', '[[]]', '[null]', '{"a":{"b":[]}}'],
];

/** The same document with one value changed, gone, doubled or moved. Null where it is no JSON. */
function mutateJson(dice: Dice, bytes: Uint8Array): string | null {
  let tree: unknown;
  try {
    tree = JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return null;
  }
  const times = 1 + dice.below(3);
  for (let turn = 0; turn < times; turn += 1) changeOne(dice, tree);
  return JSON.stringify(tree);
}

function changeOne(dice: Dice, tree: unknown): void {
  let node = tree;
  for (let depth = dice.below(10); ; depth -= 1) {
    if (typeof node !== 'object' || node === null) return;
    const keys = Object.keys(node);
    if (keys.length === 0) return;
    const key = dice.pick(keys);
    const holder = node as Record<string, unknown>;
    const inner = holder[key];
    if (depth <= 0 || typeof inner !== 'object' || inner === null) {
      if (dice.below(4) === 0) Reflect.deleteProperty(holder, key);
      else if (Array.isArray(node) && dice.below(3) === 0) (node as unknown[]).push(structuredClone(inner));
      else {
        // A copy, so that nothing holds itself.
        const other = dice.below(3) === 0 ? JSON.stringify(holder[dice.pick(keys)]) : dice.pick(VALUES);
        holder[key] = JSON.parse(other) as unknown;
      }
      return;
    }
    node = inner;
  }
}

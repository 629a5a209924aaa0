import type { Version } from './names.ts';

/** Negative, zero or positive by SemVer 2.0.0 precedence (section 11). */
export function compareVersions(a: Version, b: Version): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (const [index, number] of left.core.entries()) {
    const difference = number - (right.core[index] ?? 0);
    if (difference !== 0) return difference;
  }
  // A version without a pre-release comes after those with one.
  if (left.pre.length === 0 || right.pre.length === 0) return right.pre.length - left.pre.length;
  for (const [index, part] of left.pre.entries()) {
    const other = right.pre[index];
    if (other === undefined) return 1;
    const difference = comparePart(part, other);
    if (difference !== 0) return difference;
  }
  return left.pre.length - right.pre.length;
}

function partsOf(version: Version): { readonly core: readonly number[]; readonly pre: readonly string[] } {
  const at = version.indexOf('-');
  const [core, pre] = at < 0 ? [version, ''] : [version.slice(0, at), version.slice(at + 1)];
  return { core: core.split('.').map(Number), pre: pre === '' ? [] : pre.split('.') };
}

/** Numbers come before words, numbers by value, words by their characters. */
function comparePart(a: string, b: string): number {
  const [left, right] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (left && right) return Number(a) - Number(b);
  if (left !== right) return left ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
}

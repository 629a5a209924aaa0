/** The known name that somebody may have meant who typed another one: at most two slips away, and fewer than half its letters. */
export function nearName(typed: string, known: readonly string[]): string | null {
  const found = known
    .filter((name) => name !== typed)
    .map((name) => ({ name, slips: slipsBetween(typed, name) }))
    .filter(({ name, slips }) => slips <= 2 && 2 * slips < name.length)
    .sort((a, b) => a.slips - b.slips);
  return found[0]?.name ?? null;
}

/** Letters left out, put in, replaced, or two beside each other in the wrong order (Damerau and Levenshtein). */
function slipsBetween(a: string, b: string): number {
  let [beforeLast, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          (last[j] ?? 0) + 1,
          (row[j - 1] ?? 0) + 1,
          (last[j - 1] ?? 0) + (isSame ? 0 : 1),
          ...(isSwapped ? [(beforeLast[j - 2] ?? 0) + 1] : []),
        ),
      );
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}

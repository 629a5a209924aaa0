/**
 * Begins work on the next few items before their turn and hands out the results in order: git answers many questions
 * at once much faster than one after the other.
 * @throws what the work on an item throws, when its turn comes.
 */
export async function* ahead<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  window: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const begun: Promise<Result>[] = [];
  for await (const item of items) {
    const result = work(item);
    result.catch(() => undefined); // it is told when its turn comes
    begun.push(result);
    const first = begun.length > window ? begun.shift() : undefined;
    if (first !== undefined) yield await first;
  }
  for (const result of begun) yield await result;
}

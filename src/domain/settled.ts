/** What came out of a schema. Nothing writes to it, so it stays as the schema gave it and is not asked for again. */
const settledValues = new WeakSet<object>();

export function settled<T>(value: T): T {
  if (typeof value === 'object' && value !== null) settledValues.add(value);
  return value;
}

export function isSettled(value: unknown): boolean {
  return typeof value === 'object' && value !== null && settledValues.has(value);
}

import type * as z from 'zod';

/** What came out of a schema, and which. Nothing writes to it, so it stays as the schema gave it and is not asked for again. */
const settledValues = new WeakMap<object, z.ZodType>();

export function settled<T>(value: T, schema: z.ZodType): T {
  if (typeof value === 'object' && value !== null) settledValues.set(value, schema);
  return value;
}

export function isSettled(value: unknown): boolean {
  return typeof value === 'object' && value !== null && settledValues.has(value);
}

export function isSettledBy(value: object, schema: z.ZodType): boolean {
  return settledValues.get(value) === schema;
}

import { textOf, type ForeignObject } from '../../base/foreign-json.ts';

/** Base and adapter of a model, where the harness knows it by one name only and people tell the rest. */

export interface ToldModel {
  readonly name: string;
  readonly arguments: string;
  readonly base: string;
  readonly baseRevision?: string;
  readonly adapter?: string;
}

const KEYS = ['base_model', 'base_revision', 'adapter'] as const;

/**
 * Where no base is told the model is a base itself. Where one is told, the model that was served is what came of it.
 * @param served by which name the harness asked for it. @returns a sentence where two places tell different things.
 */
export function toldModel(
  name: string,
  args: string,
  served: string,
  places: readonly ForeignObject[],
): ToldModel | string {
  const told = new Map<string, string>();
  for (const key of KEYS) {
    const values = new Set(
      places.map((place) => textOf(place.get(key))).filter((text) => text !== undefined),
    );
    if (values.size > 1) return `${key} is told in two ways: ${[...values].join(' and ').slice(0, 300)}`;
    for (const value of values) if (value !== '') told.set(key, value);
  }
  const [base, baseRevision, adapter] = KEYS.map((key) => told.get(key));
  const tuned = adapter ?? (base === undefined || base === served ? undefined : served);
  const last = tuned?.split('/').filter(Boolean).at(-1);
  return {
    ...{ name, arguments: args, base: base ?? served },
    ...(baseRevision !== undefined && { baseRevision }),
    ...(last !== undefined && { adapter: last }),
  };
}

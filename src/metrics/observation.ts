import type { LineName } from '../domain/names.ts';
import type { Role } from '../domain/roles.ts';
import type { MetricName } from './definitions.ts';

/** One thing that a metric counts. Strings in it are as they were signed. */
export interface Observation {
  readonly metric: MetricName;
  /** Null where it belongs to none. */
  readonly line: LineName | null;
  readonly role: Role | null;
  /** What it adds to the numerator. */
  readonly counted: number;
  /** What it adds to the denominator. */
  readonly of: number;
  /** What the numerator counts of it, by name. */
  readonly named: readonly Named[];
}

export interface Named {
  /** An iteration, a line, or the full id of a change or commit. */
  readonly about: string;
  readonly what: string;
}

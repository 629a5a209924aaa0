import { matchesLine, type LinePattern } from '../domain/line-pattern.ts';
import type { LineName } from '../domain/names.ts';
import type { Role } from '../domain/roles.ts';
import { DEFINITIONS, type Definition, type MetricName } from './definitions.ts';
import { nearestRank } from './nearest-rank.ts';
import type { Named, Observation } from './observation.ts';

/** A number and what it is a number of. */
export interface Share {
  readonly numerator: number;
  readonly denominator: number;
  /** Of seconds, their percentiles; null where nothing was measured, and of everything else. */
  readonly p50: number | null;
  readonly p90: number | null;
}

/** The part that belongs to one line and role; null for what belongs to none. */
export interface Part extends Share {
  readonly line: LineName | null;
  readonly role: Role | null;
}

export interface Measure extends Share {
  readonly name: MetricName;
  /** By line, then role; what belongs to none comes last. They add up to the whole. */
  readonly parts: readonly Part[];
  /** What the numerator counts or, of what is complete, what is missing. */
  readonly named: readonly Named[];
}

/** What is asked for; null for all. What has no line or no role is not narrowed by it. */
export interface Narrowed {
  readonly line: LinePattern | null;
  readonly role: Role | null;
}

/** Every metric, in the order of their definitions. */
export function measuresOf(observations: readonly Observation[], narrowed: Narrowed): readonly Measure[] {
  return DEFINITIONS.map((definition) => {
    const own = observations.filter(({ metric }) => metric === definition.name);
    const meant = own.filter((each) => isMeant(definition, each, narrowed));
    return {
      name: definition.name,
      ...shareOf(definition, meant),
      parts: partsOf(definition, meant),
      named: meant.flatMap(({ named }) => named),
    };
  });
}

function isMeant({ by }: Definition, { line, role }: Observation, asked: Narrowed): boolean {
  const isLine =
    asked.line === null || !by.includes('line') || (line !== null && matchesLine(asked.line, line));
  return isLine && (asked.role === null || !by.includes('role') || role === asked.role);
}

function partsOf(definition: Definition, observations: readonly Observation[]): readonly Part[] {
  const groups = new Map<string, [Observation, ...Observation[]]>();
  for (const each of observations) {
    // `~` sorts after everything in a name.
    const key = `${each.line ?? '~'} ${each.role ?? '~'}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => ({ line: group[0].line, role: group[0].role, ...shareOf(definition, group) }));
}

function shareOf({ unit }: Definition, observations: readonly Observation[]): Share {
  const seconds = unit === 'seconds' ? observations.map(({ counted }) => counted).sort((a, b) => a - b) : [];
  return {
    numerator: sum(observations.map(({ counted }) => counted)),
    denominator: sum(observations.map((each) => each.of)),
    p50: nearestRank(seconds, 50),
    p90: nearestRank(seconds, 90),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

import { matchesLine } from '../domain/line-pattern.ts';
import { overlapPermission, type ChangeFlag, type Mutation } from '../domain/model-change.ts';
import type { LineName } from '../domain/names.ts';
import type { LicenceTier } from '../domain/tiers.ts';
import type { When } from '../domain/when.ts';

/** One change, as far as a condition can ask about it. */
export interface Case {
  readonly line: LineName;
  readonly licenceTier: LicenceTier;
  /** Null where it is not known. */
  readonly mutation: Mutation | null;
  /** Null where they are not known. */
  readonly permissions: readonly string[] | null;
  /** Null where nobody says. */
  readonly flags: ReadonlyMap<ChangeFlag, boolean | null>;
}

/** Whether a condition holds; null where it turns on something that is not known (Kleene's logic). */
export function whenHolds(when: When, of: Case): boolean | null {
  if ('flag' in when) return of.flags.get(when.flag) ?? null;
  if ('licenceTier' in when) return when.licenceTier === of.licenceTier;
  if ('line' in when) return matchesLine(when.line, of.line);
  if ('mutation' in when) return of.mutation === null ? null : when.mutation === of.mutation;
  if ('permission' in when)
    return of.permissions?.some((permission) => overlapPermission(when.permission, permission)) ?? null;
  if ('not' in when) {
    const inner = whenHolds(when.not, of);
    return inner === null ? null : !inner;
  }
  const parts = ('all' in when ? when.all : when.any).map((part) => whenHolds(part, of));
  const decisive = !('all' in when);
  if (parts.includes(decisive)) return decisive;
  return parts.includes(null) ? null : !decisive;
}

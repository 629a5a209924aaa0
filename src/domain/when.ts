import * as z from 'zod';
import { LinePattern } from './line-pattern.ts';
import { ChangeFlag, isStarLast, Mutation, NamedPermission, STAR_LAST } from './model-change.ts';
import { LicenceTier } from './tiers.ts';

/**
 * When a rule of the policy applies. A closed language without expressions, so that every case can be gone through.
 * Nothing in it asks what other rules say, so adding one never takes another away.
 */
export type When =
  | { readonly flag: ChangeFlag }
  | { readonly licenceTier: LicenceTier }
  | { readonly line: LinePattern }
  | { readonly mutation: Mutation }
  /** Some permission asked for is this one; a `*` at the end stands for anything. */
  | { readonly permission: string }
  | { readonly all: readonly When[] }
  | { readonly any: readonly When[] }
  | { readonly not: When };

/** Nesting beyond this helps nobody to read it. */
const DEEPEST = 8;

const Nested: z.ZodType<When> = z.lazy(() =>
  z.union(
    [
      z.strictObject({ flag: ChangeFlag }).readonly(),
      z.strictObject({ licenceTier: LicenceTier }).readonly(),
      z.strictObject({ line: LinePattern }).readonly(),
      z.strictObject({ mutation: Mutation }).readonly(),
      z.strictObject({ permission: NamedPermission }).readonly(),
      z.strictObject({ all: z.array(Nested).min(1).max(50).readonly() }).readonly(),
      z.strictObject({ any: z.array(Nested).min(1).max(50).readonly() }).readonly(),
      z.strictObject({ not: Nested }).readonly(),
    ],
    'must be one of flag, licenceTier, line, mutation, permission, all, any and not, with a value that is known',
  ),
);

/** Said of the whole: of alternatives that all fail, nobody knows which was meant. */
export const When = Nested.superRefine((when, context) => {
  const complain = (message: string): void => context.addIssue({ code: 'custom', message });
  if (depthOf(when) > DEEPEST) complain(`must be nested at most ${DEEPEST} deep`);
  else if (!permissionsIn(when).every(isStarLast)) complain(`names a permission that ${STAR_LAST}`);
});

function permissionsIn(when: When): readonly string[] {
  if ('all' in when) return when.all.flatMap(permissionsIn);
  if ('any' in when) return when.any.flatMap(permissionsIn);
  if ('not' in when) return permissionsIn(when.not);
  return 'permission' in when ? [when.permission] : [];
}

function depthOf(when: When): number {
  if ('all' in when) return 1 + Math.max(...when.all.map(depthOf));
  if ('any' in when) return 1 + Math.max(...when.any.map(depthOf));
  return 'not' in when ? 1 + depthOf(when.not) : 1;
}

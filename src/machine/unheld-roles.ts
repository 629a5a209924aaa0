import type { LinePattern } from '../domain/line-pattern.ts';
import { OWNER_ROLES, type OwnerRole } from '../domain/risk-rules.ts';
import { holdsForLines, livePeople } from './change-requirements.ts';
import type { Law } from './law.ts';

/** A role that something would wait for in vain. */
export interface UnheldRole {
  readonly role: OwnerRole;
  /** The lines for which nobody holds it. */
  readonly line: LinePattern;
  /** What would wait. */
  readonly blocks: 'changes of the policy' | 'risky iterations' | 'both';
}

/** Whose word a change of the policy can take; of the others only models ask. */
const FOR_POLICY: readonly OwnerRole[] = [
  'evaluation-owner',
  'ml-manager',
  'model-owner',
  'security-owner',
  'software-owner',
];

/**
 * Owners whom a change could need and whom there are none of: told before it blocks anybody.
 * @param at seconds since 1970.
 */
export function unheldRoles(law: Law, at: number): readonly UnheldRole[] {
  const people = livePeople(law, at);
  const asked = askedByModels(law);
  return law.policy.lines.flatMap(({ match }) =>
    OWNER_ROLES.filter((role) => !people.some((person) => holdsForLines(person, role, [match], at))).flatMap(
      (role): readonly UnheldRole[] => {
        const [policy, model] = [FOR_POLICY.includes(role), asked.has(role)];
        if (!policy && !model) return [];
        const blocks = policy && model ? 'both' : policy ? 'changes of the policy' : 'risky iterations';
        return [{ role, line: match, blocks }];
      },
    ),
  );
}

/** Owners whom a change of a line, or of its rules, can need, in the order of all roles. */
export function askedOwners(law: Law): readonly OwnerRole[] {
  const models = askedByModels(law);
  return OWNER_ROLES.filter((role) => FOR_POLICY.includes(role) || models.has(role));
}

/** Those that every policy with rules of risk can ask for, and those its own rules name. */
function askedByModels({ policy: { risk } }: Law): ReadonlySet<OwnerRole> {
  if (risk === undefined) return new Set();
  const always = ['data-owner', 'model-owner', 'release-owner', 'security-owner', 'software-owner'] as const;
  return new Set([...always, ...risk.rules.flatMap(({ approvals = [] }) => approvals)]);
}

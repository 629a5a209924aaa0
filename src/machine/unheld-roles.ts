import { checkerOf } from '../domain/check.ts';
import type { LinePattern } from '../domain/line-pattern.ts';
import type { SafeName } from '../domain/names.ts';
import { OWNER_ROLES, type OwnerRole } from '../domain/risk-rules.ts';
import type { Role } from '../domain/roles.ts';
import { holdsForLines, livePeople } from './change-requirements.ts';
import { isKeyEnded, type Law } from './law.ts';
import { targetNamed } from './targets.ts';

/** A role that something would wait for in vain. */
export interface UnheldRole {
  /** An owner, or the machine that records a check, or what is live at targets. */
  readonly role: Role;
  /** The lines for which nobody holds it. */
  readonly line: LinePattern;
  /** What would wait. */
  readonly blocks: 'changes of the policy' | 'risky iterations' | 'iterations' | 'both';
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
 * Owners whom a change could need, and machines for its checks, of which there are none: told before it blocks anybody.
 * @param at seconds since 1970.
 */
export function unheldRoles(law: Law, at: number): readonly UnheldRole[] {
  const people = livePeople(law, at);
  const machines = law.signers.principals.filter(
    ({ kind, keys }) => kind === 'automation' && keys.some((key) => !isKeyEnded(key)),
  );
  const asked = askedByModels(law);
  return law.policy.lines.flatMap(({ match, targets }) => [
    ...OWNER_ROLES.filter(
      (role) => !people.some((person) => holdsForLines(person, role, [match], at)),
    ).flatMap((role): readonly UnheldRole[] => {
      const [policy, model] = [FOR_POLICY.includes(role), asked.has(role)];
      if (!policy && !model) return [];
      const blocks = policy && model ? 'both' : policy ? 'changes of the policy' : 'risky iterations';
      return [{ role, line: match, blocks }];
    }),
    ...[...checkersOf(law), ...reconcilersOf(law, targets)]
      .filter((role) => !machines.some((each) => holdsForLines(each, role, [match], at)))
      .map((role) => ({ role, line: match, blocks: 'iterations' }) as const),
  ]);
}

/** Without them what the policy asks for never comes. */
function checkersOf({ policy: { risk } }: Law): readonly Role[] {
  return (risk?.checks ?? []).map(({ name }) => checkerOf(name)).sort();
}

/** Without one nobody says what is live where machines of ours reach. */
function reconcilersOf(law: Law, targets: readonly SafeName[]): readonly Role[] {
  return targets.some((name) => (targetNamed(law, name)?.kind ?? 'external') !== 'external')
    ? ['reconciler']
    : [];
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

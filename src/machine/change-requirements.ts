import type { ChangeApproval, Change } from '../domain/change.ts';
import { coversPattern, EVERY_LINE, type LinePattern } from '../domain/line-pattern.ts';
import { toSeconds, type PrincipalName } from '../domain/names.ts';
import type { HumanRole, Role } from '../domain/roles.ts';
import type { Grant, Principal } from '../domain/signers.ts';
import { isKeyEnded, type Law } from './law.ts';
import { isForRecovery } from './overrides.ts';
import { policyDifference, type PolicyDifference } from './policy-difference.ts';
import { requiredApprovals } from './required-approvals.ts';

/** Some approvals a change needs: distinct people, in a role where one is named. */
export interface Requirement {
  /** For people: `security-owner`, `people it does not concern`. */
  readonly what: string;
  readonly of: number;
  /** Who can give one, and in which role; null: in any. */
  readonly people: ReadonlySet<PrincipalName>;
  readonly role: HumanRole | null;
  /** A role in which nobody's word fills it. */
  readonly notAs?: HumanRole;
}

/**
 * What has to be approved by whom, by the law in force. @param proposed null for a change that brings no policy.
 * @returns ways to satisfy it, of which one is enough: the ordinary one first, recovery after it where it may act.
 */
export function requirementsOf(
  law: Law,
  change: Change,
  proposed: Law | null,
  at: number,
): readonly (readonly Requirement[])[] {
  switch (change.kind) {
    case 'policy':
      return proposed === null ? [] : policyRequirements(law, proposed, at);
    case 'root':
      return rootRequirements(law, at);
    case 'lift':
      return liftRequirements(law, touchedBy(law, change.override), at);
  }
}

/** To move the trust root, wherever to. */
export function rootRequirements(law: Law, at: number): readonly (readonly Requirement[])[] {
  return [
    [
      ...roleRequirements(law, ['model-owner', 'security-owner'], [EVERY_LINE], at),
      ...twoPeople(law, new Set(), at),
    ],
  ];
}

/** To lift an override. @param touched whom it concerns. */
export function liftRequirements(
  law: Law,
  touched: ReadonlySet<PrincipalName>,
  at: number,
): readonly (readonly Requirement[])[] {
  return [twoPeople(law, touched, at), ...recovery(law, at)];
}

/** The same for a policy that is not proposed yet. */
export function policyRequirements(law: Law, proposed: Law, at: number): readonly (readonly Requirement[])[] {
  return differenceRequirements(law, policyDifference(law, proposed), at);
}

/** The same for all policies that differ so. */
export function differenceRequirements(
  law: Law,
  { semantics, rubrics, thresholds, signers, lines, concerned }: PolicyDifference,
  at: number,
): readonly (readonly Requirement[])[] {
  const rules = semantics || rubrics || thresholds;
  const owners = rules
    ? requiredApprovals(
        new Set(['policy-semantics', ...(rubrics ? (['modifies-evaluator'] as const) : [])]),
        'high',
      )
    : [];
  const roles: readonly HumanRole[] = [
    ...owners.map(({ role }) => role),
    ...(rubrics ? (['evaluation-owner'] as const) : []),
    ...(thresholds ? (['ml-manager'] as const) : []),
  ];
  const all = [
    ...roleRequirements(law, roles, lines, at),
    // Whoever holds all these roles must not write the rules alone.
    ...(rules && !signers ? [anyTwo(law, at)] : []),
    ...(signers ? twoPeople(law, concerned, at) : []),
  ];
  // Who releases does not set the yardstick by which releases are measured.
  const ordinary = rubrics ? all.map((each): Requirement => ({ ...each, notAs: 'release-owner' })) : all;
  return [ordinary, ...(rules ? [] : recovery(law, at))];
}

function roleRequirements(
  law: Law,
  roles: readonly HumanRole[],
  lines: readonly LinePattern[],
  at: number,
): readonly Requirement[] {
  return roles.map((role) => ({
    what: role,
    of: 1,
    role,
    people: namesOf(livePeople(law, at).filter((person) => holdsForLines(person, role, lines, at))),
  }));
}

function anyTwo(law: Law, at: number): Requirement {
  const of = Math.min(2, enrolledPeople(law, at).length);
  return { what: 'people', of, role: null, people: namesOf(livePeople(law, at)) };
}

/**
 * Two people, or as many as there are, of whom one is a policy approver. For each person it concerns these are others than
 * that person, counted person by person: whoever made a change concern everybody would else need nobody. Whom an override
 * suspended still counts: else whoever can pull the brake could leave himself alone with the law.
 */
function twoPeople(law: Law, concerned: ReadonlySet<PrincipalName>, at: number): readonly Requirement[] {
  const people = enrolledPeople(law, at);
  const live = namesOf(livePeople(law, at));
  const approvers = people.filter((person) => holdsForLines(person, 'policy-approver', [EVERY_LINE], at));
  const able = (some: readonly Principal[]): ReadonlySet<PrincipalName> =>
    namesOf(some.filter(({ id }) => live.has(id)));
  const touched = people.filter(({ id }) => concerned.has(id));
  if (touched.length === 0)
    return [
      anyTwo(law, at),
      { what: 'policy-approver', of: 1, role: 'policy-approver', people: able(approvers) },
    ];
  const found = touched.flatMap(({ id }): readonly Requirement[] => {
    const others = people.filter((person) => person.id !== id);
    const free = approvers.filter((person) => person.id !== id);
    const one: Requirement =
      free.length > 0
        ? { what: `policy-approver other than ${id}`, of: 1, role: 'policy-approver', people: able(free) }
        : { what: 'policy-approver', of: 1, role: 'policy-approver', people: able(approvers) };
    const of = Math.min(2, others.length);
    return of === 0
      ? [one]
      : [{ what: `people other than ${id}`, of, role: null, people: able(others) }, one];
  });
  return [...new Map(found.map((requirement) => [requirement.what, requirement])).values()];
}

/** People who hold nothing else can replace signers and lift overrides, by themselves. */
function recovery(law: Law, at: number): readonly (readonly Requirement[])[] {
  const people = rescuers(law, at);
  if (people.length === 0) return [];
  return [[{ what: 'recovery', of: Math.min(2, people.length), role: 'recovery', people: namesOf(people) }]];
}

/** Whom an override touches, and who answers for a machine that it touches: it is not theirs to lift. */
function touchedBy(law: Law, id: string): ReadonlySet<PrincipalName> {
  const override = law.overrides.find((each) => each.id === id);
  const isTouched = ({ id: name, keys }: Principal): boolean => {
    if (override?.act === 'suspend-signer') return name === override.signer;
    if (override?.act !== 'revoke-signer') return false;
    return keys.some(({ fingerprint }) => override.keys.includes(fingerprint));
  };
  return new Set(
    law.signers.principals
      .filter(isTouched)
      .flatMap((principal) =>
        principal.kind === 'automation' ? [principal.id, principal.owner] : [principal.id],
      ),
  );
}

/** People whose word a change can take, other than those kept for recovery, whatever overrides say of them. */
export function enrolledPeople(law: Law, at: number): readonly Principal[] {
  return law.enrolled.principals.filter((person) => isLive(person, at) && !isForRecovery(person));
}

/** Those of them who can sign now. */
export function livePeople(law: Law, at: number): readonly Principal[] {
  return law.signers.principals.filter((person) => isLive(person, at) && !isForRecovery(person));
}

/** People kept for recovery, whom no override touches. */
export function rescuers(law: Law, at: number): readonly Principal[] {
  return law.signers.principals.filter(
    (person) => isLive(person, at) && holdsForLines(person, 'recovery', [EVERY_LINE], at),
  );
}

/** An auditor gives no approvals, and a grant that has ended gives nothing. */
function isLive(principal: Principal, at: number): boolean {
  return (
    principal.kind === 'human' &&
    principal.keys.some((key) => !isKeyEnded(key)) &&
    principal.roles.some((grant) => grant.role !== 'auditor' && isActive(grant, at))
  );
}

function isActive({ from, until }: Grant, at: number): boolean {
  return (from === undefined || toSeconds(from) <= at) && (until === undefined || at < toSeconds(until));
}

/** Whether somebody holds a role for every line that matches one of the patterns. */
export function holdsForLines(
  person: Principal,
  role: Role,
  lines: readonly LinePattern[],
  at: number,
): boolean {
  const patterns = person.roles
    .filter((grant) => grant.role === role && isActive(grant, at))
    .flatMap((grant) => grant.lines);
  return lines.every((line) => patterns.some((pattern) => coversPattern(pattern, line)));
}

/** The people whose approvals fill a requirement. */
export function filling(
  requirement: Requirement,
  counted: readonly ChangeApproval[],
): ReadonlySet<PrincipalName> {
  return new Set(
    counted
      .filter(
        ({ role, principal }) =>
          (requirement.role === null || role === requirement.role) &&
          role !== requirement.notAs &&
          requirement.people.has(principal),
      )
      .map(({ principal }) => principal),
  );
}

export function isFilled(way: readonly Requirement[], counted: readonly ChangeApproval[]): boolean {
  return way.every((requirement) => filling(requirement, counted).size >= requirement.of);
}

function namesOf(people: readonly Principal[]): ReadonlySet<PrincipalName> {
  return new Set(people.map(({ id }) => id));
}

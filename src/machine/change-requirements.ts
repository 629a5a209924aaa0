import type { ChangeApproval, Change } from '../domain/change.ts';
import { coversPattern, type LinePattern } from '../domain/line-pattern.ts';
import { toSeconds, type PrincipalName } from '../domain/names.ts';
import type { HumanRole } from '../domain/roles.ts';
import type { Principal } from '../domain/signers.ts';
import { isKeyEnded, type Law } from './law.ts';
import { isForRecovery } from './overrides.ts';
import { policyDifference } from './policy-difference.ts';

/** Some approvals a change needs: distinct people, in a role where one is named. */
export interface Requirement {
  /** For people: `security-owner`, `people it does not concern`. */
  readonly what: string;
  readonly of: number;
  /** Who can give one, and in which role; null: in any. */
  readonly people: ReadonlySet<PrincipalName>;
  readonly role: HumanRole | null;
}

const ALL = '*' as LinePattern;

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
      return [
        [
          ...roleRequirements(law, ['model-owner', 'security-owner'], [ALL], at),
          ...twoPeople(law, new Set(), at),
        ],
      ];
    case 'lift':
      return [twoPeople(law, touchedBy(law, change.override), at), ...recovery(law, at)];
  }
}

function policyRequirements(law: Law, proposed: Law, at: number): readonly (readonly Requirement[])[] {
  const { semantics, rubrics, thresholds, signers, lines, concerned } = policyDifference(law, proposed);
  const rules = semantics || rubrics || thresholds;
  const roles: readonly HumanRole[] = [
    ...(rules ? (['model-owner', 'security-owner'] as const) : []),
    ...(rubrics ? (['software-owner', 'evaluation-owner'] as const) : []),
    ...(thresholds ? (['ml-manager'] as const) : []),
  ];
  const ordinary = [
    ...roleRequirements(law, roles, lines, at),
    ...(signers ? twoPeople(law, concerned, at) : []),
  ];
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
    people: namesOf(livePeople(law).filter((person) => holdsForLines(person, role, lines, at))),
  }));
}

/**
 * Two people, or as many as there are, of whom one is a policy approver. For each person it concerns these are others than
 * that person, counted person by person: whoever made a change concern everybody would else need nobody.
 */
function twoPeople(law: Law, concerned: ReadonlySet<PrincipalName>, at: number): readonly Requirement[] {
  const people = livePeople(law);
  const approvers = people.filter((person) => holdsForLines(person, 'policy-approver', [ALL], at));
  const touched = people.filter(({ id }) => concerned.has(id));
  const without: readonly (PrincipalName | null)[] =
    touched.length === 0 ? [null] : touched.map(({ id }) => id);
  const found = without.flatMap((id): readonly Requirement[] => {
    const others = people.filter((person) => person.id !== id);
    const free = approvers.filter((person) => person.id !== id);
    const but = id === null ? '' : ` other than ${id}`;
    const some = {
      what: `people${but}`,
      of: Math.min(2, others.length),
      role: null,
      people: namesOf(others),
    };
    const one = {
      what: `policy-approver${free.length > 0 ? but : ''}`,
      of: 1,
      role: 'policy-approver' as const,
      people: namesOf(free.length > 0 ? free : approvers),
    };
    return others.length === 0 ? [one] : [some, one];
  });
  return [...new Map(found.map((requirement) => [requirement.what, requirement])).values()];
}

/** People who hold nothing else can replace signers and lift overrides, by themselves. */
function recovery(law: Law, at: number): readonly (readonly Requirement[])[] {
  const people = law.signers.principals.filter(
    (principal) => isLive(principal) && holdsForLines(principal, 'recovery', [ALL], at),
  );
  if (people.length === 0) return [];
  return [[{ what: 'recovery', of: Math.min(2, people.length), role: 'recovery', people: namesOf(people) }]];
}

/** Whom an override touches: it is not theirs to lift. */
function touchedBy(law: Law, id: string): ReadonlySet<PrincipalName> {
  const override = law.overrides.find((each) => each.id === id);
  if (override?.act === 'suspend-signer') return new Set([override.signer]);
  if (override?.act !== 'revoke-signer') return new Set();
  return new Set(
    law.signers.principals
      .filter(({ keys }) => keys.some(({ fingerprint }) => override.keys.includes(fingerprint)))
      .flatMap((principal) =>
        principal.kind === 'automation' ? [principal.id, principal.owner] : [principal.id],
      ),
  );
}

/** People who can still sign, other than those kept for recovery. */
export function livePeople(law: Law): readonly Principal[] {
  return law.signers.principals.filter((principal) => isLive(principal) && !isForRecovery(principal));
}

/** The same, whatever overrides say of them. */
export function enrolledIn(law: Law): readonly Principal[] {
  return law.enrolled.principals.filter((principal) => isLive(principal) && !isForRecovery(principal));
}

export function isLive(principal: Principal): boolean {
  return (
    principal.kind === 'human' && principal.roles.length > 0 && principal.keys.some((key) => !isKeyEnded(key))
  );
}

/** Whether a person holds a role for every line that matches one of the patterns. */
export function holdsForLines(
  person: Principal,
  role: HumanRole,
  lines: readonly LinePattern[],
  at: number,
): boolean {
  const patterns = person.roles
    .filter((grant) => grant.role === role)
    .filter(
      ({ from, until }) =>
        (from === undefined || toSeconds(from) <= at) && (until === undefined || at < toSeconds(until)),
    )
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
          (requirement.role === null || role === requirement.role) && requirement.people.has(principal),
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

import { canonicalJson, type Json } from '../base/canonical-json.ts';
import { EVERY_LINE, type LinePattern } from '../domain/line-pattern.ts';
import type { Fingerprint, PrincipalName } from '../domain/names.ts';
import type { LineRule } from '../domain/line-rule.ts';
import type { Policy } from '../domain/policy.ts';
import type { Role } from '../domain/roles.ts';
import type { Principal } from '../domain/signers.ts';
import type { Law } from './law.ts';

/** What a proposed policy changes, as far as it says who has to approve. */
export interface PolicyDifference {
  /** What the policy means: gates, separation, guarded paths, what lines may do. */
  readonly semantics: boolean;
  readonly rubrics: boolean;
  readonly thresholds: boolean;
  readonly signers: boolean;
  /** The lines it touches; `*` where it touches all. */
  readonly lines: readonly LinePattern[];
  /** People whose own keys, roles or automations it changes. */
  readonly concerned: ReadonlySet<PrincipalName>;
}

export function policyDifference(present: Law, proposed: Law): PolicyDifference {
  const rules = changedRules(present.policy, proposed.policy);
  const rubrics = changedRubrics(present, proposed);
  const general = !same(withoutLines(present.policy), withoutLines(proposed.policy));
  const moved = !same(
    present.policy.lines.map(({ match }) => match),
    proposed.policy.lines.map(({ match }) => match),
  );
  const concerned = concernedBy(present, proposed);
  return {
    semantics: general || moved || rules.some(({ before, after }) => !same(meaning(before), meaning(after))),
    rubrics: rubrics || rules.some(({ before, after }) => before?.rubric !== after?.rubric),
    thresholds: rules.some(({ before, after }) => !same(yardstick(before), yardstick(after))),
    signers: concerned.size > 0,
    lines:
      general || moved || rubrics
        ? [EVERY_LINE]
        : [
            // Here both have the same rules in the same order.
            ...new Set(
              proposed.policy.lines
                .filter((rule, index) => !same(rule, present.policy.lines[index]))
                .map(({ match }) => match),
            ),
          ],
    concerned,
  };
}

interface RulePair {
  readonly before: LineRule | undefined;
  readonly after: LineRule | undefined;
}

/** Order decides which rule applies, so rules are compared place by place. */
function changedRules(before: Policy, after: Policy): readonly RulePair[] {
  const length = Math.max(before.lines.length, after.lines.length);
  return Array.from({ length }, (_, index) => ({
    before: before.lines[index],
    after: after.lines[index],
  })).filter((pair) => !same(pair.before, pair.after));
}

function meaning(rule: LineRule | undefined): unknown {
  return { ...rule, thresholds: null, runs: null, rubric: null };
}

/** Thresholds, how strongly a candidate is tied to them, and what makes it ready: how many runs, how many may wait. */
function yardstick(rule: LineRule | undefined): unknown {
  return rule === undefined
    ? null
    : [rule.thresholds, rule.lockStrength ?? null, rule.runs, rule.populationCeiling];
}

function withoutLines(policy: Policy): unknown {
  return { ...policy, lines: null, version: null };
}

function changedRubrics(present: Law, proposed: Law): boolean {
  const digests = (law: Law) => [...law.rubrics].map(([name, { sha256 }]) => `${name} ${sha256}`).sort();
  return !same(digests(present), digests(proposed));
}

/** Whoever is added, removed or changed, a certificate of his included; for an automation its owner, before and after. */
function concernedBy(before: Law, after: Law): ReadonlySet<PrincipalName> {
  const [old, fresh] = [describedBy(before), describedBy(after)];
  const concerned = new Set<PrincipalName>();
  for (const id of new Set([...old.keys(), ...fresh.keys()])) {
    const pair = [old.get(id), fresh.get(id)];
    if (same(pair[0], pair[1])) continue;
    concerned.add(id);
    for (const described of pair)
      if (described?.principal.kind === 'automation') concerned.add(described.principal.owner);
  }
  return concerned;
}

interface Described {
  readonly principal: Principal;
  readonly certificates: readonly (readonly [Fingerprint, string])[];
}

function describedBy({ enrolled, certificates }: Law): ReadonlyMap<PrincipalName, Described> {
  return new Map(
    enrolled.principals.map((principal) => {
      const keys = new Set(principal.keys.map((key) => key.fingerprint));
      return [
        principal.id,
        { principal, certificates: [...certificates].filter(([fingerprint]) => keys.has(fingerprint)) },
      ];
    }),
  );
}

/** Keys and roles that nobody had before, as a change has to declare them. */
export function broughtBy(
  present: Law,
  proposed: Law,
): {
  readonly keys: readonly Fingerprint[];
  readonly roles: readonly { readonly principal: PrincipalName; readonly role: Role }[];
} {
  const keysOf = (law: Law) =>
    law.enrolled.principals.flatMap(({ keys }) => keys.map((key) => key.fingerprint));
  const old = new Set<Fingerprint>(keysOf(present));
  const grants = new Map(
    present.enrolled.principals.map((principal) => [principal.id, grantTexts(principal)]),
  );
  const gains = proposed.enrolled.principals.flatMap((principal) =>
    principal.roles
      .filter((grant) => grants.get(principal.id)?.has(canonicalJson(grant as unknown as Json)) !== true)
      .map(({ role }) => ({ principal: principal.id, role })),
  );
  const unique = new Map(gains.map((gain) => [`${gain.principal} ${gain.role}`, gain]));
  return {
    keys: [...new Set(keysOf(proposed).filter((key) => !old.has(key)))].sort(),
    roles: [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, gain]) => gain),
  };
}

function grantTexts({ roles }: Principal): ReadonlySet<string> {
  return new Set(roles.map((grant) => canonicalJson(grant as unknown as Json)));
}

function same(a: unknown, b: unknown): boolean {
  return canonicalJson((a ?? null) as Json) === canonicalJson((b ?? null) as Json);
}

import type { ChangeFlag, Mutation } from '../domain/model-change.ts';
import { RISK_ASSESSMENT } from '../domain/paths.ts';
import type { LineRule } from '../domain/line-rule.ts';
import type { LineName } from '../domain/names.ts';
import type { OwnerRole, RiskRules } from '../domain/risk-rules.ts';
import { riskier, type RiskTier } from '../domain/tiers.ts';
import { changeFlags, type FlagStanding } from './change-flags.ts';
import { ruleOfLine, type Law } from './law.ts';
import { byRole, requiredApprovals, type RequiredApproval } from './required-approvals.ts';
import { referencesOf } from './references.ts';
import { whenHolds, type Case } from './when-holds.ts';
import type { Bundle } from './world.ts';

/** How risky a change is, why, and who has to approve it therefore. */
export interface Risk {
  readonly tier: RiskTier;
  /** In words, what makes it so; empty for standard, which is what is left. */
  readonly because: readonly string[];
  readonly flags: readonly FlagStanding[];
  readonly approvals: readonly RequiredApproval[];
  /** Files the operator sign-off needs because of it, sorted. */
  readonly evidence: readonly string[];
  /** Ids of the policy's rules that apply, in their order. */
  readonly rules: readonly string[];
}

/** A change with any of these is of high risk, whatever a policy says. */
export const HIGH_RISK: readonly ChangeFlag[] = [
  'autonomous-planning',
  'code-execution',
  'cross-jurisdiction',
  'network-access',
  'new-tools',
  'personal-data',
  'policy-semantics',
];

/** Updates that are of low risk for tasks that are neither sensitive nor done online. */
const LIGHT: readonly Mutation[] = ['adapter-update', 'quantization'];

/** @returns null where the policy has no rules of risk. */
export function riskOf(
  law: Law,
  { iteration, record, lock, tree }: Pick<Bundle, 'iteration' | 'record' | 'lock' | 'tree'>,
): Risk | null {
  if (law.policy.risk === undefined) return null;
  const { request } = record;
  const { change } = request;
  const rule = ruleOfLine(law, iteration.line);
  const flags = changeFlags(rule, request, lock, referencesOf({ law, tree }, iteration.line, request));
  const of = {
    line: iteration.line,
    licenceTier: rule?.licenceTier ?? 'C',
    mutation: change.mutation,
    permissions: change.permissions,
    flags: new Map(flags.map(({ flag, value }) => [flag, value])),
  };
  const set = new Set(flags.filter(({ counts }) => counts).map(({ flag }) => flag));
  return { ...riskOfCase(law.policy.risk, of, set), flags };
}

/** The same of a case that somebody thought up. @param set flags that count as set. */
export function riskOfCase(
  policy: RiskRules,
  of: Case & { readonly mutation: Mutation },
  set: ReadonlySet<ChangeFlag>,
): Omit<Risk, 'flags'> {
  // Where nobody says whether a rule applies, it does.
  const rules = policy.rules.filter(({ when }) => whenHolds(when, of) !== false);
  const inherent = inherentTier(set, of.mutation);
  const tier = rules.reduce<RiskTier>((found, each) => riskier(found, each.tier ?? 'low'), inherent.tier);
  return {
    tier,
    because: [
      ...(inherent.tier === tier ? inherent.because : []),
      ...rules.filter((each) => each.tier === tier).map(({ id }) => `rule ${id} of the policy`),
    ],
    approvals: byRole([
      ...requiredApprovals(set, tier).flatMap(({ role, because }) =>
        because.map((words) => [role, words] as const),
      ),
      ...rules.flatMap(({ id, approvals = [] }) =>
        approvals.map((role) => [role, `rule ${id} of the policy`] as const),
      ),
    ]),
    evidence: [
      ...new Set([
        ...(tier === 'high' ? [RISK_ASSESSMENT] : []),
        ...rules.flatMap(({ evidence = [] }) => evidence),
      ]),
    ].sort(),
    rules: rules.map(({ id }) => id),
  };
}

/** The owners whom every change of a line has to ask, whatever it is; none where the policy has no rules of risk. */
export function leastOwners(law: Law, line: LineName, rule: LineRule): readonly OwnerRole[] {
  if (law.policy.risk === undefined) return [];
  const unknown: Case = {
    line,
    licenceTier: rule.licenceTier,
    mutation: null,
    permissions: null,
    flags: new Map(),
  };
  const certain = law.policy.risk.rules.filter(({ when }) => whenHolds(when, unknown) === true);
  const flags = new Set<ChangeFlag>([
    ...(rule.targets.length > 0 ? (['affects-production-traffic'] as const) : []),
    ...(rule.jurisdictions === undefined ? (['cross-jurisdiction'] as const) : []),
  ]);
  const inherent = flags.has('cross-jurisdiction') ? 'high' : 'low';
  const tier = certain.reduce<RiskTier>((found, each) => riskier(found, each.tier ?? 'low'), inherent);
  const owners = [
    ...requiredApprovals(flags, tier).map(({ role }) => role),
    ...certain.flatMap(({ approvals = [] }) => approvals),
  ];
  return [...new Set(owners)].sort();
}

/** What a change is of itself. @param flags those that count as set. */
export function inherentTier(
  flags: ReadonlySet<ChangeFlag>,
  mutation: Mutation,
): { readonly tier: RiskTier; readonly because: readonly string[] } {
  const high = HIGH_RISK.filter((flag) => flags.has(flag));
  if (high.length > 0) return { tier: 'high', because: high };
  const light =
    LIGHT.includes(mutation) &&
    flags.has('offline-only') &&
    !flags.has('modifies-base') &&
    !flags.has('sensitive-task') &&
    !flags.has('expands-permissions');
  return light
    ? { tier: 'low', because: [`${mutation} for an offline task that is not sensitive, on the same base`] }
    : { tier: 'standard', because: [] };
}

/** In one line: the tier, what makes it so, and whose approval it needs. */
export function riskWords({
  tier,
  because,
  approvals,
}: Pick<Risk, 'tier' | 'because' | 'approvals'>): string {
  const why = because.length === 0 ? '' : ` (${because.join(', ')})`;
  return `${tier}${why}; needs ${approvals.map(({ role }) => role).join(', ')}`;
}

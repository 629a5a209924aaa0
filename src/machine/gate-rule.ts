import { canonicalJson } from '../base/canonical-json.ts';
import { sha256, type Sha256 } from '../base/digest.ts';
import type { NonEmpty } from '../base/nonempty.ts';
import type { Acknowledgement, Approval } from '../domain/approval.ts';
import type { Iteration } from '../domain/names.ts';
import { APPROVAL_LOG, MODEL_CARD, RECORD, ROLLBACK_PROCEDURE, RUBRIC } from '../domain/paths.ts';
import type { SampleRule } from '../domain/policy.ts';
import type { LicenceTier } from '../domain/tiers.ts';
import { OWNER_ROLES, type OwnerRole } from '../domain/risk-rules.ts';
import type { HumanRole } from '../domain/roles.ts';
import { GATES, type GateName } from '../domain/states.ts';
import { edgeOfGate, type Edge } from './edges.ts';
import { covers } from './evidence-rules.ts';
import { ruleOfLine, type Law } from './law.ts';
import { once } from './once.ts';
import { requiredChecks, type RequiredCheck } from './required-checks.ts';
import { riskOf } from './risk.ts';
import type { Bundle } from './world.ts';

/**
 * What one seat of a gate demands of one iteration, with everything the policy says worked in. A gate has one seat of its
 * own, and one more for each owner who has to approve the change; it is open when all of them are filled.
 */
export interface GateRule {
  readonly gate: GateName;
  readonly edge: Edge;
  /** The owner whose seat this is; null: the seat of the gate itself. */
  readonly owner: OwnerRole | null;
  readonly roles: readonly HumanRole[];
  /** Distinct people needed. */
  readonly quorum: number;
  /** Gates of the same edge whose people must be others. */
  readonly distinctFrom: readonly GateName[];
  readonly requesterBarred: boolean;
  /** Files (or folders, ending in `/`) that must be there. */
  readonly evidence: readonly string[];
  readonly acknowledgements: readonly Acknowledgement[];
  /** Results of outside tools without which it does not open; where there are any, all results are signed along. */
  readonly checks: readonly RequiredCheck[];
  /** What the sample has to hold that comes with an approval; null where none is demanded. */
  readonly sample: SampleRule | null;
}

const TRANSCRIPTS = 'eval-transcripts/';
/** Where it exists it is signed along; nothing demands that it exists. */
const ATTACHMENTS = 'attachments/';
const CHECKS = 'checks/';

const DEMANDS: {
  readonly [Gate in GateName]: {
    readonly evidence: readonly string[];
    readonly acknowledgements: readonly Acknowledgement[];
  };
} = {
  'operator-signoff': {
    evidence: [TRANSCRIPTS, MODEL_CARD, RECORD, ROLLBACK_PROCEDURE],
    acknowledgements: ['artifact-is-intended', 'rollback-is-understood'],
  },
  'domain-validation': {
    evidence: [APPROVAL_LOG, TRANSCRIPTS, RUBRIC],
    acknowledgements: ['meets-domain-standard', 'representative-sample'],
  },
  'governance-approval': {
    // The whole bundle is reviewed, so the whole bundle is signed.
    evidence: [APPROVAL_LOG, TRANSCRIPTS, MODEL_CARD, RECORD, ROLLBACK_PROCEDURE, RUBRIC],
    acknowledgements: ['bundle-is-complete', 'rubric-was-locked', 'thresholds-unchanged'],
  },
};

/** Licence tier C demands distinct people whatever the policy says elsewhere. */
export function mustBeDistinct(law: Law, tier: LicenceTier): boolean {
  return tier === 'C' || law.policy.separation.productionGates === 'distinct';
}

/** An iteration, or one of which nothing is known but its name: then the least that any would have to bring. */
type Asked = Bundle | { readonly iteration: Iteration; readonly record?: undefined };

/** What a gate demands in itself, beside the owners of the change. */
export function gateRule(law: Law, asked: Asked, gate: GateName): GateRule {
  const { iteration } = asked;
  const risk = gate === 'operator-signoff' && asked.record !== undefined ? riskOf(law, asked) : null;
  const line = ruleOfLine(law, iteration.line);
  const tier = line?.licenceTier ?? 'C';
  const policy = law.policy.gates[gate];
  const edge = edgeOfGate(gate);
  const others = (edge.gates as readonly GateName[]).filter((other) => other !== gate);
  const demands = DEMANDS[gate];
  return {
    gate,
    edge,
    owner: null,
    roles: policy.roles,
    quorum: policy.quorum,
    distinctFrom: mustBeDistinct(law, tier) ? others : [],
    requesterBarred:
      law.policy.separation.requesterBarredFrom.includes(gate) ||
      (tier === 'C' && gate === 'governance-approval'),
    evidence: [...new Set([...demands.evidence, ...policy.extraEvidence, ...(risk?.evidence ?? [])])].sort(),
    acknowledgements: demands.acknowledgements,
    checks: requiredChecks(law, risk?.tier ?? null),
    sample: ('sample' in policy ? policy.sample : undefined) ?? null,
  };
}

/**
 * All seats of a gate: its own, and those of the owners who have to approve the change. They sign off with the operator. An
 * owner who objected, or took back what a step relied on, keeps his seat when the change comes to concern him no more – its parent was deployed meanwhile, or the
 * rules are others –, else an operator could settle what he said.
 */
export function gateSeats(law: Law, bundle: Bundle, gate: GateName): NonEmpty<GateRule> {
  return once(law, bundle, `seats of ${gate}`, () => seatsOf(law, bundle, gate));
}

function seatsOf(law: Law, bundle: Bundle, gate: GateName): NonEmpty<GateRule> {
  const own = gateRule(law, bundle, gate);
  const asked = gate === 'operator-signoff' ? (riskOf(law, bundle)?.approvals ?? []) : [];
  const relied = new Set(bundle.record.transitions.flatMap(({ reliedOn }) => reliedOn));
  const objected = bundle.approvals.filter(
    (entry) =>
      entry.gate === gate &&
      (entry.act === 'withdraw' ? relied.has(entry.withdraws) : entry.act !== 'approve'),
  );
  const roles = new Set<string>([...asked, ...objected].map(({ role }) => role));
  return [own, ...OWNER_ROLES.filter((role) => roles.has(role)).map((role) => ownerSeat(own, role))];
}

/** The seat of an owner at a gate. That the model owner asked for the promotion is no reason against his accepting it. */
export function ownerSeat(own: GateRule, owner: OwnerRole): GateRule {
  return {
    ...own,
    owner,
    roles: [owner],
    quorum: 1,
    requesterBarred: own.requesterBarred && owner !== 'model-owner',
    acknowledgements: ['artifact-is-intended', 'risk-is-accepted'],
    sample: null,
  };
}

/** The seat a decision is made at: the role says which. */
export function seatOf(law: Law, bundle: Bundle, { gate, role }: Pick<Approval, 'gate' | 'role'>): GateRule {
  const [own, ...owners] = gateSeats(law, bundle, gate);
  return owners.find(({ owner }) => owner === role) ?? own;
}

/** Whether a decision is made at this seat, among those of its gate. */
export function isAtSeat(
  rule: GateRule,
  seats: readonly GateRule[],
  { gate, role }: Pick<Approval, 'gate' | 'role'>,
): boolean {
  if (gate !== rule.gate) return false;
  if (rule.owner !== null) return role === rule.owner;
  return !seats.some((seat) => seat.gate === gate && seat.owner === role);
}

export function gateRules(law: Law, bundle: Bundle): readonly GateRule[] {
  return GATES.map((gate) => gateRule(law, bundle, gate));
}

/** What the rule's signers sign for: its evidence, anything attached, and where checks are required their results. */
export function statedDemands(rule: GateRule): readonly string[] {
  return [...rule.evidence, ATTACHMENTS, ...(rule.checks.length === 0 ? [] : [CHECKS])];
}

export function coversPath(rule: GateRule, path: string): boolean {
  return statedDemands(rule).some((demand) => covers(demand, path));
}

/** SHA-256 of the rule's RFC 8785 form: an approval counts only under the rule it was given for. */
export function gateRuleDigest(rule: GateRule): Sha256 {
  const digest = digests.get(rule) ?? computeDigest(rule);
  digests.set(rule, digest);
  return digest;
}

const digests = new WeakMap<GateRule, Sha256>();

function computeDigest(rule: GateRule): Sha256 {
  const { sample, checks } = rule;
  return sha256(
    canonicalJson({
      acknowledgements: [...rule.acknowledgements].sort(),
      ...(checks.length > 0 && { checks: checks.map((check) => ({ ...check })) }),
      distinctFrom: [...rule.distinctFrom].sort(),
      edge: { from: rule.edge.from, to: rule.edge.to },
      evidence: [...rule.evidence].sort(),
      gate: rule.gate,
      ...(rule.owner !== null && { owner: rule.owner }),
      quorum: rule.quorum,
      requesterBarred: rule.requesterBarred,
      roles: [...rule.roles].sort(),
      ...(sample !== null && { sample: { ...sample, methods: [...sample.methods] } }),
    }),
  );
}

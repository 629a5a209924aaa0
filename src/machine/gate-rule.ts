import { canonicalJson } from '../base/canonical-json.ts';
import { sha256, type Sha256 } from '../base/digest.ts';
import type { Acknowledgement } from '../domain/approval.ts';
import { APPROVAL_LOG, MODEL_CARD, RECORD, ROLLBACK_PROCEDURE, RUBRIC } from '../domain/paths.ts';
import type { LicenceTier, SampleRule } from '../domain/policy.ts';
import type { HumanRole } from '../domain/roles.ts';
import { GATES, type GateName } from '../domain/states.ts';
import { edgeOfGate, type Edge } from './edges.ts';
import { covers } from './evidence-rules.ts';
import { ruleOfLine, type Law } from './law.ts';
import type { Bundle } from './world.ts';

/** What one gate demands of one iteration, with everything the policy says worked in. */
export interface GateRule {
  readonly gate: GateName;
  readonly edge: Edge;
  readonly roles: readonly HumanRole[];
  /** Distinct people needed. */
  readonly quorum: number;
  /** Gates of the same edge whose people must be others. */
  readonly distinctFrom: readonly GateName[];
  readonly requesterBarred: boolean;
  /** Files (or folders, ending in `/`) that must be there. */
  readonly evidence: readonly string[];
  readonly acknowledgements: readonly Acknowledgement[];
  /** What the sample has to hold that comes with an approval; null where none is demanded. */
  readonly sample: SampleRule | null;
}

const TRANSCRIPTS = 'eval-transcripts/';
/** Where it exists it is signed along; nothing demands that it exists. */
const ATTACHMENTS = 'attachments/';

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

export function gateRule(law: Law, { iteration }: Pick<Bundle, 'iteration'>, gate: GateName): GateRule {
  const line = ruleOfLine(law, iteration.line);
  const tier = line?.licenceTier ?? 'C';
  const policy = law.policy.gates[gate];
  const edge = edgeOfGate(gate);
  const others = (edge.gates as readonly GateName[]).filter((other) => other !== gate);
  const demands = DEMANDS[gate];
  return {
    gate,
    edge,
    roles: policy.roles,
    quorum: policy.quorum,
    distinctFrom: mustBeDistinct(law, tier) ? others : [],
    requesterBarred:
      law.policy.separation.requesterBarredFrom.includes(gate) ||
      (tier === 'C' && gate === 'governance-approval'),
    evidence: [...new Set([...demands.evidence, ...policy.extraEvidence])].sort(),
    acknowledgements: demands.acknowledgements,
    sample: ('sample' in policy ? policy.sample : undefined) ?? null,
  };
}

export function gateRules(law: Law, bundle: Pick<Bundle, 'iteration'>): readonly GateRule[] {
  return GATES.map((gate) => gateRule(law, bundle, gate));
}

/** What the rule's signers sign for: its evidence and anything attached. */
export function statedDemands(rule: GateRule): readonly string[] {
  return [...rule.evidence, ATTACHMENTS];
}

export function coversPath(rule: GateRule, path: string): boolean {
  return statedDemands(rule).some((demand) => covers(demand, path));
}

/** SHA-256 of the rule's RFC 8785 form: an approval counts only under the rule it was given for. */
export function gateRuleDigest(rule: GateRule): Sha256 {
  const { sample } = rule;
  return sha256(
    canonicalJson({
      acknowledgements: [...rule.acknowledgements].sort(),
      distinctFrom: [...rule.distinctFrom].sort(),
      edge: { from: rule.edge.from, to: rule.edge.to },
      evidence: [...rule.evidence].sort(),
      gate: rule.gate,
      quorum: rule.quorum,
      requesterBarred: rule.requesterBarred,
      roles: [...rule.roles].sort(),
      ...(sample !== null && { sample: { ...sample, methods: [...sample.methods] } }),
    }),
  );
}

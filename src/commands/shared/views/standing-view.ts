import { toIterationId, type IterationId, type Time } from '../../../domain/names.ts';
import type { GateName, State } from '../../../domain/states.ts';
import type { RiskTier } from '../../../domain/tiers.ts';
import { confidentialIn } from '../../../machine/confidential.ts';
import { holdsRole, principalNamed } from '../../../machine/law.ts';
import { lockStanding, type LockStanding } from '../../../machine/lock-strength.ts';
import { openObjections } from '../../../machine/open-objections.ts';
import { riskOf } from '../../../machine/risk.ts';
import { standingOf, type GateStanding, type Standing } from '../../../machine/standing.ts';
import { taintReasons } from '../../../machine/taint.ts';
import { completeRuns } from '../../../machine/verdict.ts';
import type { Bundle, World } from '../../../machine/world.ts';
import { namingOnlyAble } from './ended-people.ts';
import { reasonsJson, type ReasonJson } from '../explaining/refusal.ts';

/** The standing of one iteration as people and `--json` read it. Strings are as they are; escape them when shown. */
export interface StandingView {
  readonly iteration: IterationId;
  readonly state: State;
  /** When it came into this state. */
  readonly since: Time;
  /** In one phrase. */
  readonly waitsFor: string;
  /** All runs the lock asks for are made and the worst of them does not clear it. */
  readonly failed: boolean;
  readonly separationWaived: boolean;
  /** Paths in the bundle of confidential files whose content was erased. */
  readonly erased: readonly string[];
  /** How risky the change is; null where the policy has no rules of risk. */
  readonly riskTier: RiskTier | null;
  /** How strongly it is tied to its lock, and how strongly the policy asks. */
  readonly lockStrength: LockStanding;
  readonly gates: readonly GateView[];
  /** Everything that keeps the way onward closed. */
  readonly blocked: readonly ReasonJson[];
  /** What a stolen key signed that it stands on and nobody has re-affirmed. */
  readonly tainted: readonly ReasonJson[];
}

export interface GateView {
  readonly gate: GateName;
  /** The owner of the change whose seat this is; null: the gate's own. */
  readonly owner: string | null;
  readonly roles: readonly string[];
  readonly has: number;
  readonly of: number;
  readonly open: boolean;
  readonly approvedBy: readonly string[];
  readonly canSign: readonly SignerView[];
  /** Approvals that are there and do not count. */
  readonly discounted: readonly ReasonJson[];
  readonly objections: readonly ObjectionView[];
}

export interface SignerView {
  readonly principal: string;
  /** The roles of the gate that the person holds. */
  readonly roles: readonly string[];
  /** What the person types. */
  readonly command: string;
  /** There where he can sign nothing, since his certificate has expired or is revoked. */
  readonly ended?: true;
}

export interface ObjectionView {
  readonly act: string;
  readonly principal: string;
  readonly time: Time;
  readonly reason: string;
  readonly entry: string;
}

/** @param at seconds since 1970. @param ended people whose certificates have ended, where they are known. */
export function standingView(
  world: World,
  bundle: Bundle,
  at: number,
  ended: ReadonlySet<string> = NOBODY,
): StandingView {
  const standing = standingOf(world, bundle, at);
  const { record, iteration } = bundle;
  return {
    iteration: toIterationId(iteration),
    state: record.state,
    since: record.transitions.at(-1)?.time ?? record.request.time,
    waitsFor: taintReasons(world, bundle).some(({ code }) => code === 'TAINTED')
      ? 'a re-affirmation: a key it stands on was stolen'
      : waitsFor(world, bundle, standing, at),
    failed: record.state === 'candidate' && standing.runs === 'fail',
    separationWaived: standing.separationWaived,
    erased: erasedIn(bundle),
    riskTier: riskOf(world.law, bundle)?.tier ?? null,
    lockStrength: lockStanding(world.law, bundle),
    gates: standing.gates.map((gate) => gateView(world, bundle, gate, at, ended)),
    blocked: reasonsJson(standing.blocked.map((why) => namingOnlyAble(why, ended))),
    tainted: reasonsJson(taintReasons(world, bundle)),
  };
}

const NOBODY: ReadonlySet<string> = new Set();

/** The record says whether anything is; what it is lies in the folder. */
function erasedIn(bundle: Bundle): readonly string[] {
  return bundle.record.erasures === undefined
    ? []
    : confidentialIn(bundle).flatMap(({ path, erased }) => (erased === null ? [] : [path]));
}

function gateView(
  world: World,
  bundle: Bundle,
  gate: GateStanding,
  at: number,
  ended: ReadonlySet<string>,
): GateView {
  const { rule, counted, discounted, objections, canSign, filled, open } = gate;
  return {
    gate: rule.gate,
    owner: rule.owner,
    roles: rule.roles,
    has: filled,
    of: rule.quorum,
    open,
    approvedBy: counted.map((entry) => entry.principal),
    canSign: open
      ? []
      : canSign.map((principal) => ({
          principal,
          roles: rolesHeld(world, bundle, gate, principal, at),
          command: `modelsmith approve ${toIterationId(bundle.iteration)}`,
          ...(ended.has(principal) && { ended: true as const }),
        })),
    discounted: reasonsJson(discounted.map(({ why }) => why)),
    objections: objections.map(({ act, principal, time, reason, id }) => ({
      act,
      principal,
      time,
      reason,
      entry: id,
    })),
  };
}

function rolesHeld(
  world: World,
  { iteration }: Bundle,
  { rule }: GateStanding,
  id: string,
  at: number,
): readonly string[] {
  const principal = principalNamed(world.law, id);
  return principal === null
    ? []
    : rule.roles.filter((role) => holdsRole(principal, role, iteration.line, at));
}

function waitsFor(world: World, bundle: Bundle, standing: Standing, at: number): string {
  const { edge, gates, contested } = standing;
  if (standing.state === 'deprecated') return 'nothing: it is retired';
  if (contested.length > 0) return 'an answer: what it was built on is contested';
  const objections = openObjections(world, bundle, standing, at);
  const objection = objections.find(({ responses }) => responses.length === 0)?.entry;
  if (objection !== undefined) return `an answer to ${objection.act} by ${objection.principal}`;
  const answered = objections[0]?.entry;
  if (answered !== undefined)
    return `another look by ${answered.principal}, whose ${answered.act} was answered`;
  switch (edge?.opens) {
    case undefined:
      return 'nothing: it is in production';
    case 'evaluation':
      return standing.runs === 'fail'
        ? 'nothing: the evaluation failed'
        : `evaluation (has ${completeRuns(bundle).length} of ${bundle.lock.runs})`;
    case 'export':
      return 'export';
    case 'gates': {
      const dark = standing.blocked.flatMap((why) =>
        why.code === 'RECEIPT_MISSING' ? [why.facts.target] : [],
      );
      if (dark.length > 0) return `a receipt that it is live at ${dark.join(', ')}`;
      const closed = gates.filter((gate) => !gate.open);
      const words = closed.map(
        ({ rule, filled }) => `${rule.owner ?? rule.gate} (has ${filled} of ${rule.quorum})`,
      );
      if (words.length > 0) return words.join(', ');
      return standing.evidence.length > 0 ? 'evidence' : `promotion to ${edge.to}`;
    }
    case 'deprecation':
      return 'nothing';
  }
}

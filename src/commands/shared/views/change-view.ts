import type { ChangeApproval } from '../../../domain/change.ts';
import type { Override } from '../../../domain/override.ts';
import { withdrawnFrom } from '../../../machine/ballot.ts';
import { changeStanding, type ChangeStanding } from '../../../machine/change-standing.ts';
import { proposedLaw, type ChangeCase } from '../../../machine/changes.ts';
import { policyDifference } from '../../../machine/policy-difference.ts';
import { taintOf } from '../../../machine/taint.ts';
import type { World } from '../../../machine/world.ts';
import { askFirst, neededOf, touchesOf, type Brings, type Needed, type Touches } from './change-summary.ts';
import { anyOf } from '../explaining/explained.ts';
import { brief } from '../terminal/layout.ts';
import { policyWords, type PolicyWord } from './policy-words.ts';
import { reasonsJson, type ReasonJson } from '../explaining/refusal.ts';

/** In which state a proposal is: `complete` waits for one of its approvers to put it in force. */
export type ChangeState = 'applied' | 'outdated' | 'rejected' | 'complete' | 'open';

/** A change as people and `--json` read it. Strings are as they are; escape them when shown. */
export interface ChangeView {
  readonly change: string;
  readonly kind: ChangeCase['change']['kind'];
  readonly version: number;
  readonly state: ChangeState;
  readonly proposedBy: string;
  readonly time: string;
  readonly reason: string;
  readonly appliedBy: string | null;
  readonly appliedAt: string | null;
  /** For a change of policy that is not in force yet. */
  readonly touches: Touches | null;
  readonly brings: Brings;
  /** Reports of stolen keys that whoever approves this knows of: ids of overrides. */
  readonly reports: readonly string[];
  /** What differs from the policy in force; empty once it is in force. */
  readonly differences: readonly PolicyWord[];
  /** The override that a lift ends. */
  readonly lifts: Override | null;
  /** The commit and signer that a move of the root names. */
  readonly root: { readonly commit: string; readonly signer: string } | null;
  readonly needed: readonly Needed[];
  readonly decisions: readonly DecisionView[];
  /** Everything that keeps it from being put in force. */
  readonly missing: readonly ReasonJson[];
  /** Commands to type next. */
  readonly next: readonly string[];
}

export interface DecisionView {
  readonly entry: string;
  readonly act: ChangeApproval['act'];
  readonly principal: string;
  readonly role: string;
  readonly time: string;
  readonly reason: string;
  /** Such as `counts`, `withdrawn`, `stands`. */
  readonly status: string;
}

/** @param at seconds since 1970. */
export function changeView(world: World, each: ChangeCase, at: number): ChangeView {
  const { change, applied } = each;
  const standing = changeStanding(world, each, at);
  const state = stateOf(each, standing);
  const law = change.kind === 'policy' ? proposedLaw(world.tree, change.id) : null;
  const fresh = law?.ok === true && applied === null ? law.value : null;
  return {
    change: change.id,
    kind: change.kind,
    version: change.version,
    state,
    proposedBy: change.principal,
    time: change.time,
    reason: change.reason,
    appliedBy: applied?.principal ?? null,
    appliedAt: applied?.time ?? null,
    touches: fresh === null ? null : touchesOf(policyDifference(world.law, fresh)),
    brings: change.kind === 'policy' ? change.brings : { keys: [], roles: [] },
    reports: change.kind === 'policy' ? change.reports : [],
    differences: fresh === null ? [] : policyWords(world.law, fresh),
    lifts:
      change.kind === 'lift' ? (world.law.overrides.find(({ id }) => id === change.override) ?? null) : null,
    root: change.kind === 'root' ? change.root : null,
    needed: applied === null ? neededOf(standing.way, standing.counted) : [],
    decisions: decisionsOf(world, each, standing),
    missing: applied === null ? reasonsJson(standing.blocked) : [],
    next: nextOf(each, state, standing),
  };
}

function stateOf({ applied }: ChangeCase, { blocked, objections }: ChangeStanding): ChangeState {
  if (applied !== null) return 'applied';
  if (blocked.some(({ code }) => code === 'CHANGE_OUTDATED')) return 'outdated';
  if (objections.length > 0) return 'rejected';
  return blocked.length === 0 ? 'complete' : 'open';
}

function nextOf({ change }: ChangeCase, state: ChangeState, standing: ChangeStanding): readonly string[] {
  const approve = `modelsmith policy approve ${brief(change.id)}`;
  switch (state) {
    case 'applied':
      return [];
    case 'outdated':
      return change.kind === 'policy'
        ? ['modelsmith policy propose <folder> --reason <text> --bump   (on top of what is in force)']
        : [];
    case 'rejected':
      return standing.objections.map(({ id }) => `${approve} --answers ${brief(id)}`);
    case 'complete':
      return [`${approve}   (${anyOf([...new Set(standing.counted.map(({ principal }) => principal))])})`];
    case 'open': {
      const able = askFirst(neededOf(standing.way, standing.counted));
      return able.length === 0 ? [] : [`${approve}   (${anyOf(able)})`];
    }
  }
}

function decisionsOf(world: World, each: ChangeCase, standing: ChangeStanding): readonly DecisionView[] {
  const counted = new Set<string>(standing.counted.map(({ id }) => id));
  const withdrawn = new Set<string>(withdrawnFrom(each));
  const objections = new Set<string>(standing.objections.map(({ id }) => id));
  const relied = new Set<string>(each.applied?.reliedOn ?? []);
  const taint = taintOf(world);
  const status = (entry: ChangeApproval): string => {
    if (objections.has(entry.id)) return 'stands';
    if (withdrawn.has(entry.id)) return 'withdrawn';
    if (entry.act === 'withdraw') return 'a withdrawal';
    if (entry.act === 'reject') return 'settled';
    if (taint.isTainted(entry)) return 'made with a stolen key';
    if (relied.has(entry.id)) return 'put it in force';
    return counted.has(entry.id) ? 'counts' : 'does not count: person, key or role has ended';
  };
  return each.approvals.map((entry) => ({
    entry: entry.id,
    act: entry.act,
    principal: entry.principal,
    role: entry.role,
    time: entry.time,
    reason: entry.reason,
    status: status(entry),
  }));
}

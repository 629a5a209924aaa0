import type { ChangeApproval } from '../domain/change.ts';
import type { EntryId } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { TreeFolder } from '../domain/tree.ts';
import { countedApprovals, openRejections, openWithdrawals } from './ballot.ts';
import { changesOf, folderDigest, proposedLaw, type ChangeCase } from './changes.ts';
import {
  enrolledPeople,
  filling,
  isFilled,
  requirementsOf,
  type Requirement,
} from './change-requirements.ts';
import type { Law } from './law.ts';
import type { World } from './world.ts';

/** What counts for one proposal now, and what is missing. */
export interface ChangeStanding {
  readonly counted: readonly ChangeApproval[];
  /** The way that is satisfied or, while none is, the ordinary one. */
  readonly way: readonly Requirement[];
  /** All of them. */
  readonly ways: readonly (readonly Requirement[])[];
  readonly objections: readonly ChangeApproval[];
  /** Everything that keeps it from being applied. */
  readonly blocked: readonly Reason[];
}

/** @param at seconds since 1970. */
export function changeStanding(world: World, each: ChangeCase, at: number): ChangeStanding {
  const { change } = each;
  const law = proposedLaw(world.tree, change.id);
  const ways = requirementsOf(world.law, change, change.kind === 'policy' && law.ok ? law.value : null, at);
  const counted = countedApprovals(world, each.approvals, null, at);
  const way = ways.find((requirements) => isFilled(requirements, counted)) ?? ways[0] ?? [];
  const objections = openObjections(world, each, at);
  return {
    counted,
    way,
    ways,
    objections,
    blocked: [
      ...outdated(world, each),
      ...(way.length === 0 ? [reason('CHANGE_NOTHING', { change: change.id })] : []),
      ...way.flatMap((requirement) => pending(each, requirement, counted)),
      ...objections.map((entry) =>
        reason('CHANGE_OBJECTED', {
          change: change.id,
          act: entry.act,
          principal: entry.principal,
          reason: entry.reason,
          entry: entry.id,
        }),
      ),
    ],
  };
}

/** A change is made against one version of the policy; when that has moved on it is proposed again. */
function outdated({ law, tree }: World, { change }: ChangeCase): readonly Reason[] {
  const facts = (stated: string, present: string) => [
    reason('CHANGE_OUTDATED', { change: change.id, stated, present }),
  ];
  if (change.kind !== 'policy')
    return change.version === law.policy.version
      ? []
      : facts(`version ${change.version}`, `version ${law.policy.version}`);
  const present = folderDigest(tree, 'policy');
  return change.replaces === present ? [] : facts(change.replaces, present);
}

function pending(
  { change }: ChangeCase,
  requirement: Requirement,
  counted: readonly ChangeApproval[],
): readonly Reason[] {
  const has = filling(requirement, counted);
  if (has.size >= requirement.of) return [];
  return [
    reason('CHANGE_PENDING', {
      change: change.id,
      needed: requirement.what,
      has: has.size,
      of: requirement.of,
      canSign: [...requirement.people].filter((id) => !has.has(id)),
    }),
  ];
}

function openObjections(world: World, { approvals }: ChangeCase, at: number): readonly ChangeApproval[] {
  return openRejections(world, approvals, enoughOf(world, at));
}

/** In the place of its author two people settle an objection, or all there are, of whom one is a policy approver. */
function enoughOf(world: World, at: number) {
  return (answers: readonly ChangeApproval[]): boolean => {
    const people = new Set(answers.map((entry) => entry.principal));
    const needed = Math.min(2, enrolledPeople(world.law, at).length);
    return people.size >= needed && answers.some((entry) => entry.role === 'policy-approver');
  };
}

/**
 * Applied changes somebody objects to, or took his approval back from: no person's transition builds on such a law.
 * @param at seconds since 1970.
 */
export function contestedChanges(world: World, at: number): readonly Reason[] {
  // Every iteration asks for the same.
  const memo = contested.get(world.tree);
  if (memo?.law === world.law && memo.at === at) return memo.reasons;
  const reasons = changesOf(world.tree).flatMap((each) => contestedBy(world, each, at));
  contested.set(world.tree, { law: world.law, at, reasons });
  return reasons;
}

const contested = new WeakMap<
  TreeFolder,
  { readonly law: Law; readonly at: number; readonly reasons: readonly Reason[] }
>();

function contestedBy(world: World, each: ChangeCase, at: number): readonly Reason[] {
  if (each.applied === null) return [];
  const relied = new Set<EntryId>(each.applied.reliedOn);
  const takenBack = openWithdrawals(world, each.approvals, relied, enoughOf(world, at));
  return [...openObjections(world, each, at), ...takenBack].map((entry) =>
    reason('POLICY_CONTESTED', {
      change: each.change.id,
      entry: entry.id,
      principal: entry.principal,
      reason: entry.reason,
    }),
  );
}

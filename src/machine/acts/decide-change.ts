import { ChangeApproval, changeApprovalDocument } from '../../domain/change.ts';
import { toIdSet } from '../../domain/entry.ts';
import { changeFolder } from '../../domain/paths.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import { fileAt } from '../../domain/tree.ts';
import { putText, refused, refusedIf, type Act, type Actor, type Decision } from '../act.ts';
import { withdrawnFrom } from '../ballot.ts';
import { changeStanding } from '../change-standing.ts';
import { changeNamed, type ChangeCase } from '../changes.ts';
import { checkEntry } from '../entry-check.ts';
import type { World } from '../world.ts';

type DecideChangeAct = Extract<Act, { kind: 'decide-change' }>;

/** A person's word on a proposal: its id is the digest of all it says, so this is about exactly that. */
export function decideChangeApproval(world: World, { approval }: DecideChangeAct, actor: Actor): Decision {
  const each = changeNamed(world.tree, approval.change);
  if (each === null) return refused(reason('CHANGE_UNKNOWN', { change: approval.change }));
  const path = `${changeFolder(approval.change)}/approvals/${approval.id}.json`;
  const reasons = [
    ...checkEntry(world, actor, ChangeApproval, approval, {
      line: null,
      roles: approval.role === 'auditor' ? [] : [approval.role],
      reliedOn: toIdSet([approval.act === 'withdraw' ? approval.withdraws : each.change.id]),
      humanOnly: true,
    }),
    ...(fileAt(world.tree, path) === null ? [] : [reason('ENTRY_ALTERED', { path })]),
    ...answerReasons(each, approval),
    ...(approval.act === 'approve' ? approveReasons(world, each, approval, actor.clock) : []),
    ...(approval.act === 'withdraw' ? withdrawReasons(each, approval) : []),
  ];
  return refusedIf(reasons, () => [putText(path, changeApprovalDocument.print(approval))]);
}

function answerReasons({ approvals }: ChangeCase, { answers }: ChangeApproval): readonly Reason[] {
  const open = new Set<string>(approvals.filter(({ act }) => act !== 'approve').map(({ id }) => id));
  return answers.filter((id) => !open.has(id)).map((entry) => reason('ANSWER_UNKNOWN', { entry }));
}

/** Once it is in force an approval has nothing to do but to settle what was said against it. */
function approveReasons(
  world: World,
  each: ChangeCase,
  approval: ChangeApproval,
  at: number,
): readonly Reason[] {
  const { change } = each;
  if (each.applied !== null)
    return approval.answers.length > 0 ? [] : [reason('CHANGE_APPLIED', { change: change.id })];
  const { blocked, counted } = changeStanding(world, each, at);
  const again = counted.some(
    (entry) =>
      entry.principal === approval.principal && entry.role === approval.role && approval.answers.length === 0,
  );
  return [
    ...blocked.filter(({ code }) => code === 'CHANGE_OUTDATED' || code === 'CHANGE_NOTHING'),
    ...(again
      ? [
          reason('CHANGE_ALREADY_APPROVED', {
            change: change.id,
            principal: approval.principal,
            role: approval.role,
          }),
        ]
      : []),
  ];
}

function withdrawReasons(
  each: ChangeCase,
  approval: Extract<ChangeApproval, { act: 'withdraw' }>,
): readonly Reason[] {
  const target = each.approvals.find(({ id }) => id === approval.withdraws);
  if (withdrawnFrom(each).has(approval.withdraws))
    return [reason('ANSWER_UNKNOWN', { entry: approval.withdraws })];
  if (target === undefined || target.principal === approval.principal) return [];
  return [
    reason('ENTRY_UNRELATED', {
      what: `${target.act} by ${target.principal}`,
      expected: `a decision by ${approval.principal}`,
    }),
  ];
}

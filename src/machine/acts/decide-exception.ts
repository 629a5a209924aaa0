import { ExceptionApproval, exceptionApprovalDocument } from '../../domain/exception.ts';
import { toIdSet } from '../../domain/entry.ts';
import { approvalFile, exceptionFolder } from '../../domain/paths.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import type { Role } from '../../domain/roles.ts';
import { fileAt } from '../../domain/tree.ts';
import { putText, refused, refusedIf, type Act, type Actor, type Decision } from '../act.ts';
import { withdrawnFrom } from '../ballot.ts';
import { checkEntry } from '../entry-check.ts';
import { endOf, exceptionStanding, isOwn, rolesToApprove, rolesToSettle } from '../exception-standing.ts';
import { exceptionNamed, type ExceptionCase } from '../exceptions.ts';
import { waivedKind } from '../waived-kind.ts';
import type { World } from '../world.ts';

type DecideExceptionAct = Extract<Act, { kind: 'decide-exception' }>;

/** A person's word on an exception: its id is the digest of all it says, so this is about exactly that. */
export function decideExceptionApproval(
  world: World,
  { line, approval }: DecideExceptionAct,
  actor: Actor,
): Decision {
  const each = exceptionNamed(world.tree, line, approval.exception);
  if (each === null) return refused(reason('EXCEPTION_UNKNOWN', { exception: approval.exception }));
  const path = `${exceptionFolder(line, approval.exception)}/${approvalFile(approval.id)}`;
  const reasons = [
    ...checkEntry(world, actor, ExceptionApproval, approval, {
      line,
      roles: speaking(world, each, approval),
      reliedOn: toIdSet([approval.act === 'withdraw' ? approval.withdraws : each.exception.id]),
      humanOnly: true,
    }),
    ...(fileAt(world.tree, path) === null ? [] : [reason('ENTRY_ALTERED', { path })]),
    ...answerReasons(each, approval),
    ...(approval.act === 'approve' ? approveReasons(world, each, approval, actor) : []),
    ...(approval.act === 'withdraw' ? withdrawReasons(each, approval) : []),
  ];
  return refusedIf(reasons, () => [putText(path, exceptionApprovalDocument.print(approval))]);
}

/**
 * Approvals are given in a role that has to give one; a no in any but that of the auditor. What a model owner says of an
 * exception of security counts for nothing.
 */
function speaking(
  { law }: World,
  { exception }: ExceptionCase,
  { act, role, answers }: ExceptionApproval,
): readonly Role[] {
  if (act === 'approve')
    return answers.length > 0 ? rolesToSettle(law, exception) : rolesToApprove(law, exception);
  const kind = waivedKind(law, exception.waives);
  const mute = role === 'auditor' || (role === 'model-owner' && 'kind' in kind && kind.kind === 'security');
  return mute ? [] : [role];
}

function answerReasons({ approvals }: ExceptionCase, { answers }: ExceptionApproval): readonly Reason[] {
  const open = new Set<string>(approvals.filter(({ act }) => act !== 'approve').map(({ id }) => id));
  return answers.filter((id) => !open.has(id)).map((entry) => reason('ANSWER_UNKNOWN', { entry }));
}

/** Once it is over, or the law has no exceptions any more, an approval has nothing to do but to settle what was said against it. */
function approveReasons(
  world: World,
  each: ExceptionCase,
  { principal, role, answers }: ExceptionApproval,
  { clock }: Actor,
): readonly Reason[] {
  const { exception } = each;
  const about = { exception: exception.id, principal };
  const end = endOf(each, clock);
  const { counted } = exceptionStanding(world, each, clock);
  const again = counted.some((entry) => entry.principal === principal && entry.role === role);
  return [
    ...(answers.length === 0 && world.law.policy.exceptions === undefined
      ? [reason('EXCEPTIONS_NOT_ALLOWED', { line: exception.line })]
      : []),
    ...(isOwn(exception, principal)
      ? [
          reason('EXCEPTION_APPROVER_BARRED', {
            ...about,
            why: principal === exception.principal ? 'opened it' : 'answers for it',
          }),
        ]
      : []),
    ...(answers.length > 0 || end === null
      ? []
      : [reason('EXCEPTION_ENDED', { exception: exception.id, ...end })]),
    ...(answers.length > 0 || !again ? [] : [reason('EXCEPTION_ALREADY_APPROVED', { ...about, role })]),
  ];
}

function withdrawReasons(
  each: ExceptionCase,
  approval: Extract<ExceptionApproval, { act: 'withdraw' }>,
): readonly Reason[] {
  if (withdrawnFrom(each).has(approval.withdraws))
    return [reason('ANSWER_UNKNOWN', { entry: approval.withdraws })];
  const target = each.approvals.find(({ id }) => id === approval.withdraws);
  if (target === undefined || target.principal === approval.principal) return [];
  return [
    reason('ENTRY_UNRELATED', {
      what: `${target.act} by ${target.principal}`,
      expected: `a decision by ${approval.principal}`,
    }),
  ];
}

import { Approval, approvalDocument, type Decided } from '../../domain/approval.ts';
import { toIdSet } from '../../domain/entry.ts';
import { toIterationId, type EntryId } from '../../domain/names.ts';
import { approvalFile, bundleFolder } from '../../domain/paths.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import type { Role } from '../../domain/roles.ts';
import { fileAt } from '../../domain/tree.ts';
import { proveAcknowledgements } from '../acknowledgement.ts';
import { putText, refused, refusedIf, type Act, type Actor, type Decision } from '../act.ts';
import { checkReasons, countedResults } from '../check-standing.ts';
import { checkEntry } from '../entry-check.ts';
import { evidenceProblems } from '../evidence-rules.ts';
import { agingEvidence, expiredReasons } from '../freshness.ts';
import { referredProblems } from '../intake.ts';
import { seatOf, type GateRule } from '../gate-rule.ts';
import { checkSample } from '../sample-check.ts';
import { tieReasons } from '../lock-strength.ts';
import { contestingEntries, standingObjections } from '../objections.ts';
import { countedReceipts, receiptReasons } from '../receipts.ts';
import { requestersOf } from '../requesters.ts';
import { standingOf } from '../standing.ts';
import { checkStatement, newStatement } from '../statement.ts';
import { completeRuns } from '../verdict.ts';
import { bundleOf, isPassed, type Bundle, type World } from '../world.ts';

type DecideAct = Extract<Act, { kind: 'decide' }>;

/** A person's decision at a gate: in the gate's role, in the state it belongs to, over exactly what is there. */
export function decideApproval(world: World, { iteration, approval }: DecideAct, actor: Actor): Decision {
  const bundle = bundleOf(world.tree, iteration);
  if (bundle === null) return refused(reason('ITERATION_UNKNOWN', { iteration: toIterationId(iteration) }));
  const rule = seatOf(world.law, bundle, approval);
  const path = approvalFile(approval.id);
  const reasons = [
    ...checkEntry(world, actor, Approval, approval, {
      line: iteration.line,
      roles: rolesFor(bundle, rule, approval),
      reliedOn:
        approval.act === 'withdraw' ? toIdSet([approval.withdraws]) : approvalRelies(world, bundle, rule),
      humanOnly: true,
    }),
    ...(approval.iteration === toIterationId(iteration)
      ? []
      : [reason('ENTRY_UNRELATED', { what: approval.iteration, expected: toIterationId(iteration) })]),
    ...(fileAt(bundle.folder, path) === null ? [] : [reason('ENTRY_ALTERED', { path })]),
    ...checkAnswers(world, bundle, approval),
    ...(approval.act === 'withdraw'
      ? checkWithdrawal(bundle, approval)
      : checkDecision(world, bundle, rule, approval, actor)),
  ];
  return refusedIf(reasons, () => [
    putText(`${bundleFolder(iteration)}/${path}`, approvalDocument.print(approval)),
  ]);
}

/** One takes back in the role one decided in, also where the change has come to concern that role no more. */
function rolesFor({ approvals }: Bundle, { roles }: GateRule, approval: Approval): readonly Role[] {
  const own = approvals.find(
    ({ id, role }) => approval.act === 'withdraw' && id === approval.withdraws && role === approval.role,
  );
  return own === undefined ? roles : [own.role];
}

/** The entries that make up what is approved; with the results of required checks that count, and for an expert the receipts. */
export function approvalRelies(world: World, bundle: Bundle, { checks, gate }: GateRule): readonly EntryId[] {
  const { record, lock } = bundle;
  return toIdSet([
    record.request.id,
    lock.id,
    ...completeRuns(bundle).map((run) => run.id),
    ...(record.export === undefined ? [] : [record.export.id]),
    ...record.transitions.map((step) => step.id),
    ...countedResults(world, bundle, checks),
    ...(gate === 'domain-validation' ? countedReceipts(world, bundle) : []),
  ]);
}

function checkDecision(
  world: World,
  bundle: Bundle,
  rule: GateRule,
  approval: Decided,
  actor: Actor,
): readonly Reason[] {
  const { gate, edge } = approval;
  if (edge.from !== rule.edge.from || edge.to !== rule.edge.to) {
    return [reason('GATE_OTHER_EDGE', { gate, edge: `${edge.from} → ${edge.to}` })];
  }
  // Afterwards one may still object, which contests what was built on the gate, or approve again in answer to that.
  const afterwards =
    isPassed(bundle, rule.edge) && (approval.act !== 'approve' || settles(world, bundle, approval));
  if (bundle.record.state !== edge.from && !afterwards) {
    return [
      reason('STATE_OTHER', {
        iteration: toIterationId(bundle.iteration),
        state: bundle.record.state,
        needed: edge.from,
      }),
    ];
  }
  return [
    ...checkStatement(approval.statement, newStatement(world, bundle, rule)),
    ...checkSample(bundle, rule, approval),
    ...(approval.act === 'approve' ? checkApproval(world, bundle, rule, approval, actor) : []),
    // A step already taken is not asked again: else nobody could answer what is said against it.
    ...(approval.act === 'approve' && !afterwards ? tieReasons(world.law, bundle) : []),
  ];
}

function settles(world: World, bundle: Bundle, { gate, answers }: Decided): boolean {
  const open = [...standingObjections(world, bundle), ...contestingEntries(world, bundle)];
  return (
    answers.length > 0 && answers.every((id) => open.some((entry) => entry.id === id && entry.gate === gate))
  );
}

function checkApproval(
  world: World,
  bundle: Bundle,
  rule: GateRule,
  approval: Extract<Approval, { act: 'approve' }>,
  actor: Actor,
): readonly Reason[] {
  const { gate } = rule;
  const principal = actor.principal.id;
  const given = new Set<string>(approval.acknowledgements);
  const others = standingOf(world, bundle, actor.clock).gates.filter((other) =>
    other.counted.some((entry) => entry.principal === principal),
  );
  return [
    ...evidenceProblems(bundle.folder, rule.evidence),
    ...(rule.checks.length === 0 ? [] : checkReasons(world, bundle, actor.clock)),
    ...(gate === 'operator-signoff' ? referredProblems(world.law, bundle) : []),
    ...(gate === 'domain-validation' ? receiptReasons(world, bundle) : []),
    ...expiredReasons(world.law, bundle, agingEvidence(world.law, bundle, [rule]), actor.clock),
    ...proveAcknowledgements(world, bundle, rule, approval.sample).flatMap(
      ({ acknowledgement, proof, holds }) => [
        ...(given.has(acknowledgement) ? [] : [reason('ACKNOWLEDGEMENT_MISSING', { acknowledgement })]),
        ...(holds ? [] : [reason('ACKNOWLEDGEMENT_FALSE', { acknowledgement, proof })]),
      ],
    ),
    ...(rule.requesterBarred && requestersOf(bundle, world.law).has(actor.principal.id)
      ? [reason('REQUESTER_BARRED', { gate, principal })]
      : []),
    ...others.flatMap((other) => {
      if (other.rule.gate === gate)
        return other.rule.owner === rule.owner ? [reason('ALREADY_APPROVED', { gate, principal })] : [];
      return rule.distinctFrom.includes(other.rule.gate)
        ? [reason('SEPARATION_REQUIRED', { principal, gate, other: other.rule.gate })]
        : [];
    }),
  ];
}

function checkAnswers(world: World, bundle: Bundle, approval: Approval): readonly Reason[] {
  const open = new Set<string>([
    ...standingObjections(world, bundle).map((entry) => entry.id),
    ...bundle.approvals.filter((entry) => entry.act === 'withdraw').map((entry) => entry.id),
  ]);
  return approval.answers.filter((id) => !open.has(id)).map((entry) => reason('ANSWER_UNKNOWN', { entry }));
}

/** One takes back one's own decision; it may still be on its way here. */
function checkWithdrawal(
  bundle: Bundle,
  approval: Extract<Approval, { act: 'withdraw' }>,
): readonly Reason[] {
  const target = bundle.approvals.find((entry) => entry.id === approval.withdraws);
  if (target === undefined || (target.principal === approval.principal && target.gate === approval.gate))
    return [];
  return [
    reason('ENTRY_UNRELATED', {
      what: `${target.act} by ${target.principal}`,
      expected: `a decision by ${approval.principal}`,
    }),
  ];
}

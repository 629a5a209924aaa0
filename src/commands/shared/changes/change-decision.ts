import { CannotTell } from '../../../base/errors.ts';
import { isNonEmpty } from '../../../base/nonempty.ts';
import type { ChangeApproval } from '../../../domain/change.ts';
import type { EntryId } from '../../../domain/names.ts';
import { reason, type Reason } from '../../../domain/reason.ts';
import { withdrawnFrom } from '../../../machine/ballot.ts';
import { changeStanding } from '../../../machine/change-standing.ts';
import { changeNamed, type ChangeCase } from '../../../machine/changes.ts';
import { appliedEntry, anyRole, changeEntry, rolesToApprove, type ChangeAct } from './change-entry.ts';
import { changeOutcome } from './change-outcome.ts';
import { changeName, entriesNamed, pickChange } from './change-pick.ts';
import { reviewChange } from './change-review.ts';
import type { CommonOptions, Outcome } from '../command.ts';
import { later } from '../gates/gate-decision.ts';
import { needPerson } from '../terminal/prompts.ts';
import { signPatiently } from '../gates/sign-patiently.ts';
import { land, Plan, type Desk } from '../opening/write.ts';

type Refused = Extract<Outcome, { kind: 'refused' }>;

export interface ChangeOrder {
  readonly act: ChangeAct;
  /** The beginning of the id of the change; null for the only one that waits. */
  readonly change: string | null;
  /** Beginnings of ids of entries this settles. */
  readonly answers: readonly string[];
  /** The beginning of the id of the one decision to take back; null for all of one's own. */
  readonly entry: string | null;
}

/** Stands in for the reason until the person has given one, so that refusals come before questions. */
const UNASKED = 'not asked yet';

/** What one signature says of a change, asked of the machine. */
interface Planned {
  readonly plan: Plan;
  readonly entries: readonly ChangeApproval[];
  readonly applies: boolean;
}

/** One person's decision on one change, in every role in which it counts, with the application that it completes. */
export async function decideOnChange(
  desk: Desk,
  common: CommonOptions,
  order: ChangeOrder,
): Promise<Outcome> {
  const picked = pickChange(desk.workspace.world, order.change, `you cannot ${order.act} this change`);
  if ('kind' in picked) return picked;
  const { each } = picked;
  const headline = `you cannot ${order.act} ${changeName(each.change.id)}`;
  const first = planned(desk, common, each, order, UNASKED, headline);
  if (!('plan' in first)) return first;
  if (common.dryRun) return await landed(desk, common, each, order, first);
  needPerson(desk.context, order.act);
  const given = await reviewChange(desk, common, each, order.act, first);
  return await signPatiently(desk.context, async () => {
    const at = later(desk);
    const last = planned(at, common, each, order, given ?? UNASKED, headline);
    return 'plan' in last ? await landed(at, common, each, order, last) : last;
  });
}

async function landed(
  desk: Desk,
  common: CommonOptions,
  each: ChangeCase,
  { act }: ChangeOrder,
  done: Planned,
): Promise<Outcome> {
  const { plan, entries, applies } = done;
  const name = changeName(each.change.id);
  const message =
    entries.length === 0
      ? `Put ${name} in force`
      : `${VERB[act]} ${name}${applies ? ', which puts it in force' : ''}`;
  const report = await land(desk, common, plan, message);
  return changeOutcome(desk, each, act, done, report);
}

const VERB = { approve: 'Approve', reject: 'Reject', withdraw: 'Take back a decision on' } as const;

function planned(
  desk: Desk,
  common: CommonOptions,
  each: ChangeCase,
  order: ChangeOrder,
  given: string,
  headline: string,
): Planned | Refused {
  const answers = entriesNamed(each, order.answers);
  if ('unknown' in answers)
    return refused(
      headline,
      answers.unknown.map((entry) => reason('ANSWER_UNKNOWN', { entry })),
    );
  const plan = new Plan(desk);
  const entries =
    order.act === 'withdraw'
      ? withdrawals(desk, common, each, order, given)
      : decisions(desk, common, each, order.act, answers.ids, given);
  for (const approval of entries) {
    const no = plan.add(headline, { kind: 'decide-change', approval });
    if (no !== null) return no;
  }
  if (order.act !== 'approve' || each.applied !== null) {
    return entries.length > 0
      ? { plan, entries, applies: false }
      : refused(headline, [reason('CHANGE_APPLIED', { change: each.change.id })]);
  }
  return completed(desk, each, plan, entries, headline);
}

/** An approval that completes what is needed puts the change in force; so does an approver where it was complete before. */
function completed(
  desk: Desk,
  each: ChangeCase,
  plan: Plan,
  entries: readonly ChangeApproval[],
  headline: string,
): Planned | Refused {
  const { world } = desk.workspace;
  const after = changeNamed(plan.world.tree, each.change.id) ?? each;
  const standing = changeStanding({ ...world, tree: plan.world.tree }, after, desk.actor.clock);
  const applied = standing.blocked.length === 0 ? appliedEntry(desk, after, standing) : null;
  if (applied !== null) {
    const no = plan.add(headline, { kind: 'apply-change', applied });
    return no ?? { plan, entries, applies: true };
  }
  if (entries.length > 0) return { plan, entries, applies: false };
  const principal = desk.who.principal.id;
  const own = standing.counted.filter((entry) => entry.principal === principal);
  return refused(headline, [
    ...own.map(({ role }) => reason('CHANGE_ALREADY_APPROVED', { change: each.change.id, principal, role })),
    ...(own.length > 0 ? [] : [reason('CHANGE_NOT_ASKED', { change: each.change.id, principal })]),
    ...standing.blocked,
  ]);
}

function decisions(
  desk: Desk,
  common: CommonOptions,
  each: ChangeCase,
  act: 'approve' | 'reject',
  answers: readonly EntryId[],
  given: string,
): readonly ChangeApproval[] {
  const standing = changeStanding(desk.workspace.world, each, desk.actor.clock);
  const roles = act === 'reject' ? [anyRole(desk, common)] : rolesToApprove(desk, common, standing, answers);
  return roles.map((role) => changeEntry(desk, each, act, { role, answers, reason: given }));
}

/** Everything the signer said of the change and has not taken back, or the one entry named. */
function withdrawals(
  desk: Desk,
  common: CommonOptions,
  each: ChangeCase,
  { entry: start }: ChangeOrder,
  given: string,
): readonly ChangeApproval[] {
  const gone = withdrawnFrom(each);
  const own = each.approvals.filter(
    (entry) =>
      entry.act !== 'withdraw' &&
      entry.principal === desk.who.principal.id &&
      !gone.has(entry.id) &&
      (start === null || entry.id.startsWith(start)),
  );
  if (own.length === 0)
    throw new CannotTell(
      'NO_INPUT',
      'there is no decision of yours on this change that could be taken back',
      {
        remedy: `modelsmith policy show ${each.change.id.slice(0, 12)}`,
      },
    );
  const role = anyRole(desk, common);
  return own.map(({ id }) =>
    changeEntry(desk, each, 'withdraw', { role, answers: [], reason: given, withdraws: id }),
  );
}

function refused(headline: string, reasons: readonly Reason[]): Refused {
  if (!isNonEmpty(reasons)) throw new Error('refused without a reason');
  return { kind: 'refused', headline, reasons };
}

import { CannotTell } from '../../base/errors.ts';
import { isNonEmpty } from '../../base/nonempty.ts';
import { seal } from '../../domain/document.ts';
import { toIdSet } from '../../domain/entry.ts';
import { ExceptionApproval } from '../../domain/exception.ts';
import type { EntryId } from '../../domain/names.ts';
import { isDemonstration } from '../../domain/repository.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import type { Role } from '../../domain/roles.ts';
import { withdrawnFrom } from '../../machine/ballot.ts';
import { exceptionStanding } from '../../machine/exception-standing.ts';
import { allExceptions, exceptionNamed, type ExceptionCase } from '../../machine/exceptions.ts';
import { holdsRole } from '../../machine/law.ts';
import { entriesNamed } from '../shared/changes/change-pick.ts';
import type { CommonOptions, Outcome } from '../shared/command.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { exceptionLines, exceptionName, exceptionTitle, seatLines } from '../shared/views/exception-text.ts';
import { exceptionView } from '../shared/views/exception-view.ts';
import { later } from '../shared/gates/gate-decision.ts';
import { askReason, needPerson, typeBack } from '../shared/terminal/prompts.ts';
import { signPatiently } from '../shared/gates/sign-patiently.ts';
import { styleOf, wrap } from '../shared/terminal/style.ts';
import { entryBy, land, ownRole, Plan, roleFor, type Desk } from '../shared/opening/write.ts';
import { pickException } from './pick.ts';

type Refused = Extract<Outcome, { kind: 'refused' }>;
type ExceptionAct = ExceptionApproval['act'];

export interface ExceptionOrder {
  readonly act: ExceptionAct;
  /** The beginning of the id of the exception; null for the only one that is meant. */
  readonly exception: string | null;
  /** Beginnings of ids of entries this settles. */
  readonly answers: readonly string[];
}

/** Stands in for the reason until the person has given one, so that refusals come before questions. */
const UNASKED = 'not asked yet';

interface Planned {
  readonly plan: Plan;
  readonly entries: readonly ExceptionApproval[];
}

/** One person's decision on one exception, in every role in which it counts. */
export async function decideOnException(
  desk: Desk,
  common: CommonOptions,
  order: ExceptionOrder,
): Promise<Outcome> {
  const { world } = desk.workspace;
  const blockedOf = (each: ExceptionCase): ReturnType<typeof exceptionStanding>['blocked'] =>
    exceptionStanding(world, each, desk.actor.clock).blocked;
  const isAlive = (each: ExceptionCase): boolean =>
    blockedOf(each).every(({ code }) => code !== 'EXCEPTION_ENDED');
  // What is open waits for no approval, and nobody takes back what is not his.
  const isLikely = (each: ExceptionCase): boolean =>
    isAlive(each) &&
    (order.act === 'approve'
      ? blockedOf(each).length > 0
      : order.act !== 'withdraw' || decidedBy(desk, each).length > 0);
  const isMeant = allExceptions(world.tree).some(isLikely) ? isLikely : isAlive;
  const picked = pickException(world, order.exception, `you cannot ${order.act} this exception`, isMeant);
  if ('kind' in picked) return picked;
  const { each } = picked;
  const headline = `you cannot ${order.act} ${exceptionName(each.exception.id)}`;
  const first = planned(desk, common, each, order, UNASKED, headline);
  if (!('plan' in first)) return first;
  if (common.dryRun) return await landed(desk, common, each, order, first);
  needPerson(desk.context, order.act);
  const given = await review(desk, common, each, order.act, first.entries);
  return await signPatiently(desk.context, async () => {
    const at = later(desk);
    const last = planned(at, common, each, order, given, headline);
    return 'plan' in last ? await landed(at, common, each, order, last) : last;
  });
}

function planned(
  desk: Desk,
  common: CommonOptions,
  each: ExceptionCase,
  { act, answers: starts }: ExceptionOrder,
  given: string,
  headline: string,
): Planned | Refused {
  const answers = entriesNamed(each, starts);
  if ('unknown' in answers)
    return refused(
      headline,
      answers.unknown.map((entry) => reason('ANSWER_UNKNOWN', { entry })),
    );
  const entries =
    act === 'withdraw'
      ? withdrawals(desk, common, each, given)
      : rolesFor(desk, common, each, act).map((role) => entryOf(desk, each, act, role, answers.ids, given));
  const plan = new Plan(desk);
  for (const approval of entries) {
    const no = plan.add(headline, { kind: 'decide-exception', line: each.exception.line, approval });
    if (no !== null) return no;
  }
  return { plan, entries };
}

function entryOf(
  desk: Desk,
  { exception }: ExceptionCase,
  act: 'approve' | 'reject',
  role: Role,
  answers: readonly EntryId[],
  given: string,
): ExceptionApproval {
  const shared = {
    schema: 'modelsmith/exception-approval/v1' as const,
    exception: exception.id,
    answers: toIdSet(answers),
    reason: given,
  };
  return act === 'approve'
    ? seal(ExceptionApproval, { ...shared, ...entryBy(desk, act, role, [exception.id]) })
    : seal(ExceptionApproval, { ...shared, ...entryBy(desk, act, role, [exception.id]) });
}

/** Every role of the signer's that the exception still needs; where there is none the first it takes, which the machine refuses. */
function rolesFor(
  desk: Desk,
  common: CommonOptions,
  each: ExceptionCase,
  act: 'approve' | 'reject',
): readonly Role[] {
  const { line } = each.exception;
  const { seats, counted } = exceptionStanding(desk.workspace.world, each, desk.actor.clock);
  const { principal } = desk.who;
  if (common.role !== null || act === 'reject') return [ownRole(desk, common)];
  const mine = seats
    .map(({ role }): Role => role)
    .filter((role) => holdsRole(principal, role, line, desk.actor.clock));
  const open = mine.filter(
    (role) => !counted.some((entry) => entry.principal === principal.id && entry.role === role),
  );
  if (open.length > 0) return open;
  return [
    roleFor(desk, common, seats.length === 0 ? ['policy-approver'] : seats.map(({ role }) => role), line),
  ];
}

/** Everything the signer said of the exception and has not taken back. */
function decidedBy({ who }: Desk, each: ExceptionCase): readonly ExceptionApproval[] {
  const gone = withdrawnFrom(each);
  return each.approvals.filter(
    (entry) => entry.act !== 'withdraw' && entry.principal === who.principal.id && !gone.has(entry.id),
  );
}

function withdrawals(
  desk: Desk,
  common: CommonOptions,
  each: ExceptionCase,
  given: string,
): readonly ExceptionApproval[] {
  const own = decidedBy(desk, each);
  if (own.length === 0)
    throw new CannotTell(
      'NO_INPUT',
      'there is no decision of yours on this exception that could be taken back',
      {
        remedy: `modelsmith exception show ${each.exception.id.slice(0, 12)}`,
      },
    );
  return own.map(({ id, role }) =>
    seal(ExceptionApproval, {
      schema: 'modelsmith/exception-approval/v1' as const,
      exception: each.exception.id,
      answers: [],
      reason: given,
      ...entryBy(desk, 'withdraw', common.role === null ? role : ownRole(desk, common), [id]),
      withdraws: id,
    }),
  );
}

/** Shows what is decided and has the code typed back. @returns the reason given. */
async function review(
  { context, workspace, actor, who }: Desk,
  common: CommonOptions,
  each: ExceptionCase,
  act: ExceptionAct,
  entries: readonly ExceptionApproval[],
): Promise<string> {
  const { terminal } = context;
  const columns = Math.min(terminal.columns, 100);
  const style = styleOf(terminal.color && !common.plain);
  const roles = entries.map(({ role }) => role).join(' and ');
  const doing = `${act} ${exceptionName(each.exception.id)}`;
  terminal.say(
    [
      ...(isDemonstration(workspace.world.law.repository) ? ['DEMONSTRATION'] : []),
      ...wrap(`${doing}, as ${escapeShown(who.principal.name)}, in the role of ${roles}`, columns),
      '',
      ...exceptionLines(exceptionView(workspace.world, each, actor.clock), style, columns),
      '',
    ].join('\n'),
  );
  const given = await askReason(context, QUESTIONS[act]);
  await typeBack(context, doing);
  return given;
}

const QUESTIONS: { readonly [A in ExceptionAct]: string } = {
  approve: 'why do you approve?',
  reject: 'why do you reject?',
  withdraw: 'why do you take it back?',
};
const VERB = { approve: 'Approve', reject: 'Reject', withdraw: 'Take back a decision on' } as const;
const PAST = { approve: 'approved', reject: 'rejected', withdraw: 'taken back' } as const;

async function landed(
  desk: Desk,
  common: CommonOptions,
  { exception: { line, id } }: ExceptionCase,
  { act }: ExceptionOrder,
  { plan, entries }: Planned,
): Promise<Outcome> {
  const report = await land(desk, common, plan, `${VERB[act]} ${exceptionName(id)}`);
  if (!('commit' in report)) return report;
  const after = exceptionNamed(plan.world.tree, line, id);
  if (after === null) throw new Error('an exception that is gone');
  const view = exceptionView({ ...desk.workspace.world, tree: plan.world.tree }, after, desk.actor.clock);
  const would = report.dryRun ? 'would be ' : '';
  return {
    kind: 'yes',
    json: {
      exception: id,
      line,
      act,
      entries: entries.map((entry) => entry.id),
      roles: entries.map(({ role }) => role),
      state: view.state,
      needed: view.needed,
      missing: view.missing,
      ...report,
    },
    text: ({ columns }) =>
      [
        ...(report.demonstration ? ['DEMONSTRATION'] : []),
        ...entries.map(({ role }) => `${would}${PAST[act]} as ${role}: ${exceptionName(id)}`),
        ...wrap(exceptionTitle(view), columns),
        ...(view.state === 'waiting' ? seatLines(view, columns) : []),
        ...view.next.map((step, index) => `${index === 0 ? 'next: ' : '      '}${step}`),
        report.commit === null
          ? `dry run: nothing was written; it would write\n${report.files.map((file) => `  ${file}`).join('\n')}`
          : `signed by ${report.signer} in commit ${report.commit}`,
      ].join('\n'),
  };
}

function refused(headline: string, reasons: readonly Reason[]): Refused {
  if (!isNonEmpty(reasons)) throw new Error('refused without a reason');
  return { kind: 'refused', headline, reasons };
}

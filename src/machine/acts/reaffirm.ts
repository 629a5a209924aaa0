import { approvalDocument, Reaffirmation, type Approval } from '../../domain/approval.ts';
import type { EntryHeader } from '../../domain/entry.ts';
import { toIterationId, type EntryId, type LineName, type PrincipalName } from '../../domain/names.ts';
import { approvalFile, bundleFolder } from '../../domain/paths.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import { OwnerRole } from '../../domain/risk-rules.ts';
import { isHumanRole, type Role } from '../../domain/roles.ts';
import { fileAt } from '../../domain/tree.ts';
import { putText, refused, refusedIf, type Act, type Actor, type Decision } from '../act.ts';
import { checkEntry } from '../entry-check.ts';
import { isOwn } from '../exception-standing.ts';
import { exceptionsOf } from '../exceptions.ts';
import { gateRule, ownerSeat, type GateRule } from '../gate-rule.ts';
import { holdersOf, type Law } from '../law.ts';
import { aliasWords, mayBeOnePerson, taintedPins } from '../pins.ts';
import { requestersOf } from '../requesters.ts';
import { taintedEntries } from '../taint.ts';
import { aliasesOf, bundleOf, type Bundle, type World } from '../world.ts';

type ReaffirmAct = Extract<Act, { kind: 'reaffirm' }>;

/** Somebody with a clean key looks at what a stolen one signed, and answers for it from now on. */
export function decideReaffirmation(
  world: World,
  { iteration, reaffirmation }: ReaffirmAct,
  actor: Actor,
): Decision {
  const bundle = bundleOf(world.tree, iteration);
  const id = toIterationId(iteration);
  if (bundle === null) return refused(reason('ITERATION_UNKNOWN', { iteration: id }));
  const path = approvalFile(reaffirmation.id);
  const tree = world.before ?? world.tree;
  const before = bundleOf(tree, iteration);
  const tainted = new Map(
    (before === null
      ? []
      : [...taintedEntries({ ...world, tree }, before), ...taintedPins({ ...world, tree }, iteration)]
    ).map((entry) => [entry.id, entry]),
  );
  const reasons = [
    ...checkEntry(world, actor, Reaffirmation, reaffirmation, {
      line: iteration.line,
      roles: [reaffirmation.role],
      reliedOn: reaffirmation.entries,
      humanOnly: true,
    }),
    ...(reaffirmation.iteration === id
      ? []
      : [reason('ENTRY_UNRELATED', { what: reaffirmation.iteration, expected: id })]),
    ...(fileAt(bundle.folder, path) === null ? [] : [reason('ENTRY_ALTERED', { path })]),
    // What lets an alias go may outlive the iteration that it was kept at.
    ...(bundle.record.state === 'deprecated' &&
    !reaffirmation.entries.every((entry) => isAliasWord(world, iteration.line, entry))
      ? [reason('STATE_OTHER', { iteration: id, state: bundle.record.state, needed: 'any other' })]
      : []),
    ...reaffirmation.entries.flatMap((entry) => {
      const found = tainted.get(entry);
      if (found === undefined) return [reason('NOT_TAINTED', { entry })];
      return [
        ...mayVouch(world, iteration.line, reaffirmation, found, actor),
        ...keepsSeparation(world, bundle, found, reaffirmation, actor),
      ];
    }),
  ];
  return refusedIf(reasons, () => [
    putText(`${bundleFolder(iteration)}/${path}`, approvalDocument.print(reaffirmation)),
  ]);
}

/**
 * For a person's act another holder of its role vouches – the same person, with another key, where there is no other –
 * and for a machine's an evaluation owner.
 */
function mayVouch(
  world: World,
  line: LineName,
  { role }: Reaffirmation,
  entry: EntryHeader,
  actor: Actor,
): readonly Reason[] {
  const needed = voucherRole(entry);
  const refuse = (what: string) => [
    reason('REAFFIRM_NOT_YOURS', { entry: entry.id, act: entry.act, needed: what }),
  ];
  if (role !== needed) return refuse(needed);
  if (!isHumanRole(entry.role) || entry.principal !== actor.principal.id) return [];
  const others = holdersOf(world.law, [needed], line, actor.clock).some(
    ({ id }) => id !== actor.principal.id,
  );
  return others ? refuse(`another ${needed}`) : [];
}

/** The role in which somebody vouches for an entry. */
export function voucherRole({ role }: EntryHeader): Role {
  return isHumanRole(role) ? role : 'evaluation-owner';
}

/** Vouching for an approval takes its seat at the gate, so it is held to what the gate demands of who sits there. */
function keepsSeparation(
  world: World,
  bundle: Bundle,
  entry: EntryHeader,
  { entries: together }: Reaffirmation,
  { principal }: Actor,
): readonly Reason[] {
  const approval = bundle.approvals.find(({ id }) => id === entry.id);
  if (approval?.act !== 'approve')
    return [
      ...keepsDistance(world, bundle, entry, together, principal.id),
      ...keepsTwo(world, bundle, entry, together, principal.id),
    ];
  const rule = seatTaken(world.law, bundle, approval);
  const seats = bundle.approvals.filter(
    (other) =>
      other.act === 'approve' &&
      other.id !== approval.id &&
      bundle.record.transitions.some((step) => step.reliedOn.includes(other.id)),
  );
  const vouchedBy = (id: string): readonly string[] =>
    bundle.reaffirmations
      .filter(({ entries }) => (entries as readonly string[]).includes(id))
      .map((each) => each.principal);
  const mine = seats.filter(
    (other) =>
      other.principal === principal.id ||
      together.includes(other.id) ||
      vouchedBy(other.id).includes(principal.id),
  );
  return [
    ...(rule.requesterBarred && requestersOf(bundle, world.law).has(principal.id)
      ? [reason('REQUESTER_BARRED', { gate: rule.gate, principal: principal.id })]
      : []),
    ...mine.flatMap((other) => {
      const { gate } = other;
      if (gate === rule.gate)
        return seatTaken(world.law, bundle, other).owner === rule.owner
          ? [reason('ALREADY_APPROVED', { gate, principal: principal.id })]
          : [];
      return rule.distinctFrom.includes(gate)
        ? [reason('SEPARATION_REQUIRED', { principal: principal.id, gate: rule.gate, other: gate })]
        : [];
    }),
  ];
}

/** The same of an approval of an exception: nobody vouches for his own, and each role takes a person of its own. */
function keepsDistance(
  world: World,
  bundle: Bundle,
  { id }: EntryHeader,
  together: readonly EntryId[],
  principal: PrincipalName,
): readonly Reason[] {
  const each = exceptionsOf(world.tree, bundle.iteration.line).find(({ approvals }) =>
    approvals.some((entry) => entry.id === id),
  );
  if (each === undefined) return [];
  const { exception } = each;
  const barred = (why: string) => [
    reason('EXCEPTION_APPROVER_BARRED', { exception: exception.id, principal, why }),
  ];
  if (isOwn(exception, principal)) return barred('opened it or answers for it');
  if (requestersOf(bundle, world.law).has(principal)) return barred('is behind the request that uses it');
  const vouched = new Set<string>([
    ...together,
    ...bundle.reaffirmations
      .filter((other) => other.principal === principal)
      .flatMap(({ entries }) => entries),
  ]);
  const seated = each.approvals.some(
    (entry) =>
      entry.act === 'approve' && entry.id !== id && (entry.principal === principal || vouched.has(entry.id)),
  );
  return seated ? barred('sits there in another role') : [];
}

function isAliasWord({ tree }: World, line: LineName, entry: EntryId): boolean {
  return aliasWords(aliasesOf(tree, line)).some(({ id }) => id === entry);
}

/** The same of a pin that took two people: nobody ends up answering for both words. */
function keepsTwo(
  world: World,
  bundle: Bundle,
  { id }: EntryHeader,
  together: readonly EntryId[],
  principal: PrincipalName,
): readonly Reason[] {
  const { line } = bundle.iteration;
  const words = aliasWords(aliasesOf(world.tree, line)).filter(({ act }) => act === 'pin');
  const vouched = new Set<string>([
    ...together,
    ...bundle.reaffirmations
      .filter((other) => other.principal === principal)
      .flatMap(({ entries }) => entries),
  ]);
  const other = words.find(
    (word) =>
      (word.reliedOn.includes(id) ||
        words.some((each) => each.id === id && each.reliedOn.includes(word.id))) &&
      (word.principal === principal || vouched.has(word.id)),
  );
  return other === undefined || mayBeOnePerson(world.law, line)
    ? []
    : [reason('ALIAS_OTHER_WORD', { principal, alias: other.alias, entry: other.id })];
}

/** The seat a word was given at, also where the change has to ask such an owner no more: it is that word that stands or falls. */
function seatTaken(law: Law, bundle: Bundle, { gate, role }: Pick<Approval, 'gate' | 'role'>): GateRule {
  const own = gateRule(law, bundle, gate);
  const owner = OwnerRole.safeParse(role);
  return owner.success ? ownerSeat(own, owner.data) : own;
}

import type { Approval } from '../domain/approval.ts';
import type { EntryId } from '../domain/names.ts';
import type { State } from '../domain/states.ts';
import { edgeOfGate } from './edges.ts';
import { requestersOf } from './requesters.ts';
import { settlersOf } from './settlers.ts';
import { taintOf } from './taint.ts';
import type { Bundle, World } from './world.ts';

export type Objection = Extract<Approval, { act: 'reject' | 'request-changes' }>;

/**
 * Rejections and change requests that nobody has settled. They stand although their author's key is ended or the role
 * lost, until entries name them in `answers`: one of the author, or of as many holders of the gate's roles as its quorum.
 * What a stolen key answered or took back settles nothing.
 */
export function standingObjections(world: World, bundle: Bundle): readonly Objection[] {
  const taint = taintOf(world);
  const honest = bundle.approvals.filter((entry) => entry.act !== 'withdraw' || !taint.isTainted(entry));
  const withdrawn = withdrawnEntries({ approvals: honest });
  return bundle.approvals
    .filter((entry) => entry.act === 'reject' || entry.act === 'request-changes')
    .filter((entry) => !withdrawn.has(entry.id) && !isSettled(world, bundle, entry));
}

/** Ids that a withdrawal takes back, where it is by the author of what it names. */
export function withdrawnEntries({ approvals }: Pick<Bundle, 'approvals'>): ReadonlySet<EntryId> {
  const author = new Map(approvals.map((entry) => [entry.id, entry.principal]));
  return new Set(
    approvals.flatMap((entry) =>
      entry.act === 'withdraw' && author.get(entry.withdraws) === entry.principal ? [entry.withdraws] : [],
    ),
  );
}

/** A withdrawal of a decision that a transition already relied on: what was built on it is contested. */
export function contestingEntries(world: World, bundle: Bundle): readonly Approval[] {
  const author = new Map(bundle.approvals.map((entry) => [entry.id, entry.principal]));
  const relied = new Set(bundle.record.transitions.flatMap((step) => step.reliedOn));
  return bundle.approvals.filter(
    (entry) =>
      entry.act === 'withdraw' &&
      relied.has(entry.withdraws) &&
      author.get(entry.withdraws) === entry.principal &&
      !isSettled(world, bundle, entry),
  );
}

/** What stands against steps that were taken: nobody builds on them until it is answered. */
export function contestedEntries(world: World, bundle: Bundle): readonly Approval[] {
  return [...contestingEntries(world, bundle), ...passedObjections(world, bundle)];
}

/** An objection to a gate further on waits for that gate; only one to a gate already passed contests what followed. */
function passedObjections(world: World, bundle: Bundle): readonly Objection[] {
  const left = new Set<State>(bundle.record.transitions.map((step) => step.from));
  return standingObjections(world, bundle).filter((entry) => left.has(edgeOfGate(entry.gate).from));
}

function isSettled(world: World, bundle: Bundle, objection: Approval): boolean {
  const { roles, quorum } = settlersOf(world.law, objection);
  const requesters = requestersOf(bundle, world.law);
  const withdrawn = withdrawnEntries(bundle);
  const answers = bundle.approvals.filter(
    (entry) =>
      entry.answers.includes(objection.id) && !withdrawn.has(entry.id) && !taintOf(world).isTainted(entry),
  );
  if (answers.some((entry) => entry.principal === objection.principal)) return true;
  const others = new Set(
    answers
      .filter((entry) => roles.includes(entry.role) && !requesters.has(entry.principal))
      .map((entry) => entry.principal),
  );
  return others.size >= quorum;
}

import { toTime, type EntryId, type Fingerprint, type LineName } from '../domain/names.ts';
import type { Override } from '../domain/override.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { isHumanRole, type Role } from '../domain/roles.ts';
import type { Principal } from '../domain/signers.ts';
import type { TreeFolder } from '../domain/tree.ts';
import type { Act } from '../machine/act.ts';
import { edgeBetween } from '../machine/edges.ts';
import { isReviewed, lateReviews } from '../machine/exception-reviews.ts';
import { endOf } from '../machine/exception-standing.ts';
import { withRenewals } from '../machine/exception-use.ts';
import { exceptionNamed, type ExceptionCase } from '../machine/exceptions.ts';
import { agingEvidence, lapsedBy } from '../machine/freshness.ts';
import { gateSeats } from '../machine/gate-rule.ts';
import { holderOfKey, holdsRole, isKeyEnded, lawOf, type Law } from '../machine/law.ts';
import { disablementOf, isForRecovery, stopOf } from '../machine/overrides.ts';
import { bundleOf, recordOf, type World } from '../machine/world.ts';
import { entryOf } from './entry-of.ts';
import type { Base } from './combine.ts';
import type { Judgement, JudgedParent } from './judgement.ts';
import { isPlainNo } from './plain-no.ts';

/** One side of a merge: its parent, and the commits that only it brings. */
export interface MergeSide {
  readonly parent: JudgedParent;
  readonly commits: readonly {
    readonly id: string;
    readonly judgement: Judgement;
    /** The key that signed, which may be a subkey of the signer's. */
    readonly signedWith?: Fingerprint | null;
  }[];
}

/** What the other side of a merge brought that acts of this side did not know. */
interface Brought {
  /** The other side's law, where it moved the law. */
  readonly law: Law | null;
  readonly overrides: readonly Override[];
  readonly clock: number;
  readonly tree: TreeFolder;
  /** What the other side has. */
  readonly other: TreeFolder;
  /** Whether a key has ended by what its certificate says on the other side and said nowhere before. */
  readonly hasEnded: (key: Fingerprint) => boolean;
}

/**
 * Acts of one side held to the law, the overrides and the clock that the other side brought. A plain no is never held so: a
 * branch must not lose it. @param lawMoved whether the other side moved the law.
 */
export function heldTo(
  side: MergeSide,
  other: JudgedParent,
  bases: readonly Pick<Base, 'tree' | 'ends'>[],
  lawMoved: boolean,
): readonly Reason[] {
  if (other.tree.children.size === 0) return [];
  const law = lawOf(other.tree);
  const old = new Set(
    bases.filter(holdsLaw).flatMap(({ tree }) => lawOf(tree).overrides.map(({ id }) => id)),
  );
  const hasEnded = (key: Fingerprint): boolean => {
    const end = other.ends?.get(key);
    return end !== undefined && end <= other.clock && bases.every(({ ends }) => ends?.get(key) !== end);
  };
  const brought: Brought = {
    law: lawMoved ? law : null,
    overrides: law.overrides.filter(({ id }) => !old.has(id)),
    clock: other.clock,
    tree: side.parent.tree,
    other: other.tree,
    hasEnded,
  };
  return side.commits.flatMap(({ id, judgement, signedWith }) => {
    const { signer, key, expires, clock, vouchers = [] } = judgement;
    const acts = judgement.acts.filter(
      (act) => !isWords(act) && !isPlainNo(act, [side.parent.tree, other.tree]),
    );
    if (signer === null || key === null || acts.length + vouchers.length === 0) return [];
    const vouched = vouchers.flatMap((by) =>
      lossesOf({ signer: by.principal, key: by.key, role: by.role, line: null, clock }, brought),
    );
    const ended = [
      ...(expires !== null && other.clock >= expires ? [`the key of ${signer.id} had expired`] : []),
      ...(hasEnded(signedWith ?? key) ? [endedKey(signer)] : []),
      ...vouched,
      ...acts.flatMap((act) => endings(act, { signer, key, clock }, brought)),
    ];
    return [...new Set(ended)].map((what) =>
      reason('ENDED_BEFORE_MERGE', { commit: id, what, clock: toTime(other.clock) }),
    );
  });
}

/** What is said beside the decisions opens and settles nothing, so no merge fails for it. */
function isWords(act: Act): boolean {
  return act.kind === 'comment' && act.comment.act === 'comment';
}

function endedKey({ id }: Principal): string {
  return `the key of ${id} had ended by its certificate`;
}

function holdsLaw({ tree }: Pick<Base, 'tree'>): boolean {
  return tree.children.has('policy');
}

/** What of an act no longer held on the other side, in words. */
function endings(act: Act, by: By, brought: Brought): readonly string[] {
  const entry = entryOf(act);
  const role = entry?.header.role ?? (act.kind === 'guarded' ? ('policy-approver' as const) : null);
  const losses = lossesOf({ ...by, role, line: entry?.line ?? null }, brought);
  return [...losses, ...brakes(act, brought), ...aged(act, brought), ...unexcepted(act, brought)];
}

/** What a person's transition relied on and was too old by the clock of the other side: else a branch could be dated back for it. */
function aged(act: Act, { clock, tree }: Brought): readonly string[] {
  if (act.kind !== 'transition') return [];
  const { from, to, reliedOn } = act.step;
  const edge = edgeBetween(from, to);
  const bundle = bundleOf(tree, act.iteration);
  if (bundle === null || edge?.opens !== 'gates') return [];
  const law = lawOf(tree);
  const seats = edge.gates.flatMap((gate) => gateSeats(law, bundle, gate));
  const demanded = agingEvidence(law, bundle, seats);
  const counted = bundle.approvals.filter(({ id }) => reliedOn.includes(id));
  return lapsedBy(law, bundle, { demanded, counted }, clock).map((what) => `${what} had grown too old`);
}

/** What an act owed to exceptions and was over by then, or kept back by a review that was overdue. */
function unexcepted(act: Act, { clock, tree, other }: Brought): readonly string[] {
  const used = exceptionsUsed(act, tree);
  if (used === null) return [];
  const { line, ids } = used;
  const own: World = { law: lawOf(tree), tree };
  const theirs: World = { law: lawOf(other), tree: other };
  // A review that one side has counts for both.
  const late = new Set(
    [own, theirs]
      .flatMap((world) => lateReviews(world, line, clock))
      .map(({ each }) => each.exception.id)
      .filter((id) => ![own, theirs].some((world) => isReviewedIn(world, line, id))),
  );
  const over = ids.filter((id) => {
    // What expired is renewed, what was closed is not.
    if (act.kind === 'open-exception') return exceptionNamed(other, line, id)?.closed != null;
    // What a person's step rests on may have been renewed; a request names what it needs itself.
    const chain = [own, theirs].flatMap((world) => withRenewals(world, line, id));
    const needed: readonly EntryId[] = act.kind === 'transition' ? act.step.reliedOn : [id];
    // A renewal that it did not rest on, which perhaps nobody approved, excuses nothing.
    return isOver(
      chain.filter(({ exception }) => needed.includes(exception.id)),
      clock,
    );
  });
  return [
    ...over.map((id) => `the exception ${id.slice(0, 12)} had ended`),
    ...[...late].map((id) => `the review of the exception ${id.slice(0, 12)} was overdue`),
  ];
}

/** The line of an act that overdue reviews keep back, and the exceptions it needs; null for any other act. */
function exceptionsUsed(
  act: Act,
  tree: TreeFolder,
): { readonly line: LineName; readonly ids: readonly EntryId[] } | null {
  if (act.kind === 'request') {
    const { exceptions } = act.request;
    return exceptions === undefined ? null : { line: act.iteration.line, ids: exceptions };
  }
  if (act.kind === 'open-exception') {
    const { renews } = act.exception;
    return renews === undefined ? null : { line: act.exception.line, ids: [renews] };
  }
  if (act.kind !== 'transition' || edgeBetween(act.step.from, act.step.to)?.opens !== 'gates') return null;
  return { line: act.iteration.line, ids: recordOf(tree, act.iteration)?.request.exceptions ?? [] };
}

/** Whether each of them had ended on one side or the other. */
function isOver(chain: readonly ExceptionCase[], clock: number): boolean {
  const ended = new Set(
    chain.filter((each) => endOf(each, clock) !== null).map(({ exception }) => exception.id),
  );
  return chain.every(({ exception }) => ended.has(exception.id));
}

function isReviewedIn(world: World, line: LineName, id: EntryId): boolean {
  const each = exceptionNamed(world.tree, line, id);
  return each !== null && isReviewed(world, each);
}

interface By {
  readonly signer: Principal;
  readonly key: Fingerprint;
  readonly clock: number;
}

interface Acted extends By {
  /** Null: any. */
  readonly role: Role | null;
  readonly line: LineName | null;
}

/** What the signer no longer was or had on the other side, in words. */
function lossesOf({ signer, key, role, line, clock: own }: Acted, brought: Brought): readonly string[] {
  const clock = Math.max(brought.clock, own);
  const lost = `${signer.id} no longer held ${role ?? 'any role'} for ${line ?? 'all lines'}`;
  const found = brought.hasEnded(key) ? [endedKey(signer)] : [];
  if (role !== null && !holdsRole(signer, role, line, clock)) found.push(lost);
  const holder = brought.law === null ? null : holderOfKey(brought.law, key);
  if (brought.law !== null) {
    const holds =
      holder?.principal.id === signer.id &&
      !isKeyEnded(holder.key) &&
      (role === null ? holder.principal.roles.length > 0 : holdsRole(holder.principal, role, line, clock));
    if (!holds) found.push(lost);
  }
  const recovers = isForRecovery(holder?.principal ?? signer);
  for (const override of recovers ? [] : brought.overrides) {
    if (override.act === 'revoke-signer' && override.keys.includes(key))
      found.push(`a key of ${signer.id} had been revoked`);
    if (override.act === 'suspend-signer' && override.signer === signer.id)
      found.push(`${signer.id} had been suspended`);
  }
  return found;
}

function brakes(act: Act, { overrides, tree }: Brought): readonly string[] {
  if (act.kind === 'lock' || act.kind === 'request') {
    const line = act.kind === 'lock' ? act.lock.line : act.iteration.line;
    if (stopOf(overrides, line) !== null) return [`new candidates of ${line} had been stopped`];
  }
  const capabilities =
    act.kind === 'request'
      ? act.request.change.capabilities
      : act.kind === 'transition' && isHumanRole(act.step.role) && act.step.to !== 'eval-accepted'
        ? (recordOf(tree, act.iteration)?.request.change.capabilities ?? [])
        : act.kind === 'pin'
          ? (recordOf(tree, act.pin)?.request.change.capabilities ?? [])
          : [];
  const line = act.kind === 'pin' ? act.pin.line : 'iteration' in act ? act.iteration.line : null;
  if (line === null || capabilities.length === 0) return [];
  const disabled = disablementOf(overrides, line, capabilities);
  return disabled === null ? [] : [`the capability ${disabled.capability} had been disabled`];
}

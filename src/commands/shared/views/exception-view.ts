import type { ExceptionApproval } from '../../../domain/exception.ts';
import { toSeconds } from '../../../domain/names.ts';
import { onlyVersion } from '../../../domain/version-pattern.ts';
import { withdrawnFrom } from '../../../machine/ballot.ts';
import { openReviews, reviewOf } from '../../../machine/exception-reviews.ts';
import {
  endOf,
  exceptionStanding,
  scopeWords,
  type ExceptionSeat,
  type ExceptionStanding,
} from '../../../machine/exception-standing.ts';
import { withRenewals } from '../../../machine/exception-use.ts';
import { usesOf, type ExceptionCase } from '../../../machine/exceptions.ts';
import { taintOf } from '../../../machine/taint.ts';
import type { Bundle, World } from '../../../machine/world.ts';
import type { DecisionView } from './change-view.ts';
import { anyOf } from '../explaining/explained.ts';
import { brief } from '../terminal/layout.ts';
import { reasonsJson, type ReasonJson } from '../explaining/refusal.ts';

/** In which state an exception is; only while it is `open` it waives anything. `held`: for a reason that is told. */
type ExceptionState = 'open' | 'waiting' | 'rejected' | 'held' | 'closed' | 'expired';

/** An exception as people and `--json` read it. Strings are as they are; escape them when shown. */
export interface ExceptionView {
  readonly exception: string;
  readonly line: string;
  /** In words: which versions it is for. */
  readonly scope: string;
  readonly waives: readonly string[];
  /** What the waived rules are about; null where they cannot be waived any more. */
  readonly kind: string | null;
  readonly state: ExceptionState;
  readonly owner: string;
  readonly openedBy: string;
  readonly time: string;
  readonly expires: string;
  readonly closedBy: string | null;
  readonly reason: string;
  readonly controls: readonly string[];
  readonly renews: string | null;
  readonly needed: readonly ExceptionSeat[];
  readonly decisions: readonly DecisionView[];
  /** Iterations that need it, and ids of the exceptions that renew it. */
  readonly usedBy: readonly string[];
  readonly review: {
    /** `none`: nothing has used it. */
    readonly state: 'none' | 'open' | 'overdue' | 'written';
    readonly due: string;
    readonly by: string | null;
  };
  /** Everything that keeps it from waiving anything. */
  readonly missing: readonly ReasonJson[];
  /** Commands to type next. */
  readonly next: readonly string[];
}

/** @param at seconds since 1970. */
export function exceptionView(world: World, each: ExceptionCase, at: number): ExceptionView {
  const { exception, closed } = each;
  const standing = exceptionStanding(world, each, at);
  const uses = usesOf(world.tree, exception.line).get(exception.id);
  const state = stateOf(each, standing, at);
  const review = reviewState(world, each, at);
  return {
    exception: exception.id,
    line: exception.line,
    scope: scopeWords(exception),
    waives: exception.waives,
    kind: standing.kind,
    state,
    owner: exception.owner,
    openedBy: exception.principal,
    time: exception.time,
    expires: exception.expires,
    closedBy: closed?.principal ?? null,
    reason: exception.reason,
    controls: exception.controls,
    renews: exception.renews ?? null,
    needed: standing.seats,
    decisions: decisionsOf(world, each, standing),
    usedBy: [...(uses?.iterations ?? []), ...(uses?.renewals ?? []).map((other) => other.exception.id)],
    review,
    missing: reasonsJson(standing.blocked),
    next: nextOf(each, state, standing, review.state),
  };
}

/** Those that an iteration needs, and those that renew them. */
export function exceptionViews(
  world: World,
  { iteration, record }: Bundle,
  at: number,
): readonly ExceptionView[] {
  return (record.request.exceptions ?? [])
    .flatMap((id) => withRenewals(world, iteration.line, id))
    .map((each) => exceptionView(world, each, at));
}

function stateOf(
  each: ExceptionCase,
  { blocked, objections, seats }: ExceptionStanding,
  at: number,
): ExceptionState {
  if (each.closed !== null) return 'closed';
  if (endOf(each, at) !== null) return 'expired';
  if (objections.length > 0) return 'rejected';
  if (blocked.length === 0) return 'open';
  return seats.some(({ by }) => by === null) ? 'waiting' : 'held';
}

function reviewState(world: World, each: ExceptionCase, at: number): ExceptionView['review'] {
  const { line, id, reviewDue } = each.exception;
  const written = reviewOf(world, each);
  if (written !== null) return { state: 'written', due: reviewDue, by: written.principal };
  const open = openReviews(world, line).find((review) => review.each.exception.id === id);
  if (open === undefined) return { state: 'none', due: reviewDue, by: null };
  return { state: at > toSeconds(open.due) ? 'overdue' : 'open', due: open.due, by: null };
}

function nextOf(
  { exception }: ExceptionCase,
  state: ExceptionState,
  { objections, seats }: ExceptionStanding,
  review: ExceptionView['review']['state'],
): readonly string[] {
  const id = brief(exception.id);
  const able = [...new Set(seats.flatMap(({ canSign }) => canSign))].sort();
  const ended = state === 'closed' || state === 'expired';
  return [
    ...(state === 'rejected'
      ? objections.map((entry) => `modelsmith exception approve ${id} --answers ${brief(entry.id)}`)
      : []),
    ...(state === 'waiting' && able.length > 0
      ? [`modelsmith exception approve ${id}   (${anyOf(able)})`]
      : []),
    ...(state === 'open'
      ? [
          `modelsmith request ${exception.line}@${onlyVersion(exception.versions) ?? '<version>'} --exception ${id} ...`,
        ]
      : []),
    ...(review === 'overdue' && !ended ? [`modelsmith exception close ${id} --reason <text>`] : []),
    ...((review === 'open' && ended) || review === 'overdue'
      ? [`modelsmith exception review ${id} --file <review.md>   (${exception.owner})`]
      : []),
  ];
}

function decisionsOf(
  world: World,
  { approvals }: ExceptionCase,
  standing: ExceptionStanding,
): readonly DecisionView[] {
  const counted = new Set<string>(standing.counted.map(({ id }) => id));
  const withdrawn = new Set<string>(withdrawnFrom({ approvals }));
  const objections = new Set<string>(standing.objections.map(({ id }) => id));
  const taint = taintOf(world);
  const status = (entry: ExceptionApproval): string => {
    if (objections.has(entry.id)) return 'stands';
    if (withdrawn.has(entry.id)) return 'withdrawn';
    if (entry.act === 'withdraw') return 'a withdrawal';
    if (entry.act === 'reject') return 'settled';
    if (taint.isTainted(entry)) return 'made with a stolen key';
    return counted.has(entry.id) ? 'counts' : 'does not count: person, key or role has ended';
  };
  return approvals.map((entry) => ({
    entry: entry.id,
    act: entry.act,
    principal: entry.principal,
    role: entry.role,
    time: entry.time,
    reason: entry.reason,
    status: status(entry),
  }));
}

import { toIterationId } from '../../domain/names.ts';
import type { Drift } from '../../machine/drift.ts';
import { leftovers } from '../../machine/leftovers.ts';
import { mayBeToldOtherwise, standingAt } from '../../machine/receipts.ts';
import { bundleOf } from '../../machine/world.ts';
import type { Move } from '../../machine/reconciliation.ts';
import { cannotTellJson } from '../shared/explaining/cannot-tell.ts';
import type { View } from '../shared/command.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { heldSentence, heldView, type HeldView } from '../shared/views/held-view.ts';
import { counted } from '../shared/views/notices.ts';
import { styleOf, wrap } from '../shared/terminal/style.ts';
import type { PlaceEnd } from './converge.ts';
import { asideWords } from './ground.ts';
import type { Unreached } from './reach.ts';
import type { Round } from './round.ts';

/** One target of one line, for `--json`. */
export interface PlaceView {
  readonly target: string;
  readonly kind: string;
  readonly line: string;
  readonly follows: readonly string[];
  readonly status:
    'as wanted' | 'brought there' | 'would be moved' | 'changed by hand' | 'failed' | 'not reached';
  /** Why nothing here reaches it; null where it was reached. */
  readonly unreached: Unreached | null;
  readonly wanted: readonly string[];
  /** What of it is not known to be there: nothing here reaches the place, and no receipt says so. */
  readonly unknown: readonly string[];
  readonly held: readonly HeldView[];
  readonly moves: readonly MoveView[];
  /** What is otherwise than it was signed where nothing is moved now. */
  readonly drift: readonly Drift[];
  readonly failure: object | null;
}

interface MoveView {
  readonly do: 'put' | 'remove';
  readonly key: string;
  readonly version: string | null;
  readonly why: Move['why'];
  /** Evidence says it is as it should be: somebody else changed it. */
  readonly drift: boolean;
}

export function placeViews({ ground: { world }, places }: Round, dryRun: boolean): readonly PlaceView[] {
  return places.map((end): PlaceView => {
    const { place, unreached, moves, failure } = end;
    const wanted = place.wanted.map(({ version }) => version);
    const isLive = (version: string | null): boolean => {
      const bundle =
        version === null ? null : bundleOf(world.tree, { line: place.line, version: version as never });
      return (
        bundle !== null &&
        standingAt(world, bundle, place).status === 'live' &&
        !mayBeToldOtherwise(world, bundle, place)
      );
    };
    return {
      target: place.name,
      kind: place.target.kind,
      line: place.line,
      follows: place.target.follows,
      status: statusOf(end, dryRun),
      unreached,
      wanted,
      unknown: unreached === null ? [] : wanted.filter((version) => !isLive(version)),
      held: place.held.map(heldView),
      moves: moves.map((move) => moveView(move, isLive)),
      drift: end.drift,
      failure: failure === null ? null : cannotTellJson(failure),
    };
  });
}

function moveView(move: Move, isLive: (version: string | null) => boolean): MoveView {
  if (move.kind === 'put') {
    const { key, version } = move.slot;
    return { do: 'put', key, version, why: move.why, drift: isLive(version) };
  }
  const { key, version, why } = move;
  return { do: 'remove', key, version, why, drift: why === 'not wanted' && !isLive(version) };
}

function statusOf({ unreached, moves, drift, failure }: PlaceEnd, dryRun: boolean): PlaceView['status'] {
  if (unreached !== null) return 'not reached';
  if (failure !== null) return 'failed';
  if (drift.length > 0) return 'changed by hand';
  if (moves.length === 0) return 'as wanted';
  return dryRun ? 'would be moved' : 'brought there';
}

/** Whether everything wanted is there: as it was seen from here, or as a receipt of who reaches it says. */
export function isConverged(views: readonly PlaceView[]): boolean {
  return views.every(
    ({ status, drift, unknown }) => status !== 'failed' && drift.length + unknown.length === 0,
  );
}

/** One line for a log. */
export function healthLine(round: Round, views: readonly PlaceView[]): string {
  const count = (status: PlaceView['status']): number =>
    views.filter((view) => view.status === status).length;
  const parts = [
    views.length === 0
      ? 'the policy gives no line a target'
      : `${counted(views.length, 'target')}: ${count('as wanted')} as wanted`,
    ...(['brought there', 'would be moved', 'changed by hand', 'failed', 'not reached'] as const).flatMap(
      (status) => (count(status) === 0 ? [] : [`${count(status)} ${status}`]),
    ),
    ...asideWords(round.ground),
  ];
  return parts.join(', ');
}

/** In which order it would be done, where that is not the one it is told in. */
export function orderLines(views: readonly PlaceView[]): readonly string[] {
  const moves = views
    .filter(({ status }) => status === 'would be moved')
    .flatMap((view) => view.moves.map(({ why }) => why === 'disabled'));
  return moves.includes(true) && moves.includes(false)
    ? ['what is switched off would go from all of them first']
    : [];
}

export function placeLines(view: PlaceView, { columns, color }: View): readonly string[] {
  const style = styleOf(color);
  const { target, kind, line, status, unknown, held, moves, drift, failure, unreached } = view;
  const shown = status === 'as wanted' || status === 'brought there' ? style.good(status) : style.bad(status);
  const say = (text: string): readonly string[] =>
    wrap(escapeShown(text), columns - 4).map((each) => `    ${each}`);
  return [
    `${style.bold(target)} (${kind}) for ${line}: ${shown}`,
    ...held.flatMap((each) => say(heldSentence(each))),
    ...moves.flatMap((move) => say(moveWords(move))),
    ...drift.flatMap((each) => say(driftWords(each))),
    ...(failure === null ? [] : say(failureWords(failure))),
    ...(unreached === null ? [] : say(UNREACHED[unreached])),
    ...unknown.flatMap((version) => say(`${line}@${version} is not known to be live there`)),
    ...(unreached === 'external' ? unknown.flatMap((version) => say(receiptCommand(view, version))) : []),
  ];
}

function receiptCommand({ line, target }: PlaceView, version: string): string {
  return `modelsmith receipt add ${line}@${version} --target ${target}`;
}

const UNREACHED = {
  external: 'no machine reaches it; an operator says what is live there',
  'not listed here':
    'this machine does not list it: add it to targets.yaml in your configuration folder, or name the list with --targets',
  'listed for another repository':
    'your targets.yaml is for another repository; the id of this one stands in modelsmith.yaml',
  'listed otherwise here':
    'your targets.yaml has another kind or address for it than the policy, so it is left alone',
} as const satisfies Record<Unreached, string>;

const BECAUSE = {
  missing: 'it is missing there',
  differs: 'something else is there',
  disabled: 'a capability of it is disabled',
  'not wanted': 'no alias it follows points to it',
} as const;

function moveWords({ do: what, key, version, why, drift }: MoveView): string {
  const name = version === null ? key : key === version ? version : `${key} = ${version}`;
  return `${what} ${name}: ${BECAUSE[why]}${drift ? ' (changed by somebody else)' : ''}`;
}

const DRIFTED = {
  'not signed for': 'nobody signed that this is live here',
  changed: 'it is not what was signed as live',
  gone: 'it was live here, and is here no more',
} as const satisfies Record<Drift['how'], string>;

function driftWords({ key, version, how }: Drift): string {
  const name = key === null || key === version ? version : `${key} = ${version ?? 'something unknown'}`;
  return `changed by somebody else: ${name ?? 'something unknown'}: ${DRIFTED[how]}; nothing is moved here now, so it is left`;
}

function failureWords(failure: object): string {
  const { message = '', facts = [] } = failure as { message?: string; facts?: readonly string[] };
  return [message, ...facts].join('; ');
}

/** What nobody takes away, for `--json`. */
export interface LeftoverView {
  readonly iteration: string;
  readonly target: string;
  readonly since: string;
  readonly seen: string;
  readonly moved: boolean;
}

export function leftoverViews({ ground: { world } }: Round): readonly LeftoverView[] {
  return leftovers(world).map(({ iteration, target, receipt, isMoved }) => ({
    iteration: toIterationId(iteration),
    target,
    since: receipt.time,
    seen: receipt.seen,
    moved: isMoved,
  }));
}

export function leftoverLines(views: readonly LeftoverView[], { columns }: View): readonly string[] {
  return views.flatMap(({ iteration, target, since, seen, moved }) =>
    wrap(
      escapeShown(
        `left behind: ${iteration} was live at ${target} (${since}: ${seen}), which the policy ` +
          `${moved ? 'has at another place now' : 'does not describe any more'}: nobody takes it away there but you, by hand`,
      ),
      columns,
    ),
  );
}

export function receiptLines({ signed }: Round): readonly string[] {
  return (signed?.receipts ?? []).map(
    ({ iteration, target, outcome }) => `receipt: ${iteration} ${outcome} at ${target}`,
  );
}

import { CannotTell } from '../../base/errors.ts';
import type { Version } from '../../domain/names.ts';
import type { ReceiptOutcome } from '../../domain/receipt.ts';
import type { DesiredPlace } from '../../machine/desired.ts';
import { driftAt, type Drift } from '../../machine/drift.ts';
import { movesFor, owedReceipts, type Move } from '../../machine/reconciliation.ts';
import type { World } from '../../machine/world.ts';
import type { Deliverable, Found, TargetDriver } from '../../ports/targets.ts';
import { deliverablesOf, type Unreached } from './reach.ts';

/** A receipt to be signed. */
export interface Due {
  readonly place: DesiredPlace;
  readonly version: Version;
  readonly outcome: ReceiptOutcome;
  readonly seen: string;
}

/** What became of one target of one line. */
export interface PlaceEnd {
  readonly place: DesiredPlace;
  /** Null where it was reached. */
  readonly unreached: Unreached | null;
  /** What was there before. */
  readonly found: readonly Found[];
  /** What was to be done. */
  readonly moves: readonly Move[];
  /** What of it was done. */
  readonly done: readonly Move[];
  /** What is otherwise than it was signed where nothing is moved. */
  readonly drift: readonly Drift[];
  /** What went wrong; null where all of it was done, or nothing was to do. */
  readonly failure: CannotTell | null;
  readonly due: readonly Due[];
  /** Something was decided meanwhile, so the rest was not done. */
  readonly isOvertaken: boolean;
}

export interface Effects {
  /** Only looks. */
  readonly dryRun: boolean;
  /** Whether receipts can be signed: on a tip that is not valid nothing is. */
  readonly signs: boolean;
  /** Whether all receipts are known, so that it can be told what somebody did by hand. */
  readonly tellsDrift: boolean;
  /** Whether what was decided is still all there is, asked before each step that is no brake. */
  readonly stands: () => Promise<boolean>;
}

/** Brings one target to what is wanted there, and finds out what has to be said of it. A failure is a result. */
export async function converge(
  world: World,
  place: DesiredPlace,
  driver: TargetDriver | Unreached,
  effects: Effects,
): Promise<PlaceEnd> {
  const none = {
    ...{ place, found: [], moves: [], done: [], drift: [], failure: null, due: [], isOvertaken: false },
  };
  if (typeof driver === 'string') return { ...none, unreached: driver };
  const known = deliverablesOf(world, place.line);
  let found: readonly Found[];
  try {
    found = await driver.look(place.line, known);
  } catch (error) {
    return { ...none, unreached: null, failure: toFailure(error) };
  }
  const moves = movesFor(place, found);
  const drift = effects.tellsDrift ? driftAt(world, place, found) : [];
  const done: Move[] = [];
  const end = { place, unreached: null, found, moves, done, drift, due: [], isOvertaken: false };
  if (effects.dryRun) return { ...end, failure: null };
  let failure: CannotTell | null = null;
  for (const move of moves) {
    const isBrake = move.kind === 'remove' && move.why === 'disabled';
    // What serves already is not taken away for what could not be put there; what is switched off is.
    if (failure !== null && !isBrake) continue;
    try {
      // The last step may have taken minutes, and a brake come meanwhile.
      if (!isBrake && !(await effects.stands())) return { ...end, moves: done, failure, isOvertaken: true };
      await make(driver, place, move, known);
      done.push(move);
    } catch (error) {
      failure ??= toFailure(error);
    }
  }
  try {
    const after = moves.length === 0 ? found : await driver.look(place.line, known);
    const due = effects.signs ? await dueAt(world, place, driver, { after, known }) : [];
    return { ...end, failure, due };
  } catch (error) {
    return { ...end, failure: failure ?? toFailure(error) };
  }
}

async function make(
  driver: TargetDriver,
  { line }: DesiredPlace,
  move: Move,
  known: readonly Deliverable[],
): Promise<void> {
  if (move.kind === 'remove') await driver.remove(move.key, line);
  else await driver.put(move.slot.key, modelOf(known, move.slot.version));
}

/** Before something is said to be live it is shown to be. */
async function dueAt(
  world: World,
  place: DesiredPlace,
  driver: TargetDriver,
  { after, known }: { readonly after: readonly Found[]; readonly known: readonly Deliverable[] },
): Promise<readonly Due[]> {
  const due: Due[] = [];
  for (const { version, outcome, key } of owedReceipts(world, place, after)) {
    const there = after.find((each) => each.key === key);
    const seen =
      there === undefined ? 'It is there no more.' : await driver.prove(there, modelOf(known, version));
    due.push({ place, version, outcome, seen });
  }
  return due;
}

function modelOf(known: readonly Deliverable[], version: Version): Deliverable {
  const model = known.find(({ iteration }) => iteration.version === version);
  if (model !== undefined) return model;
  throw new CannotTell('BAD_DATA', `${version} was never exported and let go to customers`);
}

function toFailure(error: unknown): CannotTell {
  if (error instanceof CannotTell) return error;
  throw error;
}

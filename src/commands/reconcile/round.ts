import { CannotTell } from '../../base/errors.ts';
import { isNonEmpty } from '../../base/nonempty.ts';
import { seal } from '../../domain/document.ts';
import { toIterationId, type EntryId, type LineName } from '../../domain/names.ts';
import { Receipt } from '../../domain/receipt.ts';
import { reason } from '../../domain/reason.ts';
import type { TargetKind } from '../../domain/target.ts';
import { brakesAlone, desiredPlaces, type DesiredPlace } from '../../machine/desired.ts';
import { receiptRelies } from '../../machine/acts/receipt.ts';
import { holderOfKey, holdsRole, isKeyEnded } from '../../machine/law.ts';
import { placeDigest } from '../../machine/targets.ts';
import { bundleOf } from '../../machine/world.ts';
import type { TargetDriver } from '../../ports/targets.ts';
import type { CommonOptions, Outcome } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { later } from '../shared/gates/gate-decision.ts';
import { entryBy, land, openDesk, Plan, type Desk, type WriteReport } from '../shared/opening/write.ts';
import { converge, type Due, type PlaceEnd } from './converge.ts';
import type { Ground } from './ground.ts';
import { reach, type Reach, type Unreached } from './reach.ts';

export interface Signed {
  readonly receipts: readonly {
    readonly iteration: string;
    readonly target: string;
    readonly outcome: string;
    readonly entry: EntryId;
  }[];
  readonly report: WriteReport;
}

export interface Round {
  readonly ground: Ground;
  readonly places: readonly PlaceEnd[];
  /** Null where there was nothing to sign. */
  readonly signed: Signed | null;
}

/** Something was decided while targets were brought to what was decided before. */
export interface Overtaken {
  readonly kind: 'overtaken';
  readonly places: readonly PlaceEnd[];
}

type Refused = Extract<Outcome, { kind: 'refused' }>;

/** Files come before what loads them, and those who are told come last. */
const ORDER: readonly TargetKind[] = ['registry', 'directory', 'kserve', 'vllm', 'webhook', 'external'];

/**
 * Compares every target with what is wanted there, brings it there, and signs what has to be said of it.
 * @param earlier what was done before something was decided meanwhile.
 */
export async function makeRound(
  context: Context,
  common: CommonOptions,
  ground: Ground,
  around: Reach,
  earlier: readonly PlaceEnd[],
): Promise<Round | Refused | Overtaken> {
  const { world } = ground;
  const reached = reachedPlaces(context, ground, around);
  // Whoever may sign or not: a brake waits for nobody.
  const braked = common.dryRun ? [] : await brakeEverywhere(ground, reached);
  const lines = new Set(
    reached.flatMap(({ place, driver }) => (typeof driver === 'string' ? [] : [place.line])),
  );
  // Whoever could not sign for it afterwards puts nothing anywhere.
  const signs = ground.onlyBrakes === null && !common.dryRun && lines.size > 0;
  const desk = signs ? await openDesk(context, common, { known: ground.known }) : null;
  const no = desk === null ? null : mayNot(desk, [...lines]);
  if (no !== null) return no;
  const { isOne: tellsDrift } = ground;
  // Where others cannot be asked any more it begins again without them.
  const stands = (): Promise<boolean> => ground.stands().catch(unlessUnreachable);
  const effects = { dryRun: common.dryRun, signs: desk !== null, tellsDrift, stands };
  const cleared = braked.map((end) => withEarlier(end, earlier));
  const before = replacing(earlier, cleared);
  const ends: PlaceEnd[] = [];
  const overtaken = (): Overtaken => ({ kind: 'overtaken', places: replacing(before, ends) });
  for (const { place, driver } of reached) {
    // Where not even that could be done nothing else is tried.
    const failed = cleared.find((end) => end.failure !== null && isSame(place, end.place));
    const end = failed ?? withEarlier(await converge(world, place, driver, effects), before);
    ends.push(end);
    if (end.isOvertaken) return overtaken();
  }
  const due = ends.flatMap((end) => end.due);
  if (desk === null || due.length === 0) return { ground, places: ends, signed: null };
  if (!(await stands())) return overtaken();
  const signed = await sign(later(desk), common, due);
  return 'kind' in signed ? signed : { ground, places: ends, signed };
}

/** Takes away what is switched off, and does nothing else. */
export async function obeyBrakes(context: Context, ground: Ground, around: Reach): Promise<void> {
  await brakeEverywhere(ground, reachedPlaces(context, ground, around));
}

/**
 * What is switched off goes from everywhere before anything is put anywhere, since that may take minutes.
 * @returns what became of it where anything is switched off.
 */
async function brakeEverywhere(
  { world, stands }: Ground,
  reached: readonly Reached[],
): Promise<readonly PlaceEnd[]> {
  const ends: PlaceEnd[] = [];
  const defects: unknown[] = [];
  for (const { place, driver } of reached) {
    if (place.barred.size === 0 || typeof driver === 'string') continue;
    const effects = { dryRun: false, signs: true, tellsDrift: false, stands };
    try {
      ends.push({ ...(await converge(world, brakesAlone(place), driver, effects)), place });
    } catch (error) {
      // A defect at one place is none of the brakes at others.
      defects.push(error);
    }
  }
  if (defects.length > 0) throw defects[0];
  return ends;
}

function unlessUnreachable(error: unknown): false {
  if (error instanceof CannotTell && error.code === 'UNREACHABLE') return false;
  throw error;
}

interface Reached {
  readonly place: DesiredPlace;
  readonly driver: TargetDriver | Unreached;
}

function reachedPlaces(
  context: Context,
  { world, at, onlyBrakes }: Ground,
  around: Reach,
): readonly Reached[] {
  return inOrder(desiredPlaces(world, at, onlyBrakes !== null)).map((place) => ({
    place,
    driver: reach(context, around, world, place),
  }));
}

function isSame(one: DesiredPlace, other: DesiredPlace): boolean {
  return one.name === other.name && one.line === other.line;
}

/** What was done before is told as well. */
function withEarlier(end: PlaceEnd, earlier: readonly PlaceEnd[]): PlaceEnd {
  const before = earlier.find(({ place }) => isSame(place, end.place));
  if (before === undefined) return end;
  return { ...end, moves: [...before.done, ...end.moves], done: [...before.done, ...end.done] };
}

function replacing(ends: readonly PlaceEnd[], newer: readonly PlaceEnd[]): readonly PlaceEnd[] {
  return [...newer, ...ends.filter((end) => !newer.some(({ place }) => isSame(place, end.place)))];
}

function inOrder(places: readonly DesiredPlace[]): readonly DesiredPlace[] {
  const rank = ({ target }: DesiredPlace): number => ORDER.indexOf(target.kind);
  return [...places].sort((a, b) => rank(a) - rank(b));
}

function mayNot({ who, actor, workspace }: Desk, lines: readonly LineName[]): Refused | null {
  const { id: principal } = who.principal;
  const key = holderOfKey(workspace.world.law, who.signer.primary)?.key;
  const how = key?.compromised === undefined ? 'retired' : 'compromised';
  const reasons = [
    ...(key !== undefined && isKeyEnded(key)
      ? [reason('KEY_ENDED', { key: key.fingerprint, principal, how })]
      : []),
    ...lines
      .filter((line) => !holdsRole(who.principal, 'reconciler', line, actor.clock))
      .map((line) => reason('ROLE_NOT_HELD', { principal, role: 'reconciler', line })),
  ];
  return isNonEmpty(reasons)
    ? { kind: 'refused', headline: 'nobody could sign for what reaches the targets', reasons }
    : null;
}

/** All of it in one signature. */
async function sign(desk: Desk, common: CommonOptions, due: readonly Due[]): Promise<Signed | Refused> {
  const plan = new Plan(desk);
  const receipts: Signed['receipts'][number][] = [];
  for (const { place, version, outcome, seen } of due) {
    const iteration = { line: place.line, version };
    const bundle = bundleOf(plan.world.tree, iteration);
    if (bundle?.record.export === undefined) continue;
    const id = toIterationId(iteration);
    const receipt = seal(Receipt, {
      schema: 'modelsmith/receipt/v1',
      ...entryBy(desk, 'receipt', 'reconciler', receiptRelies(bundle)),
      iteration: id,
      target: place.name,
      place: placeDigest(place),
      artifact: bundle.record.request.artifact.digest,
      manifest: bundle.record.export.manifest.sha256,
      outcome,
      seen,
    });
    const refused = plan.add(`${id} cannot take this receipt`, { kind: 'receipt', iteration, receipt });
    if (refused !== null) return refused;
    receipts.push({ iteration: id, target: place.name, outcome, entry: receipt.id });
  }
  const words = receipts.map(({ iteration, target, outcome }) => `${iteration} ${outcome} at ${target}`);
  const [first = ''] = words;
  const title = words.length === 1 ? `Record ${first}` : `Record ${first} and ${words.length - 1} more`;
  const report = await land(desk, common, plan, title);
  return 'kind' in report ? report : { receipts, report };
}

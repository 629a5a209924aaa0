import { isNonEmpty } from '../../base/nonempty.ts';
import { seal } from '../../domain/document.ts';
import { toIterationId, type EntryId, type LineName } from '../../domain/names.ts';
import { Receipt } from '../../domain/receipt.ts';
import { reason } from '../../domain/reason.ts';
import type { TargetKind } from '../../domain/target.ts';
import type { Verification } from '../../evidence/verification.ts';
import { brakesAlone, desiredPlaces, type DesiredPlace } from '../../machine/desired.ts';
import { receiptRelies } from '../../machine/acts/receipt.ts';
import { holderOfKey, holdsRole, isKeyEnded } from '../../machine/law.ts';
import { placeDigest } from '../../machine/targets.ts';
import { bundleOf, type World } from '../../machine/world.ts';
import type { CommonOptions, Outcome } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { later } from '../shared/gate-decision.ts';
import { entryBy, land, openDesk, Plan, type Desk, type WriteReport } from '../shared/write.ts';
import { converge, type Due, type PlaceEnd } from './converge.ts';
import { reach, type Reach } from './reach.ts';

/** What evidence says at one time, and whether more can be signed on top of it. */
export interface Ground {
  readonly world: World;
  /** Seconds since 1970. */
  readonly at: number;
  /** Not everything is valid: nothing moves on its word, and nothing is signed. */
  readonly isVoid: boolean;
  readonly known: readonly Verification[];
}

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

type Refused = Extract<Outcome, { kind: 'refused' }>;

/** Files come before what loads them, and those who are told come last. */
const ORDER: readonly TargetKind[] = ['registry', 'directory', 'kserve', 'vllm', 'webhook', 'external'];

/** Compares every target with what is wanted there, brings it there, and signs what has to be said of it. */
export async function makeRound(
  context: Context,
  common: CommonOptions,
  ground: Ground,
  around: Reach,
): Promise<Round | Refused> {
  const { world, at, isVoid } = ground;
  const places = inOrder(desiredPlaces(world, at, isVoid));
  const reached = places.map((place) => ({ place, driver: reach(context, around, world, place) }));
  const lines = new Set(
    reached.flatMap(({ place, driver }) => (typeof driver === 'string' ? [] : [place.line])),
  );
  // Whoever could not sign for it afterwards puts nothing anywhere. What is switched off goes whoever holds a key.
  const signs = !isVoid && !common.dryRun && lines.size > 0;
  const obeyBrakes = async (): Promise<void> => {
    for (const { place, driver } of reached)
      await converge(world, brakesAlone(place), driver, { dryRun: false, signs: false });
  };
  const desk = signs
    ? await openDesk(context, common, { known: ground.known }).catch(async (error: unknown) => {
        await obeyBrakes();
        throw error;
      })
    : null;
  const no = desk === null ? null : mayNot(desk, [...lines]);
  if (no !== null) {
    await obeyBrakes();
    return no;
  }
  const ends: PlaceEnd[] = [];
  for (const { place, driver } of reached) {
    ends.push(await converge(world, place, driver, { dryRun: common.dryRun, signs: desk !== null }));
  }
  const due = ends.flatMap((end) => end.due);
  if (desk === null || due.length === 0) return { ground, places: ends, signed: null };
  const signed = await sign(later(desk), common, due);
  return 'kind' in signed ? signed : { ground, places: ends, signed };
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

import { sha256, type Sha256 } from '../../base/digest.ts';
import { CannotTell } from '../../base/errors.ts';
import { isDemonstration } from '../../domain/repository.ts';
import { printRegistryPlace, type RegistryPlace } from '../../domain/registry-place.ts';
import { recordsOf, type World } from '../../machine/world.ts';
import type { CommonOptions } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { pushUnattended, sharedWith, synchroniseUnattended } from '../shared/sharing/unattended.ts';
import { openDesk } from '../shared/opening/write.ts';
import type { Push } from '../../domain/own-settings.ts';
import { submitCandidate, type CandidateEnd, type Found } from './candidate.ts';
import type { Order } from './order.ts';
import { checkReady, demandLivingKey, whyNow } from './readiness.ts';

export interface Round {
  /** What was looked at now; what was refused before is not told again. */
  readonly ends: readonly CandidateEnd[];
  /** How many candidates there are, known or not. */
  readonly found: number;
  /** Candidates that evidence knows, and those that were refused before. */
  readonly known: number;
  readonly refusedBefore: number;
  /** Why none, or no more, can be submitted for now; null where nothing speaks against it. */
  readonly waits: string | null;
  /** Whether everything that was signed is where others see it. */
  readonly shared: boolean;
  readonly demonstration: boolean;
  /** Tags under which nothing lies that can be named. */
  readonly unread: readonly UnreadTag[];
}

export interface UnreadTag {
  readonly tag: string;
  readonly why: string;
}

/** Each is asked for at every look. */
const MAX_TAGS = 1000;

/** Candidates that were refused since this was started, each with what it was refused under; null where nothing mends it. */
export type Refused = Map<Sha256, string | null>;

/** Looks once. What was submitted is known by evidence alone, so whoever is killed begins where evidence ends. */
export async function makeRound(
  context: Context,
  common: CommonOptions,
  order: Order,
  { matches, push }: { readonly matches: (tag: string) => boolean; readonly push: Push | undefined },
  refused: Refused,
): Promise<Round> {
  const upstream = await sharedWith(context, common);
  const together =
    upstream === null
      ? null
      : await synchroniseUnattended(context, common, upstream, { machine: 'watch', push });
  if (together !== null && together.end.kind !== 'done')
    throw new CannotTell('RACE_LOST', 'what is here and what others have do not go together', {
      remedy: 'modelsmith sync   (shows why)',
    });
  const { place } = order;
  if (place.kind === 'layout' && !(await context.files.exists(place.folder)))
    throw new CannotTell('NO_INPUT', `there is no folder ${place.folder}`, {
      remedy: 'name oci://<host>/<repository>, or a folder in OCI image layout',
    });
  const registry = await context.registry(place);
  const { found, unread } = await candidatesIn(registry, matches);
  let desk = await openDesk(context, common);
  await demandLivingKey(desk);
  const ready = await checkReady(desk, common, order);
  const { world } = desk.workspace;
  const isRefused = ({ manifest }: Found): boolean => {
    const under = refused.get(manifest);
    return under === null || under === ready.ground;
  };
  const unknown = found.filter(({ manifest }) => !isKnown(world, order, manifest));
  const fresh = unknown.filter((each) => !isRefused(each));
  const ends: CandidateEnd[] = [];
  let shared = true;
  let waits = fresh.length === 0 ? null : whyNow(desk, order);
  if (fresh.length > 0 && waits === null && !common.dryRun) await demandReach(context, ready.exports);
  for (const candidate of fresh) {
    waits = whyNow(desk, order);
    if (waits !== null) break;
    const done = await submitCandidate(desk, common, registry, candidate, order, ready);
    ends.push(done);
    if (done.status === 'refused') refused.set(done.manifest, done.under);
    // The next would fare no better.
    if (done.status === 'failed' && done.isOwn) break;
    if (done.status !== 'submitted' || done.signed === null) continue;
    shared = (await pushUnattended(context, push, common, done.signed))?.well !== false && shared;
    desk = await openDesk(context, common);
  }
  return {
    demonstration: isDemonstration(world.law.repository),
    found: found.length,
    known: found.length - unknown.length,
    refusedBefore: unknown.length - fresh.length,
    ...{ ends, unread, waits, shared },
  };
}

/** Whether what clears the lock can go where it is to go. Asked before gigabytes come, for a manifest that is not there. */
async function demandReach(context: Context, place: RegistryPlace): Promise<void> {
  await (await context.registry(place)).has(sha256(''));
}

async function candidatesIn(
  registry: Awaited<ReturnType<Context['registry']>>,
  matches: (tag: string) => boolean,
): Promise<{ readonly found: readonly Found[]; readonly unread: readonly UnreadTag[] }> {
  const unread: UnreadTag[] = [];
  const found = new Map<Sha256, string[]>();
  const tags = (await registry.tags()).filter(matches);
  if (tags.length > MAX_TAGS)
    throw new CannotTell('BAD_DATA', `more than ${MAX_TAGS} tags match`, {
      remedy: 'take away the tags of candidates that are done with, or name fewer with --tag',
    });
  for (const tag of tags) {
    // A tag may go while it is looked for.
    const manifest = await registry.tagged(tag).catch((error: unknown) => {
      // One that is wrong by itself keeps no other back.
      if (!(error instanceof CannotTell) || error.code !== 'BAD_DATA') throw error;
      unread.push({ tag, why: [error.message, ...error.facts].join('; ') });
      return null;
    });
    if (manifest !== null) found.set(manifest, [...(found.get(manifest) ?? []), tag]);
  }
  return { found: [...found].map(([manifest, tags]) => ({ manifest, tags })), unread };
}

/** Whether it was requested from there, or is what was exported here. */
function isKnown({ tree }: World, { line, place }: Order, manifest: Sha256): boolean {
  // A folder is a place on one machine, and has no name that all share.
  const registry = place.kind === 'layout' ? undefined : printRegistryPlace(place);
  return recordsOf(tree, line).some(
    ({
      record: {
        request: { origin },
        export: exported,
      },
    }) =>
      (origin?.manifest === manifest && origin.registry === registry) ||
      exported?.manifest.sha256 === manifest,
  );
}

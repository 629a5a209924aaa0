import type { Sha256 } from '../../base/digest.ts';
import { CannotTell } from '../../base/errors.ts';
import { isDemonstration } from '../../domain/repository.ts';
import { printRegistryPlace } from '../../domain/registry-place.ts';
import { stopReasons } from '../../machine/acts/lock.ts';
import { locksOf, recordsOf, type World } from '../../machine/world.ts';
import type { CommonOptions } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { pushUnattended, sharedWith, synchroniseUnattended } from '../shared/sharing/unattended.ts';
import { openDesk } from '../shared/opening/write.ts';
import type { Push } from '../../domain/own-settings.ts';
import { submitCandidate, type CandidateEnd, type Found, type Order } from './candidate.ts';

export interface Round {
  /** What was looked at now; what was refused before is not told again. */
  readonly ends: readonly CandidateEnd[];
  /** Candidates that evidence knows, and those that were refused before. */
  readonly known: number;
  readonly refusedBefore: number;
  /** Why none can be submitted for now; null where nothing speaks against it. */
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

/** Digests of candidates that were refused since this was started. */
export type Refused = Set<Sha256>;

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
  const registry = await context.registry(order.place);
  const { found, unread } = await candidatesIn(registry, matches);
  let desk = await openDesk(context, common);
  const { principal } = desk.who;
  if (principal.kind !== 'automation')
    throw new CannotTell('USAGE', `${principal.id} is a person, and this signs where nobody looks`, {
      remedy: 'MODELSMITH_KEY_FILE=<key file of the pipeline>',
    });
  const { world } = desk.workspace;
  const before = found.filter(({ manifest }) => refused.has(manifest)).length;
  const fresh = found.filter(({ manifest }) => !refused.has(manifest) && !isKnown(world, order, manifest));
  const demonstration = isDemonstration(world.law.repository);
  const counts = {
    demonstration,
    unread,
    known: found.length - fresh.length - before,
    refusedBefore: before,
  };
  const waits = fresh.length === 0 ? null : whyNow(world, order);
  if (waits !== null) return { ends: [], ...counts, waits, shared: true };
  const ends: CandidateEnd[] = [];
  let shared = true;
  for (const candidate of fresh) {
    const done = await submitCandidate(desk, common, registry, candidate, order);
    ends.push(done);
    if (done.status === 'refused') refused.add(done.manifest);
    if (done.status !== 'submitted' || done.signed === null) continue;
    shared = (await pushUnattended(context, push, common, done.signed))?.well !== false && shared;
    desk = await openDesk(context, common);
  }
  return { ends, ...counts, waits: null, shared };
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

/** What speaks against any candidate of the line, without one being looked at. */
function whyNow({ law, tree }: World, { line }: Order): string | null {
  if (stopReasons(law, line).length > 0) return `candidates of ${line} are stopped by an override`;
  return locksOf(tree, line).length === 0 ? `${line} has no lock yet` : null;
}

import { isNonEmpty } from '../../base/nonempty.ts';
import type { Sha256 } from '../../base/digest.ts';
import { CannotTell } from '../../base/errors.ts';
import { printBasePin } from '../../domain/base-pin.ts';
import { IterationId, toIteration } from '../../domain/names.ts';
import { readReference, type OciReference } from '../../domain/oci-reference.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import { printRegistryPlace } from '../../domain/registry-place.ts';
import { bundleOf, bundlesOf, type Bundle, type World } from '../../machine/world.ts';
import { inspectAdapter } from '../shared/intake/adapter-check.ts';
import type { Outcome } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';

/** What somebody is about to deploy: the iterations it can be, never none. */
export type Asked =
  | { readonly kind: 'found'; readonly bundles: readonly [Bundle, ...Bundle[]] }
  | { readonly kind: 'none'; readonly reasons: readonly [Reason, ...Reason[]] };

/** @throws CannotTell where it cannot be found out what is meant. */
export async function findAsked(
  context: Context,
  world: World,
  subject: string,
  plainHttp: boolean,
): Promise<Asked> {
  const id = IterationId.safeParse(subject);
  if (id.success) {
    const bundle = bundleOf(world.tree, toIteration(id.data));
    return bundle === null
      ? { kind: 'none', reasons: [reason('ITERATION_UNKNOWN', { iteration: id.data })] }
      : { kind: 'found', bundles: [bundle] };
  }
  const [, digest] = /^(?:sha256:)?([0-9a-f]{64})$/.exec(subject) ?? [];
  if (digest !== undefined) return withDigest(world, digest as Sha256, 'either');
  if (subject.startsWith('sha256:'))
    throw new CannotTell('USAGE', 'sha256: takes 64 digits from 0 to 9 and a to f', { facts: [subject] });
  const read = readReference(subject, plainHttp);
  if (read.kind === 'wrong') throw new CannotTell('USAGE', `the reference ${read.why}`, { facts: [subject] });
  if (read.kind === 'reference')
    return withDigest(world, await resolved(context, read.reference), 'manifest');
  return await inFolder(context, world, subject);
}

/** Weights can have been asked for more than once, a manifest names its iteration. */
function withDigest(world: World, digest: Sha256, of: 'either' | 'manifest'): Asked {
  const bundles = bundlesOf(world.tree).filter(
    ({ record }) =>
      record.export?.manifest.sha256 === digest ||
      (of === 'either' && record.request.artifact.digest === digest),
  );
  return isNonEmpty(bundles)
    ? { kind: 'found', bundles }
    : { kind: 'none', reasons: [reason('DIGEST_UNKNOWN', { digest })] };
}

/** The digest of what the registry gives out under a name: of its bytes, whatever it says of them. */
async function resolved(context: Context, { place, name }: OciReference): Promise<Sha256> {
  const absolute =
    place.kind === 'layout' ? { ...place, folder: context.files.absolute(place.folder) } : place;
  const opened = await context.registry(absolute);
  const found =
    'tag' in name ? await opened.tagged(name.tag) : (await opened.has(name.digest)) ? name.digest : null;
  if (found !== null) return found;
  throw new CannotTell('NO_INPUT', 'the registry has no such manifest', {
    facts: [printRegistryPlace(absolute), 'tag' in name ? name.tag : `sha256:${name.digest}`],
    remedy: 'see under which name it was exported: modelsmith log',
  });
}

/** A folder is what its files are. Where its configuration leaves its base open, the bases of the iterations are tried. */
async function inFolder(context: Context, world: World, folder: string): Promise<Asked> {
  const bases = new Map(
    bundlesOf(world.tree).map(({ record: { request } }) => {
      const stated = { name: request.base.name, pin: printBasePin(request.base.pin) };
      return [`${stated.name}@${stated.pin}`, stated] as const;
    }),
  );
  let found: Awaited<ReturnType<typeof inspectAdapter>> | null = null;
  for (const base of [null, ...bases.values()]) {
    found = await inspectAdapter(context, folder, folder, base).catch((error: unknown) => {
      throw error instanceof CannotTell && error.code === 'NO_INPUT' ? noSubject(folder, error) : error;
    });
    if (found.kind === 'sound') return withDigest(world, found.digest, 'either');
    if (!isOpen(found)) break;
  }
  if (found?.kind !== 'refused') throw new Error('no base was tried');
  const [first, ...rest] = found.reasons;
  return { kind: 'none', reasons: [first, ...rest] };
}

/** Whatever is misspelt ends here. */
function noSubject(subject: string, cause: CannotTell): CannotTell {
  return new CannotTell('NO_INPUT', `there is no folder ${subject}, and it is no other subject either`, {
    cause,
    remedy:
      'name line@version, sha256:<digest>, oci://<host>/<repository>:<tag> or a folder that can be read',
  });
}

/** Whether nothing is wrong but that the base is not said, or is another than the one just tried. */
function isOpen({ reasons }: Extract<Outcome, { kind: 'refused' }>): boolean {
  return reasons.every(
    (why) => why.code === 'ARTIFACT_REFUSED' && ['BASE_FLOATING', 'BASE_MISMATCH'].includes(why.facts.fault),
  );
}

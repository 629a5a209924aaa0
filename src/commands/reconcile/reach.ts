import { createHash } from 'node:crypto';
import { CannotTell } from '../../base/errors.ts';
import type { FileEntry } from '../../domain/entry.ts';
import { toIterationId, type LineName } from '../../domain/names.ts';
import { isConfirmed, type OwnTargets } from '../../domain/own-targets.ts';
import type { DesiredPlace } from '../../machine/desired.ts';
import { mayBeToldOtherwise, standingAt } from '../../machine/receipts.ts';
import { bundleOf, isPassed, recordsOf, type World } from '../../machine/world.ts';
import type { Deliverable, DriverParts, TargetDriver, Told } from '../../ports/targets.ts';
import type { ModelRegistry } from '../../ports/registry.ts';
import type { Context } from '../shared/context.ts';
import { registryNamed } from '../shared/intake/registry-choice.ts';
import type { RegistryPlace } from '../../domain/registry-place.ts';

/** Why nobody here does anything at a place. */
export type Unreached =
  'external' | 'not listed here' | 'listed for another repository' | 'listed otherwise here';

export interface Reach {
  readonly own: OwnTargets | null;
  /** Where exported artifacts lie. */
  readonly exports: ModelRegistry;
}

/** What reaches a place from here, or why nothing does. A policy alone makes this machine talk to nobody. */
export function reach(
  context: Context,
  { own, exports }: Reach,
  world: World,
  place: DesiredPlace,
): TargetDriver | Unreached {
  if (place.target.kind === 'external') return 'external';
  if (own !== null && own.repository !== world.law.repository.id) return 'listed for another repository';
  const isListed = own !== null && Object.hasOwn(own.targets, place.name);
  const entry = isListed ? own.targets[place.name] : undefined;
  if (entry === undefined) return 'not listed here';
  if (!isConfirmed(place.target, entry)) return 'listed otherwise here';
  const open = (file: FileEntry): AsyncIterable<Uint8Array> => exports.read(file);
  return context.targets.driver(place, {
    own: entry,
    repository: world.law.repository.id,
    told: toldOf(world, place),
    barred: place.barred,
    open,
    rankOf: (model) => rankOf(context.inspector, open, model),
    registry: (repository, plainHttp) => context.registry(placeOf(repository, plainHttp)),
    now: () => context.now(),
  });
}

/** As a policy spells it: a folder, or a repository of a registry. */
function placeOf(repository: string, plainHttp: boolean): RegistryPlace {
  return registryNamed(repository.startsWith('/') ? repository : `oci://${repository}`, plainHttp);
}

function toldOf(world: World, place: DesiredPlace): readonly Told[] {
  return recordsOf(world.tree, place.line).flatMap(({ iteration }) => {
    const bundle = bundleOf(world.tree, iteration);
    const standing = bundle === null ? null : standingAt(world, bundle, place);
    if (bundle === null || standing?.receipt == null) return [];
    const doubtful = mayBeToldOtherwise(world, bundle, place);
    const live = standing.status === 'live';
    return [{ version: iteration.version, live, doubtful, receipt: standing.receipt.id }];
  });
}

/** What can lie at a target of a line: whatever was exported and went to customers once. */
export function deliverablesOf(world: World, line: LineName): readonly Deliverable[] {
  return recordsOf(world.tree, line).flatMap(({ iteration, record }): readonly Deliverable[] => {
    const { artifact } = record.request;
    return record.export === undefined || !isPassed({ record }, { to: 'customer-deployed' })
      ? []
      : [
          {
            iteration,
            manifest: record.export.manifest.sha256,
            artifact: artifact.digest,
            files: artifact.files,
          },
        ];
  });
}

/** The highest rank, by a configuration that is the one people signed for. */
async function rankOf(
  inspector: Context['inspector'],
  open: DriverParts['open'],
  { iteration, files }: Deliverable,
): Promise<number> {
  const file = files.find(({ path }) => path === inspector.configuration);
  if (file === undefined)
    throw new CannotTell('BAD_DATA', `${toIterationId(iteration)} has no ${inspector.configuration}`);
  const verdict = inspector.readConfiguration(await hashed(file, open));
  if (verdict.kind === 'sound') return verdict.maxRank;
  throw new CannotTell('BAD_DATA', `servers do not load ${toIterationId(iteration)}`, {
    facts: verdict.findings.map(({ message }) => message),
    remedy: 'train an adapter that they load, and request it as a new version',
  });
}

const MAX_CONFIGURATION_BYTES = 1024 * 1024;

async function hashed(file: FileEntry, open: DriverParts['open']): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const hash = createHash('sha256');
  if (file.size > MAX_CONFIGURATION_BYTES)
    throw new CannotTell('BAD_DATA', `${file.path} is larger than ${MAX_CONFIGURATION_BYTES} bytes`);
  for await (const part of open(file)) {
    hash.update(part);
    parts.push(part);
  }
  if (hash.digest('hex') !== file.sha256)
    throw new CannotTell('BAD_DATA', 'a file of the registry is not the one that was exported', {
      facts: [file.path],
      remedy: 'find out who changed the registry, and export again',
    });
  return Buffer.concat(parts);
}

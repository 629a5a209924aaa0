import { aliasesDocument, aliasTargets, pinOf, type AliasStep } from '../../src/domain/aliases.ts';
import { seal } from '../../src/domain/document.ts';
import type { Version } from '../../src/domain/names.ts';
import { aliasesFile } from '../../src/domain/paths.ts';
import { Pin, Unpin } from '../../src/domain/pin.ts';
import type { AliasName } from '../../src/domain/states.ts';
import { edgeOfAlias } from '../../src/machine/edges.ts';
import { aliasesOf, recordOf, type World } from '../../src/machine/world.ts';
import { header, ITERATION, type By } from './acts.ts';
import type { KeyName } from './people.ts';
import type { Files, Site } from './site.ts';

const { line } = ITERATION;
const ALIASES_FILE = aliasesFile(line);

export interface PinSpec extends By {
  /** Where the alias goes; 1.0.0 where not given. */
  readonly version?: string;
  readonly alias?: AliasName;
  /** Over any field of the entry before it is sealed. */
  readonly changes?: object;
  /** Over the step around it. */
  readonly step?: object;
}

/** What an honest tool writes for a pin, made by hand so that any one thing in it can be made wrong. */
export function pinFiles(site: Site, world: World, spec: PinSpec): Files {
  const { version = '1.0.0', alias = 'serving', changes = {}, step = {} } = spec;
  const edge = edgeOfAlias(alias);
  const taken = recordOf(world.tree, { line, version: version as Version })?.transitions.find(
    ({ to }) => to === edge.to,
  );
  const signed = seal(Pin, {
    ...header(site, world, 'pin', spec, taken === undefined ? [] : [taken.id]),
    ...{ line, alias, version, reason: 'It misreads the new forms.' },
    ...changes,
  } as never);
  const from = aliasTargets(aliasesOf(world.tree, line)).get(alias) ?? null;
  return aliasFiles(world, (steps) => [
    ...steps,
    {
      ...{ cause: 'pin', entry: signed.id, version: signed.version, time: signed.time },
      moves: [{ alias, from, to: signed.version }],
      signed,
      ...step,
    },
  ]);
}

export const OMAR = { who: 'omar', role: 'operator' } as const;
export const GUS = { who: 'gus', role: 'release-owner' } as const;
/** A pin, and with whose key its commit is signed where that is another's. */
export type SignedPin = Partial<PinSpec> & { readonly by?: KeyName };

/** A pin in a commit of its own: omar's at 1.0.0, but for what is said otherwise. @returns the commit. */
export async function pinnedOn(site: Site, on: string, spec: SignedPin = {}): Promise<string> {
  const time = spec.time ?? site.timeOf(site.idOf(on)) + 600;
  const world = await site.load(site.idOf(on));
  const put = pinFiles(site, world, { ...OMAR, ...spec, time });
  return await site.commit({ on, by: spec.by ?? spec.who ?? 'omar', time, put });
}

/** The second word as it should be, but for what is changed, which says that it moved the alias. @param first the commit with the first. */
export async function secondWord(
  site: Site,
  first: string,
  spec: SignedPin = OMAR,
  on = first,
): Promise<string> {
  const relied = [
    recordOf((await site.load(first)).tree, ITERATION)?.transitions.find(
      ({ to }) => to === 'customer-deployed',
    )?.id,
    aliasesOf((await site.load(first)).tree, ITERATION.line)?.steps.at(-1)?.entry,
  ];
  const reliedOn = relied.flatMap((id) => id ?? []).sort();
  return await pinnedOn(site, on, { ...spec, changes: { reliedOn, ...spec.changes } });
}

/** The same for the end of a pin. */
export function unpinFiles(site: Site, world: World, spec: By): Files {
  const pinned = pinOf(aliasesOf(world.tree, line), 'serving');
  const version = pinned?.version ?? ITERATION.version;
  const signed = seal(Unpin, {
    ...header(site, world, 'unpin', spec, pinned === null ? [] : [pinned.entry]),
    ...{ line, alias: 'serving', version, reason: 'All is well again.' },
  } as never);
  const { id: entry, time } = signed;
  return aliasFiles(world, (steps) => [
    ...steps,
    { cause: 'unpin', entry, version, time, moves: [], signed },
  ]);
}

/** The aliases of the line with other steps. @param files what is written already, instead of what is in the tree. */
export function aliasFiles(
  world: World,
  change: (steps: readonly AliasStep[]) => readonly AliasStep[],
  files: Files = {},
): Files {
  const text = files[ALIASES_FILE];
  const written = text === undefined ? null : aliasesDocument.parse(Buffer.from(text), ALIASES_FILE);
  const aliases = written?.ok === true ? written.value : aliasesOf(world.tree, line);
  if (aliases === null) throw new Error('no alias was ever moved here');
  return { [ALIASES_FILE]: aliasesDocument.print({ ...aliases, steps: change(aliases.steps) }) };
}

import { randomBytes } from 'node:crypto';
import { seal } from '../../src/domain/document.ts';
import {
  Incident,
  incidentDocument,
  SecondedIncident,
  secondedIncidentDocument,
} from '../../src/domain/incident.ts';
import { toTime, type EntryId } from '../../src/domain/names.ts';
import { incidentFile, overrideFile, secondedFile } from '../../src/domain/paths.ts';
import { header } from './acts.ts';
import type { KeyName, Person } from './people.ts';
import type { Files, Site } from './site.ts';

export interface OverrideSpec {
  readonly who?: Person;
  readonly key?: KeyName;
  /** Seconds since 1970. */
  readonly time: number;
  /** Over any field; `act` and what belongs to it at least. */
  readonly brake: object;
  readonly id?: string;
}

/** An override as a person writes it by hand: any spelling, a random id. */
export function override(site: Site, repository: string, spec: OverrideSpec): Files {
  const { who = 'mia', key = who, time, brake, id = randomBytes(32).toString('hex') } = spec;
  const fields = {
    reason: 'pulled the brake',
    time: toTime(time),
    key: site.world.people.key(key).fingerprint,
    role: 'override',
    principal: who,
    repository,
    id,
    schema: 'modelsmith/override/v1',
    ...brake,
  };
  return { [overrideFile(id)]: `${JSON.stringify(fields)}\n` };
}

export function idOf(files: Files): string {
  const [path = ''] = Object.keys(files);
  return path.slice('overrides/'.length, -'.json'.length);
}

export async function repositoryOf(site: Site): Promise<string> {
  return (await site.load(site.at('root'))).law.repository.id;
}

/** A commit that pulls a brake. */
export async function brake(
  site: Site,
  on: string,
  spec: Omit<OverrideSpec, 'time'> & { readonly time?: number; readonly put?: Files },
): Promise<string> {
  const time = spec.time ?? site.timeOf(site.idOf(on)) + 60;
  const files = override(site, await repositoryOf(site), { ...spec, time });
  const by = spec.key ?? spec.who ?? 'mia';
  return await site.commit({ on, by, time, put: { ...files, ...spec.put } });
}

export interface RepairSpec {
  readonly on: string;
  /** The valid commits; the tree of the first is restored. */
  readonly base: readonly string[];
  readonly setAside: readonly string[];
  readonly who?: Person;
  readonly role?: string;
  readonly time?: number;
  /** Over any field before it is sealed. */
  readonly changes?: object;
  /** Files beside what is restored. */
  readonly put?: Files;
  readonly remove?: readonly string[];
  /** Whose governed files are restored instead. */
  readonly restores?: string;
  readonly by?: KeyName | null;
}

/** A repair made by hand. @returns its id and that of the incident. */
export async function repair(
  site: Site,
  spec: RepairSpec,
): Promise<{ readonly commit: string; readonly incident: string }> {
  const { on, base, setAside, who = 'dora', role = 'domain-expert', changes = {} } = spec;
  const time = spec.time ?? site.timeOf(on) + 60;
  const world = await site.load(site.at('root'));
  const incident = seal(Incident, {
    schema: 'modelsmith/incident/v1',
    ...header(site, world, 'repair', { who, role, time }, []),
    base: [...base].sort(),
    setAside: [...setAside].sort().map((commit) => ({ commit, codes: ['FOUND'] })),
    stands: [],
    lost: [],
    reason: 'Somebody did what nobody may.',
    ...changes,
  } as never);
  const tree = await site.treeWith(
    spec.restores ?? base[0] ?? '',
    { [incidentFile(incident.id)]: incidentDocument.print(incident), ...spec.put },
    spec.remove,
  );
  const commit = await site.commit({ on, by: spec.by === undefined ? who : spec.by, time, tree });
  return { commit, incident: incident.id };
}

/** The second person's word, on top of a repair. */
export async function second(
  site: Site,
  repaired: { readonly commit: string; readonly incident: string },
  { who, role, time }: { readonly who: Person; readonly role: string; readonly time?: number },
): Promise<string> {
  const at = time ?? site.timeOf(repaired.commit) + 60;
  const world = await site.load(site.at('root'));
  const incident = repaired.incident as EntryId;
  const entry = seal(SecondedIncident, {
    schema: 'modelsmith/incident-seconded/v1',
    ...header(site, world, 'second', { who, role, time: at }, [incident]),
    incident,
    reason: 'I looked at both.',
  } as never);
  const put = { [secondedFile(incident)]: secondedIncidentDocument.print(entry) };
  return await site.commit({ on: repaired.commit, by: who, time: at, put });
}

interface Told {
  readonly incidents: readonly {
    readonly principal: string;
    readonly setAside: readonly { readonly commit: string }[];
  }[];
  readonly overrides: readonly { readonly id: string; readonly act: string; readonly ref: string | null }[];
  readonly notObeyed: readonly { readonly ref: string; readonly why: string }[];
  readonly heldAliases: readonly {
    readonly alias: string;
    readonly to: string | null;
    readonly because: readonly string[];
  }[];
  readonly standing: readonly {
    readonly state: string;
    readonly tainted: readonly { readonly code: string }[];
    readonly blocked: readonly { readonly code: string }[];
  }[];
}

/** Looks at what `verify --json` told. @param wrong says what is missing, or null. */
export function telling(wrong: (told: Told) => string | null): (output: string) => string | null {
  return (output) => wrong(JSON.parse(output.slice(0, output.lastIndexOf('\n}') + 2)) as Told);
}

/** The acts of all overrides in force are these. */
export const inForce = (...acts: readonly string[]) =>
  telling(({ overrides }) => {
    const found = overrides.map(({ act }) => act).sort();
    return found.join() === [...acts].sort().join() ? null : `in force are ${found.join(', ')}`;
  });

/** The files that differ between two points of the history, as the later one has them. */
export function filesBetween(site: Site, from: string, to: string): Files {
  const paths = site.git(['diff', '--name-only', '--no-renames', site.idOf(from), site.idOf(to)]).split('\n');
  return Object.fromEntries(
    paths.map((path) => [path, `${site.git(['show', `${site.idOf(to)}:${path}`])}\n`]),
  );
}

import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GeneratedKey } from '../../src/adapters/openpgp/keyfile.ts';
import type { PinnedRoot } from '../../src/ports/trust.ts';
import { lacking } from '../real/support/command.ts';
import type { Sandbox } from '../real/support/sandbox.ts';
import { everyObject } from './loose-objects.ts';
import { assemble, peopleWith, type KeyName, type People } from './people.ts';
import { playWorld, type Label, type LawName, type World } from './world.ts';

/** People with keys, and where they keep what they have played for others of their kind. */
export interface Crew {
  readonly people: People;
  /** The founding, seconds since 1970. */
  readonly start: number;
  readonly shelf: string | null;
}

/** The people that another test file of this run has assembled, or new ones. */
export async function sharedCrew(box: Sandbox, shared: string | null, start: number): Promise<Crew> {
  if (shared === null) return { people: await assemble(box, start), start, shelf: null };
  const shelf = join(shared, 'worlds');
  const file = join(shelf, 'people.json');
  if (existsSync(file)) {
    const known = JSON.parse(readFileSync(file, 'utf8')) as {
      start: number;
      keys: [KeyName, GeneratedKey][];
    };
    const people = peopleWith(new Map(known.keys));
    // Only gpg signs with her subkey.
    if (!lacking('gpg')) box.gpg(['--import'], people.key('sue').privateArmored);
    return { people, start: known.start, shelf };
  }
  const people = await assemble(box, start);
  // Whoever makes the folder keeps the people; whoever comes at the same time has some of his own.
  if (mkdirSync(shelf, { recursive: true }) === undefined) return { people, start, shelf: null };
  leave(file, { start, keys: [...people.keys] });
  return { people, start, shelf };
}

/** The honest history that another test file of this run has played with the same people, or a new one. */
export async function sharedWorld(
  box: Sandbox,
  { people, start, shelf }: Crew,
  law: LawName,
  format: 'sha1' | 'sha256',
): Promise<World> {
  if (shelf === null) return await playWorld(box, people, start, law, format);
  const name = `${law}-${format}`;
  const kept = join(shelf, name);
  const file = `${kept}.json`;
  if (existsSync(file)) {
    const folder = join(box.root, `world-${name}`);
    cpSync(kept, folder, { recursive: true, verbatimSymlinks: true });
    const { root, at, times } = JSON.parse(readFileSync(file, 'utf8')) as {
      root: PinnedRoot;
      at: [Label, string][];
      times: [Label, number][];
    };
    const directory = join(folder, 'evidence');
    const objects = everyObject(directory, box.env);
    const policy = join(folder, 'policy');
    return { directory, policy, people, start, root, at: new Map(at), times: new Map(times), objects };
  }
  const world = await playWorld(box, people, start, law, format);
  if (mkdirSync(kept, { recursive: true }) !== undefined) {
    cpSync(join(world.directory, '..'), kept, { recursive: true, verbatimSymlinks: true });
    leave(file, { root: world.root, at: [...world.at], times: [...world.times] });
  }
  return world;
}

/** The file is there with everything in it or not at all. */
function leave(file: string, value: object): void {
  writeFileSync(`${file}.part`, JSON.stringify(value), { mode: 0o600 });
  renameSync(`${file}.part`, file);
}

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { sandbox, type Sandbox } from '../real/support/sandbox.ts';
import { bareCopy } from './bare.ts';
import type { Bench, Target } from './case.ts';
import { attackersKeyring, surround, type Attacker } from './hostile.ts';
import type { Setting } from './setting.ts';
import { sharedCrew, sharedWorld, type Crew } from './shared-worlds.ts';
import { Site } from './site.ts';
import type { LawName, World } from './world.ts';

const DAY = 86_400;

/** A finished case where it is to be judged. */
export interface Placed {
  readonly target: Target;
  /** Instead of the sandbox's. */
  readonly env?: NodeJS.ProcessEnv;
  /** What was run that nobody may run; null where nothing was. */
  readonly sprung: () => string | null;
  readonly clear: () => void;
}

export interface Workshop {
  readonly box: Sandbox;
  bench(format: Setting['format']): Bench;
  place(target: Target, setting: Setting): Promise<Placed>;
  dispose(): void;
}

/**
 * Plays each honest history once and copies it for every case that asks.
 * @param shared a folder where those who come later find the people and what was played; null: nobody does.
 */
export function workshop(shared: string | null = null): Workshop {
  const box = sandbox();
  let assembled: Promise<Crew> | null = null;
  const worlds = new Map<string, Promise<World>>();
  let sites = 0;
  let places = 0;
  let attacker: Attacker | null = null;
  // Founded six days ago: everything lies in the past of the real command, and the last of it is near.
  const everybody = (): Promise<Crew> =>
    (assembled ??= sharedCrew(box, shared, Math.floor(Date.now() / 1000) - 6 * DAY));
  const worldOf = async (law: LawName, format: Setting['format']): Promise<World> => {
    const key = `${law} ${format}`;
    const known = worlds.get(key) ?? everybody().then((crew) => sharedWorld(box, crew, law, format));
    worlds.set(key, known);
    return await known;
  };
  return {
    box,
    bench: (format) => ({
      format,
      site: async (law = 'team') => {
        const world = await worldOf(law, format);
        sites += 1;
        return new Site(box, world, join(box.root, `site-${sites}`), format);
      },
    }),
    async place(finished, { bare, hostile }) {
      const target = bare ? bareCopy(finished) : finished;
      const clearBare = (): void => {
        if (bare) rmSync(target.directory, { recursive: true });
      };
      if (!hostile)
        return {
          target,
          ...(target.env !== undefined && { env: target.env }),
          sprung: () => null,
          clear: clearBare,
        };
      const { people } = await everybody();
      attacker ??= attackersKeyring(box, people.key('mallory'));
      places += 1;
      const folder = join(box.root, `hostile-${places}`);
      const { env, traps } = surround(folder, target, target.env ?? box.env, attacker);
      return {
        target,
        env,
        sprung: () => traps.sprung(),
        clear: () => {
          clearBare();
          rmSync(folder, { recursive: true });
        },
      };
    },
    dispose: () => box.dispose(),
  };
}

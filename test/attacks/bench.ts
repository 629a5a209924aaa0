import { join } from 'node:path';
import { sandbox, type Sandbox } from '../real/support/sandbox.ts';
import type { Bench } from './case.ts';
import { assemble, type People } from './people.ts';
import { Site } from './site.ts';
import { playWorld, type LawName, type World } from './world.ts';

const DAY = 86_400;

export interface Workshop {
  readonly box: Sandbox;
  bench(format: 'sha1' | 'sha256'): Bench;
  dispose(): void;
}

/** Plays each honest history once and copies it for every case that asks. */
export function workshop(): Workshop {
  const box = sandbox();
  // Founded six days ago: everything lies in the past of the real command, and the last of it is near.
  const start = Math.floor(Date.now() / 1000) - 6 * DAY;
  let people: Promise<People> | null = null;
  const worlds = new Map<string, Promise<World>>();
  let sites = 0;
  const worldOf = async (law: LawName, format: 'sha1' | 'sha256'): Promise<World> => {
    const key = `${law} ${format}`;
    people ??= assemble(box, start);
    const known = worlds.get(key) ?? people.then((all) => playWorld(box, all, start, law, format));
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
    dispose: () => box.dispose(),
  };
}

import type { Override } from '../../../domain/override.ts';
import { overrideFile } from '../../../domain/paths.ts';
import type { JudgedCommit } from '../../../evidence/lineage.ts';
import type { Verification } from '../../../evidence/verification.ts';
import { overridesOf, together, withOverrides } from '../../../judge/keep-brakes.ts';
import { lawOf } from '../../../machine/law.ts';
import type { World } from '../../../machine/world.ts';
import { overrideWords } from './override-words.ts';

/** What counts where the branch stands. */
export interface Shown {
  /** The latest valid commit that what counts comes from; the tip itself where there are no findings. */
  readonly valid: JudgedCommit;
  /** What is in force at the tip, with overrides from refs of their own that were fetched. */
  readonly world: World;
  readonly brakes: BrakesView;
}

export interface BrakesView {
  readonly overrides: readonly OverrideView[];
  readonly notObeyed: readonly {
    readonly ref: string;
    readonly commit: string;
    readonly override: string | null;
    readonly why: string;
  }[];
}

/** An override in force. Strings are as they are; escape them when shown. */
export interface OverrideView {
  readonly id: string;
  readonly act: string;
  readonly what: string;
  readonly principal: string;
  readonly time: string;
  readonly reason: string;
  /** The ref it comes from while it is not merged; null for the branch itself. */
  readonly ref: string | null;
  /** Imposed on a commit that is not valid; it becomes part of the branch with the repair. */
  readonly onVoid: boolean;
}

/** @returns null where not even the root is valid. */
export function shownOf(verification: Verification): Shown | null {
  const { history, sides } = verification;
  const force = history.judged.get(verification.tip)?.force;
  const bases = (force?.bases ?? []).flatMap((id) => history.judged.get(id) ?? []);
  const valid = latestOf(bases) ?? latestOf(verification.commits.filter((commit) => !commit.void));
  if (valid === null) return null;
  // Where the valid commits do not combine people have to choose first; until then the latest is shown, with the brakes of all.
  const brakes = [...bases.map((base) => overridesOf(base.tree)), force?.since ?? new Map()];
  const ground = force?.tree ?? brakes.reduce(withOverrides, valid.tree);
  const tree = withOverrides(ground, together(sides.inForce.map(({ path, file }) => [path, file] as const)));
  const law = lawOf(tree);
  const refsByFile = new Map(sides.inForce.map(({ file, ref }) => [file.sha256, ref]));
  // By where each has come to lie: two of one id do not lie at one path.
  const refs = new Map([...overridesOf(tree)].map(([path, { sha256 }]) => [path, refsByFile.get(sha256)]));
  return {
    valid,
    world: { law, tree },
    brakes: {
      overrides: law.overrides.map(({ id, act, principal, time, reason, ...rest }) => ({
        id,
        act,
        what: overrideWords({ id, act, principal, time, reason, ...rest } as Override),
        principal,
        time,
        reason,
        ref: refs.get(overrideFile(id)) ?? null,
        onVoid: force?.since.has(overrideFile(id)) ?? false,
      })),
      notObeyed: sides.notObeyed,
    },
  };
}

/** The one with the latest clock, which no unsigned side branch can move. */
function latestOf(commits: readonly JudgedCommit[]): JudgedCommit | null {
  return commits.reduce<JudgedCommit | null>(
    (latest, commit) => (latest === null || commit.clock >= latest.clock ? commit : latest),
    null,
  );
}

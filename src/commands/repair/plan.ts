import { CannotTell } from '../../base/errors.ts';
import type { Incident } from '../../domain/incident.ts';
import { isGovernedName } from '../../domain/paths.ts';
import { differences } from '../../domain/tree.ts';
import { guardedEntries } from '../../judge/guarded-value.ts';
import { guardedPathsInForce } from '../../judge/laws-in-force.ts';
import { restoredAt, setAsideAt, takesTwo } from '../../judge/judge-repair.ts';
import type { Put } from '../../machine/act.ts';
import type { StoredObject } from '../../ports/repository.ts';
import type { TipDesk } from '../shared/opening/tip-desk.ts';

/** What a repair of the tip does, before anybody signs it. */
export interface RepairPlan {
  readonly base: readonly string[];
  readonly setAside: Incident['setAside'];
  /** Those of them that are good in themselves and lie on top: people make their acts again. */
  readonly onTop: readonly string[];
  /** Those that put an override in force, which stays so. */
  readonly brakes: readonly string[];
  /** For each strand that is in dispute the valid commits that moved it. */
  readonly disputed: readonly { readonly strand: string; readonly sides: readonly string[] }[];
  readonly stands: Incident['stands'];
  /** Valid entries that the choice gives up. */
  readonly lost: Incident['lost'];
  readonly puts: readonly Put[];
  readonly restore: readonly StoredObject[];
  /** It gives up what was validly signed, so a policy approver makes it and a second person agrees. */
  readonly takesTwo: boolean;
}

/** @param stands for disputed strands the commit that stands; those not decided yet fall to the first. */
export function planRepair({ tip, judged }: TipDesk, stands: Incident['stands']): RepairPlan {
  const { history } = judged.verification;
  const { tree, guarded, disputed, lost } = restoredAt(tip, stands, history);
  const sides = history.combine(tip.force.bases);
  const named = new Map(history.voidAncestry(tip.id).map(({ id, codes }) => [id, codes]));
  const aside = setAsideAt(tip.id, history);
  const brakes = aside.filter((id) => (history.judged.get(id)?.judgement.imposed.size ?? 0) > 0);
  const puts = differences(tip.tree, tree).map(({ path, after }) => ({ path, bytes: after?.bytes ?? null }));
  const moved = guardedPathsInForce(tip).filter((path) => tip.guarded.get(path) !== guarded.get(path));
  return {
    base: tip.force.bases,
    setAside: aside.map((commit) => ({
      commit: commit as Incident['setAside'][number]['commit'],
      codes: [...new Set(named.get(commit) ?? [])].sort(),
    })),
    onTop: aside.filter(
      (id) => !brakes.includes(id) && (named.get(id) ?? []).every((code) => code === 'PARENT_VOID'),
    ),
    brakes,
    disputed: disputed.map((strand) => ({
      strand,
      sides: movers(strand, tip.force.bases, sides?.moved ?? []),
    })),
    stands,
    lost: lost as Incident['lost'],
    puts: [
      ...puts,
      ...[
        ...shadows(tip),
        ...moved.flatMap((path) => goneAt(path, tip.guarded.get(path), guarded.get(path))),
      ].map((path) => ({ path, bytes: null })),
    ],
    restore: moved.flatMap((path) => guardedEntries(path, guarded.get(path))),
    takesTwo: takesTwo(tip, history),
  };
}

/** The commits that moved a strand; all of them where they did not: then each is a side as a whole, or as it always was. */
function movers(
  strand: string,
  bases: readonly string[],
  moved: readonly ReadonlySet<string>[],
): readonly string[] {
  const found = bases.filter((_, index) => moved[index]?.has(strand) === true);
  return found.length === 0 ? bases : found;
}

/** Names at the top that some file system takes for governed ones: they are no part of what is restored, and have to go. */
function shadows({ judgement }: TipDesk['tip']): readonly string[] {
  return judgement.reasons.flatMap((why) => {
    if (why.code !== 'PATH_NOT_PLAIN') return [];
    const [top = ''] = why.facts.path.split('/');
    return isGovernedName(top) ? [] : [top];
  });
}

/** Paths that have to go where a guarded path is put back. */
function goneAt(path: string, there: string | undefined, due: string | undefined): readonly string[] {
  const kept = new Set(guardedEntries(path, due).map((entry) => entry.path));
  return guardedEntries(path, there)
    .map((entry) => entry.path)
    .filter((each) => !kept.has(each));
}

const CHOICE = /^(.+)=([0-9a-f]{8,64})$/;

/** Reads `<strand>=<commit>`, the commit by the beginning of its id. @throws CannotTell USAGE. */
export function readStands(texts: readonly string[], { tip }: TipDesk): Incident['stands'] {
  const found = texts.map((text) => {
    const [, strand, start] = CHOICE.exec(text) ?? [];
    const [commit, ...others] = tip.force.bases.filter((id) => start !== undefined && id.startsWith(start));
    if (strand === undefined || commit === undefined || others.length > 0)
      throw new CannotTell('USAGE', `--stands ${text} must be <strand>=<commit>`, {
        facts: [`commits to choose from: ${tip.force.bases.join(', ')}`],
        remedy: 'modelsmith repair --dry-run   (lists the strands in dispute)',
      });
    return { strand, commit: commit as Incident['stands'][number]['commit'] };
  });
  return found.sort((a, b) => (a.strand < b.strand ? -1 : 1));
}

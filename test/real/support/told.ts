import { isDeepStrictEqual } from 'node:util';
import { bundlesOf } from '../../../src/machine/world.ts';
import { folderDigest } from '../../../src/machine/changes.ts';
import { shownOf } from '../../../src/commands/shared/opening/shown.ts';
import { standingView } from '../../../src/commands/shared/views/standing-view.ts';
import type { JudgedCommit } from '../../../src/evidence/lineage.ts';
import type { Verification } from '../../../src/evidence/verification.ts';

/** Everything that anybody is told of a history, whoever reads it; of commits before the tip what is kept of them. */
export function told(verification: Verification, now: number): object {
  const { findings, settled, incidents, counts, clock, tree, tip, tipIsVoid, sides } = verification;
  const shown = shownOf(verification);
  const at = Math.max(now, shown?.valid.clock ?? 0);
  return {
    ...{ findings, settled, incidents, counts, clock, tip, tipIsVoid },
    tree: folderDigest(tree, ''),
    sides: {
      ...{ notObeyed: sides.notObeyed, brakesAlone: sides.brakesAlone },
      inForce: sides.inForce.map(({ ref, commit, path, file }) => ({ ref, commit, path, file: file.sha256 })),
    },
    shown: shown === null ? null : { valid: shown.valid.id, brakes: shown.brakes },
    world: shown === null ? null : folderDigest(shown.world.tree, ''),
    standing:
      shown === null
        ? []
        : bundlesOf(shown.world.tree).map((bundle) => standingView(shown.world, bundle, at)),
    commits: verification.commits.map(commitTold),
  };
}

function commitTold({ id, parents, void: isVoid, clock, signedAt, judgement }: JudgedCommit): object {
  const { kind, reasons, signer, key, expires, clock: own } = judgement;
  return {
    ...{ id, parents, isVoid, clock, signedAt },
    judgement: { kind, reasons, signer: signer?.id ?? null, key, expires, clock: own },
  };
}

const MOST = 8;

/** Places at which two values differ, each with what stands there. */
export function differencesOf(quick: unknown, plain: unknown, place = ''): readonly string[] {
  if (isDeepStrictEqual(quick, plain)) return [];
  const isBoth = [quick, plain].every((each) => typeof each === 'object' && each !== null);
  if (!isBoth) return [`${place}: ${spelled(quick)} quickly, ${spelled(plain)} plainly`];
  const [one, other] = [quick, plain] as [Record<string, unknown>, Record<string, unknown>];
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  const found = names.flatMap((name) => differencesOf(one[name], other[name], `${place}/${name}`));
  // Maps and sets have no names of their own.
  return found.length === 0 ? [`${place}: not the same`] : found.slice(0, MOST);
}

function spelled(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 300);
}

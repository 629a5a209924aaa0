import { CannotTell } from '../../../base/errors.ts';
import { isNonEmpty, type NonEmpty } from '../../../base/nonempty.ts';
import type { JudgedCommit } from '../../../evidence/lineage.ts';
import { lawOf, parseLaw, type Law } from '../../../machine/law.ts';
import type { World } from '../../../machine/world.ts';
import type { CommonOptions } from '../command.ts';
import type { Context } from '../context.ts';
import { openJudged, type Judged } from './workspace.ts';

/** The tip as it is, void or not, with what is in force there: brakes and repairs go on top of anything. */
export interface TipDesk {
  readonly context: Context;
  readonly judged: Judged;
  readonly tip: JudgedCommit;
  /** What is in force; one where the valid commits below combine. */
  readonly laws: NonEmpty<Law>;
  readonly world: World;
  /** Seconds since 1970. */
  readonly now: number;
}

/** @throws CannotTell where the tip does not come from the root, or nothing is in force there. */
export async function openTipDesk(
  context: Context,
  common: Pick<CommonOptions, 'directory' | 'root' | 'branch'>,
): Promise<TipDesk> {
  const judged = await openJudged(context, common);
  const { verification } = judged;
  const tip = verification.history.judged.get(verification.tip);
  const trees = tip?.force.laws ?? [];
  const laws = trees.flatMap((tree) => {
    const law = parseLaw(tree);
    return law.ok ? [law.value] : [];
  });
  const [tree] = tip?.force.brakeLaws ?? [];
  if (tip === undefined || tree === undefined || laws.length < trees.length || !isNonEmpty(laws))
    throw new CannotTell('NO_TRUST_ROOT', 'nothing is in force here, so nobody has any authority', {
      remedy: 'modelsmith verify   (shows every finding)',
    });
  return { context, judged, tip, laws, world: { law: lawOf(tree), tree }, now: context.now() };
}

/** The branch to move. @throws CannotTell USAGE where none is checked out. */
export function branchOf({ judged }: TipDesk): string {
  if (judged.ref !== null) return judged.ref;
  throw new CannotTell('USAGE', 'no branch is checked out, so there is nothing to move', {
    remedy: 'git switch main',
  });
}

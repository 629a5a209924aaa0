import { CannotTell } from '../../../base/errors.ts';
import type { Lock } from '../../../domain/lock.ts';
import { bundleFolder, rubricFile, RUBRIC } from '../../../domain/paths.ts';
import { fileAt, type TreeFolder } from '../../../domain/tree.ts';
import { iterationsOf } from '../../../machine/world.ts';
import type { Desk } from '../opening/write.ts';

/**
 * The bytes a lock pins: from the policy, from another bundle, or from the policy of an earlier commit, since a policy
 * may have moved on after the lock. @throws CannotTell NO_INPUT where they are nowhere.
 */
export function lockedRubric({ workspace }: Pick<Desk, 'workspace'>, { line, rubric }: Lock): Uint8Array {
  const { tree } = workspace.world;
  const inPolicy = (of: TreeFolder) => fileAt(of, rubricFile(rubric.name));
  const inBundles = iterationsOf(tree, line).map((it) => fileAt(tree, `${bundleFolder(it)}/${RUBRIC}`));
  for (const file of [inPolicy(tree), ...inBundles]) if (file?.sha256 === rubric.sha256) return file.bytes;
  for (const commit of workspace.verification.commits.toReversed()) {
    const file = inPolicy(commit.tree);
    if (file?.sha256 === rubric.sha256) return file.bytes;
  }
  throw new CannotTell(
    'NO_INPUT',
    `the rubric ${rubric.name} that the lock pins is nowhere in this history`,
    {
      facts: [`sha256 ${rubric.sha256}`],
      remedy: `modelsmith lock ${line}   (then train again: a lock comes before its training)`,
    },
  );
}

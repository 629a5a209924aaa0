import { approvalDocument } from '../domain/approval.ts';
import { changeApprovalDocument } from '../domain/change.ts';
import { approvalFile, bundleFolder, changeFolder } from '../domain/paths.ts';
import type { TreeFolder } from '../domain/tree.ts';
import type { Act } from '../machine/act.ts';
import { trusted } from '../machine/world.ts';

/**
 * Whether an act does nothing but stop something: a brake, an objection, or the withdrawal of an approval. An entry that
 * settles an objection beside, or takes one back, opens a way. @param trees where what is withdrawn may lie.
 */
export function isPlainNo(act: Act, trees: readonly TreeFolder[]): boolean {
  if (act.kind === 'override') return true;
  if (act.kind !== 'decide' && act.kind !== 'decide-change') return false;
  const { approval } = act;
  if (approval.act === 'approve' || approval.answers.length > 0) return false;
  if (approval.act !== 'withdraw') return true;
  const name = approvalFile(approval.withdraws);
  return trees.some((tree) => {
    const target =
      act.kind === 'decide'
        ? trusted(approvalDocument, tree, `${bundleFolder(act.iteration)}/${name}`)
        : trusted(changeApprovalDocument, tree, `${changeFolder(act.approval.change)}/${name}`);
    return target?.act === 'approve';
  });
}

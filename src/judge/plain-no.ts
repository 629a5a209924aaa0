import { approvalDocument } from '../domain/approval.ts';
import { changeApprovalDocument } from '../domain/change.ts';
import { exceptionApprovalDocument } from '../domain/exception.ts';
import { approvalFile, bundleFolder, changeFolder, exceptionFolder } from '../domain/paths.ts';
import type { TreeFolder } from '../domain/tree.ts';
import type { Act } from '../machine/act.ts';
import { trusted } from '../machine/trusted-files.ts';

/**
 * Whether an act does nothing but stop something: a brake, an objection, the withdrawal of an approval, the end of an exception. An entry that
 * settles an objection beside, or takes one back, opens a way. @param trees where what is withdrawn may lie.
 */
export function isPlainNo(act: Act, trees: readonly TreeFolder[]): boolean {
  if (act.kind === 'override' || act.kind === 'close-exception') return true;
  if (act.kind !== 'decide' && act.kind !== 'decide-change' && act.kind !== 'decide-exception') return false;
  const { approval } = act;
  if (approval.act === 'approve' || approval.answers.length > 0) return false;
  if (approval.act !== 'withdraw') return true;
  const name = approvalFile(approval.withdraws);
  return trees.some((tree) => decisionAt(tree, act, name)?.act === 'approve');
}

/** The decision of that name on what the act is about. */
function decisionAt(
  tree: TreeFolder,
  act: Extract<Act, { kind: 'decide' | 'decide-change' | 'decide-exception' }>,
  name: string,
): { readonly act: string } | null {
  switch (act.kind) {
    case 'decide':
      return trusted(approvalDocument, tree, `${bundleFolder(act.iteration)}/${name}`);
    case 'decide-change':
      return trusted(changeApprovalDocument, tree, `${changeFolder(act.approval.change)}/${name}`);
    case 'decide-exception':
      return trusted(
        exceptionApprovalDocument,
        tree,
        `${exceptionFolder(act.line, act.approval.exception)}/${name}`,
      );
  }
}

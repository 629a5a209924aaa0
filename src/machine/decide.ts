import { withFile, withoutFile, type TreeFolder } from '../domain/tree.ts';
import type { Act, Actor, Decision, Put } from './act.ts';
import { decideBaseline } from './acts/baseline.ts';
import { decideApplication } from './acts/apply-change.ts';
import { decideApproval } from './acts/decide-approval.ts';
import { decideCheck } from './acts/check.ts';
import { decideComment } from './acts/comment.ts';
import { decideChangeApproval } from './acts/decide-change.ts';
import { decideDeprecation } from './acts/deprecate.ts';
import { decideExceptionApproval } from './acts/decide-exception.ts';
import { decideClosing, decideReview } from './acts/end-exception.ts';
import { decideErasure } from './acts/erase.ts';
import { decideDrill } from './acts/drill.ts';
import { decideEvaluation } from './acts/evaluate.ts';
import { decideEvidence } from './acts/evidence.ts';
import { decideExport } from './acts/export.ts';
import { decideGuarded } from './acts/guarded.ts';
import { decideLock } from './acts/lock.ts';
import { decideException } from './acts/open-exception.ts';
import { decideOverride } from './acts/override.ts';
import { decidePin, decideUnpin } from './acts/pin.ts';
import { decideProposal } from './acts/propose.ts';
import { decideReaffirmation } from './acts/reaffirm.ts';
import { decideReceipt } from './acts/receipt.ts';
import { decideRefresh } from './acts/refresh.ts';
import { decideRequest } from './acts/request.ts';
import { decideTransition } from './acts/transition.ts';
import type { World } from './world.ts';

/**
 * The one place that says yes or no to an act: `promote` asks it before writing, `verify` asks it about what is written.
 * Pure and total for a world that was judged before; the answer carries the files that follow, or all reasons why not.
 */
export function decide(world: World, act: Act, actor: Actor): Decision {
  switch (act.kind) {
    case 'lock':
      return decideLock(world, act, actor);
    case 'baseline':
      return decideBaseline(world, act, actor);
    case 'request':
      return decideRequest(world, act, actor);
    case 'evidence':
      return decideEvidence(world, act, actor);
    case 'evaluate':
      return decideEvaluation(world, act, actor);
    case 'check':
      return decideCheck(world, act, actor);
    case 'export':
      return decideExport(world, act, actor);
    case 'erase':
      return decideErasure(world, act, actor);
    case 'transition':
      return decideTransition(world, act, actor);
    case 'decide':
      return decideApproval(world, act, actor);
    case 'comment':
      return decideComment(world, act, actor);
    case 'receipt':
      return decideReceipt(world, act, actor);
    case 'deprecate':
      return decideDeprecation(world, act, actor);
    case 'pin':
      return decidePin(world, act, actor);
    case 'unpin':
      return decideUnpin(world, act, actor);
    case 'reaffirm':
      return decideReaffirmation(world, act, actor);
    case 'override':
      return decideOverride(world, act, actor);
    case 'drill':
      return decideDrill(world, act, actor);
    case 'propose':
      return decideProposal(world, act, actor);
    case 'decide-change':
      return decideChangeApproval(world, act, actor);
    case 'apply-change':
      return decideApplication(world, act, actor);
    case 'open-exception':
      return decideException(world, act, actor);
    case 'decide-exception':
      return decideExceptionApproval(world, act, actor);
    case 'close-exception':
      return decideClosing(world, act, actor);
    case 'review-exception':
      return decideReview(world, act, actor);
    case 'refresh':
      return decideRefresh(world, act, actor);
    case 'guarded':
      return decideGuarded(world, act, actor);
  }
}

/** The tree after the files of an allowed decision are put into it. */
export function apply(tree: TreeFolder, puts: readonly Put[]): TreeFolder {
  return puts.reduce(
    (result, { path, bytes }) => (bytes === null ? withoutFile(result, path) : withFile(result, path, bytes)),
    tree,
  );
}

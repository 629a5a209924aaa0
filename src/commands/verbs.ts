import type { AnyCommand } from './shared/command.ts';
import { keptHere } from './shared/kept-here.ts';
import { publishing } from './shared/publishing.ts';
import { init } from './init/init.ts';
import { doctor } from './doctor/doctor.ts';
import { baselineAdd } from './baseline-add/baseline-add.ts';
import { checkAdd } from './check-add/check-add.ts';
import { evaluate } from './eval/eval.ts';
import { evidenceAdd } from './evidence-add/evidence-add.ts';
import { exportArtifact } from './export/export.ts';
import { request } from './request/request.ts';
import { submit } from './submit/submit.ts';
import { lock } from './lock/lock.ts';
import { queue } from './queue/queue.ts';
import { review } from './review/review.ts';
import { approve } from './approve/approve.ts';
import { comment } from './comment/comment.ts';
import { deprecate } from './deprecate/deprecate.ts';
import { expedite } from './expedite/expedite.ts';
import { promote } from './promote/promote.ts';
import { reject } from './reject/reject.ts';
import { requestChanges } from './request-changes/request-changes.ts';
import { respond } from './respond/respond.ts';
import { withdraw } from './withdraw/withdraw.ts';
import { policyApprove } from './policy-approve/policy-approve.ts';
import { policyCheck } from './policy-check/policy-check.ts';
import { policyExplain } from './policy-explain/policy-explain.ts';
import { policyList } from './policy-list/policy-list.ts';
import { policyPropose } from './policy-propose/policy-propose.ts';
import { policyReject } from './policy-reject/policy-reject.ts';
import { policyShow } from './policy-show/policy-show.ts';
import { policyWhatIf } from './policy-what-if/policy-what-if.ts';
import { policyWithdraw } from './policy-withdraw/policy-withdraw.ts';
import { signerEnroll } from './signer-enroll/signer-enroll.ts';
import { signerGrant } from './signer-grant/signer-grant.ts';
import { signerList } from './signer-list/signer-list.ts';
import { signerRefresh } from './signer-refresh/signer-refresh.ts';
import { signerRetire } from './signer-retire/signer-retire.ts';
import { rootMove } from './root-move/root-move.ts';
import { rootPropose } from './root-propose/root-propose.ts';
import { checkOverride } from './override/check.ts';
import { disable } from './override/disable.ts';
import { drillCommand } from './drill/drill.ts';
import { listDrills } from './drill/list.ts';
import { freeze } from './override/freeze.ts';
import { liftOverride } from './override/lift.ts';
import { listOverrides } from './override/list.ts';
import { revokeSigner } from './override/revoke-signer.ts';
import { stopCandidates } from './override/stop-candidates.ts';
import { suspendSigner } from './override/suspend-signer.ts';
import { approveException } from './exception/approve.ts';
import { closeException } from './exception/close.ts';
import { listExceptions } from './exception/list.ts';
import { openException } from './exception/open.ts';
import { rejectException } from './exception/reject.ts';
import { reviewException } from './exception/review.ts';
import { showException } from './exception/show.ts';
import { withdrawException } from './exception/withdraw.ts';
import { erase } from './erase/erase.ts';
import { reaffirm } from './reaffirm/reaffirm.ts';
import { repair } from './repair/repair.ts';
import { sync } from './sync/sync.ts';
import { status } from './status/status.ts';
import { unseal } from './unseal/unseal.ts';
import { show } from './show/show.ts';
import { log } from './log/log.ts';
import { metrics } from './metrics/metrics.ts';
import { reproduce } from './reproduce/reproduce.ts';
import { verify } from './verify/verify.ts';
import { signatures } from './signatures/signatures.ts';
import { hookInstall } from './hook-install/hook-install.ts';
import { completionOf } from './completion/completion.ts';

/** Every verb there is, in the order help shows them. */
export const VERBS: readonly AnyCommand[] = [
  init,
  doctor,
  keptHere(baselineAdd),
  keptHere(lock),
  keptHere(submit),
  keptHere(request),
  keptHere(evidenceAdd),
  keptHere(evaluate),
  keptHere(checkAdd),
  keptHere(exportArtifact),
  queue,
  publishing(review),
  publishing(approve),
  publishing(reject),
  publishing(requestChanges),
  publishing(withdraw),
  publishing(respond),
  publishing(comment),
  publishing(expedite),
  publishing(promote),
  publishing(deprecate),
  sync,
  stopCandidates,
  freeze,
  disable,
  suspendSigner,
  revokeSigner,
  listOverrides,
  keptHere(liftOverride),
  keptHere(openException),
  publishing(approveException),
  publishing(rejectException),
  publishing(withdrawException),
  publishing(closeException),
  publishing(reviewException),
  listExceptions,
  showException,
  keptHere(drillCommand(() => VERBS)),
  listDrills,
  publishing(reaffirm),
  publishing(erase),
  repair,
  policyList,
  policyShow,
  policyCheck,
  policyExplain,
  policyWhatIf,
  keptHere(policyPropose),
  publishing(policyApprove),
  publishing(policyReject),
  publishing(policyWithdraw),
  signerList,
  keptHere(signerEnroll),
  keptHere(signerGrant),
  keptHere(signerRetire),
  keptHere(signerRefresh),
  keptHere(rootPropose),
  status,
  show,
  unseal,
  log,
  reproduce,
  metrics,
  verify,
  rootMove,
  signatures,
  checkOverride,
  hookInstall,
  completionOf(() => VERBS),
];

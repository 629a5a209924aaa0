import type { AnyCommand, Command, Verb } from './shared/command.ts';

type Load<Of> = () => Promise<Of>;

/** As `shared/kept-here.ts` has it, once the verb is asked for. */
function keptHere<Input extends object>(load: Load<Command<Input>>): Load<AnyCommand> {
  return async () => (await import('./shared/sharing/kept-here.ts')).keptHere(await load());
}

/** As `shared/publishing.ts` has it, once the verb is asked for. */
function publishing<Input extends object>(load: Load<Command<Input>>): Load<AnyCommand> {
  return async () => (await import('./shared/sharing/publishing.ts')).publishing(await load());
}

const LOADS: readonly (readonly [string, Load<AnyCommand>])[] = [
  ['init', async () => (await import('./init/init.ts')).init],
  ['doctor', async () => (await import('./doctor/doctor.ts')).doctor],
  ['baseline add', keptHere(async () => (await import('./baseline-add/baseline-add.ts')).baselineAdd)],
  ['lock', keptHere(async () => (await import('./lock/lock.ts')).lock)],
  ['submit', keptHere(async () => (await import('./submit/submit.ts')).submit)],
  ['watch', async () => (await import('./watch/watch.ts')).watch],
  ['request', keptHere(async () => (await import('./request/request.ts')).request)],
  ['evidence add', keptHere(async () => (await import('./evidence-add/evidence-add.ts')).evidenceAdd)],
  ['eval', keptHere(async () => (await import('./eval/eval.ts')).evaluate)],
  // Before those of two words that begin with it.
  ['check', async () => (await import('./check/check.ts')).check],
  ['check add', keptHere(async () => (await import('./check-add/check-add.ts')).checkAdd)],
  ['export', keptHere(async () => (await import('./export/export.ts')).exportArtifact)],
  ['queue', async () => (await import('./queue/queue.ts')).queue],
  ['review', publishing(async () => (await import('./review/review.ts')).review)],
  ['approve', publishing(async () => (await import('./approve/approve.ts')).approve)],
  ['reject', publishing(async () => (await import('./reject/reject.ts')).reject)],
  [
    'request-changes',
    publishing(async () => (await import('./request-changes/request-changes.ts')).requestChanges),
  ],
  ['withdraw', publishing(async () => (await import('./withdraw/withdraw.ts')).withdraw)],
  ['respond', publishing(async () => (await import('./respond/respond.ts')).respond)],
  ['comment', publishing(async () => (await import('./comment/comment.ts')).comment)],
  ['expedite', publishing(async () => (await import('./expedite/expedite.ts')).expedite)],
  ['promote', publishing(async () => (await import('./promote/promote.ts')).promote)],
  ['deprecate', publishing(async () => (await import('./deprecate/deprecate.ts')).deprecate)],
  ['receipt add', publishing(async () => (await import('./receipt-add/receipt-add.ts')).receiptAdd)],
  ['rollback', publishing(async () => (await import('./rollback/rollback.ts')).rollback)],
  ['unpin', publishing(async () => (await import('./unpin/unpin.ts')).unpin)],
  ['sync', async () => (await import('./sync/sync.ts')).sync],
  ['override stop-candidates', async () => (await import('./override/stop-candidates.ts')).stopCandidates],
  ['override freeze', async () => (await import('./override/freeze.ts')).freeze],
  ['override disable', async () => (await import('./override/disable.ts')).disable],
  ['override suspend-signer', async () => (await import('./override/suspend-signer.ts')).suspendSigner],
  ['override revoke-signer', async () => (await import('./override/revoke-signer.ts')).revokeSigner],
  ['override list', async () => (await import('./override/list.ts')).listOverrides],
  ['override lift', keptHere(async () => (await import('./override/lift.ts')).liftOverride)],
  ['exception open', keptHere(async () => (await import('./exception/open.ts')).openException)],
  ['exception approve', publishing(async () => (await import('./exception/approve.ts')).approveException)],
  ['exception reject', publishing(async () => (await import('./exception/reject.ts')).rejectException)],
  ['exception withdraw', publishing(async () => (await import('./exception/withdraw.ts')).withdrawException)],
  ['exception close', publishing(async () => (await import('./exception/close.ts')).closeException)],
  ['exception review', publishing(async () => (await import('./exception/review.ts')).reviewException)],
  ['exception list', async () => (await import('./exception/list.ts')).listExceptions],
  ['exception show', async () => (await import('./exception/show.ts')).showException],
  ['drill', keptHere(async () => (await import('./drill/drill.ts')).drillCommand(VERBS))],
  ['drill list', async () => (await import('./drill/list.ts')).listDrills],
  ['reaffirm', publishing(async () => (await import('./reaffirm/reaffirm.ts')).reaffirm)],
  ['erase', publishing(async () => (await import('./erase/erase.ts')).erase)],
  ['repair', async () => (await import('./repair/repair.ts')).repair],
  ['policy list', async () => (await import('./policy-list/policy-list.ts')).policyList],
  ['policy show', async () => (await import('./policy-show/policy-show.ts')).policyShow],
  ['policy check', async () => (await import('./policy-check/policy-check.ts')).policyCheck],
  ['policy explain', async () => (await import('./policy-explain/policy-explain.ts')).policyExplain],
  ['policy what-if', async () => (await import('./policy-what-if/policy-what-if.ts')).policyWhatIf],
  [
    'policy propose',
    keptHere(async () => (await import('./policy-propose/policy-propose.ts')).policyPropose),
  ],
  [
    'policy approve',
    publishing(async () => (await import('./policy-approve/policy-approve.ts')).policyApprove),
  ],
  ['policy reject', publishing(async () => (await import('./policy-reject/policy-reject.ts')).policyReject)],
  [
    'policy withdraw',
    publishing(async () => (await import('./policy-withdraw/policy-withdraw.ts')).policyWithdraw),
  ],
  ['signer list', async () => (await import('./signer-list/signer-list.ts')).signerList],
  ['signer enroll', keptHere(async () => (await import('./signer-enroll/signer-enroll.ts')).signerEnroll)],
  ['signer grant', keptHere(async () => (await import('./signer-grant/signer-grant.ts')).signerGrant)],
  ['signer retire', keptHere(async () => (await import('./signer-retire/signer-retire.ts')).signerRetire)],
  [
    'signer refresh',
    keptHere(async () => (await import('./signer-refresh/signer-refresh.ts')).signerRefresh),
  ],
  ['root propose', keptHere(async () => (await import('./root-propose/root-propose.ts')).rootPropose)],
  ['status', async () => (await import('./status/status.ts')).status],
  ['show', async () => (await import('./show/show.ts')).show],
  ['unseal', async () => (await import('./unseal/unseal.ts')).unseal],
  ['log', async () => (await import('./log/log.ts')).log],
  ['reproduce', async () => (await import('./reproduce/reproduce.ts')).reproduce],
  ['report', async () => (await import('./report/report.ts')).report],
  ['metrics', async () => (await import('./metrics/metrics.ts')).metrics],
  ['verify', async () => (await import('./verify/verify.ts')).verify],
  ['root move', async () => (await import('./root-move/root-move.ts')).rootMove],
  ['reconcile', async () => (await import('./reconcile/reconcile.ts')).reconcile],
  ['signatures', async () => (await import('./signatures/signatures.ts')).signatures],
  ['override check', async () => (await import('./override/check.ts')).checkOverride],
  ['hook install', async () => (await import('./hook-install/hook-install.ts')).hookInstall],
  ['completion', async () => (await import('./completion/completion.ts')).completionOf(VERBS)],
];

/** Every verb there is, in the order help shows them. None is loaded before it is asked for. */
export const VERBS: readonly Verb[] = LOADS.map(([name, load]) => ({ name, load }));

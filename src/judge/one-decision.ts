import { toIterationId } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { Principal } from '../domain/signers.ts';
import type { Act } from '../machine/act.ts';
import { edgeOfGate } from '../machine/edges.ts';

/**
 * What one signature may hold. A person signs one decision at a time – on one edge of one iteration, with the
 * transition it completes, on one change or on one exception – or overrides, or any number of acts that are no decisions. An automation signs any number of its acts.
 */
export function checkOneDecision(acts: readonly Act[], signer: Principal): readonly Reason[] {
  if (signer.kind === 'automation') return [];
  const keys = acts.map(decisionOf);
  const decisions = [...new Set(keys.filter((key) => key !== null))];
  const others = keys.filter((key) => key === null).length;
  if (decisions.length > 1 || (decisions.length === 1 && others > 0)) {
    return [
      reason('COMMIT_MIXES_DECISIONS', {
        decisions: [...decisions, ...(others > 0 ? [`${others} other acts`] : [])],
      }),
    ];
  }
  return [];
}

/** What is decided, in words that are equal for acts that are one decision; null for an act that is none. */
function decisionOf(act: Act): string | null {
  switch (act.kind) {
    case 'decide': {
      const { from, to } = edgeOfGate(act.approval.gate);
      return `${toIterationId(act.iteration)} ${from} → ${to}`;
    }
    case 'transition':
      // Only an evaluation owner's own run brings an automatic transition into a person's commit.
      return act.step.to === 'eval-accepted' || act.step.to === 'artifact-exported'
        ? null
        : `${toIterationId(act.iteration)} ${act.step.from} → ${act.step.to}`;
    case 'deprecate':
      return `${act.iteration.line} → deprecated`;
    case 'pin':
      return `aliases of ${act.pin.line} pinned`;
    case 'unpin':
      return `aliases of ${act.unpin.line} unpinned`;
    case 'reaffirm':
      return `${toIterationId(act.iteration)} re-affirmed`;
    case 'override':
      return 'overrides';
    case 'decide-change':
      return `change ${act.approval.change}`;
    case 'apply-change':
      return `change ${act.applied.change}`;
    case 'decide-exception':
      return `exception ${act.approval.exception}`;
    case 'close-exception':
      return `exception ${act.closed.exception}`;
    case 'review-exception':
      return `exception ${act.review.exception}`;
    case 'comment':
    case 'receipt':
    case 'open-exception':
    case 'drill':
    case 'propose':
    case 'refresh':
    case 'guarded':
    case 'lock':
    case 'baseline':
    case 'request':
    case 'evidence':
    case 'evaluate':
    case 'check':
    case 'export':
    case 'erase':
      return null;
  }
}

import type { Fingerprint, LineName, Time } from '../domain/names.ts';
import type { Act } from '../machine/act.ts';
import type { Role } from '../domain/roles.ts';

/** Who made an act, when, with which key, in which role, for which repository, and the line it concerns (null: none in particular). */
export interface ActHeader {
  readonly principal: string;
  readonly key: Fingerprint;
  readonly role: Role;
  readonly time: Time;
  readonly repository: string;
}

/** Null where the act has no entry: what it brings speaks for itself, whoever carried it in. */
export function entryOf(act: Act): { readonly header: ActHeader; readonly line: LineName | null } | null {
  switch (act.kind) {
    case 'lock':
      return { header: act.lock, line: act.lock.line };
    case 'baseline':
      return { header: act.baseline, line: act.baseline.line };
    case 'request':
      return { header: act.request, line: act.iteration.line };
    case 'evidence':
      return { header: act.evidence, line: act.iteration.line };
    case 'evaluate':
      return { header: act.evaluation, line: act.iteration.line };
    case 'check':
      return { header: act.check, line: act.iteration.line };
    case 'export':
      return { header: act.export, line: act.iteration.line };
    case 'erase':
      return { header: act.erasure, line: act.iteration.line };
    case 'transition':
    case 'deprecate':
      return { header: act.step, line: act.iteration.line };
    case 'decide':
      return { header: act.approval, line: act.iteration.line };
    case 'comment':
      return { header: act.comment, line: act.iteration.line };
    case 'receipt':
      return { header: act.receipt, line: act.iteration.line };
    case 'pin':
      return { header: act.pin, line: act.pin.line };
    case 'unpin':
      return { header: act.unpin, line: act.unpin.line };
    case 'reaffirm':
      return { header: act.reaffirmation, line: act.iteration.line };
    case 'override':
      return { header: act.override, line: null };
    case 'drill':
      return { header: act.drill, line: null };
    case 'propose':
      return { header: act.change, line: null };
    case 'decide-change':
      return { header: act.approval, line: null };
    case 'apply-change':
      return { header: act.applied, line: null };
    case 'open-exception':
      return { header: act.exception, line: act.exception.line };
    case 'decide-exception':
      return { header: act.approval, line: act.line };
    case 'close-exception':
      return { header: act.closed, line: act.line };
    case 'review-exception':
      return { header: act.review, line: act.line };
    case 'refresh':
    case 'guarded':
      return null;
  }
}

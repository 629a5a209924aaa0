import type { EntryHeader } from '../domain/entry.ts';
import type { LineName } from '../domain/names.ts';
import type { Act } from '../machine/act.ts';

/** The entry of an act, and the line it concerns. */
export function entryOf(act: Act): { readonly header: EntryHeader; readonly line: LineName } {
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
    case 'export':
      return { header: act.export, line: act.iteration.line };
    case 'transition':
    case 'deprecate':
      return { header: act.step, line: act.iteration.line };
    case 'decide':
      return { header: act.approval, line: act.iteration.line };
  }
}

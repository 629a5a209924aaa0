import { aliasesDocument } from '../domain/aliases.ts';
import { approvalDocument } from '../domain/approval.ts';
import { baselineDocument } from '../domain/baseline.ts';
import { commentDocument } from '../domain/comment.ts';
import { drillDocument } from '../domain/drill.ts';
import { lockDocument } from '../domain/lock.ts';
import { toIterationId, type EntryId, type Iteration, type LineName } from '../domain/names.ts';
import {
  baselineFolder,
  bundleFolder,
  checkRawFolder,
  checkReportFile,
  confidentialPath,
  locate,
  rawFolder,
  RECORD,
  reportFile,
  RUBRIC,
} from '../domain/paths.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { receiptDocument } from '../domain/receipt.ts';
import { recordDocument, type PromotionRecord } from '../domain/record.ts';
import {
  fileAt,
  filesUnder,
  nodeAt,
  type Difference,
  type TreeFile,
  type TreeFolder,
} from '../domain/tree.ts';
import type { Act, NewFile } from '../machine/act.ts';
import { exceptionActs, type NewExceptionFile } from './recognise-exceptions.ts';
import { lawActs, type NewLawFile, type RefreshFacts } from './recognise-law.ts';
import { newEntry, read } from './read-entry.ts';

/** The acts a change claims to be, in the order they are to be done again; and what cannot be an act at all. */
export interface Recognised {
  readonly acts: readonly Act[];
  readonly faults: readonly Reason[];
}

/** Reads the acts out of a difference. It judges nothing: whatever it reads is decided and done again afterwards. */
export function recognise(
  parent: TreeFolder,
  child: TreeFolder,
  changes: readonly Difference[],
  refreshes: RefreshFacts = new Map(),
): Recognised {
  const acts: Act[] = [];
  const faults: Reason[] = [];
  const lawPaths: { readonly path: string; readonly kind: 'repository' | 'policy' }[] = [];
  const bundles = new Map<string, Iteration>();
  const baselines = new Map<string, { line: LineName; id: EntryId }>();
  const decisions: Act[] = [];
  const lawful: NewLawFile[] = [];
  const excepted: NewExceptionFile[] = [];
  const pins: Act[] = [];

  for (const change of changes) {
    const { path, before, after } = change;
    const location = locate(path);
    if (location === null) {
      faults.push(reason('PATH_UNKNOWN', { path }));
      continue;
    }
    switch (location.kind) {
      case 'repository':
      case 'policy':
        lawPaths.push({ path, kind: location.kind });
        break;
      case 'lock': {
        const lock = newEntry(lockDocument, change, faults);
        if (lock === null) break;
        if (lock.id === location.id && lock.line === location.line) acts.push({ kind: 'lock', lock });
        else faults.push(reason('ENTRY_UNRELATED', { what: path, expected: `${lock.line}/${lock.id}` }));
        break;
      }
      case 'baseline':
        if (before !== null)
          faults.push(reason(after === null ? 'ENTRY_REMOVED' : 'ENTRY_ALTERED', { path }));
        else baselines.set(`${location.line}/${location.id}`, location);
        break;
      case 'approval': {
        const approval = newEntry(approvalDocument, change, faults);
        if (approval === null) break;
        if (approval.id !== location.id)
          faults.push(reason('ENTRY_UNRELATED', { what: path, expected: approval.id }));
        else if (approval.act === 'reaffirm')
          decisions.push({ kind: 'reaffirm', iteration: location.iteration, reaffirmation: approval });
        else decisions.push({ kind: 'decide', iteration: location.iteration, approval });
        break;
      }
      case 'comment': {
        const comment = newEntry(commentDocument, change, faults);
        if (comment === null) break;
        if (comment.id === location.id)
          decisions.push({ kind: 'comment', iteration: location.iteration, comment });
        else faults.push(reason('ENTRY_UNRELATED', { what: path, expected: comment.id }));
        break;
      }
      case 'receipt': {
        const receipt = newEntry(receiptDocument, change, faults);
        if (receipt === null) break;
        if (receipt.id === location.id)
          decisions.push({ kind: 'receipt', iteration: location.iteration, receipt });
        else faults.push(reason('ENTRY_UNRELATED', { what: path, expected: receipt.id }));
        break;
      }
      case 'drill': {
        const drill = newEntry(drillDocument, change, faults);
        if (drill === null) break;
        if (drill.id === location.id) decisions.push({ kind: 'drill', drill });
        else faults.push(reason('ENTRY_UNRELATED', { what: path, expected: drill.id }));
        break;
      }
      case 'override':
      case 'refresh':
      case 'change':
      case 'change-approval':
      case 'applied':
        if (before !== null)
          faults.push(reason(after === null ? 'ENTRY_REMOVED' : 'ENTRY_ALTERED', { path }));
        else lawful.push({ path, location, file: after });
        break;
      case 'exception':
      case 'exception-approval':
      case 'closed-exception':
      case 'exception-review':
      case 'review-text':
        if (before !== null)
          faults.push(reason(after === null ? 'ENTRY_REMOVED' : 'ENTRY_ALTERED', { path }));
        else excepted.push({ path, location, file: after });
        break;
      case 'proposed':
      case 'lift':
      case 'incident':
      case 'seconded':
        // Written along with an act, and compared after it is done again; a repair is judged by itself.
        if (before !== null)
          faults.push(reason(after === null ? 'ENTRY_REMOVED' : 'ENTRY_ALTERED', { path }));
        break;
      case 'bundle':
        // What was signed stays where it was signed. Only ciphertext can go, with an erasure, which is done again.
        if (after === null && confidentialPath(location.path)?.kind !== 'sealed')
          faults.push(reason('ENTRY_REMOVED', { path }));
        bundles.set(toIterationId(location.iteration), location.iteration);
        break;
      case 'aliases':
        if (after === null) faults.push(reason('ENTRY_REMOVED', { path }));
        else pins.push(...aliasActs(path, before, after, faults));
        break; // the rest follows from steps of iterations; it is compared after they are done again
    }
  }
  const ofLaw = lawActs(child, lawful, refreshes, faults);
  const applies = ofLaw.some((act) => act.kind === 'apply-change');
  // What an applied change puts in force is compared after it is done again.
  const unruly = lawPaths.filter(({ kind }) => kind === 'repository' || !applies);
  if (unruly.length > 0) faults.push(reason('LAW_CHANGED', { paths: unruly.map(({ path }) => path) }));
  for (const { line, id } of baselines.values()) acts.unshift(...baselineActs(child, line, id, faults));
  const early: Act[] = [];
  const late: Act[] = [];
  for (const iteration of bundles.values()) {
    const bundle = bundleActs(parent, child, iteration, faults);
    early.push(...bundle.early);
    late.push(...bundle.late);
  }
  const exceptions = exceptionActs(child, excepted, faults);
  return { acts: [...acts, ...early, ...decisions, ...late, ...pins, ...exceptions, ...ofLaw], faults };
}

/** What was signed for aliases themselves since. */
function aliasActs(path: string, before: TreeFile | null, after: TreeFile, faults: Reason[]): readonly Act[] {
  const now = read(aliasesDocument, path, after, faults);
  const old = before === null ? null : read(aliasesDocument, path, before, faults);
  return (now?.steps ?? []).slice(old?.steps.length ?? 0).flatMap((step): readonly Act[] => {
    if (step.cause === 'pin') return [{ kind: 'pin', pin: step.signed }];
    return step.cause === 'unpin' ? [{ kind: 'unpin', unpin: step.signed }] : [];
  });
}

function baselineActs(child: TreeFolder, line: LineName, id: EntryId, faults: Reason[]): readonly Act[] {
  const folder = baselineFolder(line, id);
  const file = fileAt(child, `${folder}/baseline.json`);
  const report = fileAt(child, `${folder}/report.json`);
  if (file === null || report === null) {
    faults.push(
      reason('EVIDENCE_MISSING', { path: `${folder}/${file === null ? 'baseline' : 'report'}.json` }),
    );
    return [];
  }
  const baseline = read(baselineDocument, `${folder}/baseline.json`, file, faults);
  if (baseline === null) return [];
  if (baseline.id !== id || baseline.line !== line) {
    faults.push(reason('ENTRY_UNRELATED', { what: folder, expected: `${baseline.line}/${baseline.id}` }));
    return [];
  }
  return [{ kind: 'baseline', baseline, report: report.bytes, files: newFiles(child, `${folder}/raw`) }];
}

function newFiles(tree: TreeFolder, folder: string): readonly NewFile[] {
  return filesUnder(tree, folder).map(([path, { bytes }]) => ({ path, bytes }));
}

/** What was appended to one iteration's record. Rewriting what was there is not an act. */
function bundleActs(
  parent: TreeFolder,
  child: TreeFolder,
  iteration: Iteration,
  faults: Reason[],
): { readonly early: readonly Act[]; readonly late: readonly Act[] } {
  const folder = bundleFolder(iteration);
  const path = `${folder}/${RECORD}`;
  const file = fileAt(child, path);
  const none = { early: [], late: [] };
  if (file === null) {
    faults.push(
      nodeAt(parent, folder) === null
        ? reason('EVIDENCE_MISSING', { path })
        : reason('ENTRY_REMOVED', { path }),
    );
    return none;
  }
  const record = read(recordDocument, path, file, faults);
  if (record === null) return none;
  const old = fileAt(parent, path);
  const before = old === null ? null : read(recordDocument, path, old, faults);
  const rewritten = before === null ? [] : rewrites(before, record, path);
  faults.push(...rewritten);
  if (rewritten.length > 0) return none;

  const early: Act[] = [];
  if (before === null) {
    const rubric = fileAt(child, `${folder}/${RUBRIC}`)?.bytes ?? new Uint8Array();
    early.push({ kind: 'request', iteration, request: record.request, rubric });
  }
  for (const evidence of record.evidence.slice(before?.evidence.length ?? 0)) {
    const files = evidence.files.flatMap(({ path: name }) => fileOf(child, folder, name));
    early.push({ kind: 'evidence', iteration, evidence, files });
  }
  for (const evaluation of record.evaluations.slice(before?.evaluations.length ?? 0)) {
    const report = fileAt(child, `${folder}/${reportFile(evaluation.run)}`);
    const files = newFiles(child, `${folder}/${rawFolder(evaluation.run)}`);
    early.push({ kind: 'evaluate', iteration, evaluation, report: report?.bytes ?? null, files });
  }
  for (const check of (record.checks ?? []).slice(before?.checks?.length ?? 0)) {
    const report = fileAt(child, `${folder}/${checkReportFile(check.id)}`);
    const files = newFiles(child, `${folder}/${checkRawFolder(check.id)}`);
    early.push({ kind: 'check', iteration, check, report: report?.bytes ?? new Uint8Array(), files });
  }
  for (const erasure of (record.erasures ?? []).slice(before?.erasures?.length ?? 0))
    early.push({ kind: 'erase', iteration, erasure });
  const late: Act[] = [];
  const exported = before?.export === undefined && record.export !== undefined ? record.export : null;
  const steps = record.transitions.slice(before?.transitions.length ?? 0);
  const accepted = steps.filter((step) => step.to === 'eval-accepted');
  for (const step of [...accepted, null, ...steps.filter((step) => step.to !== 'eval-accepted')]) {
    if (step === null) {
      if (exported !== null) early.push({ kind: 'export', iteration, export: exported });
    } else if (step.act === 'deprecate') late.push({ kind: 'deprecate', iteration, step });
    else
      (step.to === 'eval-accepted' || step.to === 'artifact-exported' ? early : late).push({
        kind: 'transition',
        iteration,
        step,
      });
  }
  return { early, late };
}

function fileOf(tree: TreeFolder, folder: string, path: string): readonly NewFile[] {
  const file = fileAt(tree, `${folder}/${path}`);
  return file === null ? [] : [{ path, bytes: file.bytes }];
}

function rewrites(before: PromotionRecord, after: PromotionRecord, path: string): readonly Reason[] {
  const fixed = (what: string, a: unknown, b: unknown): readonly Reason[] =>
    a === b || JSON.stringify(a) === JSON.stringify(b) ? [] : [reason('RECORD_REWRITTEN', { path, what })];
  const prefix = (what: string, a: readonly unknown[], b: readonly unknown[]): readonly Reason[] =>
    a.every((entry, index) => entry === b[index]) ? [] : fixed(what, a, b.slice(0, a.length));
  return [
    ...fixed('request', before.request, after.request),
    ...prefix('evidence', before.evidence, after.evidence),
    ...prefix('evaluations', before.evaluations, after.evaluations),
    ...prefix('checks', before.checks ?? [], after.checks ?? []),
    ...prefix('erasures', before.erasures ?? [], after.erasures ?? []),
    ...(before.export === undefined ? [] : fixed('export', before.export, after.export)),
    ...prefix('transitions', before.transitions, after.transitions),
  ];
}

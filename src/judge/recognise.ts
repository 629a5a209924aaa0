import { approvalDocument } from '../domain/approval.ts';
import { baselineDocument } from '../domain/baseline.ts';
import type { JsonDocument } from '../domain/document.ts';
import { lockDocument } from '../domain/lock.ts';
import { toIterationId, type EntryId, type Iteration, type LineName } from '../domain/names.ts';
import {
  baselineFolder,
  bundleFolder,
  locate,
  rawFolder,
  RECORD,
  reportFile,
  RUBRIC,
} from '../domain/paths.ts';
import { reason, type Reason } from '../domain/reason.ts';
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
import { parseFile } from '../machine/world.ts';

/** The acts a change claims to be, in the order they are to be done again; and what cannot be an act at all. */
export interface Recognised {
  readonly acts: readonly Act[];
  readonly faults: readonly Reason[];
}

/** Reads the acts out of a difference. It judges nothing: whatever it reads is decided and done again afterwards. */
export function recognise(parent: TreeFolder, child: TreeFolder, changes: readonly Difference[]): Recognised {
  const acts: Act[] = [];
  const faults: Reason[] = [];
  const lawPaths: string[] = [];
  const bundles = new Map<string, Iteration>();
  const baselines = new Map<string, { line: LineName; id: EntryId }>();
  const decisions: Act[] = [];

  for (const { path, before, after } of changes) {
    const location = locate(path);
    if (location === null) {
      faults.push(reason('PATH_UNKNOWN', { path }));
      continue;
    }
    switch (location.kind) {
      case 'repository':
      case 'policy':
        lawPaths.push(path);
        break;
      case 'lock': {
        const lock = newEntry(lockDocument, path, before, after, faults);
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
        const approval = newEntry(approvalDocument, path, before, after, faults);
        if (approval === null) break;
        if (approval.id === location.id)
          decisions.push({ kind: 'decide', iteration: location.iteration, approval });
        else faults.push(reason('ENTRY_UNRELATED', { what: path, expected: approval.id }));
        break;
      }
      case 'bundle':
        // No act removes a file: what was signed stays where it was signed.
        if (after === null) faults.push(reason('ENTRY_REMOVED', { path }));
        bundles.set(toIterationId(location.iteration), location.iteration);
        break;
      case 'aliases':
        if (after === null) faults.push(reason('ENTRY_REMOVED', { path }));
        break; // follows from transitions; it is compared after they are done again
    }
  }
  if (lawPaths.length > 0) faults.push(reason('LAW_CHANGED', { paths: lawPaths }));
  for (const { line, id } of baselines.values()) acts.unshift(...baselineActs(child, line, id, faults));
  const early: Act[] = [];
  const late: Act[] = [];
  for (const iteration of bundles.values()) {
    const bundle = bundleActs(parent, child, iteration, faults);
    early.push(...bundle.early);
    late.push(...bundle.late);
  }
  return { acts: [...acts, ...early, ...decisions, ...late], faults };
}

function newEntry<T>(
  document: JsonDocument<T>,
  path: string,
  before: TreeFile | null,
  after: TreeFile | null,
  faults: Reason[],
): T | null {
  if (before !== null) {
    faults.push(reason(after === null ? 'ENTRY_REMOVED' : 'ENTRY_ALTERED', { path }));
    return null;
  }
  return after === null ? null : read(document, path, after, faults);
}

function read<T>(document: JsonDocument<T>, path: string, file: TreeFile, faults: Reason[]): T | null {
  const result = parseFile(document, file, path);
  if (result.ok) return result.value;
  faults.push(
    ...result.problems.map(({ place, message }) => reason('DOCUMENT_UNSOUND', { path, message, place })),
  );
  return null;
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

  const rubric = fileAt(child, `${folder}/${RUBRIC}`)?.bytes ?? new Uint8Array();
  const early: Act[] =
    before === null ? [{ kind: 'request', iteration, request: record.request, rubric }] : [];
  for (const evidence of record.evidence.slice(before?.evidence.length ?? 0)) {
    const files = evidence.files.flatMap(({ path: name }) => fileOf(child, folder, name));
    early.push({ kind: 'evidence', iteration, evidence, files });
  }
  for (const evaluation of record.evaluations.slice(before?.evaluations.length ?? 0)) {
    const report = fileAt(child, `${folder}/${reportFile(evaluation.run)}`);
    const files = newFiles(child, `${folder}/${rawFolder(evaluation.run)}`);
    early.push({ kind: 'evaluate', iteration, evaluation, report: report?.bytes ?? null, files });
  }
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
    JSON.stringify(a) === JSON.stringify(b) ? [] : [reason('RECORD_REWRITTEN', { path, what })];
  const prefix = (what: string, a: readonly unknown[], b: readonly unknown[]): readonly Reason[] =>
    fixed(what, a, b.slice(0, a.length));
  return [
    ...fixed('request', before.request, after.request),
    ...prefix('evidence', before.evidence, after.evidence),
    ...prefix('evaluations', before.evaluations, after.evaluations),
    ...(before.export === undefined ? [] : fixed('export', before.export, after.export)),
    ...prefix('transitions', before.transitions, after.transitions),
  ];
}

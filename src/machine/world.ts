import { CannotTell } from '../base/errors.ts';
import { aliasesDocument, type Aliases } from '../domain/aliases.ts';
import {
  approvalDocument,
  type Approval,
  type ApprovalEntry,
  type Reaffirmation,
} from '../domain/approval.ts';
import { baselineDocument, type Baseline } from '../domain/baseline.ts';
import { checkReportDocument, type CheckReport } from '../domain/check-report.ts';
import { commentDocument, type CommentEntry } from '../domain/comment.ts';
import { evaluationReportDocument, type EvaluationReport } from '../domain/evaluation-report.ts';
import { lockDocument, type Lock } from '../domain/lock.ts';
import { LineName, toIterationId, Version, type EntryId, type Iteration } from '../domain/names.ts';
import {
  aliasesFile,
  baselineFolder,
  bundleFolder,
  checkReportFile,
  lockFile,
  lockFolder,
  RECORD,
  reportFile,
  RUBRIC,
} from '../domain/paths.ts';
import { recordDocument, type PromotionRecord } from '../domain/record.ts';
import { receiptDocument, type Receipt } from '../domain/receipt.ts';
import type { Request } from '../domain/request.ts';
import { rubricDocument, type Rubric } from '../domain/rubric.ts';
import type { State } from '../domain/states.ts';
import { namesIn, nodeAt, type TreeFolder } from '../domain/tree.ts';
import type { Law } from './law.ts';
import { entriesUnder, sortEntries, trusted, trustedFile } from './trusted-files.ts';

/** A tree together with the law it is judged by. For a recorded act: the parent's tree and the parent's law. */
export interface World {
  readonly law: Law;
  readonly tree: TreeFolder;
  /** The tree before the commit, where acts of the same commit are already done in `tree`. */
  readonly before?: TreeFolder;
}

/** One iteration with everything signed about it. */
export interface Bundle {
  readonly iteration: Iteration;
  readonly record: PromotionRecord;
  /** All entries in `approvals/`, sorted by (time, id). */
  readonly entries: readonly ApprovalEntry[];
  /** The decisions at gates among them. */
  readonly approvals: readonly Approval[];
  readonly reaffirmations: readonly Reaffirmation[];
  /** What is said beside the decisions, sorted by (time, id). */
  readonly comments: readonly CommentEntry[];
  /** What became of it at targets, sorted by (time, id). */
  readonly receipts: readonly Receipt[];
  readonly folder: TreeFolder;
  readonly lock: Lock;
  /** Where it was found. */
  readonly tree: TreeFolder;
}

export function locksOf(tree: TreeFolder, line: LineName): readonly Lock[] {
  return entriesUnder(lockDocument, tree, lockFolder(line));
}

export function lockNamed(tree: TreeFolder, line: LineName, id: EntryId): Lock | null {
  return trusted(lockDocument, tree, lockFile(line, id));
}

export function baselineNamed(
  tree: TreeFolder,
  line: LineName,
  id: EntryId,
): { readonly baseline: Baseline; readonly report: EvaluationReport } | null {
  const folder = baselineFolder(line, id);
  const baseline = trusted(baselineDocument, tree, `${folder}/baseline.json`);
  const report = trusted(evaluationReportDocument, tree, `${folder}/report.json`);
  return baseline === null || report === null ? null : { baseline, report };
}

export function baselinesOf(tree: TreeFolder, line: LineName): readonly Baseline[] {
  return sortEntries(
    namesIn(tree, `baselines/${line}`).flatMap(
      (id) => trusted(baselineDocument, tree, `baselines/${line}/${id}/baseline.json`) ?? [],
    ),
  );
}

export function aliasesOf(tree: TreeFolder, line: LineName): Aliases | null {
  return trusted(aliasesDocument, tree, aliasesFile(line));
}

export function recordOf(tree: TreeFolder, iteration: Iteration): PromotionRecord | null {
  return trusted(recordDocument, tree, `${bundleFolder(iteration)}/${RECORD}`);
}

const bundles = new WeakMap<TreeFolder, Map<string, Bundle | null>>();

/** @returns null where the iteration does not exist. */
export function bundleOf(tree: TreeFolder, iteration: Iteration): Bundle | null {
  const known = bundles.get(tree) ?? new Map<string, Bundle | null>();
  bundles.set(tree, known);
  const id = toIterationId(iteration);
  const found = known.get(id);
  if (found !== undefined) return found;
  const bundle = readBundle(tree, iteration);
  known.set(id, bundle);
  return bundle;
}

function readBundle(tree: TreeFolder, iteration: Iteration): Bundle | null {
  const record = recordOf(tree, iteration);
  const folder = nodeAt(tree, bundleFolder(iteration));
  if (record === null || folder?.kind !== 'folder') return null;
  // Looked up where it is asked for: of most iterations nothing but the record ever is.
  const lazily = <T>(find: () => T): (() => T) => {
    let found: { readonly value: T } | null = null;
    return () => (found ??= { value: find() }).value;
  };
  const lock = lazily(() => lockOf(tree, iteration, record.request));
  const entries = lazily(() => entriesOf(tree, iteration));
  const approvals = lazily(() => entries().filter((entry) => entry.act !== 'reaffirm'));
  const reaffirmations = lazily(() => entries().filter((entry) => entry.act === 'reaffirm'));
  const comments = lazily(() => commentsOf(tree, iteration));
  const receipts = lazily(() => receiptsOf(tree, iteration));
  return {
    ...{ iteration, record, folder, tree },
    get lock() {
      return lock();
    },
    get entries() {
      return entries();
    },
    get approvals() {
      return approvals();
    },
    get reaffirmations() {
      return reaffirmations();
    },
    get comments() {
      return comments();
    },
    get receipts() {
      return receipts();
    },
  };
}

function lockOf(tree: TreeFolder, iteration: Iteration, request: Request): Lock {
  return there(lockNamed(tree, iteration.line, request.lock), iteration, 'lock');
}

/** What an iteration relies on lies in every tree that was judged. @throws CannotTell BAD_DATA where it does not. */
function there<T>(found: T | null, iteration: Iteration, what: string): T {
  if (found !== null) return found;
  throw new CannotTell('BAD_DATA', `${toIterationId(iteration)} relies on a ${what} that is not there`, {
    remedy: 'modelsmith verify',
  });
}

/** The baseline that the iteration's lock names. @throws CannotTell BAD_DATA where it is not there. */
export function lockedBaseline(
  tree: TreeFolder,
  { iteration, lock }: Pick<Bundle, 'iteration' | 'lock'>,
): { readonly baseline: Baseline; readonly report: EvaluationReport } {
  return there(baselineNamed(tree, iteration.line, lock.baseline.id), iteration, 'baseline');
}

/** The rubric that the iteration is measured by, as it was locked. @throws CannotTell BAD_DATA where it is not there. */
export function lockedRubric({ folder, iteration }: Pick<Bundle, 'folder' | 'iteration'>): Rubric {
  return there(trusted(rubricDocument, folder, RUBRIC), iteration, 'rubric');
}

/** All entries in the `approvals/` of an iteration, sorted by (time, id). */
export function entriesOf(tree: TreeFolder, iteration: Iteration): readonly ApprovalEntry[] {
  return entriesUnder(approvalDocument, tree, `${bundleFolder(iteration)}/approvals`);
}

/** All entries in the `comments/` of an iteration, sorted by (time, id). */
export function commentsOf(tree: TreeFolder, iteration: Iteration): readonly CommentEntry[] {
  return entriesUnder(commentDocument, tree, `${bundleFolder(iteration)}/comments`);
}

/** All entries in the `receipts/` of an iteration, sorted by (time, id). */
export function receiptsOf(tree: TreeFolder, iteration: Iteration): readonly Receipt[] {
  return entriesUnder(receiptDocument, tree, `${bundleFolder(iteration)}/receipts`);
}

export function reportOf(bundle: Bundle, run: string): EvaluationReport | null {
  return trusted(evaluationReportDocument, bundle.folder, reportFile(run));
}

/** What a result of a check was made from. @throws CannotTell BAD_DATA where it is not there. */
export function checkReportOf({ folder, iteration }: Bundle, id: EntryId): CheckReport {
  return there(trusted(checkReportDocument, folder, checkReportFile(id)), iteration, 'report of a check');
}

export function linesOf(tree: TreeFolder): readonly LineName[] {
  const names = new Set(
    ['locks', 'baselines', 'promotions', 'exceptions'].flatMap((top) => namesIn(tree, top)),
  );
  return [...names].sort().flatMap((name) => {
    const line = LineName.safeParse(name);
    return line.success ? [line.data] : [];
  });
}

export function iterationsOf(tree: TreeFolder, line: LineName): readonly Iteration[] {
  return namesIn(tree, `promotions/${line}`).flatMap((name) => {
    const version = Version.safeParse(name);
    return version.success ? [{ line, version: version.data }] : [];
  });
}

export interface Recorded {
  readonly iteration: Iteration;
  readonly record: PromotionRecord;
}

const recorded = new WeakMap<TreeFolder, Recorded | null>();

/** The records of a line, in the order of their versions as texts: a look at each that costs little where nothing changed. */
export function recordsOf(tree: TreeFolder, line: LineName): readonly Recorded[] {
  const folder = nodeAt(tree, `promotions/${line}`);
  if (folder?.kind !== 'folder') return [];
  return [...folder.children.keys()].sort().flatMap((name) => {
    const node = folder.children.get(name);
    if (node?.kind !== 'folder') return [];
    const known = recorded.get(node);
    if (known !== undefined && known?.iteration.line === line && known.iteration.version === name)
      return [known];
    const found = recordedIn(node, line, name);
    recorded.set(node, found);
    return found === null ? [] : [found];
  });
}

function recordedIn(folder: TreeFolder, line: LineName, name: string): Recorded | null {
  const version = Version.safeParse(name);
  const file = folder.children.get(RECORD);
  if (!version.success || file?.kind !== 'file') return null;
  const iteration = { line, version: version.data };
  return { iteration, record: trustedFile(recordDocument, file, `${bundleFolder(iteration)}/${RECORD}`) };
}

/** Every iteration of every line. */
export function bundlesOf(tree: TreeFolder): readonly Bundle[] {
  return linesOf(tree)
    .flatMap((line) => iterationsOf(tree, line))
    .flatMap((iteration) => bundleOf(tree, iteration) ?? []);
}

/** Whether the iteration has taken an edge. */
export function isPassed({ record }: Pick<Bundle, 'record'>, edge: { readonly to: State }): boolean {
  return record.transitions.some((step) => step.to === edge.to);
}

import { sha256 } from '../../../base/digest.ts';
import { isNonEmpty } from '../../../base/nonempty.ts';
import { seal } from '../../../domain/document.ts';
import { toIdSet } from '../../../domain/entry.ts';
import { toIterationId, type Iteration, type SafeName } from '../../../domain/names.ts';
import { reason } from '../../../domain/reason.ts';
import { Evaluation } from '../../../domain/record.ts';
import type { NewFile } from '../../../machine/act.ts';
import { toFileEntries } from '../../../machine/file-check.ts';
import { checkModel, checkYardstick } from '../../../machine/report-check.ts';
import { scoreRun } from '../../../machine/run-score.ts';
import { bundleOf } from '../../../machine/world.ts';
import type { CommonOptions, Outcome } from '../command.ts';
import { protect, usualProtection, type Protection } from '../confidential/protect.ts';
import { readHarnessOutput, type HarnessOutput } from './harness-output.ts';
import { entryBy, roleFor, type Desk, type Plan } from '../opening/write.ts';

export interface RunInput {
  readonly results: string;
  /** Files and folders to lie beside the results. */
  readonly transcripts: readonly string[];
  readonly run: SafeName;
  readonly importer: string | null;
  /** Why no score came about; null for a run that was made. */
  readonly errored: string | null;
  /** How what lies beside the results goes in; null: as the line asks for. */
  readonly confidential: Protection | null;
}

type Refused = Extract<Outcome, { kind: 'refused' }>;

/** Adds one run to a plan: read, scored, sealed, decided. @returns the entry, or why not. */
export async function addEvaluation(
  desk: Desk,
  common: CommonOptions,
  plan: Plan,
  iteration: Iteration,
  { results, transcripts, run, importer, errored, confidential }: RunInput,
): Promise<Evaluation | Refused> {
  const it = toIterationId(iteration);
  const headline = `${it} cannot take the run ${run}`;
  const bundle = bundleOf(plan.world.tree, iteration);
  if (bundle === null)
    return { kind: 'refused', headline, reasons: [reason('ITERATION_UNKNOWN', { iteration: it })] };
  // Whether something is an error is not for the user to arrange by naming an importer that cannot read it.
  const only = errored === null ? importer : null;
  const output = await readHarnessOutput(desk.context, results, only, transcripts);
  const { request } = bundle.record;
  const files = await keptAs(desk, plan, iteration, output, confidential);
  const role = roleFor(desk, common, ['pipeline', 'evaluation-owner'], iteration.line);
  const header = {
    ...entryBy(desk, 'evaluate', role, toIdSet([request.id, bundle.lock.id])),
    run,
    artifact: request.artifact.digest,
    lock: bundle.lock.id,
    files: toFileEntries(files),
  };
  const added = (evaluation: Evaluation, report: Uint8Array | null): Evaluation | Refused =>
    plan.add(headline, { kind: 'evaluate', iteration, evaluation, report, files }) ?? evaluation;

  if (errored !== null) {
    return output.kind === 'read' || output.misplaced
      ? { kind: 'refused', headline, reasons: [reason('EVAL_NOT_ERRORED', { run, file: results })] }
      : added(seal(Evaluation, { ...header, status: 'errored', error: errored }), null);
  }
  if (output.kind === 'refused') return { kind: 'refused', headline, reasons: output.reasons };
  // Of another model's run nothing else is worth saying.
  const foreign = checkModel(output.report, request);
  if (isNonEmpty(foreign)) return { kind: 'refused', headline, reasons: foreign };
  const scored = scoreRun(plan.world, bundle, output.report);
  const reasons = [
    ...checkYardstick(output.report, bundle.lock),
    ...(scored.kind === 'refused' ? scored.reasons : []),
  ];
  if (isNonEmpty(reasons)) return { kind: 'refused', headline, reasons };
  if (scored.kind === 'refused') throw new Error('a refused score without a reason');
  const report = sha256(output.reportBytes);
  return added(
    seal(Evaluation, { ...header, status: 'complete', report, scores: scored.scores }),
    output.reportBytes,
  );
}

/** What scores are read from stays in the clear; of a run without scores the log may quote what was asked. */
async function keptAs(
  { context }: Desk,
  { world }: Plan,
  { line }: Iteration,
  output: HarnessOutput,
  confidential: Protection | null,
): Promise<readonly NewFile[]> {
  const how = confidential ?? usualProtection(world, line);
  if (how === null) return output.files;
  const scored = new Set<string>(output.kind === 'read' ? output.report.raw.map(({ path }) => path) : []);
  const hidden = output.files.filter(({ path }) => !scored.has(path));
  return [
    ...output.files.filter(({ path }) => scored.has(path)),
    ...(await protect(context, world, line, hidden, how)),
  ];
}

import { sha256 } from '../../base/digest.ts';
import { isNonEmpty } from '../../base/nonempty.ts';
import { seal } from '../../domain/document.ts';
import { toIdSet } from '../../domain/entry.ts';
import { toIterationId, type Iteration, type SafeName } from '../../domain/names.ts';
import { reason } from '../../domain/reason.ts';
import { Evaluation } from '../../domain/record.ts';
import { toFileEntries } from '../../machine/file-check.ts';
import { checkModel, checkYardstick } from '../../machine/report-check.ts';
import { scoreRun } from '../../machine/run-score.ts';
import { bundleOf } from '../../machine/world.ts';
import type { CommonOptions, Outcome } from './command.ts';
import { readHarnessOutput } from './harness-output.ts';
import { entryBy, roleFor, type Desk, type Plan } from './write.ts';

export interface RunInput {
  readonly results: string;
  /** Files and folders to lie beside the results. */
  readonly transcripts: readonly string[];
  readonly run: SafeName;
  readonly importer: string | null;
  /** Why no score came about; null for a run that was made. */
  readonly errored: string | null;
}

type Refused = Extract<Outcome, { kind: 'refused' }>;

/** Adds one run to a plan: read, scored, sealed, decided. @returns the entry, or why not. */
export async function addEvaluation(
  desk: Desk,
  common: CommonOptions,
  plan: Plan,
  iteration: Iteration,
  { results, transcripts, run, importer, errored }: RunInput,
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
  const role = roleFor(desk, common, ['pipeline', 'evaluation-owner'], iteration.line);
  const header = {
    ...entryBy(desk, 'evaluate', role, toIdSet([request.id, bundle.lock.id])),
    run,
    artifact: request.artifact.digest,
    lock: bundle.lock.id,
    files: toFileEntries(output.files),
  };
  const added = (evaluation: Evaluation, report: Uint8Array | null): Evaluation | Refused =>
    plan.add(headline, { kind: 'evaluate', iteration, evaluation, report, files: output.files }) ??
    evaluation;

  if (errored !== null) {
    return output.kind === 'read'
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

import { seal } from '../../domain/document.ts';
import { toIdSet } from '../../domain/entry.ts';
import { toIterationId, type Iteration, type SafeName } from '../../domain/names.ts';
import { reason } from '../../domain/reason.ts';
import { Evaluation } from '../../domain/record.ts';
import { sha256 } from '../../base/digest.ts';
import { toFileEntries } from '../../machine/file-check.ts';
import { checkModel, checkYardstick } from '../../machine/report-check.ts';
import { isNonEmpty } from '../../base/nonempty.ts';
import { scoreRun } from '../../machine/run-score.ts';
import { bundleOf } from '../../machine/world.ts';
import type { CommonOptions, Outcome } from './command.ts';
import { readHarnessOutput } from './harness-output.ts';
import { entryBy, roleFor, type Desk, type Plan } from './write.ts';

export interface RunInput {
  readonly results: string;
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
  input: RunInput,
): Promise<Evaluation | Refused> {
  const headline = `${toIterationId(iteration)} cannot take the run ${input.run}`;
  const bundle = bundleOf(plan.world.tree, iteration);
  if (bundle === null)
    return {
      kind: 'refused',
      headline,
      reasons: [reason('ITERATION_UNKNOWN', { iteration: toIterationId(iteration) })],
    };
  const output = await readHarnessOutput(desk.context, input.results, input.importer);
  const role = roleFor(desk, common, ['pipeline', 'evaluation-owner'], iteration.line);
  const base = {
    ...entryBy(desk, 'evaluate', role, toIdSet([bundle.record.request.id, bundle.lock.id])),
    run: input.run,
    artifact: bundle.record.request.artifact.digest,
    lock: bundle.lock.id,
    files: toFileEntries(output.files),
  };
  if (input.errored !== null) {
    if (output.kind === 'read') {
      // A run that came out is a result, whatever one thinks of it.
      const facts = [`${input.results} imports as a complete run, so it cannot be recorded as errored`];
      return {
        kind: 'refused',
        headline,
        reasons: [reason('EVAL_UNSCORABLE', { fault: 'EVAL_IS_COMPLETE', facts })],
      };
    }
    const evaluation = seal(Evaluation, { ...base, status: 'errored', error: input.errored });
    return (
      plan.add(headline, { kind: 'evaluate', iteration, evaluation, report: null, files: output.files }) ??
      evaluation
    );
  }
  if (output.kind === 'refused') return { kind: 'refused', headline, reasons: output.reasons };
  const foreign = [
    ...checkModel(output.report, bundle.record.request),
    ...checkYardstick(output.report, bundle.lock),
  ];
  if (isNonEmpty(foreign)) return { kind: 'refused', headline, reasons: foreign };
  const scored = scoreRun(plan.world, bundle, output.report);
  if (scored.kind === 'refused') return { kind: 'refused', headline, reasons: scored.reasons };
  const evaluation = seal(Evaluation, {
    ...base,
    status: 'complete',
    report: sha256(output.reportBytes),
    scores: scored.scores,
  });
  return (
    plan.add(headline, {
      kind: 'evaluate',
      iteration,
      evaluation,
      report: output.reportBytes,
      files: output.files,
    }) ?? evaluation
  );
}

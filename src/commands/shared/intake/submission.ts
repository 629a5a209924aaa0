import type { Iteration } from '../../../domain/names.ts';
import type { Evaluation, Export } from '../../../domain/record.ts';
import type { Request } from '../../../domain/request.ts';
import type { State } from '../../../domain/states.ts';
import { recordOf } from '../../../machine/world.ts';
import { addEvaluation, type RunInput } from './add-evaluation.ts';
import { addEvidence } from './add-evidence.ts';
import type { RegistryPlace } from '../../../domain/registry-place.ts';
import { addExport } from './add-export.ts';
import { exportRegistry } from './registry-choice.ts';
import { addRequest, type RequestInput } from './add-request.ts';
import { addDueStep } from './automatic-step.ts';
import type { CommonOptions, Outcome } from '../command.ts';
import type { Protection } from '../confidential/protect.ts';
import type { Desk, Plan } from '../opening/write.ts';
import { withLateRuns } from './late-runs.ts';

export interface SubmissionInput extends RequestInput {
  readonly runs: readonly Pick<RunInput, 'results' | 'transcripts' | 'run'>[];
  readonly evidence: readonly string[];
  readonly importer: string | null;
  readonly registry: string | null;
  readonly signModel: string | null;
  readonly plainHttp: boolean;
  readonly confidential: Protection | null;
}

export interface Submission {
  readonly kind: 'planned';
  readonly request: Request;
  /** Paths in the bundle. */
  readonly evidence: readonly string[];
  readonly evaluations: readonly Evaluation[];
  readonly exported: { readonly entry: Export; readonly registry: RegistryPlace } | null;
  readonly state: State;
}

type Refused = Extract<Outcome, { kind: 'refused' }>;

/** Adds everything to the plan that is due for a candidate. Weights are copied only after all else was allowed. */
export async function planSubmission(
  desk: Desk,
  common: CommonOptions,
  plan: Plan,
  iteration: Iteration,
  input: SubmissionInput,
): Promise<Submission | Refused> {
  const requested = await addRequest(desk, common, plan, iteration, input);
  if (requested.kind === 'refused') return await withLateRuns(desk, requested, input);
  const evidence =
    input.evidence.length === 0
      ? []
      : await addEvidence(desk, common, plan, iteration, {
          files: input.evidence,
          asPath: null,
          confidential: null,
          answers: [],
        });
  if ('kind' in evidence) return evidence;
  const evaluations: Evaluation[] = [];
  for (const run of input.runs) {
    const { importer, confidential } = input;
    const order = { ...run, importer, confidential, errored: null };
    const evaluation = await addEvaluation(desk, common, plan, iteration, order);
    if ('kind' in evaluation) return evaluation;
    evaluations.push(evaluation);
    const no = addDueStep(desk, common, plan, iteration);
    if (no !== null) return no;
  }
  const exported = await exportIfDue(desk, common, plan, iteration, input);
  if (exported !== null && 'kind' in exported) return exported;
  const state = recordOf(plan.world.tree, iteration)?.state ?? 'candidate';
  return { kind: 'planned', request: requested.request, evidence, evaluations, exported, state };
}

async function exportIfDue(
  desk: Desk,
  common: CommonOptions,
  plan: Plan,
  iteration: Iteration,
  input: SubmissionInput,
): Promise<Submission['exported'] | Refused> {
  if (recordOf(plan.world.tree, iteration)?.state !== 'eval-accepted') return null;
  const { adapter, signModel } = input;
  const { facts, world } = desk.workspace;
  const registry = await exportRegistry(desk.context, input, { id: world.law.repository.id, facts });
  const entry = await addExport(desk, common, plan, iteration, {
    adapter,
    registry,
    signModel,
    inspected: true,
  });
  if ('kind' in entry) return entry;
  return addDueStep(desk, common, plan, iteration) ?? { entry, registry };
}

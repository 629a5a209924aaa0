import { stringify } from 'yaml';
import { toTime } from '../../domain/names.ts';
import type { SampleEvaluation } from '../../ports/demonstration.ts';

/** What the story works on. Small, made up, and in the formats real tools write. */

export const LINE = 'claims-triage';
export const BASE = {
  name: 'example-labs/small-7b',
  revision: '5f0b02c75b57c5855da9ae460ce51323ea669d8a',
} as const;

const TASKS = [
  { task: 'arc_easy', metric: 'acc', samples: 1000, higherIsBetter: true, base: 0.745, tuned: 0.751 },
  { task: 'claims_routing', metric: 'acc', samples: 400, higherIsBetter: true, base: 0.6125, tuned: 0.8275 },
  {
    task: 'claims_routing_unseen',
    metric: 'acc',
    samples: 400,
    higherIsBetter: true,
    base: 0.59,
    tuned: 0.785,
  },
  {
    task: 'claims_unsafe_advice',
    metric: 'rate',
    samples: 250,
    higherIsBetter: false,
    base: 0.008,
    tuned: 0.004,
  },
] as const;

export function evaluationOf(
  which: 'base' | 'tuned',
  adapter: string | null,
  time: number,
): SampleEvaluation {
  return {
    base: BASE.name,
    revision: BASE.revision,
    adapter,
    time,
    scores: TASKS.map(({ task, metric, samples, higherIsBetter, ...values }) => ({
      task,
      metric,
      samples,
      higherIsBetter,
      value: values[which],
    })),
  };
}

/** The metadata payload of the promotion request. Times in seconds since 1970. */
export function metadataOf(training: { readonly from: number; readonly to: number }): string {
  return stringify({
    change: {
      mutation: 'adapter-update',
      summary: 'First adapter for routing motor claims, trained on the handlers’ decisions of last year.',
      flags: {
        'affects-production-traffic': true,
        'expands-permissions': false,
        'modifies-code': false,
        'modifies-data-lineage': false,
        'modifies-evaluator': false,
        'personal-data': false,
      },
      capabilities: ['triage'],
      permissions: [],
    },
    lineage: {
      datasets: [
        {
          name: 'claims-2025-pseudonymised',
          digest: 'b1946ac92492d2347c6235b4d2611184b1946ac92492d2347c6235b4d2611184',
          licence: 'proprietary',
          jurisdiction: 'EU',
          personalData: false,
          retention: 'P2Y',
        },
      ],
      training: {
        system: 'example-trainer',
        run: 'claims-triage-2117',
        startedAt: toTime(training.from),
        endedAt: toTime(training.to),
        codeCommit: '9c1185a5c5e9fc54612808977ee8f548b2258d31',
      },
    },
    licence: 'proprietary',
    contact: 'ana@demo.invalid',
    intendedUse: 'Suggests the queue and severity of a motor claim to a human handler.',
  });
}

export const MODEL_CARD_TEXT = `# Claims triage 1.0.0

## What it does
Suggests the queue and the severity of a motor claim to a human handler, who decides.

## How it was made
A LoRA adapter of rank 8 on ${BASE.name}, trained on last year's decisions of experienced handlers.

## What it cannot do
It has seen no claims about boats or aircraft, and it does not judge fraud.
`;

export const ROLLBACK_TEXT = `# Rolling back claims triage

## Trigger
More than two wrongly routed severe claims in a day, or any advice to a customer that is unsafe.

## Steps
1. Point the alias "serving" of claims-triage at the iteration before this one, or at nothing.
2. Tell the handlers' desk that suggestions are off.

## Who
The operator on duty; the model owner is told within the hour.

## Check afterwards
The next ten claims show no suggestion, or one of the earlier iteration.
`;

import { canonicalJson, type Json } from '../base/canonical-json.ts';
import { sha256, type Sha256 } from '../base/digest.ts';
import { toIterationId } from '../domain/names.ts';
import type { Law } from './law.ts';
import { once } from './once.ts';
import { riskOf } from './risk.ts';
import { approvedTargets } from './targets.ts';
import { completeRuns } from './verdict.ts';
import type { Bundle } from './world.ts';

/**
 * What is promoted and what it was judged by: not state, transitions or logs, which change without changing the subject.
 * `riskTier` and `requiredApprovals` are empty where the policy has no such rules, `exceptions` where the request needs none.
 */
export function subjectOf(law: Law, bundle: Bundle): Json {
  const { record, lock, iteration } = bundle;
  const { request } = record;
  const risk = riskOf(law, bundle);
  return {
    iteration: toIterationId(iteration),
    artifact: request.artifact.digest,
    base: { name: request.base.name, pin: { kind: request.base.pin.kind, value: request.base.pin.value } },
    change: sha256(canonicalJson(request.change)),
    lineage: sha256(canonicalJson(request.lineage)),
    requester: request.principal,
    onBehalfOf: request.onBehalfOf,
    request: request.id,
    lock: lock.id,
    baseline: lock.baseline.id,
    evaluations: completeRuns(bundle).map((run) => ({ id: run.id, report: run.report })),
    export: record.export?.manifest.sha256 ?? null,
    riskTier: risk?.tier ?? null,
    requiredApprovals: risk?.approvals.map(({ role }) => role) ?? [],
    exceptions: [...(request.exceptions ?? [])],
    targets: approvedTargets(law, iteration.line),
  };
}

/** SHA-256 of the subject's RFC 8785 form. */
export function subjectDigest(law: Law, bundle: Bundle): Sha256 {
  return once(law, bundle, 'subject', () => sha256(canonicalJson(subjectOf(law, bundle))));
}

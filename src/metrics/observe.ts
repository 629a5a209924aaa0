import { addedRequirements } from './added-requirements.ts';
import { approvalLatency, belowReadingFloor, rejectedChanges } from './approvals.ts';
import { completeLineage } from './complete-lineage.ts';
import { expiredEvidence } from './expired-evidence.ts';
import { exceptionUse } from './exception-use.ts';
import type { Material } from './material.ts';
import { missingOwners } from './missing-owners.ts';
import type { Observation } from './observation.ts';
import { policyViolations, type JudgedCommits } from './policy-violations.ts';

/** Everything the metrics count in the window. */
export function observe(material: Material, commits: JudgedCommits): readonly Observation[] {
  return [
    ...approvalLatency(material),
    ...rejectedChanges(material),
    ...expiredEvidence(material),
    ...exceptionUse(material),
    ...missingOwners(material),
    ...policyViolations(commits, material.window),
    ...completeLineage(material),
    ...addedRequirements(material),
    ...belowReadingFloor(material),
  ];
}

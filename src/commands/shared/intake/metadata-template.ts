import { CHANGE_FLAGS, MUTATIONS } from '../../../domain/model-change.ts';

const DECLARED = new Map<string, boolean>([
  ['affects-production-traffic', true],
  ['expands-permissions', false],
  ['modifies-code', false],
  ['modifies-data-lineage', false],
  ['modifies-evaluator', false],
  ['personal-data', false],
]);

const flags = [...DECLARED].map(([name, value]) => `    ${name}: ${value}`).join('\n');
const otherFlags = CHANGE_FLAGS.filter((name) => !DECLARED.has(name))
  .map((name) => `    # ${name}: false`)
  .join('\n');

/** An example of the metadata payload with every key there is, ready to be filled in. */
export const METADATA_TEMPLATE = `# What a promotion request says beside the adapter. All of it is signed.
change:
  mutation: adapter-update
  # one of: ${MUTATIONS.slice(0, 4).join(', ')},
  #         ${MUTATIONS.slice(4).join(', ')}
  summary: One or two sentences on what is different and why.
  # parent: 1.3.0    # the iteration this one was made from, where it is governed here
  flags:             # what is not declared counts as true
${flags}
${otherFlags}
  capabilities: []   # of those the policy lists for the line
  permissions: []    # exec, network:<host>, tool:<name>, data:<class>

lineage:
  datasets:
    - name: claims-2025
      # SHA-256 of the data or of its manifest, in quotes
      digest: "0000000000000000000000000000000000000000000000000000000000000000"
      licence: proprietary
      jurisdiction: EU
      personalData: false
      retention: P2Y
      # SHA-256 of files that are attached to the bundle, in quotes, where the policy asks for them:
      # sheet: the data sheet
      # legalBasis: what shows the legal basis of personal data
  training:
    system: my-trainer
    run: run-2117
    startedAt: 2026-03-02T09:30:00Z   # UTC; the lock must be older
    endedAt: 2026-03-02T17:05:00Z
    # codeCommit: full commit id of the training code, in quotes

licence: proprietary
contact: ml-team@example.org
intendedUse: Suggests the queue of a claim to a human handler.

# The name by which the harness knew the adapter, where it is not that of its folder:
# evaluatedAs: claims-triage-1.4.0
`;

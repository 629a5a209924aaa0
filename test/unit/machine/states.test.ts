import { describe, expect, test } from 'vitest';
import { edgeOfGate } from '../../../src/machine/edges.ts';
import { STATES, type State } from '../../../src/domain/states.ts';
import { addEvidence, deprecateIt, evaluateIt, exportIt, moveTo, requestIt } from '../support/acts.ts';
import { STAGES, treeAt } from '../support/stages.ts';
import { decision, refusals, bundleAt } from '../support/world.ts';

const ci = { name: 'ci', role: 'pipeline', hours: 12 } as const;

const ACTS = {
  request: requestIt({}, '1.0.0', 12),
  evidence: addEvidence({ 'attachments/note.txt': 'more' }, {}, 12),
  evaluate: evaluateIt({ run: 'run-9', hours: 12 }),
  'to eval-accepted': moveTo('eval-accepted', ci),
  export: exportIt({}, 12),
  'to artifact-exported': moveTo('artifact-exported', ci),
  'approve operator-signoff': decision('approve', 'operator-signoff', 'lee', 12),
  'to customer-deployed': moveTo('customer-deployed', { name: 'lee', role: 'operator', hours: 12 }),
  'approve domain-validation': decision('approve', 'domain-validation', 'dan', 12),
  'approve governance-approval': decision('approve', 'governance-approval', 'gil', 12),
  'to production-validated': moveTo('production-validated', {
    name: 'gil',
    role: 'governance-approver',
    hours: 12,
  }),
  deprecate: deprecateIt(),
};
type Name = keyof typeof ACTS;

/** All that is allowed; what is not named is refused. */
const ALLOWED: { readonly [S in State]: readonly Name[] } = {
  candidate: ['evidence', 'evaluate', 'deprecate'],
  'eval-accepted': ['evidence', 'export', 'deprecate'],
  'artifact-exported': ['evidence', 'approve operator-signoff', 'deprecate'],
  'customer-deployed': ['evidence', 'approve domain-validation', 'approve governance-approval', 'deprecate'],
  'production-validated': ['evidence', 'deprecate'],
  deprecated: [],
};

const cases = STATES.flatMap((state) =>
  (Object.keys(ACTS) as readonly Name[])
    // An entry that leaves `deprecated` cannot even be spelled.
    .filter((name) => !(state === 'deprecated' && name === 'deprecate'))
    .map((name) => [state, name, ALLOWED[state].includes(name)] as const),
);

describe('every state and every act', () => {
  test.each(cases)('%s: %s is allowed: %j', (state, name, allowed) => {
    expect(refusals(treeAt(state), ACTS[name]).length === 0).toBe(allowed);
  });

  test.each(STAGES.filter((stage) => (STATES as readonly string[]).includes(stage)))(
    'the way to %s ends there',
    (stage) => {
      expect(bundleAt(treeAt(stage)).record.state).toBe(stage);
    },
  );

  test.each([
    ['candidate', 'customer-deployed'],
    ['eval-accepted', 'production-validated'],
    ['customer-deployed', 'artifact-exported'],
    ['production-validated', 'eval-accepted'],
  ] as const)('there is no way from %s to %s', (from, to) => {
    expect(refusals(treeAt(from), moveTo(to, ci))).toContain('EDGE_UNKNOWN');
  });

  test('no act touches an iteration that does not exist', () => {
    const tree = treeAt('candidate');
    for (const name of ['evidence', 'evaluate', 'export', 'deprecate'] as const) {
      const signed = ACTS[name](tree);
      const act = { ...signed.act, iteration: { line: 'triage', version: '9.0.0' } } as never;
      expect(refusals(tree, () => ({ ...signed, act }))).toEqual(['ITERATION_UNKNOWN']);
    }
    const exported = treeAt('artifact-exported');
    for (const build of [
      decision('approve', 'operator-signoff', 'kim', 8),
      moveTo('customer-deployed', { name: 'kim', role: 'operator', hours: 8 }),
    ]) {
      const signed = build(exported);
      const act = { ...signed.act, iteration: { line: 'triage', version: '9.0.0' } } as never;
      expect(refusals(exported, () => ({ ...signed, act }))).toEqual(['ITERATION_UNKNOWN']);
    }
  });

  test('a gate that no edge has is a bug', () => {
    expect(() => edgeOfGate('no-gate' as never)).toThrow('no edge');
  });
});

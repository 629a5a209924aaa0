import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../src/base/digest.ts';
import { countsOf, type Sample } from '../../../src/domain/sample.ts';
import { proveAcknowledgements } from '../../../src/machine/acknowledgement.ts';
import { sampleSeed } from '../../../src/machine/sample-check.ts';
import { gateRule, gateRuleDigest } from '../../../src/machine/gate-rule.ts';
import { standingOf } from '../../../src/machine/standing.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { erroredRun, evaluateIt, exportIt, moveTo } from '../support/acts.ts';
import { drawn, every, itemsOf, listed } from '../support/conversation.ts';
import { lawTree, type LawChanges } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { bundleAt, decision, done, hour, refusals, worldOf, type DecisionAct } from '../support/world.ts';

const GATE = 'domain-validation';
const demands = (sample: object): LawChanges => ({ gates: { [GATE]: { sample } } });
const free = treeAt('customer-deployed');
/** Dana's decision; items at random with the seed that is due. */
const judges =
  (sample: Sample | undefined, act: DecisionAct = 'approve', seeds = true) =>
  (tree: TreeFolder) => {
    const due = { seed: sampleSeed(bundleAt(tree), 'dana' as never) };
    const given = sample?.seed === undefined || !seeds ? sample : { ...sample, ...due };
    return decision(act, GATE, 'dana', 9, given === undefined ? {} : { sample: given })(tree);
  };

describe('a sample', () => {
  test('goes with any decision of an expert, wherever the policy asks for none', () => {
    for (const act of ['approve', 'reject', 'request-changes'] as const)
      expect(refusals(free, judges(drawn(itemsOf(1, 3)), act))).toEqual([]);
    expect(refusals(free, judges(undefined))).toEqual([]);
  });

  test('goes with no other gate', () => {
    const sample = drawn(itemsOf(3));
    expect(refusals(free, decision('approve', 'governance-approval', 'gus', 9, { sample }))).toEqual([
      'SAMPLE_NOT_HERE',
    ]);
    const exported = treeAt('artifact-exported');
    expect(refusals(exported, decision('reject', 'operator-signoff', 'kim', 8, { sample }))).toEqual([
      'SAMPLE_NOT_HERE',
    ]);
  });

  test('is of complete runs of the iteration, or of inputs the expert brought', () => {
    expect(refusals(free, judges(drawn(itemsOf(2, 0, 0, 'run-9'))))).toEqual(['SAMPLE_OTHER_RUN']);
    expect(refusals(free, judges(drawn(itemsOf(2, 0, 0, 'run-9')), 'reject'))).toEqual(['SAMPLE_OTHER_RUN']);
    expect(refusals(free, judges(listed(itemsOf(2, 0, 0, null))))).toEqual([]);
    const failed = done(
      treeAt('candidate'),
      erroredRun('run-0'),
      evaluateIt(),
      moveTo('eval-accepted', { name: 'ci', role: 'pipeline', hours: 6 }),
      exportIt(),
      moveTo('artifact-exported', { name: 'ci', role: 'pipeline', hours: 7 }),
      decision('approve', 'operator-signoff', 'kim', 8),
      moveTo('customer-deployed', { name: 'kim', role: 'operator', hours: 8 }),
    );
    expect(refusals(failed, judges(drawn(itemsOf(2, 0, 0, 'run-0'))))).toEqual(['SAMPLE_OTHER_RUN']);
  });

  test('is drawn with the seed that follows from the deployment and from who judges', () => {
    for (const act of ['approve', 'reject'] as const)
      expect(refusals(free, judges(drawn(itemsOf(2)), act, false))).toEqual(['SAMPLE_SEED']);
    const deployed = bundleAt(free).record.transitions.find(({ to }) => to === 'customer-deployed');
    expect(sampleSeed(bundleAt(free), 'dana' as never)).toBe(sha256(`${deployed?.id} dana`));
    const early = treeAt('artifact-exported');
    expect(sampleSeed(bundleAt(early), 'dana' as never)).toBeNull();
    expect(refusals(early, judges(drawn(itemsOf(2)), 'reject', false))).toContain('STATE_OTHER');
  });

  test('counts what was judged and how', () => {
    expect(countsOf(drawn(itemsOf(5, 3, 2)))).toEqual({ size: 10, judged: 8, met: 5, notMet: 3 });
  });
});

describe('where the policy asks for a sample', () => {
  const asked = treeAt('customer-deployed', demands({ judged: 10, met: '0.9' }));

  test.each([
    ['none at all', undefined, ['SAMPLE_TOO_SMALL']],
    ['enough of it', drawn(itemsOf(10)), []],
    ['exactly the share', drawn(itemsOf(9, 1)), []],
    ['one item too few', drawn(itemsOf(9)), ['SAMPLE_TOO_SMALL']],
    ['items that nobody judged', drawn(itemsOf(9, 0, 91)), ['SAMPLE_NOT_MET', 'SAMPLE_TOO_SMALL']],
    ['a smaller share', drawn(itemsOf(17, 2)), ['SAMPLE_NOT_MET']],
    ['those it drew and did not like passed over', drawn(itemsOf(10, 0, 3)), ['SAMPLE_NOT_MET']],
    ['too few, and a smaller share', drawn(itemsOf(5, 4)), ['SAMPLE_NOT_MET', 'SAMPLE_TOO_SMALL']],
    ['all there are, although they are few', every(itemsOf(3)), []],
    ['all there are, not all judged', every(itemsOf(3, 0, 1)), ['SAMPLE_NOT_MET', 'SAMPLE_TOO_SMALL']],
    ['all there are, of which too few meet the standard', every(itemsOf(3, 1)), ['SAMPLE_NOT_MET']],
    ['all there are, none of them judged', every(itemsOf(0, 0, 3)), ['SAMPLE_NOT_MET', 'SAMPLE_TOO_SMALL']],
    ['few that were picked', listed(itemsOf(3)), ['SAMPLE_TOO_SMALL']],
    ['enough that were picked', listed(itemsOf(10, 0, 0, null)), []],
  ])('an approval with %s', (_what, sample, codes) => {
    expect(refusals(asked, judges(sample))).toEqual(codes);
  });

  test('whoever says no needs to judge nothing', () => {
    for (const act of ['reject', 'request-changes'] as const) {
      expect(refusals(asked, judges(undefined, act))).toEqual([]);
      expect(refusals(asked, judges(drawn(itemsOf(0, 1)), act))).toEqual([]);
    }
  });

  test('it may say how items are chosen', () => {
    const random = treeAt('customer-deployed', demands({ judged: 2, methods: ['random'] }));
    expect(refusals(random, judges(drawn(itemsOf(2))))).toEqual([]);
    expect(refusals(random, judges(every(itemsOf(2))))).toEqual(['SAMPLE_METHOD']);
    expect(refusals(random, judges(listed(itemsOf(2))))).toEqual(['SAMPLE_METHOD']);
  });

  test('all there are are enough where they are few, also where only what was drawn counts', () => {
    const random = treeAt('customer-deployed', demands({ judged: 5, methods: ['random'] }));
    expect(refusals(random, judges({ ...drawn(itemsOf(3)), population: 3 }))).toEqual([]);
    expect(refusals(random, judges({ ...drawn(itemsOf(3)), population: 4 }))).toEqual(['SAMPLE_TOO_SMALL']);
    expect(refusals(random, judges({ ...drawn(itemsOf(2, 0, 1)), population: 3 }))).toEqual([
      'SAMPLE_TOO_SMALL',
    ]);
  });

  test('nothing else is demanded of how many meet the standard', () => {
    const any = treeAt('customer-deployed', demands({ judged: 2 }));
    expect(refusals(any, judges(drawn(itemsOf(0, 2))))).toEqual([]);
  });
});

describe('the rule of the gate', () => {
  const ruleOf = (tree: TreeFolder) => gateRule(worldOf(tree).law, bundleAt(tree), GATE);
  const digest = (tree: TreeFolder) => gateRuleDigest(ruleOf(tree));
  const filled = (tree: TreeFolder) =>
    standingOf(worldOf(tree), bundleAt(tree), hour(12)).gates.find(({ rule }) => rule.gate === GATE)?.filled;

  test('is what it was before there were samples, where none is asked for', () => {
    // As it is in approvals that were given before there were samples.
    expect(digest(free)).toBe('6df1361b4b6a45ceb7adbca9343af026f50b4bf7b22cf97d136c91a4e097f97a');
    expect(digest(lawTree(demands({ judged: 1 }), free))).not.toBe(digest(free));
  });

  test('makes earlier approvals stale where it asks for more, for a larger share or another method', () => {
    const before = treeAt('customer-deployed', demands({ judged: 5 }));
    const approved = done(before, judges(drawn(itemsOf(20))));
    expect(filled(approved)).toBe(1);
    expect(filled(lawTree(demands({ judged: 5 }), approved))).toBe(1);
    for (const sample of [{ judged: 6 }, { judged: 5, met: '0.5' }, { judged: 5, methods: ['random'] }])
      expect(filled(lawTree(demands(sample), approved))).toBe(0);
  });
});

describe('what the expert acknowledges', () => {
  const proof = (sample?: Sample) =>
    proveAcknowledgements(
      worldOf(free),
      bundleAt(free),
      gateRule(worldOf(free).law, bundleAt(free), GATE),
      sample,
    ).find(({ acknowledgement }) => acknowledgement === 'representative-sample')?.proof;
  const found = 'evaluation runs in the bundle: run-1';

  test.each([
    ['no sample', undefined, `${found}; no sample is recorded here: you say that you judged one elsewhere`],
    [
      'items drawn',
      drawn(itemsOf(5, 3, 2), 400),
      `${found}; 10 of 400 items drawn at random (seed ${'a'.repeat(64)}), 8 judged: 5 met, 3 did not`,
    ],
    ['every item', every(itemsOf(2)), `${found}; all 2 items, 2 judged: 2 met, 0 did not`],
    [
      'items picked',
      listed(itemsOf(1, 0, 1)),
      `${found}; 2 items the expert chose, 1 judged: 1 met, 0 did not`,
    ],
  ])('over %s says which', (_what, sample, words) => {
    expect(proof(sample)).toBe(words);
  });
});

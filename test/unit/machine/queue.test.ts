import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { dueAt } from '../../../src/machine/due.ts';
import { iterationWork, type IterationWork } from '../../../src/machine/queue.ts';
import { byUrgency, type Urgency } from '../../../src/machine/urgency.ts';
import { withFile, type TreeFolder } from '../../../src/domain/tree.ts';
import { addEvidence, CARD, requestIt } from '../support/acts.ts';
import { overridden } from '../support/changes.ts';
import { encode, keyOf, LINE, signersValue } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { bundleAt, decision, done, hour, newestId, worldOf } from '../support/world.ts';

const work = (tree: TreeFolder, hours = 12): readonly IterationWork[] =>
  iterationWork(worldOf(tree), hour(hours));
const theft = (tree: TreeFolder, name: 'kim' | 'ci' | 'eva'): TreeFolder =>
  overridden(tree, { act: 'revoke-signer', keys: [keyOf(name)], as: 'compromised' }, 'a', 11);

describe('the order of urgency', () => {
  const wish = {};
  const asked: Record<string, Urgency> = {
    'a wish that is late': { opened: '4', due: '5', expedited: wish },
    'a wish for later': { opened: '1', due: '9', expedited: wish },
    'what is most overdue': { opened: '2', due: '3', expedited: null },
    'what is due next': { opened: '1', due: '8', expedited: null },
    'what has waited longest': { opened: '0', due: null, expedited: null },
    'what came last': { opened: '6', due: null, expedited: null },
  };

  const urgencyOf = (name: string): Urgency => {
    const found = asked[name];
    if (found === undefined) throw new Error(`nobody asked for ${name}`);
    return found;
  };

  test('is: wishes by their time, then due times, then age; the same from every beginning', () => {
    const names = Object.keys(asked);
    const sorted = (from: readonly string[]): readonly string[] =>
      [...from].sort((a, b) => byUrgency(urgencyOf(a), urgencyOf(b)));
    for (let turn = 0; turn < names.length; turn += 1) {
      const turned = [...names.slice(turn), ...names.slice(0, turn)];
      expect(sorted(turned)).toEqual(names);
      expect(sorted(turned.reverse())).toEqual(names);
    }
  });

  test('leaves what is equally urgent as it was', () => {
    const same = { opened: '1', due: null, expedited: null };
    expect(byUrgency(same, { ...same })).toBe(0);
  });
});

describe('what is still to be done', () => {
  test('is looked up for the lines that are meant, without what is retired', () => {
    const two = done(treeAt('deprecated'), requestIt({}, '1.1.0', 21));
    expect(work(two, 22).map(({ bundle }) => bundle.iteration.version)).toEqual(['1.1.0']);
    expect(iterationWork(worldOf(two), hour(22), (line) => line !== LINE)).toEqual([]);
    // A folder without a record is no iteration.
    const stray = withFile(two, `promotions/${LINE}/9.0.0/model-card.md`, encode(CARD));
    expect(work(stray, 22)).toHaveLength(1);
  });

  test.each([
    ['candidate', 'evaluation'],
    ['eval-accepted', 'export'],
    ['artifact-exported', null],
    ['production-validated', null],
  ] as const)('%s: by a machine %s', (stage, machine) => {
    expect(work(treeAt(stage))).toMatchObject([{ machine, blocked: [] }]);
  });

  test('is due at the earliest of the gates that are closed, and where all are open at the earliest of all', () => {
    const gates = { 'domain-validation': { reviewDays: 1 }, 'governance-approval': { reviewDays: 3 } };
    const tree = treeAt('customer-deployed', { gates });
    expect(work(tree)[0]?.due?.due).toBe('2026-03-02T08:00:00Z');
    const half = done(tree, decision('approve', 'domain-validation', 'dana', 9));
    expect(work(half)[0]?.due?.due).toBe('2026-03-04T08:00:00Z');
    const whole = done(half, decision('approve', 'governance-approval', 'gus', 10));
    expect(work(whole)[0]).toMatchObject({ ready: true, due: { due: '2026-03-02T08:00:00Z' } });
    const last = treeAt('customer-deployed', { gates: { 'governance-approval': { reviewDays: 3 } } });
    expect(work(last)[0]?.due?.due).toBe('2026-03-04T08:00:00Z');
    expect(work(treeAt('customer-deployed'))[0]?.due).toMatchObject({ due: null });
    expect(work(treeAt('candidate'))[0]?.due).toBeNull();
  });

  test('a gate that was not reached is not due; one whose days are graded has those of the riskiest', () => {
    const graded = { 'operator-signoff': { reviewDays: { low: 5, standard: 3, high: 1 } } };
    const due = (stage: 'candidate' | 'artifact-exported') => {
      const tree = treeAt(stage, { gates: graded });
      return dueAt(worldOf(tree), bundleAt(tree), 'operator-signoff');
    };
    expect(due('candidate')).toBeNull();
    expect(due('artifact-exported')).toEqual({
      opened: '2026-03-01T07:00:00Z',
      due: '2026-03-02T07:00:00Z',
      expedited: null,
    });
  });

  test('an answer that a stolen key gave is none', () => {
    const asked = done(
      treeAt('artifact-exported'),
      decision('request-changes', 'operator-signoff', 'kim', 8),
    );
    const answered = done(
      asked,
      addEvidence({ 'model-card.md': `${CARD}More.\n` }, { answers: [newestId(asked)] }, 9),
    );
    expect(work(answered)[0]?.objections).toMatchObject([{ responses: [{ principal: 'ci' }] }]);
    expect(work(theft(answered, 'ci'))[0]?.objections).toMatchObject([{ responses: [] }]);
  });

  test('answers stand in the order in which they were given', () => {
    const asked = done(
      treeAt('artifact-exported'),
      decision('request-changes', 'operator-signoff', 'kim', 8),
    );
    const answers = [newestId(asked)];
    const twice = done(
      asked,
      addEvidence({ 'model-card.md': `${CARD}More.\n` }, { answers }, 10),
      addEvidence({ 'model-card.md': `${CARD}Less.\n` }, { answers }, 9),
    );
    const times = work(twice)[0]?.objections[0]?.responses.map(({ time }) => time.slice(11, 13));
    expect(times).toEqual(['09', '10']);
  });

  test('nobody vouches for his own entry where another could; where nobody else can, he does', () => {
    const vouchers = (tree: TreeFolder) => work(tree)[0]?.tainted.map((each) => [each.role, each.vouchers]);
    expect(vouchers(theft(treeAt('customer-deployed'), 'kim'))).toEqual([
      ['operator', ['lee']],
      ['operator', ['lee']],
    ]);
    // Eva has another key, and nobody else is an evaluation owner.
    const spare = 'F'.repeat(40);
    const people = { eva: { keys: [{ fingerprint: keyOf('eva') }, { fingerprint: spare }] } };
    const exported = treeAt('artifact-exported');
    const signers = withFile(exported, 'policy/signers.yaml', encode(stringify(signersValue({ people }))));
    const tree = withFile(signers, `policy/keys/${spare}.asc`, encode('another key of eva\n'));
    expect(vouchers(theft(tree, 'eva'))).toEqual([['evaluation-owner', ['eva']]]);
  });
});

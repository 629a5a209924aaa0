import { describe, expect, test } from 'vitest';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { addEvidence, CARD, ROLLBACK } from '../support/acts.ts';
import { overridden, policyFiles, propose, say, teamTree } from '../support/changes.ts';
import { keyOf } from '../support/law-files.ts';
import { materialOf, measured, told } from '../support/metrics.ts';
import { treeAt } from '../support/stages.ts';
import { bundleAt, decision, done, newestId, withdrawal } from '../support/world.ts';

const H = 3600;
const produced = treeAt('production-validated');
const exported = treeAt('artifact-exported');

describe('approval latency', () => {
  test('runs from when the gate could first be signed, for each role', () => {
    // Exported in hour 7, deployed in hour 8; approved in hours 8, 9 and 10.
    const latency = measured('approval-latency', materialOf(produced));
    expect(latency).toMatchObject({ numerator: 4 * H, denominator: 3, p50: H, p90: 2 * H });
    expect(latency.parts).toEqual([
      { line: 'triage', role: 'domain-expert', numerator: H, denominator: 1, p50: H, p90: H },
      {
        line: 'triage',
        role: 'governance-approver',
        numerator: 2 * H,
        denominator: 1,
        p50: 2 * H,
        p90: 2 * H,
      },
      { line: 'triage', role: 'operator', numerator: H, denominator: 1, p50: H, p90: H },
    ]);
  });

  test.each([
    ['the second it begins with', { from: 9, to: 10 }, 1],
    ['not the second it ends with', { from: 8.5, to: 9 }, 0],
    ['nothing where nothing was signed', { from: 11, to: 12 }, 0],
  ])('a window holds %s', (_what, hours, count) => {
    const latency = measured('approval-latency', materialOf(produced, hours));
    expect(latency.denominator).toBe(count);
    expect(latency.p50 === null).toBe(count === 0);
  });

  test('counts an approval that was withdrawn, and none of a stolen key', () => {
    const approved = done(exported, decision('approve', 'operator-signoff', 'kim', 8));
    const taken = done(approved, withdrawal(newestId(approved), 'operator-signoff', 'kim', 9));
    expect(measured('approval-latency', materialOf(taken)).denominator).toBe(1);
    const stolen = overridden(approved, { act: 'revoke-signer', keys: [keyOf('kim')], as: 'compromised' });
    expect(measured('approval-latency', materialOf(stolen)).denominator).toBe(0);
  });

  test('is never negative where clocks are minutes apart', () => {
    const early = done(exported, decision('approve', 'operator-signoff', 'kim', 6.95));
    expect(measured('approval-latency', materialOf(early))).toMatchObject({ numerator: 0, denominator: 1 });
  });
});

describe('rejected changes', () => {
  test('are rejections among what people decided at gates', () => {
    const tree = done(
      exported,
      decision('reject', 'operator-signoff', 'kim', 8),
      decision('request-changes', 'operator-signoff', 'lee', 9),
    );
    const rejected = measured('rejected-changes', materialOf(tree));
    const { id } = bundleAt(tree).approvals[0] ?? { id: '' };
    expect(told(rejected)).toEqual(['1/2', `rejected at operator-signoff, entry ${id.slice(0, 12)}`]);
    expect(rejected.named[0]?.about).toBe('triage@1.0.0');
    const withdrawn = done(tree, withdrawal(id, 'operator-signoff', 'kim', 10));
    expect(told(measured('rejected-changes', materialOf(withdrawn)))[0]).toBe('1/2');
  });

  test('are rejections of proposals too, which belong to no line', () => {
    const proposed = done(teamTree(), propose(policyFiles({ version: 2, line: { runs: 2 } })));
    const tree = done(
      proposed,
      say('ana', 'model-owner'),
      say('mia', 'ml-manager', { act: 'reject', hours: 3 }),
    );
    expect(measured('rejected-changes', materialOf(tree)).parts).toMatchObject([
      { line: null, role: 'ml-manager', numerator: 1, denominator: 1 },
      { line: null, role: 'model-owner', numerator: 0, denominator: 1 },
    ]);
  });

  test('are not what a stolen key rejected', () => {
    const tree = done(exported, decision('reject', 'operator-signoff', 'kim', 8));
    const stolen = overridden(tree, { act: 'revoke-signer', keys: [keyOf('kim')], as: 'compromised' });
    expect(told(measured('rejected-changes', materialOf(stolen)))).toEqual(['0/0']);
  });
});

describe('the reading floor', () => {
  const card = `${CARD}${'word '.repeat(3000)}\n`;
  const floor = 30 + Math.ceil(`${card} ${ROLLBACK}`.split(/\s+/).filter(Boolean).length / 10);
  /** The card comes half an hour after the gate could first be signed. */
  const brought = done(exported, addEvidence({ 'model-card.md': card }, {}, 7.5));
  const below = (tree: TreeFolder, from = 0) =>
    told(measured('below-reading-floor', materialOf(tree, { from })));
  const signed = (seconds: number) =>
    done(brought, decision('approve', 'operator-signoff', 'kim', 7.5 + seconds / H));

  test('is a minute for 600 words, from when the last document came', () => {
    expect(floor).toBeGreaterThan(300);
    expect(below(signed(floor))).toEqual(['0/1']);
    const hasty = signed(floor - 1);
    const entry = newestId(hasty).slice(0, 12);
    const what = `operator-signoff approved after ${floor - 1} s, ${floor} s to read, entry ${entry}`;
    expect(below(hasty)).toEqual(['1/1', what]);
  });

  test.each([
    [30, '0/1'],
    [29, '1/1'],
  ])('is half a minute where no document is stated: after %i seconds', (seconds, share) => {
    const validated = decision('approve', 'domain-validation', 'dana', 8 + seconds / H);
    expect(below(done(treeAt('customer-deployed'), validated), 8.001)[0]).toBe(share);
  });

  test('does not count what was replaced since', () => {
    const objected = done(signed(60), decision('request-changes', 'operator-signoff', 'lee', 8));
    const answers = { answers: [newestId(objected)] };
    const replaced = done(objected, addEvidence({ 'model-card.md': CARD }, answers, 9));
    expect(below(objected)[0]).toBe('1/1');
    expect(below(replaced)[0]).toBe('0/1');
  });
});

import { describe, expect, it } from 'vitest';
import { lapsesAhead } from '../../../src/machine/freshness.ts';
import { standingOf } from '../../../src/machine/standing.ts';
import { sha256 } from '../../../src/base/digest.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import {
  addEvidence,
  CARD,
  evaluateIt,
  exportIt,
  moveTo,
  requestIt,
  ROLLBACK,
  trained,
} from '../support/acts.ts';
import { encode, type LawChanges } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { bundleAt, decision, done, hour, refusals, worldOf } from '../support/world.ts';

const law = (freshness: object): LawChanges => ({ policy: { freshness } });
const DAYS = 24;

/** The codes that keep the way onward closed, some hours after the beginning. */
const blocked = (
  freshness: object,
  stage: Parameters<typeof treeAt>[0],
  hours: number,
): readonly string[] => {
  const tree = treeAt(stage, law(freshness));
  return standingOf(worldOf(tree), bundleAt(tree), hour(hours)).blocked.map(({ code }) => code);
};

describe('what is too old does not count', () => {
  it('an approval, to the second: it was given in hour 8', () => {
    const edge = 8 + 30 * DAYS;
    expect(blocked({ approvalDays: 30 }, 'signedOff', edge)).toEqual([]);
    const late = blocked({ approvalDays: 30 }, 'signedOff', edge + 1 / 3600);
    expect(late).toEqual(['GATE_PENDING', 'APPROVAL_EXPIRED']);
    const tree = treeAt('signedOff', law({ approvalDays: 30 }));
    const move = (hours: number) => moveTo('customer-deployed', { name: 'kim', role: 'operator', hours });
    expect(refusals(tree, move(edge))).toEqual([]);
    expect(refusals(tree, move(edge + 1))).toContain('GATE_PENDING');
    // Whoever gave it may give it anew.
    const again = done(tree, decision('approve', 'operator-signoff', 'kim', edge + 1));
    expect(refusals(again, move(edge + 2))).toEqual([]);
  });

  it('an approval that a step was taken on is not asked how old it is', () => {
    expect(blocked({ approvalDays: 1 }, 'production-validated', 1000 * DAYS)).toEqual([]);
  });

  it('a run: people neither approve nor move on it', () => {
    const edge = 6 + 10 * DAYS;
    expect(blocked({ evaluationDays: 10 }, 'signedOff', edge)).toEqual([]);
    expect(blocked({ evaluationDays: 10 }, 'signedOff', edge + 1)).toEqual(['EVALUATION_EXPIRED']);
    const tree = treeAt('artifact-exported', law({ evaluationDays: 10 }));
    expect(refusals(tree, decision('approve', 'operator-signoff', 'kim', edge))).toEqual([]);
    expect(refusals(tree, decision('approve', 'operator-signoff', 'kim', edge + 1))).toEqual([
      'EVALUATION_EXPIRED',
    ]);
    // Saying no is never too late.
    expect(refusals(tree, decision('reject', 'operator-signoff', 'kim', edge + 1))).toEqual([]);
  });

  it('a document that the gate demands; one it does not demand may be as old as it likes', () => {
    const edge = 5 + 10 * DAYS;
    const expired = (hours: number) => {
      const tree = treeAt('artifact-exported', law({ evidenceDays: 10 }));
      return standingOf(worldOf(tree), bundleAt(tree), hour(hours)).evidence.map(({ facts }) => facts);
    };
    expect(expired(edge)).toEqual([]);
    expect(expired(edge + 1)).toMatchObject([{ path: 'model-card.md' }, { path: 'rollback-procedure.md' }]);
    expect(blocked({ evidenceDays: 10 }, 'candidate', edge + 1)).not.toContain('EVIDENCE_EXPIRED');
    const deployed = treeAt('customer-deployed', law({ evidenceDays: 10 }));
    expect(refusals(deployed, decision('approve', 'domain-validation', 'dana', edge + 1))).toEqual([]);
    expect(refusals(deployed, decision('approve', 'governance-approval', 'gus', edge + 1))).toEqual([
      'EVIDENCE_EXPIRED',
    ]);
  });

  it('a data sheet or legal basis that the request refers to, at the operator’s gate, where an intake rule asks for it', () => {
    const SHEET = 'Where the claims come from.\n';
    const brings = (hours: number, path = 'attachments/sheet.md') =>
      addEvidence({ [path]: SHEET }, {}, hours);
    const { lineage } = trained(2, 3) as { readonly lineage: { readonly datasets: readonly object[] } };
    const datasets = lineage.datasets.map((each) => ({ ...each, sheet: sha256(encode(SHEET)) }));
    const at = (intake: readonly object[], ...more: readonly ReturnType<typeof addEvidence>[]) =>
      done(
        treeAt('locked', { policy: { freshness: { evidenceDays: 10 }, intake } }),
        requestIt({ lineage: { ...lineage, datasets } }),
        ...[brings(5), ...more],
        addEvidence({ 'model-card.md': CARD, 'rollback-procedure.md': ROLLBACK }, {}, 5 + 4 * DAYS),
        evaluateIt({ hours: 5 + 4 * DAYS }),
        moveTo('eval-accepted', { name: 'ci', role: 'pipeline', hours: 5 + 4 * DAYS }),
        exportIt({}, 5 + 4 * DAYS),
        moveTo('artifact-exported', { name: 'ci', role: 'pipeline', hours: 5 + 4 * DAYS }),
      );
    const asked = at([{ rule: 'data-sheets' }]);
    const edge = 5 + 10 * DAYS;
    const yes = (hours: number) => decision('approve', 'operator-signoff', 'kim', hours);
    expect(refusals(asked, yes(edge))).toEqual([]);
    expect(refusals(asked, yes(edge + 1))).toEqual(['EVIDENCE_EXPIRED']);
    const expired = (tree: TreeFolder, hours: number) =>
      standingOf(worldOf(tree), bundleAt(tree), hour(hours)).evidence.map(({ facts }) => facts);
    expect(expired(asked, edge + 1)).toMatchObject([{ path: 'attachments/sheet.md' }]);
    // Brought again, also under another name, it is as young as then.
    expect(expired(done(asked, brings(edge)), edge + 1)).toEqual([]);
    expect(expired(done(asked, brings(edge, 'attachments/again.md')), edge + 1)).toEqual([]);
    expect(expired(at([]), edge + 1)).toEqual([]);
  });

  it('is told beforehand, soonest first', () => {
    const freshness = { approvalDays: 30, evaluationDays: 20, evidenceDays: 400 };
    const tree = treeAt('signedOff', law(freshness));
    const bundle = bundleAt(tree);
    const { gates } = standingOf(worldOf(tree), bundle, hour(9));
    const of = { demanded: ['model-card.md'], counted: gates.flatMap(({ counted }) => counted) };
    const ahead = (hours: number) =>
      lapsesAhead(worldOf(tree).law, bundle, of, hour(hours), 14 * DAYS * 3600).map(({ what }) => what);
    expect(ahead(9)).toEqual([]);
    expect(ahead(9 + 17 * DAYS)).toEqual(['the evaluation run-1', 'the approval by kim at operator-signoff']);
    expect(ahead(9 + 21 * DAYS)).toEqual(['the approval by kim at operator-signoff']);
    expect(ahead(9 + 31 * DAYS)).toEqual([]);
    const other = treeAt('signedOff', law({ evaluationDays: 20 }));
    expect(lapsesAhead(worldOf(other).law, bundle, of, hour(9), 10 * DAYS * 3600)).toEqual([]);
  });

  it('nothing is where the policy sets no limit', () => {
    expect(blocked({ evidenceDays: 400 }, 'signedOff', 300 * DAYS)).toEqual([]);
    const tree = treeAt('signedOff');
    expect(standingOf(worldOf(tree), bundleAt(tree), hour(9999 * DAYS)).blocked).toEqual([]);
  });
});

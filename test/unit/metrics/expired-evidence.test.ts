import { describe, expect, test } from 'vitest';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { lawsOf, type Laws } from '../../../src/metrics/laws.ts';
import { addEvidence, CARD, deprecateIt, moveTo } from '../support/acts.ts';
import { checkIt } from '../support/checks.ts';
import { overridden } from '../support/changes.ts';
import { keyOf, lawTree, type LawChanges } from '../support/law-files.ts';
import { materialOf, measured, told, type Hours } from '../support/metrics.ts';
import { treeAt } from '../support/stages.ts';
import { decision, done, hour, newestId, START, withdrawal } from '../support/world.ts';

const DAY = 24;
const law = (freshness: object): LawChanges => ({ policy: { freshness } });
const expired = (tree: TreeFolder, hours: Hours = {}, laws?: Laws) =>
  told(measured('expired-evidence', materialOf(tree, hours, laws)));
const kim = (hours: number) => ({ name: 'kim', role: 'operator', hours }) as const;

describe('expired evidence', () => {
  test('is none where no policy says how old anything may be', () => {
    expect(expired(treeAt('production-validated'))).toEqual(['0/0']);
  });

  test.each([
    // Approved in hours 8, 9 and 10, and used at once.
    ['approvals', { approvalDays: 1 }, '0/3'],
    // One run, which both steps wait with.
    ['runs', { evaluationDays: 1 }, '0/2'],
    // Card and rollback procedure, which both steps demand.
    ['documents', { evidenceDays: 1 }, '0/4'],
  ])('%s that a step was taken with in time did not expire', (_what, freshness, share) => {
    expect(expired(treeAt('production-validated', law(freshness)))).toEqual([share]);
  });

  test('is weighed at the second at which the wait was over', () => {
    const tree = treeAt('customer-deployed', law({ approvalDays: 1 }));
    expect(expired(tree, { from: 8, to: 8 + 1 / 3600 })).toEqual(['0/1']);
    expect(expired(tree, { to: 8 })).toEqual(['0/0']);
    expect(expired(tree, { from: 8 + 1 / 3600 })).toEqual(['0/0']);
  });

  test('is an approval that the step came too late for, dated when it stopped counting', () => {
    const tree = treeAt('signedOff', law({ approvalDays: 2 }));
    const end = 8 + 2 * DAY;
    const what = `the approval at operator-signoff, entry ${newestId(tree).slice(0, 12)}, became too old`;
    expect(expired(tree, { to: end + 1 / 3600 })).toEqual(['0/0']);
    expect(expired(tree, { from: end + 1 / 3600, to: end + 2 / 3600 })).toEqual(['1/1', what]);
    expect(expired(tree, { from: end + 2 / 3600 })).toEqual(['0/0']);
    // Given anew and used, it is one more; the first has expired all the same.
    const again = done(
      tree,
      decision('approve', 'operator-signoff', 'kim', end + 1),
      moveTo('customer-deployed', kim(end + 2)),
    );
    expect(expired(again)).toEqual(['1/2', what]);
  });

  test.each([
    ['withdrawn', (id: string) => withdrawal(id, 'operator-signoff', 'kim', 20), '0/1'],
    ['left with a deprecated iteration', () => deprecateIt(), '0/1'],
    ['beside an objection', () => decision('reject', 'operator-signoff', 'lee', 20), '0/0'],
  ])('is no approval that was %s in time', (_what, then, share) => {
    const tree = treeAt('signedOff', law({ approvalDays: 2 }));
    expect(expired(done(tree, then(newestId(tree))), { to: 2 * DAY })).toEqual([share]);
  });

  test('is no approval that was given anew in time, once others had made it stale', () => {
    const objected = done(
      treeAt('signedOff', law({ approvalDays: 2 })),
      decision('request-changes', 'operator-signoff', 'lee', 9),
    );
    const answers = { answers: [newestId(objected)] };
    const changed = done(objected, addEvidence({ 'model-card.md': `${CARD}More.` }, answers, 10));
    const again = done(changed, decision('approve', 'operator-signoff', 'kim', 20));
    expect(expired(changed, { to: 2 * DAY })).toEqual(['0/0']);
    // The first of them; the second goes on waiting.
    expect(expired(again, { to: 2 * DAY })).toEqual(['0/1']);
  });

  test('is a document that was not brought anew in time, once a step waits with it', () => {
    const tree = treeAt('artifact-exported', law({ evidenceDays: 3 }));
    expect(expired(tree)[0]).toBe('2/2');
    const renewed = done(tree, addEvidence({ 'model-card.md': CARD }, {}, 2 * DAY));
    // The first card was replaced, the second and the procedure became too old.
    expect(expired(renewed)).toEqual([
      '2/3',
      'rollback-procedure.md became too old',
      'model-card.md became too old',
    ]);
    expect(expired(treeAt('candidate', law({ evidenceDays: 3 })))).toEqual(['0/0']);
  });

  test('is no document that no gate demands', () => {
    const tree = done(
      treeAt('artifact-exported', law({ evidenceDays: 3 })),
      addEvidence({ 'attachments/note.md': 'a note' }, {}, 7.5),
    );
    expect(expired(tree)[0]).toBe('2/2');
  });

  test('is the result of a required check, dated to the second at which it stops counting', () => {
    const checks = (rules: object): LawChanges => ({
      policy: { risk: rules },
      bot: ['checker:scan'],
    });
    const tree = done(
      treeAt('artifact-exported', checks({ checks: [{ name: 'scan', maxAgeDays: 1 }] })),
      checkIt(),
    );
    const end = 7.5 + DAY;
    expect(expired(tree, { to: end })).toEqual(['0/0']);
    expect(expired(tree, { from: end, to: end + 1 / 3600 })).toEqual([
      '1/1',
      'the result of the check scan became too old',
    ]);
    const renewed = done(tree, checkIt({ hours: 20 }));
    expect(expired(renewed, { to: 21 })).toEqual(['0/1']);
    // One that is asked for by nobody, and one that stays good.
    for (const rules of [{}, { checks: [{ name: 'scan' }] }])
      expect(expired(done(treeAt('artifact-exported', checks(rules)), checkIt()))).toEqual(['0/0']);
  });

  test('is told by the role in which it was signed, and nothing of a stolen key', () => {
    const tree = treeAt('signedOff', law({ approvalDays: 2, evaluationDays: 2 }));
    const { parts } = measured('expired-evidence', materialOf(tree));
    expect(parts).toMatchObject([
      { role: 'operator', numerator: 1, denominator: 1 },
      { role: 'pipeline', numerator: 1, denominator: 1 },
    ]);
    const stolen = overridden(tree, { act: 'revoke-signer', keys: [keyOf('kim')], as: 'compromised' });
    expect(expired(stolen)[0]).toBe('1/1');
  });

  test('is judged by the policy in force at the time', () => {
    const tree = treeAt('signedOff');
    const policyOf = (freshness: object) =>
      lawsOf(lawTree(law(freshness)), { tree: lawTree(law(freshness)), time: START })[0];
    const [none] = lawsOf(tree, { tree, time: START });
    const strict = { ...policyOf({ approvalDays: 2 }), from: hour(5 * DAY) };
    // On the fifth day it is older than the new policy lets it be.
    expect(expired(tree, { to: 5 * DAY }, [none, strict])).toEqual(['0/0']);
    expect(expired(tree, { from: 5 * DAY, to: 5 * DAY + 1 / 3600 }, [none, strict])[0]).toBe('1/1');
    // A rule that was gone before it had run out makes nothing too old.
    const lax = { ...none, from: hour(DAY) };
    expect(expired(tree, {}, [{ ...strict, from: START }, lax])).toEqual(['0/0']);
    // What one step waited with under the rule counts, whatever came later.
    expect(
      expired(done(tree, moveTo('customer-deployed', kim(8))), {}, [{ ...strict, from: START }, lax]),
    ).toEqual(['0/1']);
  });
});

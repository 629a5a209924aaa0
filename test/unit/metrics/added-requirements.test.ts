import { describe, expect, test } from 'vitest';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { lawsOf, type Laws } from '../../../src/metrics/laws.ts';
import { deprecateIt } from '../support/acts.ts';
import { lawTree, type LawChanges } from '../support/law-files.ts';
import { materialOf, measured, told, type Hours } from '../support/metrics.ts';
import { treeAt } from '../support/stages.ts';
import { done, hour, START } from '../support/world.ts';

const reign = (changes: LawChanges) => lawsOf(lawTree(changes), { tree: lawTree(changes), time: START })[0];
/** Submitted in hour 4 under one law, to customers in hour 8 and to production in hour 10 under another. */
const changed = (before: LawChanges, after: LawChanges, hours = 7): Laws => [
  reign(before),
  { ...reign(after), from: hour(hours) },
];
const added = (laws: Laws, hours: Hours = {}, tree: TreeFolder = treeAt('production-validated')) =>
  told(measured('added-requirements', materialOf(tree, hours, laws)));
const names = (before: LawChanges, after: LawChanges): readonly string[] =>
  added(changed(before, after))
    .slice(1)
    .map((what) => what.replace(': since it was submitted', ''));

const SIGNOFF = 'operator-signoff';
const gate = (rule: object, name = SIGNOFF): LawChanges => ({ gates: { [name]: rule } });
const freshness = (rules: object): LawChanges => ({ policy: { freshness: rules } });
const risk = (rules: object): LawChanges => ({ policy: { risk: rules } });
const sample = (rule: object): LawChanges => gate({ sample: rule }, 'domain-validation');

describe('requirements added', () => {
  test('are none under a law that did not change, or changed before it was submitted or after the step', () => {
    // Signature, evidence and acknowledgements of three gates, other people at two, and not the requester at one.
    expect(added([reign({})])).toEqual(['0/26']);
    expect(added(changed({}, gate({ quorum: 2 }), 4))[0]).toBe('0/26');
    expect(added(changed({}, gate({ quorum: 2 }), 8 + 1 / 3600))[0]).toBe('0/26');
  });

  const harder: readonly (readonly [string, LawChanges, LawChanges, readonly string[]])[] = [
    ['another signature', {}, gate({ quorum: 2 }), [`${SIGNOFF}: signatures`]],
    ['a role less', {}, gate({ roles: ['operator'] }), [`${SIGNOFF}: not as team-lead`]],
    [
      'a document',
      {},
      gate({ extraEvidence: ['attachments/note.md'] }),
      [`${SIGNOFF}: evidence attachments/note.md`],
    ],
    [
      'the requester barred',
      {},
      { separation: { requesterBarredFrom: ['governance-approval', SIGNOFF] } },
      [`${SIGNOFF}: not the requester`],
    ],
    [
      'other people',
      { separation: { productionGates: 'same-person', reason: 'few' } },
      {},
      [
        'domain-validation: other people than at governance-approval',
        'governance-approval: other people than at domain-validation',
      ],
    ],
    ['ages', {}, freshness({ approvalDays: 5 }), ['age: approvalDays', 'age: approvalDays']],
    [
      'a shorter age',
      freshness({ approvalDays: 6 }),
      freshness({ approvalDays: 5 }),
      ['age: approvalDays', 'age: approvalDays'],
    ],
    ['a sample', {}, sample({ judged: 5 }), ['domain-validation: items judged']],
    [
      'a larger share',
      sample({ judged: 5 }),
      sample({ judged: 5, met: '0.9' }),
      ['domain-validation: share that meets the standard'],
    ],
    [
      'fewer ways to choose',
      sample({ judged: 5 }),
      sample({ judged: 5, methods: ['random'] }),
      ['domain-validation: no sample chosen as all', 'domain-validation: no sample chosen as listed'],
    ],
    ['a check', risk({}), risk({ checks: [{ name: 'scan' }] }), [`${SIGNOFF}: the check scan`]],
  ];
  test.each(harder)('are named: %s', (_what, before, after, what) => {
    const found = names(before, after);
    for (const name of what) expect(found).toContain(name);
  });

  test('are owners, by a rule of risk', () => {
    const rule = { id: 'all', when: { line: '*' }, approvals: ['ml-manager'] };
    expect(names(risk({}), risk({ rules: [rule] }))).toEqual([`${SIGNOFF}: the approval of the ml-manager`]);
  });

  test.each(harder)('are none where the law was relaxed: %s less', (_what, easy, hard) => {
    if (easy.separation === undefined) expect(names(hard, easy)).toEqual([]);
  });

  test('count at each step in its window, and at none that was not taken', () => {
    const laws = changed({}, gate({ quorum: 2 }));
    expect(added(laws, { from: 7, to: 9 })[0]).toBe('1/7');
    expect(added(laws, { from: 9, to: 11 })[0]).toBe('0/19');
    expect(added(laws, {}, done(treeAt('artifact-exported'), deprecateIt()))).toEqual(['0/0']);
    expect(added(laws, {}, treeAt('artifact-exported'))).toEqual(['0/0']);
  });
});

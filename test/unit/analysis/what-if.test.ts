import { describe, expect, it, test } from 'vitest';
import { whatIf, type WhatIf } from '../../../src/analysis/what-if.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { lawOf } from '../../../src/machine/law.ts';
import { lawTree, type LawChanges } from '../support/law-files.ts';
import { treeAt, type Stage } from '../support/stages.ts';
import { hour } from '../support/world.ts';

const under = (changes: LawChanges, tree: TreeFolder, before: LawChanges = {}): WhatIf =>
  whatIf(lawOf(lawTree(before)), lawOf(lawTree(changes)), tree, hour(30));
const told = (changes: LawChanges, stage: Stage = 'production-validated', before: LawChanges = {}) =>
  under(changes, treeAt(stage, before), before).differences.map(({ step, time, stricter, milder }) => [
    `${step}${time === null ? ' ahead' : ''}`,
    stricter.map(({ code }) => code),
    milder.map(({ code }) => code),
  ]);

const OPERATORS: LawChanges = { gates: { 'operator-signoff': { quorum: 2 } } };
const CARE: LawChanges = {
  gates: { 'domain-validation': { sample: { judged: 5 } } },
};

describe('another policy, held against what was done', () => {
  it('that is the same differs nowhere, of every step that people took', () => {
    expect(under({}, treeAt('production-validated'))).toMatchObject({ steps: 3, differences: [] });
    expect(under({}, treeAt('artifact-exported'))).toMatchObject({ steps: 2, differences: [] });
    expect(under({}, treeAt('law'))).toEqual({ steps: 0, differences: [] });
  });

  test.each<[string, LawChanges, unknown]>([
    ['a larger quorum', OPERATORS, [['customer-deployed', ['GATE_PENDING'], []]]],
    ['a sample', CARE, [['production-validated', ['SAMPLE_TOO_SMALL', 'GATE_PENDING'], []]]],
    [
      'fewer mutations',
      { line: { mutations: ['quantization'] } },
      [['candidate', ['MUTATION_NOT_ALLOWED'], []]],
    ],
    [
      'a rule at intake',
      { policy: { intake: [{ rule: 'contact-stated' }] } },
      [['candidate', ['INTAKE_FAILED'], []]],
    ],
    [
      'evidence that was never there',
      { gates: { 'operator-signoff': { extraEvidence: ['risk-assessment.md'] } } },
      [['customer-deployed', ['EVIDENCE_MISSING'], []]],
    ],
    ['approvals that grow old', { policy: { freshness: { approvalDays: 1 } } }, []],
    [
      'other thresholds, which the lock decides',
      { line: { thresholds: { core: '0.99', heldOut: '0.99', maxRegressions: 0 } } },
      [],
    ],
  ])('with %s', (_what, changes, expected) => {
    expect(told(changes)).toEqual(expected);
  });

  it('that asks for less says what would not have been asked', () => {
    const risky: LawChanges = {
      policy: { intake: [{ rule: 'contact-stated', severity: 'warning' }] },
    };
    expect(told({}, 'production-validated', risky)).toEqual([]);
    expect(told({}, 'artifact-exported', OPERATORS)).toEqual([
      ['customer-deployed ahead', [], ['GATE_PENDING']],
    ]);
  });

  it('says what the step ahead would need', () => {
    expect(told(OPERATORS, 'signedOff')).toEqual([['customer-deployed ahead', ['GATE_PENDING'], []]]);
    expect(told({}, 'signedOff', OPERATORS)).toEqual([['customer-deployed ahead', [], ['GATE_PENDING']]]);
  });

  it('counts who signed in a role that another rule does not know as missing', () => {
    const other: LawChanges = { gates: { 'operator-signoff': { roles: ['team-lead'] } } };
    expect(told(other)).toEqual([['customer-deployed', ['GATE_PENDING', 'APPROVAL_INACTIVE'], []]]);
  });

  it('bars who answers by it for the machine that asked', () => {
    expect(told({ people: { ci: { owner: 'gus' } } })).toEqual([
      ['production-validated', ['REQUESTER_BARRED', 'GATE_PENDING'], []],
    ]);
  });

  it('of owners asks for each', () => {
    const owns = (...roles: readonly string[]) => ({ roles: roles.map((role) => ({ role, lines: ['*'] })) });
    const owners: LawChanges = {
      policy: { risk: {} },
      people: {
        eva: owns('evaluation-owner', 'software-owner'),
        may: owns('model-owner', 'security-owner'),
        dan: owns('data-owner', 'release-owner'),
      },
    };
    const found = told(owners, 'production-validated', { people: owners.people ?? {} });
    expect(found.map(([step]) => step)).toContain('customer-deployed');
    expect(found.find(([step]) => step === 'customer-deployed')?.[1]).toContain('GATE_PENDING');
  });
});

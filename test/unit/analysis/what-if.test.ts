import { describe, expect, it, test } from 'vitest';
import { whatIf, type WhatIf } from '../../../src/analysis/what-if.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { lawOf } from '../../../src/machine/law.ts';
import { lawTree, type LawChanges } from '../support/law-files.ts';
import { ON_TO_SIGN_OFF, treeAt, type Stage } from '../support/stages.ts';
import { moveTo } from '../support/acts.ts';
import { closeIt, EXCEPTING, newest, openIt, requestUsing, reviewIt, sayOf } from '../support/exceptions.ts';
import { bundleAt, done, hour } from '../support/world.ts';

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
    [
      'a lock that has to be in the weights',
      { line: { lockStrength: 'bound' } },
      [
        ['candidate', ['LOCK_STRENGTH_LOW'], []],
        ['customer-deployed', ['LOCK_STRENGTH_LOW'], []],
        ['production-validated', ['LOCK_STRENGTH_LOW'], []],
      ],
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

describe('another policy, held against what an exception was used for', () => {
  const INTAKE: LawChanges = EXCEPTING;
  const tree = done(
    treeAt('locked', INTAKE),
    openIt(),
    sayOf('approve', 'dan', 'security-owner', 3),
    requestUsing(),
    ...ON_TO_SIGN_OFF,
    moveTo('customer-deployed', { name: 'kim', role: 'operator', hours: 8 }),
  );
  const first = newest(tree).exception.id;
  const later = done(
    tree,
    sayOf('reject', 'eva', 'evaluation-owner', 9),
    closeIt('lee', 'operator', 10),
    reviewIt('lee', 'operator', 11),
    openIt({ reason: 'another' }, 'lee', 'operator', 12),
  );
  const said = (changes: LawChanges, of: TreeFolder) =>
    whatIf(lawOf(lawTree(INTAKE)), lawOf(lawTree(changes)), of, hour(30)).differences.map(
      ({ step, time, stricter, milder }) => [
        `${step}${time === null ? ' ahead' : ''}`,
        stricter.map(({ code }) => code),
        milder.map(({ code }) => code),
      ],
    );
  const { exceptions } = INTAKE.policy as { readonly exceptions: object };

  it('takes it as it was then, whatever became of it since', () => {
    expect(first).toBe(bundleAt(later).record.request.exceptions?.[0]);
    // The policy in force let all of it through, so a milder one would not have been milder about it.
    for (const of of [tree, later])
      expect(
        said({ ...INTAKE, policy: { exceptions } }, of).filter(
          ([step]) => step !== 'production-validated ahead',
        ),
      ).toEqual([]);
  });

  it('tells what would not have been waived', () => {
    const { intake } = INTAKE.policy as { readonly intake: object };
    for (const of of [tree, later])
      expect(said({ ...INTAKE, policy: { intake } }, of).map(([step, stricter]) => [step, stricter])).toEqual(
        [
          ['candidate', ['EXCEPTIONS_NOT_ALLOWED', 'INTAKE_FAILED', 'INTAKE_FAILED']],
          ['customer-deployed', ['EXCEPTIONS_NOT_ALLOWED']],
          ['production-validated ahead', ['EXCEPTIONS_NOT_ALLOWED']],
        ],
      );
  });
});

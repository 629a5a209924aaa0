import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../src/base/digest.ts';
import { INTAKE_RULE_IDS, INTAKE_RULES, type IntakeRuleId } from '../../../src/domain/intake-rules.ts';
import { Version } from '../../../src/domain/names.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { compareVersions } from '../../../src/domain/version-order.ts';
import { intakeFindings } from '../../../src/machine/intake.ts';
import { standingOf } from '../../../src/machine/standing.ts';
import {
  addEvidence,
  artifactOf,
  CARD,
  deprecateIt,
  evaluateIt,
  exportIt,
  moveTo,
  requestIt,
  ROLLBACK,
  trained,
} from '../support/acts.ts';
import { encode, type LawChanges } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { bundleAt, decision, done, hour, refusals, tryAct, worldOf } from '../support/world.ts';

const law = (...rules: readonly (IntakeRuleId | object)[]): LawChanges => ({
  policy: { intake: rules.map((rule) => (typeof rule === 'string' ? { rule } : rule)) },
});
const SHEET = 'What is in it.\n';
const digest = (text: string): string => sha256(encode(text));
const DATA = {
  ...{ name: 'claims', digest: 'a'.repeat(64), licence: 'proprietary', jurisdiction: 'EU' },
  ...{ personalData: true, retention: 'P2Y', sheet: digest(SHEET), legalBasis: digest('Consent.\n') },
};
const lineage = (dataset: object | null, training: object = {}) => {
  const base = trained(2, 3) as { lineage: { training: object } };
  return {
    lineage: {
      datasets: dataset === null ? [] : [dataset],
      training: { ...base.lineage.training, codeCommit: 'c'.repeat(40), ...training },
    },
  };
};
const WHOLE = {
  ...lineage(DATA),
  metadata: { licence: 'proprietary', contact: 'ml@example.org', intendedUse: 'Triage.' },
};

const exportedWith = (tree: TreeFolder): TreeFolder =>
  done(
    tree,
    evaluateIt(),
    moveTo('eval-accepted', { name: 'ci', role: 'pipeline', hours: 6 }),
    exportIt(),
    moveTo('artifact-exported', { name: 'ci', role: 'pipeline', hours: 7 }),
  );

describe('intake', () => {
  it('lets a version come after one that was given up before it was deployed, however high that was', () => {
    const lower = requestIt({ artifact: artifactOf('b') }, '0.9.0', 21);
    const asked = done(treeAt('locked', law('version-higher')), requestIt());
    expect(refusals(asked, lower)).toEqual(['INTAKE_FAILED']);
    expect(refusals(done(asked, deprecateIt()), lower)).toEqual([]);
    expect(refusals(treeAt('deprecated', law('version-higher')), lower)).toEqual(['INTAKE_FAILED']);
  });

  it('takes a request that says everything, and demands nothing where the policy has no rules', () => {
    expect(refusals(treeAt('locked', law(...INTAKE_RULE_IDS)), requestIt(WHOLE))).toEqual([]);
    expect(refusals(treeAt('locked'), requestIt())).toEqual([]);
  });

  it.each<readonly [IntakeRuleId, object, RegExp]>([
    [
      'base-read-from-adapter',
      { base: { name: 'org/base', pin: { kind: 'commit', value: 'b'.repeat(40) }, statedBy: 'submitter' } },
      /does not say itself/,
    ],
    ['code-stated', lineage(DATA, { codeCommit: undefined }), /names no commit/],
    ['contact-stated', { metadata: { ...WHOLE.metadata, contact: undefined } }, /no contact/],
    [
      'intended-use-stated',
      { metadata: { ...WHOLE.metadata, intendedUse: undefined } },
      /what the model is for/,
    ],
    ['licence-stated', { metadata: { ...WHOLE.metadata, licence: undefined } }, /no licence of the model/],
    ['licence-stated', lineage({ ...DATA, licence: undefined }), /no licence of claims/],
    ['data-stated', lineage(null), /no data set/],
    ['data-stated', lineage({ ...DATA, retention: undefined }), /claims does not say its retention/],
    ['data-sheets', lineage(null), /no data set/],
    ['data-sheets', lineage({ ...DATA, sheet: undefined }), /claims refers to no data sheet/],
    ['legal-basis', lineage({ ...DATA, legalBasis: undefined }), /claims holds personal data/],
    ['legal-basis', lineage({ ...DATA, legalBasis: undefined, personalData: undefined }), /claims may hold/],
  ])('%s', (rule, changes, found) => {
    const request = requestIt({ ...WHOLE, ...changes });
    const refusal = tryAct(treeAt('locked', law(rule)), request(treeAt('locked', law(rule))));
    expect(refusal.kind === 'refused' && refusal.reasons).toMatchObject([
      {
        code: 'INTAKE_FAILED',
        facts: { rule, ...INTAKE_RULES[rule], found: expect.stringMatching(found) as string },
      },
    ]);
    // A warning refuses nothing, and another rule has nothing to say of it.
    const mild = treeAt('locked', law({ rule, severity: 'warning' }));
    expect(refusals(mild, request)).toEqual([]);
    const { act } = request(mild);
    if (act.kind !== 'request') throw new Error('no request');
    const { law: policy, tree } = worldOf(mild);
    expect(intakeFindings(policy, tree, act.iteration, act.request)).toMatchObject([
      { rule, severity: 'warning' },
    ]);
  });

  it('data without personal data needs no legal basis', () => {
    const request = requestIt({
      ...WHOLE,
      ...lineage({ ...DATA, personalData: false, legalBasis: undefined }),
    });
    expect(refusals(treeAt('locked', law('legal-basis')), request)).toEqual([]);
  });

  it('tells everything that is wrong at once', () => {
    const tree = treeAt('locked', law(...INTAKE_RULE_IDS));
    const refusal = tryAct(tree, requestIt()(tree));
    const rules =
      refusal.kind === 'refused'
        ? refusal.reasons.flatMap((why) => (why.code === 'INTAKE_FAILED' ? [why.facts.rule] : []))
        : [];
    expect(new Set(rules)).toEqual(
      new Set([
        'code-stated',
        'contact-stated',
        'intended-use-stated',
        'licence-stated',
        'data-stated',
        'data-sheets',
        'legal-basis',
      ]),
    );
  });

  it('versions of a line rise', () => {
    const tree = done(treeAt('locked', law('version-higher')), requestIt({}, '1.1.0'));
    const again = (version: string) =>
      refusals(tree, requestIt({ artifact: artifactOf('other') }, version, 5));
    expect(again('1.0.9')).toEqual(['INTAKE_FAILED']);
    expect(again('1.1.0-rc.1')).toEqual(['INTAKE_FAILED']);
    expect(again('1.1.1-rc.1')).toEqual([]);
  });

  it('what a request refers to has to be in the bundle before anybody signs off', () => {
    const rules = law('data-sheets', 'legal-basis');
    const files = { 'model-card.md': CARD, 'rollback-procedure.md': ROLLBACK, 'attachments/sheet.md': SHEET };
    const some = done(treeAt('locked', rules), requestIt(WHOLE), addEvidence(files));
    const codes = standingOf(worldOf(some), bundleAt(some), hour(9)).evidence.map(({ code }) => code);
    expect(codes).toEqual([]); // It is a candidate: nothing is demanded yet.
    const tree = exportedWith(some);
    const { blocked } = standingOf(worldOf(tree), bundleAt(tree), hour(9));
    expect(blocked.filter(({ code }) => code === 'REFERRED_MISSING')).toMatchObject([
      { facts: { what: 'legal basis', dataset: 'claims' } },
    ]);
    expect(refusals(tree, decision('approve', 'operator-signoff', 'kim', 8))).toEqual(['REFERRED_MISSING']);
    const whole = done(tree, addEvidence({ 'attachments/basis.md': 'Consent.\n' }, {}, 8));
    expect(refusals(whole, decision('approve', 'operator-signoff', 'kim', 9))).toEqual([]);
  });
});

describe('versions in order', () => {
  const ORDER = [
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.0.1',
    '1.2.0',
    '1.10.0',
    '2.0.0',
  ].map((text) => Version.parse(text));

  it('as SemVer 2.0.0 lists them', () => {
    for (const [a, left] of ORDER.entries())
      for (const [b, right] of ORDER.entries())
        expect(Math.sign(compareVersions(left, right)), `${left} ${right}`).toBe(Math.sign(a - b));
  });

  it('is a total order', () => {
    const part = fc.oneof(fc.nat(20).map(String), fc.constantFrom('rc', 'alpha', 'a-1', 'b'));
    const version = fc
      .tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.array(part, { maxLength: 3 }))
      .map(([x, y, z, pre]) => Version.parse(`${x}.${y}.${z}${pre.length > 0 ? `-${pre.join('.')}` : ''}`));
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        const sorted = [a, b, c].sort(compareVersions);
        const [first, middle, last] = sorted as [Version, Version, Version];
        return (
          Math.sign(compareVersions(a, b)) === -Math.sign(compareVersions(b, a)) &&
          (compareVersions(a, b) === 0) === ((a as string) === b) &&
          compareVersions(first, middle) <= 0 &&
          compareVersions(middle, last) <= 0 &&
          compareVersions(first, last) <= 0
        );
      }),
    );
  });
});

describe('a request', () => {
  it('leaves room in its record for everybody else', () => {
    const locked = treeAt('locked');
    const many = (count: number) => {
      const base = trained(2, 3) as { readonly lineage: { readonly training: object } };
      const sets = Array.from({ length: count }, (_, index) => ({
        ...{ name: `set-${String(index).padStart(4, '0')}`, digest: 'a'.repeat(64) },
        ...{ licence: 'x'.repeat(400), jurisdiction: 'y'.repeat(400), retention: 'z'.repeat(400) },
      }));
      return requestIt({ lineage: { ...base.lineage, datasets: sets } });
    };
    expect(refusals(locked, many(600))).toEqual([]);
    expect(refusals(locked, many(800))).toEqual(['RECORD_FULL']);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHANGE_FLAGS, MUTATIONS, type ChangeFlag } from '../../../src/domain/model-change.ts';
import type { LineName } from '../../../src/domain/names.ts';
import { OWNER_ROLES, type RiskRule } from '../../../src/domain/risk-rules.ts';
import { RISK_TIERS } from '../../../src/domain/tiers.ts';
import type { Request } from '../../../src/domain/request.ts';
import type { When } from '../../../src/domain/when.ts';
import { changeFlags } from '../../../src/machine/change-flags.ts';
import { HIGH_RISK, inherentTier, riskOf, riskWords, type Risk } from '../../../src/machine/risk.ts';
import { requiredApprovals } from '../../../src/machine/required-approvals.ts';
import { whenHolds, type Case } from '../../../src/machine/when-holds.ts';
import { CHANGE } from '../support/acts.ts';
import type { LawChanges } from '../support/law-files.ts';
import { lawOf, parseLaw } from '../../../src/machine/law.ts';
import { lawTree } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { bundleAt, worldOf } from '../support/world.ts';

const flagsOf = (bits: number): ReadonlySet<ChangeFlag> =>
  new Set(CHANGE_FLAGS.filter((_flag, index) => ((bits >> index) & 1) === 1));
const EVERY = 2 ** CHANGE_FLAGS.length;

describe('the tier of a change, over all flags and mutations', () => {
  it('is high with any of seven flags, low for a light update of an offline task that is not sensitive, else standard', () => {
    const seen = { low: 0, standard: 0, high: 0 };
    for (let bits = 0; bits < EVERY; bits += 1) {
      const flags = flagsOf(bits);
      const isHigh = [
        ...['new-tools', 'network-access', 'personal-data', 'code-execution', 'policy-semantics'],
        ...['autonomous-planning', 'cross-jurisdiction'],
      ].some((flag) => flags.has(flag as ChangeFlag));
      for (const mutation of MUTATIONS) {
        const { tier } = inherentTier(flags, mutation);
        const mayBeLow =
          (mutation === 'quantization' || mutation === 'adapter-update') &&
          flags.has('offline-only') &&
          !flags.has('modifies-base') &&
          !flags.has('sensitive-task') &&
          !flags.has('expands-permissions');
        seen[tier] += 1;
        if ((tier === 'high') !== isHigh || (tier === 'low') !== (!isHigh && mayBeLow))
          expect({ flags: [...flags], mutation, tier }).toBeNull();
      }
    }
    expect(Object.values(seen).every((number) => number > 0)).toBe(true);
  });

  it('asks for the owners that the change concerns, each once', () => {
    for (let bits = 0; bits < EVERY; bits += 1) {
      const flags = flagsOf(bits);
      for (const tier of RISK_TIERS) {
        const expected = [
          ...(flags.has('modifies-data-lineage') || flags.has('modifies-base') ? ['data-owner'] : []),
          'model-owner',
          ...(flags.has('affects-production-traffic') ? ['release-owner'] : []),
          ...(flags.has('expands-permissions') || tier === 'high' ? ['security-owner'] : []),
          ...(['modifies-base', 'modifies-code', 'modifies-evaluator'].some((each) =>
            flags.has(each as ChangeFlag),
          )
            ? ['software-owner']
            : []),
        ];
        const roles = requiredApprovals(flags, tier).map(({ role }) => role as string);
        if (roles.join() !== expected.join()) expect(roles).toEqual(expected);
      }
    }
  });

  it('setting a flag never lowers the tier, save that a task is offline', () => {
    for (let bits = 0; bits < EVERY; bits += 1) {
      const flags = flagsOf(bits);
      const { tier } = inherentTier(flags, 'adapter-update');
      for (const flag of CHANGE_FLAGS.filter((each) => each !== 'offline-only' && !flags.has(each))) {
        const raised = inherentTier(new Set([...flags, flag]), 'adapter-update').tier;
        if (RISK_TIERS.indexOf(raised) < RISK_TIERS.indexOf(tier)) expect({ flag, tier, raised }).toBeNull();
      }
    }
    expect(HIGH_RISK).toHaveLength(7);
  });
});

const flag = fc.constantFrom(...CHANGE_FLAGS);
const when: fc.Arbitrary<When> = fc.letrec<{ node: When }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.record({ flag }),
    fc.record({ licenceTier: fc.constantFrom('A' as const, 'B' as const, 'C' as const) }),
    fc.record({ mutation: fc.constantFrom(...MUTATIONS) }),
    fc.record({ line: fc.constantFrom('*', 'triage', 'intake*') }) as fc.Arbitrary<When>,
    fc.record({ permission: fc.constantFrom('exec', 'network:*', 'tool:search') }),
    fc.record({ all: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('node') }),
  ),
})).node;
const caseOf = (flags: ReadonlyMap<ChangeFlag, boolean | null>): Case => ({
  line: 'triage' as LineName,
  licenceTier: 'B',
  mutation: 'data',
  permissions: ['network:example.org', 'tool:*'],
  flags,
});
const known = fc.tuple(...CHANGE_FLAGS.map(() => fc.constantFrom(true, false, null)));
const completed = fc.tuple(...CHANGE_FLAGS.map(() => fc.boolean()));

describe('a condition', () => {
  it('that is certain although something is not said is so whatever would be said', () => {
    fc.assert(
      fc.property(when, known, completed, (condition, said, rest) => {
        const partly = new Map(CHANGE_FLAGS.map((name, index) => [name, said[index] ?? null]));
        const wholly = new Map(
          CHANGE_FLAGS.map((name, index) => [name, said[index] ?? rest[index] ?? false]),
        );
        const certain = whenHolds(condition, caseOf(partly));
        const answer = whenHolds(condition, caseOf(wholly));
        return answer !== null && (certain === null || certain === answer);
      }),
      { numRuns: 2000 },
    );
  });

  it.each<readonly [When, boolean | null]>([
    [{ flag: 'personal-data' }, true],
    [{ flag: 'new-tools' }, false],
    [{ flag: 'offline-only' }, null],
    [{ not: { flag: 'offline-only' } }, null],
    [{ any: [{ flag: 'offline-only' }, { flag: 'personal-data' }] }, true],
    [{ all: [{ flag: 'offline-only' }, { flag: 'new-tools' }] }, false],
    [{ line: 'tri*' as never }, true],
    [{ line: 'intake' as never }, false],
    [{ licenceTier: 'C' }, false],
    [{ mutation: 'data' }, true],
    [{ permission: 'network:*' }, true],
    [{ permission: 'network:example.com' }, false],
    // Whoever asks for all tools asks for this one.
    [{ permission: 'tool:search' }, true],
    [{ permission: 'tool:s*' }, true],
    [{ not: { permission: 'tool:search' } }, false],
    [{ permission: 'data:*' }, false],
  ])('%j', (condition, expected) => {
    const flags = new Map<ChangeFlag, boolean | null>([
      ['personal-data', true],
      ['new-tools', false],
      ['offline-only', null],
    ]);
    expect(whenHolds(condition, caseOf(flags))).toBe(expected);
  });
});

/** The risk of the usual request, with its change, lineage and law changed. */
function risk(change: object = {}, law: LawChanges = {}, lineage?: object): Risk {
  const tree = lawTree({ ...law, policy: { risk: {}, ...law.policy } });
  const { record, lock, iteration } = bundleAt(treeAt('candidate'));
  const request = {
    ...record.request,
    change: { ...record.request.change, ...change },
    ...(lineage !== undefined && { lineage }),
  };
  const found = riskOf(lawOf(tree), {
    ...{ iteration, lock, tree },
    record: { ...record, request } as never,
  });
  if (found === null) throw new Error('the policy has rules of risk');
  return found;
}

const say = (...set: readonly ChangeFlag[]) => ({
  flags: CHANGE_FLAGS.map((name) => ({ name, value: set.includes(name) })),
});
const LINEAGE = {
  datasets: [{ name: 'claims', digest: 'a'.repeat(64), jurisdiction: 'EU', personalData: false }],
  training: { system: 'axolotl', run: 'r1', startedAt: '', endedAt: '', codeCommit: 'c'.repeat(40) },
};
const EU: LawChanges = { line: { jurisdictions: ['EU'], targets: [] } };

describe('flags are held against the evidence', () => {
  const factOf = (found: Risk, name: ChangeFlag): string | null =>
    found.flags.find((each) => each.flag === name)?.fact ?? null;

  it('what nobody declares counts as the riskier', () => {
    const { tier, flags } = risk({ flags: [] }, EU, LINEAGE);
    expect(tier).toBe('high');
    expect(flags.filter(({ counts }) => !counts).map((each) => each.flag)).toEqual(['offline-only']);
  });

  it('is told in one line, with what makes it so where anything does', () => {
    const plain = risk({ ...say(), capabilities: [] }, EU, LINEAGE);
    expect(riskWords(plain)).toBe('standard; needs data-owner, model-owner, software-owner');
    expect(riskWords(risk({ ...say('new-tools'), capabilities: [] }, EU, LINEAGE))).toMatch(
      /^high \(new-tools\); needs /,
    );
  });

  it('all declared as harmless is of no high risk, and yet all is new in a first iteration, also its base', () => {
    const found = risk({ ...say('offline-only'), capabilities: [] }, EU, LINEAGE);
    expect(found.tier).toBe('standard');
    expect(found.approvals.map(({ role }) => role)).toEqual(['data-owner', 'model-owner', 'software-owner']);
    expect(found.evidence).toEqual([]);
  });

  it.each<readonly [ChangeFlag, object, LawChanges, object, RegExp]>([
    ['affects-production-traffic', {}, { line: { targets: ['eu'] } }, LINEAGE, /served at eu/],
    ['code-execution', { permissions: ['exec'] }, EU, LINEAGE, /asks for exec/],
    ['cross-jurisdiction', {}, { line: {} }, LINEAGE, /policy does not say/],
    ['cross-jurisdiction', {}, { line: { jurisdictions: ['US'] } }, LINEAGE, /claims comes from EU/],
    ['cross-jurisdiction', {}, EU, { ...LINEAGE, datasets: [] }, /no data set is named/],
    [
      ...(['cross-jurisdiction', {}, EU] as const),
      { ...LINEAGE, datasets: [{ name: 'claims', digest: 'a' }] },
      /nobody says which jurisdiction/,
    ],
    ['expands-permissions', { permissions: ['tool:x'] }, EU, LINEAGE, /tool:x.* is new/],
    ['modifies-code', { mutation: 'code' }, EU, LINEAGE, /mutation is code/],
    ['modifies-code', {}, EU, { ...LINEAGE, training: {} }, /names no commit/],
    ['modifies-data-lineage', { mutation: 'data' }, EU, LINEAGE, /mutation is data/],
    ['modifies-data-lineage', {}, EU, LINEAGE, /data set claims is new/],
    ['modifies-evaluator', {}, EU, LINEAGE, /yardstick is new/],
    ['network-access', { permissions: ['network:*'] }, EU, LINEAGE, /asks for network:\*/],
    ['offline-only', { permissions: ['network:*'] }, EU, LINEAGE, /asks for network:\*/],
    ['new-tools', { mutation: 'tool' }, EU, LINEAGE, /mutation is tool/],
    ['new-tools', { permissions: ['tool:x'] }, EU, LINEAGE, /tool:x is new/],
    ['personal-data', { permissions: ['data:personal'] }, EU, LINEAGE, /asks for data:personal/],
    ['personal-data', { permissions: ['data:*'] }, EU, LINEAGE, /asks for data:\*/],
    ['personal-data', { permissions: ['data:pers*'] }, EU, LINEAGE, /asks for data:pers\*/],
    [
      ...(['personal-data', {}, EU] as const),
      { ...LINEAGE, datasets: [{ name: 'claims', digest: 'a', personalData: true }] },
      /claims holds personal data/,
    ],
    [
      ...(['personal-data', {}, EU] as const),
      { ...LINEAGE, datasets: [{ name: 'claims', digest: 'a' }] },
      /nobody says whether claims holds/,
    ],
  ])('%s', (name, change, law, lineage, fact) => {
    const found = risk({ ...say('offline-only'), ...change }, law, lineage);
    expect(factOf(found, name)).toMatch(fact);
    expect(found.flags.find((each) => each.flag === name)?.counts).toBe(name !== 'offline-only');
  });

  it.each<readonly [object, RegExp | null]>([
    [{}, null],
    [{ name: 'renamed', licence: 'other' }, null],
    [{ personalData: false }, /claims is said to be otherwise than by triage@1.0.0/],
    [{ jurisdiction: 'EU' }, /claims is said to be otherwise/],
    [{ digest: 'b'.repeat(64) }, /1 of the data sets of triage@1.0.0 are gone/],
  ])('the same data of which something else is said than before: %j', (said, expected) => {
    const { record, lock, iteration } = bundleAt(treeAt('candidate'));
    const [claims] = LINEAGE.datasets;
    const asked = (dataset: object): Request => ({
      ...record.request,
      lineage: {
        ...LINEAGE,
        datasets: [{ ...claims, personalData: true, jurisdiction: 'US', ...dataset }],
      } as never,
    });
    const flags = changeFlags(null, asked(said), lock, {
      ...{ ancestor: { iteration, lock, request: asked({}) }, inService: null },
    });
    const fact = flags.find((each) => each.flag === 'modifies-data-lineage')?.fact ?? null;
    expect(fact).toEqual(expected === null ? null : (expect.stringMatching(expected) as string));
  });

  it('a line that no rule speaks of any more is taken to be served somewhere, across borders, for tier C', () => {
    const found = risk(say(), { line: { match: 'intake' } }, LINEAGE);
    expect(factOf(found, 'affects-production-traffic')).toMatch(/nobody knows/);
    expect(found.tier).toBe('high');
  });
});

const rule: fc.Arbitrary<RiskRule> = fc
  .record(
    {
      id: fc.constant('rule' as never),
      when,
      tier: fc.constantFrom(...RISK_TIERS),
      approvals: fc.subarray([...OWNER_ROLES], { minLength: 1 }),
      evidence: fc.constant(['attachments/privacy.md' as never]),
    },
    { requiredKeys: ['id', 'when'] },
  )
  .filter(({ tier, approvals, evidence }) => [tier, approvals, evidence].some((part) => part !== undefined));

describe('rules of the policy', () => {
  const tree = lawTree({ ...EU, policy: { risk: {} } });
  const law = lawOf(tree);
  const { record, lock, iteration } = bundleAt(treeAt('candidate'));
  const under = (rules: readonly RiskRule[], said: ReturnType<typeof say>): Risk => {
    const request = { ...record.request, lineage: LINEAGE, change: { ...record.request.change, ...said } };
    const found = riskOf(
      { ...law, policy: { ...law.policy, risk: { rules, checks: [] } } },
      { iteration, lock, tree, record: { ...record, request } as never },
    );
    if (found === null) throw new Error('the policy has rules of risk');
    return found;
  };
  const partly = fc
    .array(fc.record({ name: flag, value: fc.boolean() }), { maxLength: 8 })
    .map((flags) => ({ flags: [...new Map(flags.map((each) => [each.name, each])).values()] }));

  it('only tighten: another rule never lowers the tier and drops neither an approval nor evidence', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 4 }), rule, partly, (rules, more, said) => {
        const [before, after] = [under(rules, said), under([...rules, more], said)];
        const roles = (found: Risk) => found.approvals.map(({ role }) => role);
        return (
          RISK_TIERS.indexOf(after.tier) >= RISK_TIERS.indexOf(before.tier) &&
          roles(before).every((role) => roles(after).includes(role)) &&
          before.evidence.every((path) => after.evidence.includes(path))
        );
      }),
      { numRuns: 300 },
    );
  });

  it('apply where nobody says that they do not, and are named with what they ask for', () => {
    const personal: RiskRule = {
      id: 'offices' as never,
      when: { not: { flag: 'offline-only' } },
      tier: 'high',
      approvals: ['ml-manager'],
      evidence: ['attachments/privacy.md' as never],
    };
    const silent = under([personal], { flags: say().flags.filter(({ name }) => name !== 'offline-only') });
    expect(silent).toMatchObject({
      tier: 'high',
      rules: ['offices'],
      because: ['rule offices of the policy'],
    });
    expect(silent.evidence).toEqual(['attachments/privacy.md', 'risk-assessment.md']);
    expect(silent.approvals.find(({ role }) => role === 'ml-manager')?.because).toEqual([
      'rule offices of the policy',
    ]);
    expect(under([personal], say('offline-only')).rules).toEqual([]);
  });

  it.each([
    ['risk-assessment.md', true],
    ['attachments/privacy.md', true],
    ['privacy.md', false],
    ['eval-transcripts/run.jsonl', false],
  ])('demand what somebody can bring, else the gate could never open: %s', (path, isTaken) => {
    const rules = [{ id: 'paper', when: { line: '*' }, evidence: [path] }];
    const law = parseLaw(lawTree({ policy: { risk: { rules } } }));
    expect(law.ok).toBe(isTaken);
    if (!law.ok) expect(law.problems[0].message).toMatch(/must be a document of the bundle/);
  });

  it.each([
    ['network:*', true],
    ['network:api.*', true],
    ['network:*.com', false],
    ['tool:a*b*', false],
    ['data:**', false],
  ])(
    'and whoever names a permission means what is read, so a star stands only at its end: %s',
    (permission, isTaken) => {
      const when = { any: [{ all: [{ not: { permission } }] }, { line: '*' }] };
      const rules = [{ id: 'net', when, tier: 'high' }];
      const laws: readonly LawChanges[] = [
        { policy: { risk: { rules } } },
        { line: { prohibitedPermissions: [permission] } },
        { line: { permissions: [permission] } },
      ];
      for (const changes of laws) {
        const law = parseLaw(lawTree(changes));
        expect(law.ok).toBe(isTaken);
        if (!law.ok)
          expect(law.problems.map(({ message }) => message).join()).toMatch(
            /a \* at most as its last character/,
          );
      }
    },
  );

  it('there are none where the policy does not speak of risk', () => {
    const tree = treeAt('candidate');
    expect(riskOf(worldOf(tree).law, bundleAt(tree))).toBeNull();
    expect(CHANGE.flags).toEqual([]);
  });
});

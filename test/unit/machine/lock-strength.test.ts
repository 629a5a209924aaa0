import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toBase64 } from '../../../src/base/base64.ts';
import { isAsStrong, LOCK_STRENGTHS } from '../../../src/domain/lock-strength.ts';
import type { ModelSignature } from '../../../src/domain/model-statement.ts';
import { demandedStrength, lockStanding } from '../../../src/machine/lock-strength.ts';
import { standingOf } from '../../../src/machine/standing.ts';
import type { LineName } from '../../../src/domain/names.ts';
import type { RiskTier } from '../../../src/domain/tiers.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { addEvidence, artifactOf, evaluateIt, exportIt, moveTo, requestIt } from '../support/acts.ts';
import { lawTree, type LawChanges } from '../support/law-files.ts';
import {
  requestTied,
  signatureOver,
  tiedArtifact,
  trainer,
  type TieSpec,
  type Weights,
} from '../support/lock-ties.ts';
import { treeAt } from '../support/stages.ts';
import { bundleAt, decision, done, hour, refusals, tryAct, worldOf } from '../support/world.ts';

const OTHER = 'f'.repeat(64);
const TRAINER = trainer();
const STRANGER = trainer();
const trusting = (lines: readonly string[] = ['*']): LawChanges => ({
  policy: { trainers: [{ id: 'cluster', lines, key: TRAINER.key }] },
});
const asking = (lockStrength: unknown, law: LawChanges = trusting()): LawChanges => ({
  ...law,
  line: { lockStrength },
});
type Signing = NonNullable<TieSpec['signed']>;
const signedBy =
  (by = TRAINER, named: (lock: string) => string | null = (lock) => `${lock}\n`): Signing =>
  (artifact, lock) =>
    signatureOver(artifact, by, named(lock));

/** What the machine makes of a request under a law. */
function standing(spec: TieSpec, law: LawChanges = trusting()) {
  const tree = done(treeAt('locked', law), requestTied(spec));
  return lockStanding(worldOf(tree).law, bundleAt(tree));
}

describe('how strongly an artifact is tied to its lock', () => {
  test('an entry of before there were ties is a word, and stays valid', () => {
    const tree = done(treeAt('locked'), requestIt());
    expect(lockStanding(worldOf(tree).law, bundleAt(tree))).toEqual({
      strength: 'declared',
      because: 'the weights do not carry its id',
      demanded: 'declared',
    });
  });

  test.each<[string, (lock: string) => Weights]>([
    ['one file', (lock) => ({ 'adapter_model.safetensors': lock })],
    ['every shard', (lock) => ({ 'model-1.safetensors': lock, 'model-2.safetensors': lock })],
    ['a GGUF file', (lock) => ({ 'model.gguf': lock })],
  ])('is bound where %s carries it', (_what, weights) => {
    expect(standing({ weights })).toMatchObject({
      strength: 'bound',
      because: 'the weights carry its id; no signature over the model is recorded',
    });
  });

  test('is declared where one shard carries it and another does not', () => {
    const weights = (lock: string) => ({ 'model-1.safetensors': lock, 'model-2.safetensors': null });
    expect(standing({ weights, stated: 'declared' })).toMatchObject({
      strength: 'declared',
      because: 'model-2.safetensors does not carry its id',
    });
    expect(refusals(treeAt('locked'), requestTied({ weights }))).toEqual(['LOCK_STRENGTH_FALSE']);
  });

  test.each(['prime256v1', 'secp384r1', 'secp521r1'])(
    'is attested where a trainer signed weights and lock with a key of %s',
    (curve) => {
      const by = trainer(curve);
      const law = { policy: { trainers: [{ id: 'cluster', lines: ['triage'], key: by.key }] } };
      expect(standing({ signed: signedBy(by) }, law)).toMatchObject({
        strength: 'attested',
        because: 'the weights carry its id, and the trainer cluster signed both',
      });
    },
  );

  test.each<[string, TieSpec, LawChanges, RegExp]>([
    ['by a stranger', { signed: signedBy(STRANGER) }, trusting(), /of no trainer of this line/],
    ['by a trainer of other lines', { signed: signedBy() }, trusting(['other-*']), /of no trainer/],
    ['where the policy names none', { signed: signedBy() }, {}, /of no trainer/],
    [
      'without naming a lock',
      { signed: signedBy(TRAINER, () => null) },
      trusting(),
      /no modelsmith\.lock that names it/,
    ],
  ])('is no more than bound where it is signed %s', (_what, spec, law, because) => {
    const found = standing(spec, law);
    expect(found).toMatchObject({ strength: 'bound' });
    expect(found.because).toMatch(because);
  });

  test('is declared where a trainer signed weights that do not carry it', () => {
    const spec: TieSpec = {
      weights: () => ({ 'adapter_model.safetensors': null }),
      ...{ signed: signedBy(), stated: 'declared' },
    };
    expect(standing(spec)).toMatchObject({ strength: 'declared' });
  });

  test('follows the law: a key that is a trainer’s no more attests nothing', () => {
    const tree = done(treeAt('locked', trusting()), requestTied({ signed: signedBy() }));
    expect(lockStanding(worldOf(tree).law, bundleAt(tree)).strength).toBe('attested');
    const without = lawTree({}, tree);
    expect(lockStanding(worldOf(without).law, bundleAt(without)).strength).toBe('bound');
  });
});

describe('a request is refused', () => {
  const tampered =
    (change: (signature: ModelSignature) => object): Signing =>
    (artifact, lock) => {
      const signature = signatureOver(artifact, TRAINER, `${lock}\n`);
      return { ...signature, ...change(signature) };
    };
  const payload = (change: (text: string) => string) =>
    tampered(({ statement }) => ({
      statement: Buffer.from(change(Buffer.from(statement, 'base64').toString())).toString('base64'),
    }));

  test.each<[string, TieSpec, readonly string[]]>([
    [
      'whose weights carry another lock',
      { weights: () => ({ 'adapter_model.safetensors': OTHER }), stated: 'declared' },
      ['LOCK_STAMP_OTHER'],
    ],
    [
      'one of whose shards carries another lock',
      {
        weights: (lock) => ({ 'model-1.safetensors': lock, 'model-2.safetensors': OTHER }),
        stated: 'declared',
      },
      ['LOCK_STAMP_OTHER'],
    ],
    [
      'that calls itself bound and tells of no file that is',
      { weights: () => ({ 'adapter_model.safetensors': null }) },
      ['LOCK_STRENGTH_FALSE'],
    ],
    ['that calls itself less than its evidence shows', { stated: 'declared' }, ['LOCK_STRENGTH_FALSE']],
    [
      'that tells of a file the artifact does not have',
      {
        changes: { artifact: { ...artifactOf(), stamps: [{ path: 'more.safetensors', lock: OTHER }] } },
        stated: 'declared',
      },
      ['LOCK_STAMP_OTHER', 'LOCK_STAMP_UNFOUNDED'],
    ],
    [
      'that tells of a file which holds no weights',
      { weights: (lock) => ({ 'adapter_model.safetensors': lock, 'vocab.txt': lock }) },
      ['LOCK_STAMP_UNFOUNDED'],
    ],
    [
      'that tells of files where there are no weights at all',
      { weights: (lock) => ({ 'vocab.txt': lock }), stated: 'declared' },
      ['LOCK_STAMP_UNFOUNDED'],
    ],
    [
      'whose trainer signed that it is of another lock',
      { signed: signedBy(TRAINER, () => `${OTHER}\n`) },
      ['LOCK_STAMP_OTHER'],
    ],
    [
      'whose signature is over other weights',
      {
        signed: (_artifact, lock) =>
          signatureOver(tiedArtifact({ 'adapter_model.safetensors': OTHER }), TRAINER, `${lock}\n`),
      },
      ['MODEL_SIGNATURE_FALSE'],
    ],
    [
      'whose signature leaves a file out',
      {
        signed: (artifact, lock) => signatureOver({ files: artifact.files.slice(1) }, TRAINER, `${lock}\n`),
      },
      ['MODEL_SIGNATURE_FALSE'],
    ],
    [
      'whose signed statement was changed',
      { signed: payload((text) => text.replace('adapter', 'adopter')) },
      ['MODEL_SIGNATURE_FALSE'],
    ],
    [
      'whose signature is shown with the key of somebody else',
      { signed: tampered(() => ({ key: toBase64(STRANGER.der) })) },
      ['MODEL_SIGNATURE_FALSE'],
    ],
    [
      'whose key is none',
      { signed: tampered(() => ({ key: toBase64(new Uint8Array([1, 2, 3])) })) },
      ['MODEL_SIGNATURE_FALSE'],
    ],
    [
      'whose key is of a curve that is not read',
      { signed: tampered(() => ({ key: toBase64(trainer('secp256k1').der) })) },
      ['MODEL_SIGNATURE_FALSE'],
    ],
    [
      'whose key has something behind it',
      { signed: tampered(() => ({ key: toBase64(new Uint8Array([...TRAINER.der, 0])) })) },
      ['MODEL_SIGNATURE_FALSE'],
    ],
  ])('%s', (_what, spec, codes) => {
    expect(refusals(treeAt('locked', trusting()), requestTied(spec))).toEqual(codes);
  });
});

describe('what a policy asks for', () => {
  const BY_TIER = { low: 'declared', standard: 'bound', high: 'attested' };

  test.each<[unknown, RiskTier | null, string]>([
    [undefined, 'high', 'declared'],
    ['bound', 'low', 'bound'],
    [BY_TIER, 'low', 'declared'],
    [BY_TIER, 'standard', 'bound'],
    [BY_TIER, 'high', 'attested'],
    [BY_TIER, null, 'attested'],
  ])('%j asks at the tier %s for %s', (lockStrength, tier, demanded) => {
    const { law } = worldOf(lawTree(asking(lockStrength)));
    expect(demandedStrength(law, 'triage' as LineName, tier)).toBe(demanded);
    expect(demandedStrength(law, 'unknown' as LineName, tier)).toBe('declared');
  });

  test('is told with the tier of the change', () => {
    const tree = treeAt('locked', { line: { lockStrength: BY_TIER }, policy: { risk: {} } });
    const decision = tryAct(tree, requestTied()(tree));
    expect(decision).toMatchObject({
      reasons: [
        { code: 'LOCK_STRENGTH_LOW', facts: { strength: 'bound', demanded: 'attested', tier: 'high' } },
      ],
    });
  });

  test.each<
    [string, unknown, (tree: TreeFolder) => ReturnType<ReturnType<typeof requestIt>>, readonly string[]]
  >([
    ['a word where bytes are asked for', 'bound', requestIt(), ['LOCK_STRENGTH_LOW']],
    ['bytes where they are asked for', 'bound', requestTied(), []],
    ['bytes where a trainer is asked for', 'attested', requestTied(), ['LOCK_STRENGTH_LOW']],
    [
      'a stranger’s signature',
      'attested',
      requestTied({ signed: signedBy(STRANGER) }),
      ['LOCK_STRENGTH_LOW'],
    ],
    ['a trainer’s', 'attested', requestTied({ signed: signedBy() }), []],
    ['a word where nothing is asked for', undefined, requestIt(), []],
  ])('%s', (_what, lockStrength, request, codes) => {
    expect(refusals(treeAt('locked', asking(lockStrength)), request)).toEqual(codes);
  });

  test('is asked of steps by people under the law of their time, and not of the machine’s', () => {
    const candidate = done(treeAt('locked'), requestIt(), addEvidence());
    const tightened = lawTree(asking('bound'), candidate);
    const exported = done(
      tightened,
      evaluateIt(),
      moveTo('eval-accepted', { name: 'ci', role: 'pipeline', hours: 6 }),
      exportIt(),
      moveTo('artifact-exported', { name: 'ci', role: 'pipeline', hours: 7 }),
    );
    const codes = (tree: TreeFolder) =>
      standingOf(worldOf(tree), bundleAt(tree), hour(8)).blocked.map(({ code }) => code);
    expect(codes(exported)).toContain('LOCK_STRENGTH_LOW');
    expect(refusals(exported, decision('approve', 'operator-signoff', 'kim', 8))).toEqual([
      'LOCK_STRENGTH_LOW',
    ]);
    // Under the old law it goes to customers; tightened afterwards, it is not validated.
    const deployed = done(
      lawTree({}, exported),
      decision('approve', 'operator-signoff', 'kim', 8),
      moveTo('customer-deployed', { name: 'kim', role: 'operator', hours: 8 }),
    );
    expect(codes(deployed)).not.toContain('LOCK_STRENGTH_LOW');
    const late = lawTree(asking('bound'), deployed);
    expect(codes(late)).toContain('LOCK_STRENGTH_LOW');
    expect(refusals(late, decision('approve', 'domain-validation', 'dana', 9))).toEqual([
      'LOCK_STRENGTH_LOW',
    ]);
    // What was taken is not asked again: an objection can be answered.
    expect(refusals(late, decision('reject', 'operator-signoff', 'lee', 9))).toEqual([]);
  });

  test('asking for less never refuses what asking for more allows', () => {
    const specs: readonly TieSpec[] = [
      { weights: () => ({ 'adapter_model.safetensors': null }), stated: 'declared' },
      {},
      { signed: signedBy() },
      { signed: signedBy(STRANGER) },
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...specs),
        fc.constantFrom(...LOCK_STRENGTHS),
        fc.constantFrom(...LOCK_STRENGTHS),
        (spec, one, other) => {
          const [less, more] = isAsStrong(one, other) ? [other, one] : [one, other];
          const under = (asked: string) =>
            refusals(treeAt('locked', asking(asked)), requestTied(spec)).length;
          expect(under(less)).toBeLessThanOrEqual(under(more));
        },
      ),
      { numRuns: 30 },
    );
  });
});

import { describe, expect, test } from 'vitest';
import { approvalDocument } from '../../../src/domain/approval.ts';
import type { Fingerprint } from '../../../src/domain/names.ts';
import { approvalFile } from '../../../src/domain/paths.ts';
import type { SignatureVerdict } from '../../../src/domain/signature.ts';
import { withFile, type TreeFolder } from '../../../src/domain/tree.ts';
import { JudgedHistory } from '../../../src/evidence/lineage.ts';
import { inForceAt } from '../../../src/judge/in-force.ts';
import { judgeCommit } from '../../../src/judge/judge-commit.ts';
import { addEvidence, moveTo } from '../support/acts.ts';
import { encode, keyOf, type Person } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { decision, done, hour } from '../support/world.ts';

const exported = treeAt('artifact-exported');
const deployed = treeAt('customer-deployed');
const signOff = decision('approve', 'operator-signoff', 'kim', 8);
const danas = decision('approve', 'domain-validation', 'dana', 9);
const two = [danas, decision('approve', 'governance-approval', 'gus', 10)] as const;
const PLATFORM = '4AEE18F83AFDEB23';

const bad = (fault: 'SIGNER_UNKNOWN' | 'SIGNATURE_FALSE'): SignatureVerdict => ({
  kind: 'bad',
  fault,
  detail: PLATFORM,
  key: PLATFORM,
});
const ssh: SignatureVerdict = { kind: 'bad', fault: 'SIGNATURE_MALFORMED', detail: 'not armor' };
const stranger: SignatureVerdict = { ...by('kim', 12), primary: 'F'.repeat(40) as Fingerprint };

function by(name: Person, hours: number) {
  const key = keyOf(name) as Fingerprint;
  return { kind: 'good', primary: key, key, time: hour(hours), algorithm: 'EdDSA', expires: null } as const;
}

function judged(before: TreeFolder, tree: TreeFolder, signature: SignatureVerdict | null) {
  const guarded = new Map<string, never>();
  const force = inForceAt('p', before, guarded, hour(0));
  const parent = { id: 'p', tree: before, guarded, void: false, clock: hour(0), force };
  const plain = { structure: [], extraHeaders: [], message: 'm', refreshes: new Map(), certificates: [] };
  const commit = { id: 'c', parents: ['p'], tree, guarded, signature, ...plain };
  return judgeCommit(commit, parent, hour(48), new JudgedHistory('r')).reasons;
}

const put = (tree: TreeFolder, path: string, text: string) => withFile(tree, path, encode(text));
const lost = (...given: Parameters<typeof judged>) =>
  judged(...given).flatMap((why) => (why.code === 'SIGNATURE_LOST' ? [why.facts] : []));
const codes = (...given: Parameters<typeof judged>) => judged(...given).map(({ code }) => code);

describe('a squash, rebase or cherry-pick is recognised', () => {
  const rewrite = 'squash, rebase or cherry-pick';

  test.each([
    ['one decision, unsigned', exported, done(exported, signOff), null, rewrite, null, ['kim']],
    ['by a platform', exported, done(exported, signOff), bad('SIGNER_UNKNOWN'), rewrite, PLATFORM, ['kim']],
    ['by a platform with SSH', exported, done(exported, signOff), ssh, rewrite, null, ['kim']],
    ['by a key of nobody', exported, done(exported, signOff), stranger, rewrite, 'F'.repeat(40), ['kim']],
    ['two people’s, unsigned', deployed, done(deployed, ...two), null, 'squash', null, ['dana', 'gus']],
    [
      'two people’s, by one',
      deployed,
      done(deployed, ...two),
      by('gus', 10),
      'squash',
      'gus',
      ['dana', 'gus'],
    ],
    ['another’s', exported, done(exported, signOff), by('lee', 8), 'cherry-pick or rebase', 'lee', ['kim']],
    ['one’s own, later', exported, done(exported, signOff), by('kim', 9), 'rebase', 'kim', ['kim']],
  ] as const)('%s', (_what, before, after, signature, how, who, of) => {
    expect(lost(before, after, signature)).toEqual([{ how, by: who, of }]);
  });

  test('two decisions of one person, although one could have done both', () => {
    const deploy = moveTo('customer-deployed', { name: 'kim', role: 'operator', hours: 8 });
    const both = [signOff, deploy, decision('reject', 'domain-validation', 'kim', 8)] as const;
    expect(lost(exported, done(exported, ...both), null)).toEqual([{ how: 'squash', by: null, of: ['kim'] }]);
  });

  test('the pipeline’s acts, of which it may sign any number at once', () => {
    const before = treeAt('candidate');
    const after = done(
      before,
      addEvidence({ 'attachments/a.txt': 'a' }, {}, 5),
      addEvidence({ 'attachments/b.txt': 'b' }, {}, 6),
    );
    expect(lost(before, after, null)).toEqual([{ how: rewrite, by: null, of: ['ci'] }]);
  });

  test('beside what the law says of the commit, never instead', () => {
    const after = done(exported, signOff);
    expect(codes(exported, after, null)).toEqual(['UNSIGNED', 'SIGNATURE_LOST']);
    expect(codes(exported, after, bad('SIGNER_UNKNOWN'))).toEqual(['SIGNATURE_REFUSED', 'SIGNATURE_LOST']);
    expect(codes(exported, after, stranger)).toEqual(['SIGNER_NOT_ENROLLED', 'SIGNATURE_LOST']);
    expect(codes(exported, after, by('lee', 8))).toEqual([
      'ENTRY_NOT_SIGNERS',
      'ENTRY_OTHER_KEY',
      'SIGNATURE_LOST',
    ]);
    expect(codes(exported, after, by('kim', 9))).toEqual(['ENTRY_TIME', 'SIGNATURE_LOST']);
  });
});

describe('nothing else is taken for one', () => {
  test.each([
    ['what its maker signed', exported, done(exported, signOff), by('kim', 8)],
    ['a signature that is false', exported, done(exported, signOff), bad('SIGNATURE_FALSE')],
    ['a change without an entry', exported, put(exported, 'promotions/triage/aliases.json', '{}'), null],
    ['a change of the law beside', exported, put(done(exported, signOff), 'policy/policy.yaml', 'x'), null],
    ['an entry removed beside', done(deployed, danas), done(deployed, two[1]), null],
  ] as const)('%s', (_what, before, after, signature) => {
    expect(lost(before, after, signature)).toEqual([]);
    if (signature === null) expect(codes(before, after, signature)).toEqual(['UNSIGNED']);
  });

  test.each([
    ['an entry as kim would sign it', {}, 1],
    ['another’s key', { key: keyOf('lee') }, 0],
    ['a key of nobody', { key: 'F'.repeat(40) }, 0],
    ['a person nobody knows', { principal: 'max' }, 0],
    ['another repository', { repository: 'z'.repeat(26) }, 0],
  ])('%s', (_what, changes, found) => {
    const { act } = decision('approve', 'operator-signoff', 'kim', 8, changes)(exported);
    if (act.kind !== 'decide') throw new Error('no decision');
    const path = `promotions/triage/1.0.0/${approvalFile(act.approval.id)}`;
    expect(lost(exported, put(exported, path, approvalDocument.print(act.approval)), null)).toHaveLength(
      found,
    );
  });
});

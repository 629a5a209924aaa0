import { describe, expect, test } from 'vitest';
import type { Fingerprint } from '../../../src/domain/names.ts';
import type { SignatureVerdict } from '../../../src/domain/signature.ts';
import { EMPTY_TREE, withFile, type TreeFolder } from '../../../src/domain/tree.ts';
import { inForceAt } from '../../../src/judge/in-force.ts';
import { judgeCommit } from '../../../src/judge/judge-commit.ts';
import type { JudgedParent } from '../../../src/judge/judgement.ts';
import { JudgedHistory } from '../../../src/evidence/lineage.ts';
import { judgeRoot } from '../../../src/judge/judge-root.ts';
import { addEvidence, deprecateIt, evaluateIt, lockNow, moveTo } from '../support/acts.ts';
import { encode, keyOf, lawTree, type Person } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { decision, done, hour } from '../support/world.ts';

const LINEAGE = new JudgedHistory('r'.repeat(40));
const B = 'promotions/triage/1.0.0';
const good = (name: Person, hours: number): SignatureVerdict => ({
  kind: 'good',
  primary: keyOf(name) as Fingerprint,
  key: keyOf(name) as Fingerprint,
  time: hour(hours),
  algorithm: 'EdDSA',
  expires: null,
});
const parentOf = (tree: TreeFolder, changes: Partial<JudgedParent> = {}): JudgedParent => ({
  id: 'p'.repeat(40),
  tree,
  guarded: new Map(),
  void: false,
  clock: hour(0),
  force: inForceAt('p'.repeat(40), tree, new Map(), hour(0)),
  ...changes,
});
const commitOf = (tree: TreeFolder, signature: SignatureVerdict | null, changes: object = {}) => ({
  id: 'c'.repeat(40),
  parents: ['p'.repeat(40)],
  tree,
  guarded: new Map(),
  refreshes: new Map(),
  certificates: [],
  structure: [],
  extraHeaders: [],
  message: 'm',
  signature,
  ...changes,
});
/** Codes of the judgement of one commit. */
function judged(before: TreeFolder, after: TreeFolder, name: Person, hours: number, changes: object = {}) {
  const commit = commitOf(after, good(name, hours), changes);
  const { reasons } = judgeCommit(commit, parentOf(before), hour(hours), LINEAGE);
  return [...new Set(reasons.map((why) => why.code))];
}
const put = (tree: TreeFolder, path: string, text: string) => withFile(tree, path, encode(text));
function without(tree: TreeFolder, path: string): TreeFolder {
  const [name = '', ...rest] = path.split('/');
  const children = new Map(tree.children);
  const child = children.get(name);
  if (rest.length === 0) children.delete(name);
  else if (child?.kind === 'folder') children.set(name, without(child, rest.join('/')));
  return { kind: 'folder', id: `${tree.id}-`, children };
}
const textAt = (tree: TreeFolder, path: string): string => {
  let node: TreeFolder = tree;
  const names = path.split('/');
  for (const name of names.slice(0, -1)) node = node.children.get(name) as TreeFolder;
  const file = node.children.get(names.at(-1) ?? '');
  return file?.kind === 'file' ? new TextDecoder().decode(file.bytes) : '';
};

const exported = treeAt('artifact-exported');
const approve = decision('approve', 'operator-signoff', 'kim', 8);
const deploy = moveTo('customer-deployed', { name: 'kim', role: 'operator', hours: 8 });

describe('a commit by the law of its parent', () => {
  test.each([
    ['a lock', treeAt('baseline'), treeAt('locked'), 'ci', 1],
    ['a baseline', treeAt('law'), treeAt('baseline'), 'eva', 0],
    ['an approval', exported, done(exported, approve), 'kim', 8],
    ['an approval with the move it completes', exported, done(exported, approve, deploy), 'kim', 8],
    ['a deprecation', exported, done(exported, deprecateIt()), 'lee', 20],
  ] as const)('%s is valid', (_what, before, after, name, hours) => {
    expect(judged(before, after, name, hours)).toEqual([]);
  });

  test('a whole candidate in one commit of the pipeline', () => {
    const accepted = moveTo('eval-accepted', { name: 'ci', role: 'pipeline', hours: 6 });
    const before = treeAt('candidate');
    expect(judged(before, done(before, evaluateIt(), accepted), 'ci', 6)).toEqual([]);
    expect(judged(before, done(before, evaluateIt()), 'ci', 6)).toEqual(['TRANSITION_WITHHELD']);
    expect(judged(before, done(before, evaluateIt({ a: '0.1' })), 'ci', 6)).toEqual([]);
  });

  const signed = done(exported, approve);
  const entry = [...((treeIn(signed, `${B}/approvals`)?.children.keys() ?? []) as Iterable<string>)][0] ?? '';
  const record = textAt(exported, `${B}/promotion-record.json`);
  function treeIn(tree: TreeFolder, path: string): TreeFolder | undefined {
    return path
      .split('/')
      .reduce<TreeFolder | undefined>((node, name) => node?.children.get(name) as never, tree);
  }

  test.each([
    [
      'a stray change beside an act',
      exported,
      put(signed, `${B}/approval-log.json`, '{}'),
      ['UNEXPLAINED_CHANGE'],
    ],
    ['a change and no act', exported, put(exported, `${B}/approval-log.json`, '{}'), ['NO_ACT']],
    [
      'aliases that are none',
      exported,
      put(exported, 'promotions/triage/aliases.json', '{}'),
      ['DOCUMENT_UNSOUND'],
    ],
    ['an unknown path', exported, put(signed, 'promotions/notes.txt', 'x'), ['PATH_UNKNOWN']],
    ['the policy', exported, put(signed, 'policy/policy.yaml', 'x'), ['LAW_CHANGED']],
    ['an entry altered', signed, put(signed, `${B}/approvals/${entry}`, '{}'), ['ENTRY_ALTERED']],
    ['an entry removed', signed, without(signed, `${B}/approvals/${entry}`), ['ENTRY_REMOVED']],
    [
      'an entry that is none',
      exported,
      put(exported, `${B}/approvals/${'a'.repeat(64)}.json`, '{}'),
      ['DOCUMENT_UNSOUND'],
    ],
    [
      'an entry under another name',
      exported,
      put(exported, `${B}/approvals/${'a'.repeat(64)}.json`, textAt(signed, `${B}/approvals/${entry}`)),
      ['ENTRY_UNRELATED'],
    ],
    ['a record removed', exported, without(exported, `${B}/promotion-record.json`), ['ENTRY_REMOVED']],
    [
      'a record that is none',
      exported,
      put(exported, `${B}/promotion-record.json`, '{}'),
      ['DOCUMENT_UNSOUND'],
    ],
    [
      'a request rewritten',
      exported,
      put(exported, `${B}/promotion-record.json`, record.replace('more claims', 'less claims')),
      ['RECORD_REWRITTEN'],
    ],
    [
      'a state of its own',
      exported,
      put(
        exported,
        `${B}/promotion-record.json`,
        record.replace('"state": "artifact-exported"', '"state": "production-validated"'),
      ),
      ['NO_ACT'],
    ],
    [
      'a bundle without a record',
      exported,
      put(exported, 'promotions/triage/2.0.0/model-card.md', 'x'),
      ['EVIDENCE_MISSING'],
    ],
    ['evidence without an entry', exported, put(exported, `${B}/model-card.md`, 'x'), ['NO_ACT']],
  ])('%s', (_what, before, after, codes) => {
    expect(judged(before, after, 'kim', 8)).toEqual(codes);
  });

  test('locks and baselines are written for good and lie where they say', () => {
    const locked = treeAt('locked');
    const [name = ''] = [...(treeIn(locked, 'locks/triage')?.children.keys() ?? [])];
    const [base = ''] = [...(treeIn(locked, 'baselines/triage')?.children.keys() ?? [])];
    const lock = textAt(locked, `locks/triage/${name}`);
    const a = 'a'.repeat(64);
    expect(judged(locked, put(locked, `locks/triage/${a}.json`, lock), 'ci', 1)).toEqual(['ENTRY_UNRELATED']);
    expect(judged(locked, put(locked, `locks/triage/${name}`, '{}'), 'ci', 1)).toEqual(['ENTRY_ALTERED']);
    expect(judged(locked, put(locked, `baselines/triage/${base}/report.json`, '{}'), 'eva', 1)).toEqual([
      'ENTRY_ALTERED',
    ]);
    expect(judged(locked, without(locked, `baselines/triage/${base}/report.json`), 'eva', 1)).toEqual([
      'ENTRY_REMOVED',
    ]);
    expect(judged(locked, put(locked, `baselines/triage/${a}/raw/x`, 'x'), 'eva', 1)).toEqual([
      'EVIDENCE_MISSING',
    ]);
    const half = put(locked, `baselines/triage/${a}/baseline.json`, '{}');
    expect(judged(locked, half, 'eva', 1)).toEqual(['EVIDENCE_MISSING']);
    expect(judged(locked, put(half, `baselines/triage/${a}/report.json`, '{}'), 'eva', 1)).toEqual([
      'DOCUMENT_UNSOUND',
    ]);
    const moved = put(
      locked,
      `baselines/triage/${a}/baseline.json`,
      textAt(locked, `baselines/triage/${base}/baseline.json`),
    );
    expect(judged(locked, put(moved, `baselines/triage/${a}/report.json`, '{}'), 'eva', 1)).toEqual([
      'ENTRY_UNRELATED',
    ]);
  });

  test('a person signs one decision at a time, an automation any number of its acts', () => {
    const mixed = done(exported, approve, lockNow({}, 8));
    expect(judged(exported, mixed, 'kim', 8)).toEqual(['COMMIT_MIXES_DECISIONS', 'SIGNATURE_LOST']);
    const both = done(exported, approve, deploy, decision('reject', 'domain-validation', 'kim', 8));
    expect(judged(exported, both, 'kim', 8)).toEqual(['COMMIT_MIXES_DECISIONS']);
    const many = done(treeAt('candidate'), addEvidence({ 'attachments/a.txt': 'a' }, {}, 6), lockNow({}, 6));
    expect(judged(treeAt('candidate'), many, 'ci', 6)).toEqual([]);
  });

  test('every refused act is named', () => {
    expect(judged(exported, signed, 'lee', 8)).toEqual([
      'ENTRY_NOT_SIGNERS',
      'ENTRY_OTHER_KEY',
      'SIGNATURE_LOST',
    ]);
  });
});

describe('signature, key, clock and parents', () => {
  const after = done(exported, approve);
  const judge = (signature: SignatureVerdict | null, parent: JudgedParent, now = hour(8), changes = {}) =>
    judgeCommit(commitOf(after, signature, changes), parent, now, LINEAGE);
  const codes = (...given: Parameters<typeof judge>) => judge(...given).reasons.map((why) => why.code);
  const p = parentOf(exported);

  test('a valid commit moves the clock, one that is not does not', () => {
    expect(judge(good('kim', 8), p)).toMatchObject({
      kind: 'governed',
      reasons: [],
      clock: hour(8),
      signer: { id: 'kim' },
    });
    expect(judge(null, p)).toMatchObject({ clock: hour(0), signer: null });
  });

  test.each([
    ['no signature', null, ['UNSIGNED', 'SIGNATURE_LOST']],
    ['a bad one', { kind: 'bad', fault: 'SIGNATURE_FALSE', detail: '' }, ['SIGNATURE_REFUSED']],
    [
      'a key of nobody',
      { ...good('kim', 8), primary: 'F'.repeat(40) },
      ['SIGNER_NOT_ENROLLED', 'SIGNATURE_LOST'],
    ],
  ] as const)('%s', (_what, signature, expected) => {
    expect(codes(signature as SignatureVerdict | null, p)).toEqual(expected);
  });

  test('ten minutes of the clock are allowed', () => {
    expect(codes(good('kim', 8), p, hour(8) - 600)).toEqual([]);
    expect(codes(good('kim', 8), p, hour(8) - 601)).toEqual(['FROM_THE_FUTURE']);
    expect(codes(good('kim', 8), parentOf(exported, { clock: hour(8) + 600 }))).toEqual([]);
    expect(codes(good('kim', 8), parentOf(exported, { clock: hour(8) + 601 }))).toEqual(['TIME_BACKWARDS']);
  });

  test('parents', () => {
    expect(judge(null, parentOf(after))).toMatchObject({ kind: 'ungoverned', clock: hour(0) });
    expect(codes(good('kim', 8), parentOf(exported, { void: true }))).toEqual(['PARENT_VOID']);
    expect(codes(null, parentOf(after, { void: true }))).toEqual(['PARENT_VOID']);
  });

  test('headers and messages that could be read in two ways', () => {
    expect(codes(good('kim', 8), p, hour(8), { extraHeaders: ['x'] })).toEqual(['COMMIT_MALFORMED']);
    expect(codes(good('kim', 8), p, hour(8), { message: 'a\0b' })).toEqual(['COMMIT_MALFORMED']);
  });

  test.each(['retired', 'compromised'])('a key that is %s', (how) => {
    const ended = how === 'retired' ? { reason: 'left' } : { reason: 'lost', keeps: [] };
    const law = { people: { kim: { keys: [{ fingerprint: keyOf('kim'), [how]: ended }] } } };
    const before = lawTree(law, exported);
    expect(judged(before, lawTree(law, after), 'kim', 8)).toEqual(['KEY_ENDED']);
  });
});

describe('the trust root', () => {
  const law = lawTree();
  const stuck = lawTree({ gates: { 'governance-approval': { quorum: 9 } } });
  const codes = (tree: TreeFolder, signature: SignatureVerdict | null, now = hour(8)) =>
    judgeRoot(commitOf(tree, signature), keyOf('gus') as Fingerprint, now).reasons.map((why) => why.code);

  test.each([
    ['as it must be', law, good('gus', 8), []],
    ['another signer', law, good('gil', 8), ['ROOT_MISMATCH']],
    ['an automation', law, good('ci', 8), ['ROOT_MISMATCH', 'SIGNER_NOT_ENROLLED']],
    [
      'nobody enrolled',
      law,
      { ...good('gus', 8), primary: 'F'.repeat(40) },
      ['ROOT_MISMATCH', 'SIGNER_NOT_ENROLLED'],
    ],
    ['no signature', law, null, ['UNSIGNED']],
    ['a bad signature', law, { kind: 'bad', fault: 'SIGNATURE_FALSE', detail: '' }, ['SIGNATURE_REFUSED']],
    ['more than the law', put(law, 'locks/x', 'x'), good('gus', 8), ['ROOT_NOT_BARE']],
    ['no law', EMPTY_TREE, good('gus', 8), ['DOCUMENT_UNSOUND']],
    ['a gate that nobody can open', stuck, good('gus', 8), ['DOCUMENT_UNSOUND']],
    ['from the future', law, good('gus', 9), ['FROM_THE_FUTURE']],
  ])('%s', (_what, tree, signature, expected) => {
    expect(codes(tree, signature as SignatureVerdict | null)).toEqual(expected);
  });
});

import { describe, expect, test } from 'vitest';
import type { LawChanges } from '../support/law-files.ts';
import { addEvidence, CARD, moveTo, deprecateIt } from '../support/acts.ts';
import { treeAt } from '../support/stages.ts';
import { bundleAt, decision, done, hour, newestId, refusals, withdrawal, worldOf } from '../support/world.ts';
import { aliasTargets } from '../../../src/domain/aliases.ts';
import { Version } from '../../../src/domain/names.ts';
import { recordDocument } from '../../../src/domain/record.ts';
import { aliasesOf } from '../../../src/machine/world.ts';
import { standingOf } from '../../../src/machine/standing.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { withFile } from '../../../src/domain/tree.ts';

const exported = (changes: LawChanges = {}) => treeAt('artifact-exported', changes);
const deployed = (changes: LawChanges = {}) => treeAt('customer-deployed', changes);
const signOff = (name: 'kim' | 'lee' = 'kim', hours = 8) =>
  decision('approve', 'operator-signoff', name, hours);
const deploy = moveTo('customer-deployed', { name: 'lee', role: 'operator', hours: 12 });
const validate = moveTo('production-validated', { name: 'gus', role: 'governance-approver', hours: 12 });
const standing = (tree: TreeFolder, hours = 12) => standingOf(worldOf(tree), bundleAt(tree), hour(hours));
/** Codes of everything that keeps the next edge closed. */
const blocked = (tree: TreeFolder, hours = 12) => standing(tree, hours).blocked.map((why) => why.code);

describe('objections', () => {
  const reject = decision('reject', 'operator-signoff', 'lee', 9);
  const objected = done(exported(), signOff(), reject);

  test('a rejection keeps a full gate closed', () => {
    expect(blocked(objected)).toEqual(['GATE_OBJECTED']);
    expect(refusals(objected, deploy)).toEqual(['GATE_OBJECTED']);
  });

  test('its author settles it', () => {
    const answers = [newestId(objected)];
    const tree = done(objected, decision('approve', 'operator-signoff', 'lee', 10, { answers }));
    expect(refusals(tree, deploy)).toEqual([]);
  });

  test('its author withdraws it', () => {
    const tree = done(objected, withdrawal(newestId(objected), 'operator-signoff', 'lee', 10));
    expect(refusals(tree, deploy)).toEqual([]);
  });

  test('nobody else withdraws it', () => {
    expect(refusals(objected, withdrawal(newestId(objected), 'operator-signoff', 'kim', 10))).toEqual([
      'ENTRY_UNRELATED',
    ]);
  });

  test('others settle it by the quorum of the gate', () => {
    const two: LawChanges = { gates: { 'operator-signoff': { quorum: 2 } } };
    const tree = done(exported(two), reject);
    const answers = [newestId(tree)];
    const once = done(tree, decision('approve', 'operator-signoff', 'kim', 10, { answers }));
    expect(blocked(once)).toContain('GATE_OBJECTED');
    const one = done(exported(), reject);
    const settled = done(
      one,
      decision('approve', 'operator-signoff', 'kim', 10, { answers: [newestId(one)] }),
    );
    expect(refusals(settled, deploy)).toEqual([]);
  });

  test('an answer that is taken back settles nothing', () => {
    const one = done(exported(), reject);
    const answered = done(
      one,
      decision('approve', 'operator-signoff', 'kim', 10, { answers: [newestId(one)] }),
    );
    const tree = done(answered, withdrawal(newestId(answered), 'operator-signoff', 'kim', 11));
    expect(blocked(tree)).toEqual(['GATE_PENDING', 'APPROVAL_WITHDRAWN', 'GATE_OBJECTED']);
  });

  test('the requester settles nothing for others', () => {
    const tree = done(deployed(), decision('reject', 'governance-approval', 'gus', 9));
    const answers = [newestId(tree)];
    const answered = done(tree, decision('reject', 'governance-approval', 'mia', 10, { answers }));
    expect(blocked(answered).filter((code) => code === 'GATE_OBJECTED')).toHaveLength(2);
  });

  test('an objection to a gate already passed contests what was built on it', () => {
    const tree = done(deployed(), decision('request-changes', 'operator-signoff', 'lee', 9));
    expect(blocked(tree)).toContain('CONTESTED');
    const signed = done(
      tree,
      decision('approve', 'domain-validation', 'dana', 10),
      decision('approve', 'governance-approval', 'gus', 11),
    );
    expect(refusals(signed, validate)).toEqual(['CONTESTED']);
  });

  test('an approval taken back after the move contests it, until its author answers', () => {
    const approval = newestId(deployed());
    const tree = done(deployed(), withdrawal(approval, 'operator-signoff', 'kim', 9));
    expect(blocked(tree)).toContain('CONTESTED');
    const answers = [newestId(tree)];
    const settled = done(tree, withdrawal('e'.repeat(64), 'operator-signoff', 'kim', 10, { answers }));
    expect(blocked(settled)).not.toContain('CONTESTED');
  });

  test('taking back what is no decision contests nothing', () => {
    const [run] = bundleAt(deployed()).record.evaluations;
    const tree = done(deployed(), withdrawal(run?.id ?? '', 'operator-signoff', 'kim', 9));
    expect(blocked(tree)).not.toContain('CONTESTED');
  });

  test('nobody objects at a gate whose state is not reached', () => {
    const early = decision('reject', 'operator-signoff', 'lee', 5.5);
    expect(refusals(treeAt('candidate'), early)).toEqual(['STATE_OTHER']);
    expect(refusals(exported(), decision('reject', 'governance-approval', 'gus', 9))).toEqual([
      'STATE_OTHER',
    ]);
  });

  test('a passed gate is approved again only in answer to what contests it', () => {
    const again = (answers: readonly string[]) =>
      decision('approve', 'operator-signoff', 'lee', 10, { answers: answers as never });
    expect(refusals(deployed(), again([]))).toEqual(['STATE_OTHER']);
    const contested = done(deployed(), decision('reject', 'operator-signoff', 'lee', 9));
    expect(refusals(contested, again([]))).toEqual(['STATE_OTHER']);
    const settled = done(contested, again([newestId(contested)]));
    expect(blocked(settled)).not.toContain('CONTESTED');
    const elsewhere = done(deployed(), decision('reject', 'governance-approval', 'gus', 9));
    expect(refusals(elsewhere, again([newestId(elsewhere)]))).toEqual(['STATE_OTHER']);
  });
});

describe('withdrawal', () => {
  test('takes an approval out of the count; the person can sign again', () => {
    const signed = done(exported(), signOff());
    const tree = done(signed, withdrawal(newestId(signed), 'operator-signoff', 'kim', 9));
    expect(refusals(tree, deploy)).toEqual(['APPROVAL_WITHDRAWN', 'GATE_PENDING']);
    expect(refusals(done(tree, signOff('kim', 10)), deploy)).toEqual([]);
  });

  test('may be there before what it names', () => {
    const id = newestId(done(exported(), signOff()));
    expect(refusals(exported(), withdrawal(id, 'operator-signoff', 'kim', 7.5))).toEqual([]);
  });
});

describe('evidence', () => {
  const change = (files: object, changes: object = {}, hours = 10) =>
    addEvidence(files as never, changes, hours);
  const card = { 'model-card.md': `${CARD}more\n` };

  test.each([
    ['no file', {}, {}, ['EVIDENCE_MISSING']],
    ['a path of another act', { 'rubric.json': 'x' }, {}, ['FILE_NOT_EVIDENCE']],
    ['an empty file', { 'attachments/a.txt': '' }, {}, ['EVIDENCE_UNSOUND']],
    ['a blank text', { 'risk-assessment.md': ' \n' }, {}, ['EVIDENCE_UNSOUND']],
    ['a placeholder', { 'model-card.md': '# Card\n\n[More Information Needed]\n' }, {}, ['EVIDENCE_UNSOUND']],
    ['no heading', { 'model-card.md': 'text\n' }, {}, ['EVIDENCE_UNSOUND']],
    ['half a rollback', { 'rollback-procedure.md': '## Steps\nx\n' }, {}, ['EVIDENCE_UNSOUND']],
    [
      'an LFS pointer',
      { 'attachments/a.bin': 'version https://git-lfs.github.com/spec/v1\n' },
      {},
      ['EVIDENCE_UNSOUND'],
    ],
    ['files that are not listed', card, { files: [] }, ['FILE_DIFFERS']],
    ['an answer to nothing', card, { answers: ['f'.repeat(64)] }, ['ANSWER_UNKNOWN']],
    ['a new card before anybody decided', card, {}, []],
    [
      'several files, in whatever order they come',
      { 'risk-assessment.md': 'x', 'attachments/a.txt': 'x' },
      {},
      [],
    ],
  ])('%s', (_what, files, changes, codes) => {
    expect(refusals(treeAt('candidate'), change(files, changes))).toEqual(codes);
  });

  test('text that is not UTF-8', () => {
    const { act, by } = change({ 'risk-assessment.md': 'x' })(treeAt('candidate'));
    if (act.kind !== 'evidence') throw new Error();
    const files = [{ path: 'risk-assessment.md', bytes: new Uint8Array([0xff]) }];
    expect(refusals(treeAt('candidate'), () => ({ by, act: { ...act, files } }))).toContain(
      'EVIDENCE_UNSOUND',
    );
  });

  test('a file that is listed and not brought', () => {
    const { act, by } = change({ 'risk-assessment.md': 'x' })(treeAt('candidate'));
    expect(refusals(treeAt('candidate'), () => ({ by, act: { ...act, files: [] } as never }))).toEqual([
      'EVIDENCE_MISSING',
      'FILE_DIFFERS',
    ]);
  });

  test('a listed size that is not the file’s', () => {
    const { act, by } = change({ 'risk-assessment.md': 'x' })(treeAt('candidate'));
    if (act.kind !== 'evidence') throw new Error();
    const files = act.evidence.files.map((file) => ({ ...file, size: 2 }));
    expect(refusals(treeAt('candidate'), change({ 'risk-assessment.md': 'x' }, { files }))).toEqual([
      'FILE_DIFFERS',
    ]);
    expect(by.name).toBe('ci');
  });

  test('once decided on, it changes only in answer to a change request', () => {
    const signed = done(exported(), signOff());
    expect(refusals(signed, change(card))).toEqual(['EVIDENCE_DECIDED']);
    expect(refusals(signed, change({ 'attachments/a.txt': 'x' }))).toEqual(['EVIDENCE_DECIDED']);
    const asked = done(signed, decision('request-changes', 'operator-signoff', 'lee', 9));
    expect(refusals(asked, change(card))).toEqual(['EVIDENCE_DECIDED']);
    const answers = [newestId(asked)];
    expect(refusals(asked, change(card, { answers }))).toEqual([]);
    expect(blocked(done(asked, change(card, { answers })))).toEqual([
      'GATE_PENDING',
      'APPROVAL_STALE',
      'GATE_OBJECTED',
    ]);
    const rejected = done(signed, decision('reject', 'operator-signoff', 'lee', 9));
    expect(refusals(rejected, change(card, { answers: [newestId(rejected)] }))).toEqual([
      'ANSWER_UNKNOWN',
      'EVIDENCE_DECIDED',
    ]);
  });

  test('what a transition relied on stays as it was signed, whatever is asked for later', () => {
    const asked = done(deployed(), decision('request-changes', 'governance-approval', 'gus', 9));
    expect(refusals(asked, change(card, { answers: [newestId(asked)] }))).toEqual(['EVIDENCE_DECIDED']);
    const note = change({ 'attachments/note.txt': 'x' }, { answers: [newestId(asked)] });
    expect(refusals(asked, note)).toEqual([]);
  });

  test.each([
    [
      'the operator the rollback procedure',
      'lee',
      'operator',
      { 'rollback-procedure.md': '## When\nx\n## Steps\nx\n## Who\nx\n## Checks\nx\n' },
      [],
    ],
    ['the operator the model card', 'lee', 'operator', card, ['EVIDENCE_NOT_YOURS']],
    ['the requester anything', 'mia', 'model-owner', card, []],
    ['another model owner nothing', 'may', 'model-owner', card, ['EVIDENCE_NOT_YOURS']],
  ] as const)('%s', (_what, name, role, files, codes) => {
    expect(refusals(treeAt('candidate'), addEvidence(files, {}, 6, name, role))).toEqual(codes);
  });

  test('so may, as model owner, whoever answers for the machine that asked', () => {
    const tree = treeAt('candidate', { people: { ci: { owner: 'may' } } });
    expect(refusals(tree, addEvidence(card, {}, 6, 'may', 'model-owner'))).toEqual([]);
  });
});

describe('deprecation', () => {
  test('what served customers needs a way back', () => {
    const path = 'promotions/triage/1.0.0/rollback-procedure.md';
    const tree = withFile(deployed(), path, new Uint8Array());
    expect(refusals(tree, deprecateIt())).toEqual(['EVIDENCE_UNSOUND', 'ROLLBACK_MISSING']);
    expect(refusals(withFile(exported(), path, new Uint8Array()), deprecateIt())).toEqual([]);
  });

  test.each([
    ['itself', '1.0.0'],
    ['nobody', '9.0.0'],
  ])('%s is no successor', (_what, successor) => {
    expect(refusals(treeAt('production-validated'), deprecateIt({ successor }))).toEqual([
      'SUCCESSOR_NOT_VALIDATED',
    ]);
  });

  test('a validated successor takes over the aliases', () => {
    const tree = treeAt('production-validated');
    const record = { ...bundleAt(tree).record, version: Version.parse('1.0.1') };
    const path = 'promotions/triage/1.0.1/promotion-record.json';
    const two = withFile(tree, path, new TextEncoder().encode(recordDocument.print(record)));
    const after = done(two, deprecateIt({ successor: '1.0.1' }));
    expect([...aliasTargets(aliasesOf(after, record.line))]).toEqual([
      ['serving', '1.0.1'],
      ['production', '1.0.1'],
    ]);
  });

  test('another state than it is in', () => {
    expect(refusals(deployed(), deprecateIt({ from: 'candidate' }))).toEqual(['STATE_OTHER']);
  });

  test('is for operators', () => {
    const by = { name: 'gus', role: 'governance-approver', hours: 20 } as const;
    expect(refusals(deployed(), deprecateIt({}, by))).toEqual(['ROLE_CANNOT']);
  });
});

import { describe, expect, test } from 'vitest';
import type { LawChanges } from '../support/law-files.ts';
import { CARD, moveTo, requestIt } from '../support/acts.ts';
import { treeAt } from '../support/stages.ts';
import { bundleAt, decision, done, hour, newestId, refusals, worldOf } from '../support/world.ts';
import { parseLaw } from '../../../src/machine/law.ts';
import { standingOf } from '../../../src/machine/standing.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { overridden } from '../support/changes.ts';
import { keyOf, lawTree } from '../support/law-files.ts';
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

describe('what an approval must say', () => {
  const id = 'f'.repeat(64);
  test.each([
    ['another edge', { edge: { from: 'candidate', to: 'eval-accepted' } }, ['GATE_OTHER_EDGE']],
    ['no acknowledgement', { acknowledgements: [] }, ['ACKNOWLEDGEMENT_MISSING']],
    ['an answer to nothing', { answers: [id] }, ['ANSWER_UNKNOWN']],
    ['another iteration', { iteration: 'triage@1.0.1' }, ['ENTRY_UNRELATED']],
  ])('%s', (_what, changes, codes) => {
    expect(refusals(exported(), decision('approve', 'operator-signoff', 'kim', 8, changes))).toEqual(codes);
  });

  test.each(['subject', 'gateRule'])('another %s', (key) => {
    const tree = exported();
    const { act } = signOff()(tree);
    if (act.kind !== 'decide' || act.approval.act !== 'approve') throw new Error();
    const statement = { ...act.approval.statement, [key]: id };
    expect(refusals(tree, decision('approve', 'operator-signoff', 'kim', 8, { statement }))).toEqual([
      'STATEMENT_DIFFERS',
    ]);
  });

  test('a statement over other evidence or other entries', () => {
    const tree = exported();
    const { act } = signOff()(tree);
    if (act.kind !== 'decide' || act.approval.act !== 'approve') throw new Error();
    for (const change of [{ evidence: [] }, { approvals: [id] }]) {
      const statement = { ...act.approval.statement, ...change };
      expect(refusals(tree, decision('approve', 'operator-signoff', 'kim', 8, { statement }))).toEqual([
        'STATEMENT_DIFFERS',
      ]);
    }
  });

  test('the same person twice, and the same entry twice', () => {
    const tree = done(exported(), signOff());
    expect(refusals(tree, signOff('kim', 9))).toEqual(['ALREADY_APPROVED']);
    const { act, by } = signOff()(exported());
    expect(refusals(tree, () => ({ act, by }))).toContain('ENTRY_ALTERED');
  });

  test('missing or unsound evidence', () => {
    const noCard = withFile(exported(), 'promotions/triage/1.0.0/model-card.md', new Uint8Array());
    expect(refusals(noCard, signOff())).toEqual(['EVIDENCE_UNSOUND']);
    const law = { gates: { 'operator-signoff': { extraEvidence: ['risk-assessment.md'] } } };
    expect(refusals(exported(law), signOff())).toEqual(['EVIDENCE_MISSING']);
  });

  test.each([
    ['risk-assessment.md', true],
    ['attachments/tests.md', true],
    ['tests.md', false],
    ['approval-log.json', false],
    ['eval-transcripts/run-1/raw/x.txt', false],
  ])('evidence that nobody can bring is never asked for: %s', (path, isTaken) => {
    const law = parseLaw(lawTree({ gates: { 'operator-signoff': { extraEvidence: [path] } } }));
    expect(law.ok).toBe(isTaken);
    if (!law.ok) expect(law.problems[0].message).toMatch(/must be a document of the bundle/);
  });

  test('an acknowledgement that is not so', () => {
    const path = 'promotions/triage/1.0.0/rollback-procedure.md';
    const broken = withFile(exported(), path, new TextEncoder().encode('## Steps\nx\n'));
    expect(refusals(broken, signOff())).toEqual(['ACKNOWLEDGEMENT_FALSE', 'EVIDENCE_UNSOUND']);
    const rubric = withFile(deployed(), 'promotions/triage/1.0.0/rubric.json', new Uint8Array([1]));
    expect(refusals(rubric, decision('approve', 'governance-approval', 'gus', 9))).toEqual([
      'ACKNOWLEDGEMENT_FALSE',
    ]);
  });
});

describe('quorum', () => {
  const two: LawChanges = { gates: { 'operator-signoff': { quorum: 2 } } };
  // A quorum of two is met by the second stage step only; so these trees start at the export.
  test('one of two is not two', () => {
    const one = done(exported(two), signOff());
    expect(refusals(one, deploy)).toEqual(['GATE_PENDING']);
    expect(refusals(done(one, signOff('lee', 9)), deploy)).toEqual([]);
  });

  test('the second approver does not make the first stale', () => {
    const tree = done(exported(two), signOff(), signOff('lee', 9));
    const [gate] = standing(tree).gates;
    expect(gate).toMatchObject({ filled: 2, open: true, discounted: [], canSign: [] });
  });

  test('a move lists exactly the approvals that count', () => {
    const tree = done(exported(two), signOff(), signOff('lee', 9));
    const by = { name: 'lee', role: 'operator', hours: 12 } as const;
    expect(refusals(tree, moveTo('customer-deployed', by, { reliedOn: [newestId(tree)] }))).toEqual([
      'RELIED_ON_FALSE',
    ]);
  });

  test('who can sign', () => {
    expect(standing(exported()).gates[0]?.canSign).toEqual(['kim', 'lee']);
    expect(standing(done(exported(two), signOff())).gates[0]?.canSign).toEqual(['lee']);
  });
});

describe('separation', () => {
  const domain = (name: 'kim' | 'dana', hours = 9) => decision('approve', 'domain-validation', name, hours);
  const govern = (name: 'kim' | 'dana' | 'gus' | 'mia', hours = 10) =>
    decision('approve', 'governance-approval', name, hours);

  test('one person cannot sign both gates', () => {
    const tree = done(deployed(), domain('dana'));
    expect(refusals(tree, govern('dana'))).toEqual(['SEPARATION_REQUIRED']);
    expect(refusals(tree, govern('gus'))).toEqual([]);
  });

  test('where it is waived, one person can, and the release says so', () => {
    const waived = { separation: { productionGates: 'same-person', reason: 'small team' } };
    const tree = done(deployed(waived), domain('dana'), govern('dana'));
    expect(refusals(tree, validate)).toEqual([]);
    expect(standing(tree)).toMatchObject({ separationWaived: true, blocked: [] });
    expect(standing(deployed()).separationWaived).toBe(false);
    expect(standing(deployed({ line: { licenceTier: 'C' } })).separationWaived).toBe(false);
  });

  test('with two approvals by one person from a law that waived, only one seat is filled', () => {
    const waived = { separation: { productionGates: 'same-person', reason: 'small team' } };
    const tree = done(deployed(waived), domain('dana'), govern('dana'));
    expect(blocked(lawTree({}, tree))).toContain('GATE_PENDING');
  });

  test('the requester does not count, nor who answers for the automation', () => {
    expect(refusals(deployed(), govern('mia'))).toEqual(['REQUESTER_BARRED']);
    expect(standing(deployed()).gates[1]?.canSign).not.toContain('mia');
    const other = done(treeAt('locked'), requestIt({ onBehalfOf: 'may' }));
    expect(bundleAt(other).record.request.principal).toBe('ci');
  });

  test('tier C bars the requester and parts the gates whatever else is said', () => {
    const tree = deployed({ line: { licenceTier: 'C' } });
    expect(refusals(tree, govern('mia'))).toEqual(['REQUESTER_BARRED']);
    expect(refusals(done(tree, domain('dana')), govern('dana'))).toEqual(['SEPARATION_REQUIRED']);
  });

  test('a line that no rule is for any more is held to tier C, and what was signed is stale', () => {
    const open = {
      separation: { productionGates: 'same-person', requesterBarredFrom: [], reason: 'small team' },
    };
    const tree = done(deployed(open), domain('dana'));
    const orphan = lawTree({ ...open, line: { match: 'other' } }, tree);
    expect(refusals(orphan, govern('mia'))).toEqual(['REQUESTER_BARRED']);
    expect(standing(orphan).separationWaived).toBe(false);
    expect(standing(tree).separationWaived).toBe(true);
    expect(JSON.stringify(standing(orphan).gates[0]?.discounted)).toContain('covers another artifact');
  });

  test('requesters may be let in by a written waiver', () => {
    const tree = deployed({ separation: { requesterBarredFrom: [], reason: 'small team' } });
    expect(refusals(tree, govern('mia'))).toEqual([]);
    expect(standing(tree).separationWaived).toBe(true);
  });
});

describe('what makes an approval stale', () => {
  const bundle = 'promotions/triage/1.0.0';
  const put = (tree: TreeFolder, path: string, text: string) =>
    withFile(tree, `${bundle}/${path}`, new TextEncoder().encode(text));
  const signed = done(exported(), signOff());

  test.each([
    ['a changed model card', put(signed, 'model-card.md', `${CARD}more\n`), 'covers an older model-card.md'],
    ['a new attachment', put(signed, 'attachments/a.txt', 'a'), 'does not cover attachments/a.txt'],
    [
      'another rule of the gate',
      lawTree({ gates: { 'operator-signoff': { roles: ['operator'] } } }, signed),
      'older rule',
    ],
    ['another target', lawTree({ line: { targets: ['eu'] } }, signed), 'covers another artifact'],
  ])('%s', (_what, tree, words) => {
    const [gate] = standing(tree).gates;
    expect(gate?.open).toBe(false);
    expect(JSON.stringify(gate?.discounted)).toContain(words);
    expect(refusals(tree, deploy)).toContain('APPROVAL_STALE');
  });

  test('an entry that was there and is gone', () => {
    const two = { gates: { 'operator-signoff': { quorum: 2 } } };
    const both = done(exported(two), signOff(), signOff('lee', 9));
    const [first] = bundleAt(both).approvals;
    const { act } = signOff('lee', 9)(done(exported(two), signOff()));
    if (act.kind !== 'decide') throw new Error();
    const alone = done(exported(two), signOff('kim', 8.5));
    const without = put(alone, `approvals/${act.approval.id}.json`, textOf(both, act.approval.id));
    expect(JSON.stringify(standing(without).gates[0]?.discounted)).toContain(
      `lists the entry ${String(first?.id).slice(0, 12)}, which is gone`,
    );
  });

  function textOf(tree: TreeFolder, id: string): string {
    const node = bundleAt(tree).folder.children.get('approvals');
    const file = node?.kind === 'folder' ? node.children.get(`${id}.json`) : undefined;
    return file?.kind === 'file' ? new TextDecoder().decode(file.bytes) : '';
  }

  const key = { fingerprint: 'E'.repeat(40) };
  test.each([
    ['is no longer enrolled', { kim: null }],
    ['the key is no longer enrolled', { kim: { keys: [key] } }],
    [
      'has been retired',
      {
        kim: {
          keys: [{ fingerprint: '6B696D5F6B696D5F6B696D5F6B696D5F6B696D5F', retired: { reason: 'left' } }],
        },
      },
    ],
    ['no longer holds the role operator', { kim: { roles: [] } }],
    [
      'no longer holds the role operator',
      { kim: { roles: [{ role: 'operator', lines: ['*'], until: '2026-03-01T09:00:00Z' }] } },
    ],
  ])('the signer or key: %s', (words, people) => {
    const law = lawTree({ people }, signed);
    const tree = withFile(law, `policy/keys/${key.fingerprint}.asc`, new Uint8Array([1]));
    const usable = JSON.stringify(people).includes(key.fingerprint) ? tree : law;
    const cleaned = people.kim === null || usable === tree ? dropKey(usable) : usable;
    const [gate] = standing(cleaned).gates;
    expect(gate?.counted).toEqual([]);
    expect(JSON.stringify(gate?.discounted)).toContain(words);
  });

  /** The law of these trees was laid over the old one, whose key file of kim is left behind. */
  function dropKey(tree: TreeFolder): TreeFolder {
    const policy = tree.children.get('policy');
    const keys = policy?.kind === 'folder' ? policy.children.get('keys') : undefined;
    if (policy?.kind !== 'folder' || keys?.kind !== 'folder') throw new Error();
    const left = [...keys.children].filter(([name]) => !name.startsWith('6B696D5F'));
    const fresh = { ...keys, id: 'x', children: new Map(left) };
    const law = { ...policy, id: 'y', children: new Map([...policy.children, ['keys', fresh]]) };
    return { ...tree, id: 'z', children: new Map([...tree.children, ['policy', law]]) };
  }

  test('a key that turns out to be stolen', () => {
    const theft = { act: 'revoke-signer', keys: [keyOf('kim')], as: 'compromised' };
    const tree = overridden(signed, theft);
    expect(standing(tree).gates[0]?.discounted.map(({ why }) => why.code)).toEqual(['APPROVAL_TAINTED']);
    const keeps = [newestId(signed)];
    const kept = overridden(signed, { ...theft, keeps });
    expect(JSON.stringify(standing(kept).gates[0]?.discounted)).toContain('reported as compromised');
  });

  test('the requester, where a later law bars him', () => {
    const free = deployed({ separation: { requesterBarredFrom: [], reason: 'small team' } });
    const tree = done(free, decision('approve', 'governance-approval', 'mia', 9));
    const barred = lawTree(
      { separation: { requesterBarredFrom: ['governance-approval'], reason: 'small team' } },
      tree,
    );
    expect(standing(tree).gates[1]?.filled).toBe(1);
    expect(standing(barred).gates[1]?.filled).toBe(0);
  });
});

import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../src/base/digest.ts';
import { approvalDocument, Reaffirmation } from '../../../src/domain/approval.ts';
import { seal } from '../../../src/domain/document.ts';
import type { Fingerprint } from '../../../src/domain/names.ts';
import { approvalFile, incidentFile, refreshFile } from '../../../src/domain/paths.ts';
import { fileAt, withoutFile, type TreeFolder } from '../../../src/domain/tree.ts';
import { judgeRoot } from '../../../src/judge/judge-root.ts';
import {
  addBaseline,
  addEvidence,
  deprecateIt,
  evaluateIt,
  exportIt,
  lockNow,
  moveTo,
  requestIt,
} from '../support/acts.ts';
import { overridden, policyFiles, propose, putInForce, say, teamTree } from '../support/changes.ts';
import { GUARDIANS, idOf, put, signedBy, Story, type Made } from '../support/history.ts';
import { encode, keyOf, lawTree, REPOSITORY_ID } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { decision, done, header, newestId } from '../support/world.ts';

const exported = treeAt('artifact-exported', GUARDIANS);
const BUNDLE = 'promotions/triage/1.0.0';
const A = 'a'.repeat(64);
const textAt = (tree: TreeFolder, path: string) => new TextDecoder().decode(fileAt(tree, path)?.bytes);

/** What is wrong with one commit on a history that begins with the first tree. */
function codes(before: TreeFolder, tree: TreeFolder, by?: readonly [string, number], made: Made = {}) {
  const first = before.children.has('promotions') || by?.[0] !== 'otto' ? 'mia' : 'otto';
  const history = new Story(before, [first, 0], made.guarded);
  return history.commit('c', 'root', { tree, ...(by !== undefined && { by }), ...made }).codes('c');
}

describe('files that concern the law', () => {
  const team = teamTree();
  const files = policyFiles({ version: 2, line: { populationCeiling: 5 } });
  const proposed = done(team, propose(files, 'eli', 1));
  const change =
    [...((proposed.children.get('changes') as TreeFolder | undefined)?.children.keys() ?? [])][0] ?? '';
  const approved = done(
    proposed,
    say('ana', 'model-owner', { hours: 2 }),
    say('otto', 'security-owner', { hours: 2 }),
    say('mia', 'ml-manager', { hours: 2 }),
  );
  const applied = done(approved, putInForce('ana', 'model-owner', 3));
  const [path, word, step] = ['change.json', `approvals/${A}.json`, 'applied.json'].map(
    (name) => `changes/${change}/${name}`,
  ) as [string, string, string];

  test('a proposal, what is said of it, and that it is in force', () => {
    expect(codes(team, proposed, ['eli', 1])).toEqual([]);
    expect(codes(proposed, done(proposed, say('ana', 'model-owner', { hours: 2 })), ['ana', 2])).toEqual([]);
    expect(codes(approved, applied, ['ana', 3])).toEqual([]);
  });

  test('what is put in force is the proposal and nothing else', () => {
    expect(codes(approved, put(applied, 'policy/rubrics/claims.json', 'x'), ['ana', 3])).toEqual([
      'UNEXPLAINED_CHANGE',
    ]);
    expect(codes(approved, put(applied, 'modelsmith.yaml', 'x'), ['ana', 3])).toEqual(['LAW_CHANGED']);
    expect(codes(team, put(team, 'policy/policy.yaml', 'x'), ['ana', 3])).toEqual(['LAW_CHANGED']);
  });

  test.each([
    ['a proposal that is none', team, put(team, path, '{}'), ['DOCUMENT_UNSOUND']],
    ['a word that is none', proposed, put(proposed, word, '{}'), ['DOCUMENT_UNSOUND']],
    ['an application that is none', approved, put(approved, step, '{}'), ['DOCUMENT_UNSOUND']],
    [
      'a proposal elsewhere',
      team,
      put(team, `changes/${A}/change.json`, textAt(proposed, path)),
      ['ENTRY_UNRELATED'],
    ],
    [
      'an application elsewhere',
      approved,
      put(approved, `changes/${A}/applied.json`, textAt(applied, step)),
      ['ENTRY_UNRELATED'],
    ],
    ['a proposal rewritten', proposed, put(proposed, path, '{}'), ['ENTRY_ALTERED']],
    ['a proposal removed', proposed, withoutFile(proposed, path), ['ENTRY_REMOVED']],
    [
      'what is proposed rewritten',
      proposed,
      put(proposed, `changes/${change}/proposed/policy.yaml`, 'x'),
      ['ENTRY_ALTERED'],
    ],
    [
      'what is proposed removed',
      proposed,
      withoutFile(proposed, `changes/${change}/proposed/policy.yaml`),
      ['ENTRY_REMOVED'],
    ],
    ['a lift that nobody applied', team, put(team, `lifts/${A}.json`, '{}'), ['NO_ACT']],
    ['an incident where nothing is wrong', team, put(team, incidentFile(A), '{}'), ['NO_ACT']],
  ])('%s', (_what, before, after, expected) => {
    expect(codes(before, after, ['eli', 3])).toEqual(expected);
  });

  test('a word lies in the change and under the name that it says', () => {
    const said = done(proposed, say('ana', 'model-owner', { hours: 2 }));
    const folder = fileNames(said, `changes/${change}/approvals`);
    const text = textAt(said, `changes/${change}/approvals/${folder[0] ?? ''}`);
    const other = `changes/${A}/approvals/${folder[0] ?? ''}`;
    for (const place of [word, other])
      expect(codes(proposed, put(proposed, place, text), ['ana', 2])).toEqual(['ENTRY_UNRELATED']);
  });

  test('a person signs one change at a time, with what it puts in force', () => {
    const other = policyFiles({ version: 2, line: { populationCeiling: 6 } });
    const both = done(proposed, propose(other, 'eli', 1.5));
    const words = done(
      both,
      say('ana', 'model-owner', { change, hours: 2 }),
      say('ana', 'model-owner', { hours: 2 }),
    );
    expect(codes(both, words, ['ana', 2])).toEqual(['COMMIT_MIXES_DECISIONS']);
    const one = done(approved, putInForce('ana', 'model-owner', 3));
    expect(codes(approved, overridden(one, { act: 'stop-candidates', lines: ['*'] }), ['ana', 3])).toContain(
      'COMMIT_MIXES_DECISIONS',
    );
  });

  test('a proposal brings its files', () => {
    const less = withoutFile(proposed, `changes/${change}/proposed/policy.yaml`);
    expect(codes(team, less, ['eli', 1])).toContain('CHANGE_DIFFERS');
  });

  test('an automation signs none of it', () => {
    expect(codes(team, done(team, propose(files, 'eli', 1)), ['ci', 1])).toContain('HUMAN_REQUIRED');
  });
});

describe('later versions of certificates', () => {
  const bytes = encode('later');
  const path = refreshFile(keyOf('dan'), sha256(bytes));
  const refreshed = put(exported, path, 'later');
  const known = (fault: string | null): Made => ({
    changes: { refreshes: new Map([[path, { fault, expired: new Set<Fingerprint>() }]]) },
  });

  test('are brought by anybody, once somebody has looked into them', () => {
    expect(codes(exported, refreshed, ['eva', 1], known(null))).toEqual([]);
    expect(codes(exported, refreshed, ['eva', 1], known('says nothing new'))).toEqual(['REFRESH_UNSOUND']);
    expect(codes(exported, refreshed, ['eva', 1])).toEqual(['REFRESH_UNSOUND']);
  });

  test('lie under their digest', () => {
    const other = put(exported, refreshFile(keyOf('dan'), A), 'later');
    expect(codes(exported, other, ['eva', 1])).toEqual(['ENTRY_UNRELATED']);
  });

  test('speak for themselves, so nobody’s signature is lost with them', () => {
    expect(codes(exported, refreshed)).toEqual(['UNSIGNED']);
  });
});

describe('guarded paths', () => {
  const tree = treeAt('artifact-exported', { ...GUARDIANS, policy: { guarded: ['ci'] } });
  const [old, moved] = [new Map([['ci', 'file 1']]), new Map([['ci', 'file 2']])];
  const changed = (after: TreeFolder, by?: readonly [string, number]) =>
    new Story(tree, ['mia', 0], old)
      .commit('c', 'root', { tree: after, guarded: moved, ...(by !== undefined && { by }) })
      .codes('c');

  test('are a policy approver’s to change', () => {
    expect(changed(tree, ['lee', 1])).toEqual([]);
    expect(changed(tree, ['gus', 1])).toEqual(['GUARDED_PATH']);
    expect(changed(tree)).toEqual(['UNSIGNED']);
  });

  test('do not change beside a decision', () => {
    const approved = done(tree, decision('approve', 'operator-signoff', 'lee', 8));
    expect(changed(approved, ['lee', 8])).toEqual(['COMMIT_MIXES_DECISIONS']);
  });
});

describe('a bundle', () => {
  const record = `${BUNDLE}/promotion-record.json`;
  const locked = treeAt('locked', GUARDIANS);
  const candidate = treeAt('candidate', GUARDIANS);

  test('from the request to the export is the pipeline’s in one commit', () => {
    const whole = done(
      candidate,
      evaluateIt(),
      moveTo('eval-accepted', { name: 'ci', role: 'pipeline', hours: 6 }),
      exportIt({}, 6),
      moveTo('artifact-exported', { name: 'ci', role: 'pipeline', hours: 6 }),
    );
    expect(codes(candidate, whole, ['ci', 6])).toEqual([]);
  });

  test('of an evaluation owner’s own run holds the transition, which is no decision', () => {
    const by = { name: 'eva', role: 'evaluation-owner', hours: 6 } as const;
    const own = { principal: 'eva', role: 'evaluation-owner', key: keyOf('eva') };
    const whole = done(
      candidate,
      (tree) => ({ ...evaluateIt({}, own)(tree), by }),
      moveTo('eval-accepted', by),
    );
    expect(codes(candidate, whole, ['eva', 6])).toEqual([]);
    expect(
      codes(
        candidate,
        done(whole, (tree) => ({ ...lockNow(own, 6)(tree), by })),
        ['eva', 6],
      ),
    ).toEqual([]);
  });

  test('is asked for with the rubric of its lock', () => {
    const asked = done(locked, requestIt());
    expect(codes(locked, asked, ['ci', 4])).toEqual([]);
    expect(codes(locked, withoutFile(asked, `${BUNDLE}/rubric.json`), ['ci', 4])).toContain('FILE_DIFFERS');
  });

  test('holds the report of every complete run, and every file of its evidence', () => {
    const evaluated = done(candidate, evaluateIt());
    const accepted = done(evaluated, moveTo('eval-accepted', { name: 'ci', role: 'pipeline', hours: 6 }));
    const report = `${BUNDLE}/eval-transcripts/run-1/report.json`;
    expect(codes(candidate, withoutFile(accepted, report), ['ci', 6])).toContain('EVIDENCE_MISSING');
    const more = done(candidate, addEvidence({ 'attachments/a.txt': 'a' }, {}, 6));
    expect(codes(candidate, withoutFile(more, `${BUNDLE}/attachments/a.txt`), ['ci', 6])).toContain(
      'EVIDENCE_MISSING',
    );
  });

  test('loses nothing, its aliases neither', () => {
    expect(codes(exported, withoutFile(exported, record), ['ci', 8])).toEqual(['ENTRY_REMOVED']);
    const deployed = treeAt('production-validated', GUARDIANS);
    const aliases = 'promotions/triage/aliases.json';
    expect(fileAt(deployed, aliases)).not.toBe(null);
    expect(codes(deployed, withoutFile(deployed, aliases), ['ci', 12])).toEqual(['ENTRY_REMOVED']);
  });
});

describe('a re-affirmation', () => {
  const signed = treeAt('customer-deployed', GUARDIANS);
  const stolen = { act: 'revoke-signer', keys: [keyOf('kim')], as: 'compromised' };
  const tainted = overridden(signed, stolen, 'a', 9);
  const vouch = (id: string, iteration = 'triage@1.0.0') =>
    seal(Reaffirmation, {
      schema: 'modelsmith/approval/v1',
      ...header('reaffirm', { name: 'lee', role: 'operator', hours: 10 }, [id as never]),
      iteration,
      entries: [id],
      reason: 'I was there.',
    } as never);
  const entry = vouch(newestId(signed));
  const path = `${BUNDLE}/${approvalFile(entry.id)}`;
  const vouched = put(tainted, path, approvalDocument.print(entry));

  test('is one decision of whoever vouches', () => {
    expect(codes(tainted, vouched, ['lee', 10])).toEqual([]);
    expect(codes(tainted, done(vouched, lockNow({}, 10)), ['lee', 10])).toContain('COMMIT_MIXES_DECISIONS');
  });

  test('is recognised where its signature was lost', () => {
    expect(codes(tainted, vouched)).toEqual(['SIGNATURE_LOST', 'UNSIGNED']);
  });
});

test.each([
  ['a baseline', treeAt('law', GUARDIANS), [addBaseline()]],
  [
    'an export',
    treeAt('eval-accepted', GUARDIANS),
    [exportIt(), moveTo('artifact-exported', { name: 'ci', role: 'pipeline', hours: 7 })],
  ],
  ['a deprecation', exported, [deprecateIt()]],
] as const)('%s without its signature is recognised', (_what, before, steps) => {
  expect(codes(before, done(before, ...steps))).toEqual(['SIGNATURE_LOST', 'UNSIGNED']);
});

describe('a root that goes on from an earlier law', () => {
  const continues = (before: string) => {
    const yaml = `schema: modelsmith/repository/v1\nlaw: 1\nid: ${REPOSITORY_ID}\ncontinues: ${idOf(before)}\n`;
    return put(exported, 'modelsmith.yaml', yaml);
  };
  const judged = (tree: TreeFolder, parents: readonly string[]) =>
    judgeRoot(
      {
        ...{ id: idOf('root'), parents: parents.map(idOf), tree, guarded: new Map(), structure: [] },
        ...{ extraHeaders: [], message: 'm', refreshes: new Map(), certificates: [] },
        signature: signedBy('gus', 8),
      },
      keyOf('gus') as Fingerprint,
      1e12,
    ).reasons.map(({ code }) => code);

  test('takes over the evidence of its own parent alone', () => {
    expect(judged(continues('before'), ['before'])).toEqual([]);
    expect(judged(continues('before'), ['another'])).toEqual(['ROOT_NOT_BARE']);
    expect(judged(exported, ['before'])).toEqual(['ROOT_NOT_BARE']);
    expect(judged(lawTree(), ['before'])).toEqual([]);
  });
});

function fileNames(tree: TreeFolder, path: string): readonly string[] {
  const folder = path
    .split('/')
    .reduce<TreeFolder | undefined>((node, name) => node?.children.get(name) as never, tree);
  return [...(folder?.children.keys() ?? [])];
}

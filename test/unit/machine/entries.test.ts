import { describe, expect, test } from 'vitest';
import { addBaseline, addEvidence, evaluateIt, exportIt, lockNow, requestIt } from '../support/acts.ts';
import { keyOf } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { actorOf, at, decision, refusals, worldOf } from '../support/world.ts';
import { decide } from '../../../src/machine/decide.ts';

const id = 'f'.repeat(64);
const ACTS = {
  baseline: ['law', addBaseline],
  lock: ['baseline', lockNow],
  request: ['locked', (changes: object) => requestIt(changes)],
  evidence: ['candidate', (changes: object) => addEvidence({ 'attachments/a.txt': 'a' }, changes)],
  evaluate: ['candidate', (changes: object) => evaluateIt({}, changes)],
  export: ['eval-accepted', (changes: object) => exportIt(changes)],
  approve: [
    'artifact-exported',
    (changes: object) => decision('approve', 'operator-signoff', 'kim', 8, changes),
  ],
} as const;

const CHANGES = [
  ['nothing', {}, []],
  ['another principal', { principal: 'zoe' }, ['ENTRY_NOT_SIGNERS']],
  ['another key', { key: keyOf('gil') }, ['ENTRY_OTHER_KEY']],
  ['another repository', { repository: 'z'.repeat(26) }, ['ENTRY_OTHER_REPOSITORY']],
  ['another time', { time: at(900) }, ['ENTRY_TIME']],
  ['a role that cannot', { role: 'auditor' }, ['ROLE_CANNOT']],
  ['something more relied on', { reliedOn: [id] }, ['RELIED_ON_FALSE']],
] as const;

describe('every entry is held against the signature', () => {
  test.each(
    Object.entries(ACTS).flatMap(([name, [stage, build]]) =>
      CHANGES.map(([what, changes, codes]) => [name, what, stage, build, changes, codes] as const),
    ),
  )('%s with %s', (_name, _what, stage, build, changes, codes) => {
    const found = refusals(treeAt(stage), build(changes)).filter(
      // A time off is also late for what it is compared with; a role off may bring no file.
      (code) => code !== 'TRAINING_TIMES' && code !== 'EVIDENCE_NOT_YOURS',
    );
    expect(found).toEqual(codes);
  });

  test('an id that is not of the text', () => {
    const tree = treeAt('baseline');
    const { act, by } = lockNow()(tree);
    if (act.kind !== 'lock') throw new Error();
    const forged = { ...act, lock: { ...act.lock, id: id as never } };
    expect(refusals(tree, () => ({ act: forged, by }))).toEqual(['ENTRY_ID_FALSE']);
  });

  test('a role that the signer does not hold', () => {
    expect(refusals(treeAt('artifact-exported'), decision('approve', 'operator-signoff', 'gus', 8))).toEqual([
      'ROLE_NOT_HELD',
    ]);
  });

  test('ten minutes between entry and signature are allowed, not more', () => {
    const tree = treeAt('baseline');
    const { act, by } = lockNow()(tree);
    for (const [seconds, kind] of [
      [600, 'allowed'],
      [601, 'refused'],
      [-600, 'allowed'],
      [-601, 'refused'],
    ] as const) {
      const actor = actorOf(tree, by.name, by.hours);
      expect(decide(worldOf(tree), act, { ...actor, signed: actor.signed + seconds }).kind).toBe(kind);
    }
  });

  test.each([
    ['from later on', { from: at(9) }],
    ['until before', { until: at(8) }],
    ['for another line', { lines: ['other'] }],
  ])('a grant %s is none', (_what, grant) => {
    const people = { kim: { roles: [{ role: 'operator', lines: ['*'], ...grant }] } };
    expect(
      refusals(treeAt('artifact-exported', { people }), decision('approve', 'operator-signoff', 'kim', 8)),
    ).toEqual(['ROLE_NOT_HELD']);
  });

  test('an automation passes no human gate, whatever it is told to be', () => {
    const tree = treeAt('artifact-exported');
    expect(refusals(tree, decision('approve', 'operator-signoff', 'ci', 8))).toContain('HUMAN_REQUIRED');
  });
});

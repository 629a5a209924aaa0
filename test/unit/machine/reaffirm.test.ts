import { describe, expect, test } from 'vitest';
import type { Role } from '../../../src/domain/roles.ts';
import { withFile, type TreeFolder } from '../../../src/domain/tree.ts';
import { decide } from '../../../src/machine/decide.ts';
import { standingOf } from '../../../src/machine/standing.ts';
import { taintReasons } from '../../../src/machine/taint.ts';
import { deprecateIt, moveTo, requestIt } from '../support/acts.ts';
import { reaffirm, taintedIds } from '../support/brakes.ts';
import { overridden } from '../support/changes.ts';
import { encode, keyOf, lawTree, type LawChanges, type Person } from '../support/law-files.ts';
import { treeAt, type Stage } from '../support/stages.ts';
import { actorOf, bundleAt, decision, done, hour, refusals, worldOf } from '../support/world.ts';

/** The tree at a stage when it turns out that the keys of these people were stolen. */
function stolen(stage: Stage, names: readonly Person[], changes: LawChanges = {}): TreeFolder {
  const keys = names.map(keyOf);
  return overridden(treeAt(stage, changes), { act: 'revoke-signer', keys, as: 'compromised' }, 'a', 11);
}
const blocked = (tree: TreeFolder): readonly string[] =>
  standingOf(worldOf(tree), bundleAt(tree), hour(15)).blocked.map(({ code }) => code);
const byEva = (entries: readonly string[], hours = 12) => reaffirm(entries, 'eva', 'evaluation-owner', hours);
const byLee = (entries: readonly string[], changes: object = {}) =>
  reaffirm(entries, 'lee', 'operator', 12, changes);

describe('vouching for what a stolen key signed', () => {
  const machine = stolen('customer-deployed', ['ci']);
  const operator = stolen('customer-deployed', ['kim']);

  test('an iteration is held until everything it stands on is vouched for', () => {
    expect(blocked(machine)).toContain('TAINTED');
    const [first = '', ...others] = taintedIds(machine);
    expect(others).toHaveLength(6);
    const one = done(machine, byEva([first]));
    expect(blocked(one)).toContain('TAINTED');
    expect(taintedIds(one)).toEqual(others);
    expect(blocked(done(one, byEva(others, 13)))).not.toContain('TAINTED');
  });

  test('a stolen key vouches for nothing', () => {
    const vouched = done(machine, byEva(taintedIds(machine)));
    const both = overridden(
      vouched,
      { act: 'revoke-signer', keys: [keyOf('eva')], as: 'compromised' },
      'b',
      13,
    );
    expect(blocked(both)).toContain('TAINTED');
  });

  test('what was exported is not there before it is', () => {
    const early = stolen('candidate', ['ci']);
    expect(taintedIds(early, 'export')).toEqual([]);
    expect(taintedIds(machine, 'export')).toHaveLength(1);
  });

  test('the baseline counts too', () => {
    expect(taintedIds(stolen('candidate', ['eva']))).toHaveLength(1);
  });

  test.each<[string, TreeFolder, Person, Role, readonly string[]]>([
    ['for a machine an evaluation owner', machine, 'eva', 'evaluation-owner', []],
    ['for a machine nobody else', machine, 'lee', 'operator', ['REAFFIRM_NOT_YOURS']],
    ['for an operator another operator', operator, 'lee', 'operator', []],
    ['for an operator no team lead', operator, 'lee', 'team-lead', ['REAFFIRM_NOT_YOURS']],
    ['in a role that is not held', operator, 'gil', 'operator', ['ROLE_NOT_HELD']],
    ['by a machine', operator, 'ci', 'pipeline', ['HUMAN_REQUIRED', 'REAFFIRM_NOT_YOURS']],
  ])('%s', (_what, tree, name, role, codes) => {
    expect(refusals(tree, reaffirm(taintedIds(tree), name, role, 12))).toEqual(codes);
  });

  test('the same person with a clean key only where nobody else holds the role', () => {
    const fresh = 'E'.repeat(40);
    const renewed = (others: LawChanges['people']): TreeFolder => {
      const keys = [{ fingerprint: fresh }, { fingerprint: keyOf('kim') }];
      const law = lawTree({ people: { kim: { keys }, ...others } }, operator);
      return withFile(law, `policy/keys/${fresh}.asc`, encode('key of kim'));
    };
    const again = (tree: TreeFolder) =>
      refusals(tree, reaffirm(taintedIds(tree), 'kim', 'operator', 12, { key: fresh }));
    expect(again(renewed({}))).toEqual(['REAFFIRM_NOT_YOURS']);
    expect(again(renewed({ lee: { roles: [{ role: 'team-lead', lines: ['*'] }] } }))).toEqual([]);
  });

  test('says which iteration it is about, once, and names only what is tainted', () => {
    const entries = taintedIds(operator);
    expect(refusals(operator, byLee(entries, { iteration: 'triage@2.0.0' }))).toEqual(['ENTRY_UNRELATED']);
    expect(refusals(operator, byLee(['f'.repeat(64)]))).toEqual(['NOT_TAINTED']);
    const built = byLee(entries)(operator);
    const twice = done(operator, () => built);
    expect(refusals(twice, () => built)).toEqual(['ENTRY_ALTERED', 'NOT_TAINTED']);
    const elsewhere = { ...built.act, iteration: { line: 'triage', version: '2.0.0' } } as never;
    expect(refusals(operator, () => ({ ...built, act: elsewhere }))).toEqual(['ITERATION_UNKNOWN']);
  });

  test('is not needed for what is retired, and not taken', () => {
    const retired = done(operator, deprecateIt());
    expect(blocked(retired)).toEqual([]);
    expect(taintReasons(worldOf(retired), bundleAt(retired))).toEqual([]);
    expect(refusals(retired, reaffirm(taintedIds(retired), 'lee', 'operator', 21))).toEqual(['STATE_OTHER']);
  });

  test('vouches for nothing that comes in the same commit', () => {
    const locked = stolen('locked', ['eva']);
    const both = done(locked, requestIt());
    const { act } = byEva([bundleAt(both).record.request.id])(both);
    const answer = decide({ ...worldOf(both), before: locked }, act, actorOf(both, 'eva', 12));
    expect(answer).toMatchObject({ kind: 'refused', reasons: [{ code: 'NOT_TAINTED' }] });
  });

  test('what the same commit has vouched for already is still what it was before', () => {
    const after = done(operator, byLee(taintedIds(operator)));
    const { act } = reaffirm(taintedIds(operator), 'lee', 'operator', 12, { reason: 'again' })(operator);
    const answer = decide({ ...worldOf(after), before: operator }, act, actorOf(after, 'lee', 12));
    expect(answer.kind).toBe('allowed');
  });
});

describe('vouching for an approval takes its seat', () => {
  const approvals = (tree: TreeFolder): readonly string[] => taintedIds(tree, 'approve');
  const governor = stolen('production-validated', ['gus']);
  const govern = (tree: TreeFolder, name: Person) =>
    refusals(tree, reaffirm(approvals(tree), name, 'governance-approver', 12));

  test.each<[string, Person, readonly string[]]>([
    ['somebody who sits nowhere', 'gil', []],
    ['who sits on the other gate', 'dana', ['SEPARATION_REQUIRED']],
    ['the requester', 'mia', ['REQUESTER_BARRED']],
  ])('%s', (_what, name, codes) => {
    expect(govern(governor, name)).toEqual(codes);
  });

  test('who sits on the other gate may where separation is waived', () => {
    const separation = { productionGates: 'same-person', reason: 'a small team' };
    expect(govern(stolen('production-validated', ['gus'], { separation }), 'dana')).toEqual([]);
  });

  test('who has vouched for the other gate sits there', () => {
    const both = stolen('production-validated', ['dana', 'gus']);
    const of = (gate: string) =>
      bundleAt(both).approvals.flatMap((entry) => (entry.gate === gate ? [entry.id] : []));
    const expert = done(both, reaffirm(of('domain-validation'), 'kim', 'domain-expert', 12));
    const last = (name: Person) =>
      refusals(expert, reaffirm(of('governance-approval'), name, 'governance-approver', 13));
    expect(last('kim')).toEqual(['SEPARATION_REQUIRED']);
    expect(last('gil')).toEqual([]);
  });

  test('one person takes no two seats of one gate', () => {
    const two: LawChanges = {
      gates: { 'operator-signoff': { quorum: 2 } },
      people: { dan: { roles: ['operator', 'domain-expert'].map((role) => ({ role, lines: ['*'] })) } },
    };
    const signOff = (name: 'kim' | 'lee') => decision('approve', 'operator-signoff', name, 8);
    const signed = done(treeAt('artifact-exported', two), signOff('kim'), signOff('lee'));
    const deployed = done(signed, moveTo('customer-deployed', { name: 'dan', role: 'operator', hours: 9 }));
    const report = (names: readonly Person[]) =>
      overridden(deployed, { act: 'revoke-signer', keys: names.map(keyOf), as: 'compromised' }, 'a', 11);
    const one = report(['kim']);
    expect(refusals(one, reaffirm(approvals(one), 'lee', 'operator', 12))).toEqual(['ALREADY_APPROVED']);
    expect(refusals(one, reaffirm(approvals(one), 'dan', 'operator', 12))).toEqual([]);
    const all = report(['kim', 'lee']);
    expect(refusals(all, reaffirm(approvals(all), 'dan', 'operator', 12))).toEqual(['ALREADY_APPROVED']);
  });
});

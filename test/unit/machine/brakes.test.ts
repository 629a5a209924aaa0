import { describe, expect, test } from 'vitest';
import { withFile, withFolder, type TreeFolder } from '../../../src/domain/tree.ts';
import { heldAliases } from '../../../src/machine/held-aliases.ts';
import { parseLaw } from '../../../src/machine/law.ts';
import { standingOf as standing } from '../../../src/machine/standing.ts';
import { lockNow, requestIt } from '../support/acts.ts';
import { pull } from '../support/brakes.ts';
import { overridden, policyFiles, propose, putInForce, say, TEAM, teamTree } from '../support/changes.ts';
import { encode, keyOf } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { bundleAt, decision, done, hour, newestId, refusals, withdrawal, worldOf } from '../support/world.ts';

const ID = 'c'.repeat(64);
const STOP = { act: 'stop-candidates', lines: ['*'] };
const blocked = (tree: TreeFolder): readonly string[] =>
  standing(worldOf(tree), bundleAt(tree), hour(15)).blocked.map(({ code }) => code);

describe('pulling a brake', () => {
  const tree = teamTree();

  test.each<[string, object, string, readonly string[]]>([
    ['somebody with the role', {}, 'mia', []],
    ['somebody without it', {}, 'ana', ['ROLE_NOT_HELD']],
    ['a machine', {}, 'ci', ['HUMAN_REQUIRED']],
    ['under another’s name', { principal: 'ana' }, 'mia', ['ENTRY_NOT_SIGNERS']],
    ['with another key', { key: keyOf('ci') }, 'mia', ['ENTRY_OTHER_KEY']],
    ['for another repository', { repository: 'z'.repeat(26) }, 'mia', ['ENTRY_OTHER_REPOSITORY']],
    ['with a clock that is off', { time: '2001-01-01T00:00:00Z' }, 'mia', []],
    ['on somebody unheard of', { act: 'suspend-signer', signer: 'zoe', lines: undefined }, 'mia', []],
  ])('%s', (_what, changes, name, codes) => {
    expect(refusals(tree, pull({ ...STOP, ...changes }, name as never))).toEqual(codes);
  });

  test('keeps its own spelling, and no other takes its place', () => {
    const pulled = done(tree, pull(STOP, 'mia'));
    expect(worldOf(pulled).law.overrides.map(({ id }) => id)).toEqual([ID]);
    expect(refusals(pulled, pull({ ...STOP, reason: 'another' }, 'mia'))).toEqual(['ENTRY_ALTERED']);
  });

  test('is still possible where the line is stopped and everybody else is suspended', () => {
    const brakes = [STOP, ...['ana', 'otto', 'eli'].map((signer) => ({ act: 'suspend-signer', signer }))];
    const all = brakes.reduce((of, body, index) => overridden(of, body, 'abde'[index]), tree);
    expect(refusals(all, pull({ act: 'freeze', line: 'triage', alias: 'serving' }, 'mia'))).toEqual([]);
  });
});

describe('what a brake holds', () => {
  test.each([
    ['everywhere', ['*'], true],
    ['on this line', ['other', 'triage'], true],
    ['on another line', ['other'], false],
  ])('a stop %s takes neither locks nor requests', (_where, lines, stops) => {
    const codes = stops ? ['CANDIDATES_STOPPED'] : [];
    const stop = (of: TreeFolder) => overridden(of, { ...STOP, lines });
    expect(refusals(stop(treeAt('baseline')), lockNow())).toEqual(codes);
    expect(refusals(stop(treeAt('locked')), requestIt())).toEqual(codes);
  });

  test('a stop leaves what is on its way alone', () => {
    const stopped = overridden(treeAt('artifact-exported'), STOP);
    expect(refusals(stopped, decision('approve', 'operator-signoff', 'kim', 8))).toEqual([]);
  });

  test.each([
    ['it has', { capability: 'summarise', lines: ['triage*'] }, true],
    ['it has, on another line', { capability: 'summarise', lines: ['other'] }, false],
    ['it has not', { capability: 'browse', lines: ['*'] }, false],
  ])('a capability %s is disabled', (_what, body, holds) => {
    const disable = (of: TreeFolder) =>
      overridden(overridden(of, STOP_OTHER, 'b'), { act: 'disable', ...body });
    const codes = holds ? ['CAPABILITY_DISABLED'] : [];
    expect(refusals(disable(treeAt('locked')), requestIt())).toEqual(codes);
    expect(blocked(disable(treeAt('signedOff')))).toEqual(codes);
  });

  test('a brake that cannot be read, or a lift, leaves no law', () => {
    const problems = (path: string): string => {
      const law = parseLaw(withFile(teamTree(), path, encode('{}')));
      return law.ok ? '' : law.problems.map(({ place }) => place.file).join(' ');
    };
    expect(problems(`overrides/${ID}.json`)).toContain(`overrides/${ID}.json`);
    expect(problems(`lifts/${ID}.json`)).toContain(`lifts/${ID}.json`);
  });

  const STOP_OTHER = { act: 'stop-candidates', lines: ['other'] };
});

describe('aliases that are held', () => {
  const held = (tree: TreeFolder) =>
    heldAliases(worldOf(tree), hour(15)).map(({ line, alias, to, because }) => [
      `${line} ${alias} ${to ?? 'nowhere'}`,
      ...because.map((why) => (why.kind === 'contested' ? `${why.kind} by ${why.principal}` : why.kind)),
    ]);
  const deployed = treeAt('customer-deployed');

  test('none while nothing is wrong', () => {
    expect(held(deployed)).toEqual([]);
    expect(held(overridden(deployed, { act: 'suspend-signer', signer: 'gil' }))).toEqual([]);
  });

  test('one that is frozen, wherever it points, and no other', () => {
    const freeze = (line: string, alias: string) => overridden(deployed, { act: 'freeze', line, alias });
    expect(held(freeze('triage', 'serving'))).toEqual([['triage serving 1.0.0', 'frozen']]);
    expect(held(freeze('triage', 'production'))).toEqual([['triage production nowhere', 'frozen']]);
    expect(held(freeze('intake', 'serving'))).toEqual([['intake serving nowhere', 'frozen']]);
  });

  test('one whose iteration has a capability that is off', () => {
    const off = { act: 'disable', capability: 'summarise', lines: ['*'] };
    expect(held(overridden(deployed, off))).toEqual([['triage serving 1.0.0', 'disabled']]);
  });

  test('one whose iteration stands on a stolen key', () => {
    const theft = { act: 'revoke-signer', keys: [keyOf('kim')], as: 'compromised' };
    const tree = overridden(deployed, theft);
    expect(held(tree)).toEqual([['triage serving 1.0.0', 'tainted']]);
    const [alias] = heldAliases(worldOf(tree), hour(15));
    expect(alias?.because).toEqual([{ kind: 'tainted', keys: [keyOf('kim')] }]);
  });

  test('one under a law that a thief changed', () => {
    const people = { ...TEAM, tom: ['operator'] };
    const changed = done(
      teamTree(),
      propose(policyFiles({ people, version: 2 }), 'ana', 1, {}, 'model-owner'),
      say('otto', 'policy-approver'),
      say('mia', 'policy-approver'),
      putInForce('mia', 'policy-approver'),
    );
    const tree = withFolder(deployed, 'changes', changed.children.get('changes') as TreeFolder);
    expect(held(tree)).toEqual([]);
    const theft = { act: 'revoke-signer', keys: [keyOf('mia')], as: 'compromised' };
    expect(held(overridden(tree, theft))).toEqual([['triage serving 1.0.0', 'tainted']]);
    expect(blocked(overridden(tree, theft))).toContain('POLICY_TAINTED');
  });

  test('one whose iteration is contested', () => {
    const tree = done(deployed, withdrawal(newestId(deployed), 'operator-signoff', 'kim', 9));
    expect(held(tree)).toEqual([['triage serving 1.0.0', 'contested by kim']]);
  });
});

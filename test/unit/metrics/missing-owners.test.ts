import { describe, expect, test } from 'vitest';
import { liftDocument } from '../../../src/domain/lift.ts';
import { liftFile } from '../../../src/domain/paths.ts';
import { withFile, type TreeFolder } from '../../../src/domain/tree.ts';
import { grants, overridden } from '../support/changes.ts';
import { encode, lawTree, REPOSITORY_ID, type LawChanges } from '../support/law-files.ts';
import { materialOf, measured, told, type Hours } from '../support/metrics.ts';
import { treeAt } from '../support/stages.ts';
import { at } from '../support/world.ts';

const missing = (tree: TreeFolder, hours: Hours = {}) =>
  told(measured('missing-owners', materialOf(tree, hours)));
const who = (...roles: readonly string[]): LawChanges => ({ people: { may: { roles: grants(roles) } } });
const nobody = (...roles: readonly string[]) => roles.map((role) => `nobody holds ${role}`);
/** Whom a change of the policy can need, beside eva and mia, who are there. */
const POLICY = ['ml-manager', 'security-owner', 'software-owner'];

describe('missing owners', () => {
  test.each([
    ['what a change of the policy can need', {}, '3/5', POLICY],
    ['less who is there', who('ml-manager', 'software-owner'), '1/5', ['security-owner']],
    [
      'more, with rules of risk',
      { policy: { risk: {} } },
      '5/7',
      ['data-owner', 'ml-manager', 'release-owner', 'security-owner', 'software-owner'],
    ],
  ] as const)('are %s', (_what, law, share, roles) => {
    expect(missing(treeAt('baseline', law))).toEqual([share, ...nobody(...roles)]);
  });

  test('are asked for by lines that have begun and have a rule', () => {
    expect(missing(lawTree())).toEqual(['0/0']);
    const tree = treeAt('locked');
    expect(missing(tree, { to: 0 })).toEqual(['0/0']);
    expect(missing(tree, { to: 1 / 3600 })[0]).toBe('3/5');
    expect(missing(withFile(tree, 'policy/policy.yaml', encode(unmatched(tree))))).toEqual(['0/0']);
  });

  test('are told for each role of a line, those that are there too', () => {
    expect(measured('missing-owners', materialOf(treeAt('locked'))).parts).toMatchObject([
      { line: 'triage', role: 'evaluation-owner', numerator: 0, denominator: 1 },
      { line: 'triage', role: 'ml-manager', numerator: 1, denominator: 1 },
      { line: 'triage', role: 'model-owner', numerator: 0, denominator: 1 },
      { line: 'triage', role: 'security-owner', numerator: 1, denominator: 1 },
      { line: 'triage', role: 'software-owner', numerator: 1, denominator: 1 },
    ]);
  });

  test('follow grants in time, to the second', () => {
    const granted = { role: 'ml-manager', lines: ['*'], from: at(5), until: at(9) };
    const tree = treeAt('locked', { people: { may: { roles: [granted] } } });
    const isHere = (to: number): boolean => !missing(tree, { to }).includes('nobody holds ml-manager');
    expect([5, 5 + 1 / 3600, 9, 9 + 1 / 3600].map(isHere)).toEqual([false, true, true, false]);
  });

  test('are suspended people from then on, until the suspension is lifted', () => {
    const tree = overridden(
      treeAt('locked', who('ml-manager')),
      { act: 'suspend-signer', signer: 'may' },
      'a',
      5,
    );
    const lift = {
      schema: 'modelsmith/lift/v1',
      repository: REPOSITORY_ID,
      override: 'a'.repeat(64),
      change: 'b'.repeat(64),
      applied: 'c'.repeat(64),
      time: at(8),
    };
    const text = liftDocument.print(liftDocument.schema.parse(lift));
    const lifted = withFile(tree, liftFile('a'.repeat(64)), encode(text));
    const isMissing = (of: TreeFolder, to: number) => missing(of, { to }).includes('nobody holds ml-manager');
    expect([5, 6, 9].map((to) => isMissing(tree, to))).toEqual([false, true, true]);
    expect([5, 6, 8, 9].map((to) => isMissing(lifted, to))).toEqual([false, true, true, false]);
  });
});

/** A policy that speaks of other lines. */
function unmatched(tree: TreeFolder): string {
  const policy = tree.children.get('policy');
  const file = policy?.kind === 'folder' ? policy.children.get('policy.yaml') : undefined;
  if (file?.kind !== 'file') throw new Error('there is no policy');
  return new TextDecoder().decode(file.bytes).replace('triage*', 'other*');
}

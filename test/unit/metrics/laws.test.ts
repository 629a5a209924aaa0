import { describe, expect, test } from 'vitest';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { lawAt, lawsOf } from '../../../src/metrics/laws.ts';
import { policyFiles, propose, putInForce, say, teamTree } from '../support/changes.ts';
import { done, hour } from '../support/world.ts';

const RULES = [
  ['ana', 'model-owner'],
  ['otto', 'security-owner'],
  ['mia', 'ml-manager'],
] as const;

/** Proposed, approved and in force at once. */
function next(tree: TreeFolder, version: number, hours: number): TreeFolder {
  const files = policyFiles({ version, line: { runs: version } });
  return done(
    tree,
    propose(files, 'eli', hours),
    ...RULES.map(([name, role]) => say(name, role, { hours })),
    putInForce('mia', 'ml-manager', hours),
  );
}

const root = teamTree();
const second = next(root, 2, 5);
const third = next(second, 3, 9);
const versions = (laws: ReturnType<typeof lawsOf>) =>
  laws.map(({ from, law }) => [(from - hour(0)) / 3600, law.policy.version]);

describe('the laws that were in force', () => {
  test('are that of the root and each that was put in force, oldest first', () => {
    expect(versions(lawsOf(root, { tree: root, time: hour(0) }))).toEqual([[0, 1]]);
    expect(versions(lawsOf(third, { tree: root, time: hour(0) }))).toEqual([
      [0, 1],
      [5, 2],
      [9, 3],
    ]);
  });

  test('are not proposals', () => {
    const proposed = done(second, propose(policyFiles({ version: 3, line: { runs: 3 } }), 'eli', 6));
    expect(versions(lawsOf(proposed, { tree: root, time: hour(0) }))).toHaveLength(2);
  });

  test('begin with the first that is known, where the root was moved', () => {
    expect(versions(lawsOf(third, { tree: second, time: hour(6) }))).toEqual([
      [5, 2],
      [9, 3],
    ]);
  });

  test('change at the second of the signature that puts one in force', () => {
    const laws = lawsOf(third, { tree: root, time: hour(0) });
    const at = (hours: number) => lawAt(laws, hour(hours)).policy.version;
    expect([-1, 0, 5 - 1 / 3600, 5, 8, 9, 99].map(at)).toEqual([1, 1, 1, 2, 2, 3, 3]);
  });
});

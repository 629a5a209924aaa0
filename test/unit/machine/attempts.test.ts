import { expect, test } from 'vitest';
import { withFile } from '../../../src/domain/tree.ts';
import { attemptsBeside } from '../../../src/machine/attempts.ts';
import { artifactOf, evaluateIt, requestIt } from '../support/acts.ts';
import { treeAt } from '../support/stages.ts';
import { bundleAt, decision, done, iterationOf, worldOf } from '../support/world.ts';

test('other iterations under the same lock are told by the time they were asked for, with how they went', () => {
  const tree = done(
    treeAt('artifact-exported'),
    decision('reject', 'operator-signoff', 'kim', 8),
    requestIt({ artifact: artifactOf('b') }, '0.9.0', 9),
    requestIt({ artifact: artifactOf('c') }, '0.8.0', 10),
    requestIt({ artifact: artifactOf('d') }, '1.1.0', 11),
  );
  const found = attemptsBeside(worldOf(tree), bundleAt(tree, iterationOf('1.1.0')));
  expect(found.map(({ iteration, runs }) => [iteration.version, runs])).toEqual([
    ['1.0.0', 'pass'],
    ['0.9.0', 'pending'],
    ['0.8.0', 'pending'],
  ]);
  expect(found[0]).toMatchObject({
    state: 'artifact-exported',
    scores: { regressions: 0 },
    objections: [{ act: 'reject', principal: 'kim', reason: 'as looked at' }],
  });
  expect(found[1]).toMatchObject({ state: 'candidate', scores: null, objections: [] });
  expect(attemptsBeside(worldOf(treeAt('candidate')), bundleAt(treeAt('candidate')))).toEqual([]);
});

test('of several runs the one that failed is shown, and the order does not depend on the names', () => {
  const failed = done(
    treeAt('candidate'),
    evaluateIt({ a: '0.5' }),
    requestIt({ artifact: artifactOf('b') }, '1.1.0', 9),
    requestIt({ artifact: artifactOf('c') }, '1.2.0', 10),
  );
  // A folder that holds no record is no iteration.
  const tree = withFile(failed, 'promotions/triage/7.0.0/attachments/a.txt', new Uint8Array([1]));
  const [first, second] = attemptsBeside(worldOf(tree), bundleAt(tree, iterationOf('1.2.0')));
  expect([first?.runs, first?.scores?.regressions, second?.iteration.version]).toEqual(['fail', 1, '1.1.0']);
});

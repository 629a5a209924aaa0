import { expect, test } from 'vitest';
import { attemptsBeside } from '../../../src/machine/attempts.ts';
import { artifactOf, requestIt } from '../support/acts.ts';
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

import { expect, test } from 'vitest';
import { branchNamed } from '../../../src/commands/shared/opening/branch-name.ts';

test.each([
  ['refs/heads/main', 'main'],
  ['refs/remotes/origin/main', 'main'],
  ['refs/remotes/upstream/main', 'main'],
  ['refs/heads/feature/x', 'feature/x'],
  ['refs/remotes/origin/feature/x', 'feature/x'],
  ['refs/heads/pull', 'pull'],
  ['refs/heads/pr/fix-12', 'pr/fix-12'],
  ['refs/heads/pull/7', null],
  ['refs/remotes/pull/7/merge', null],
  ['refs/remotes/origin/pr/7', null],
  ['refs/remotes/origin/merge-requests/7/head', null],
  ['refs/pull/7/head', null],
  ['refs/merge-requests/7/head', null],
  ['refs/pull-requests/7/from', null],
  ['refs/tags/v1', null],
  ['refs/stash', null],
  ['refs/remotes/origin', null],
  ['HEAD', null],
])('%s is the branch %s', (ref, branch) => {
  expect(branchNamed(ref)).toBe(branch);
});

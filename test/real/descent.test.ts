import { afterAll, expect, test } from 'vitest';
import { openRepository } from '../../src/adapters/git/repository.ts';
import { missingAncestors } from '../../src/evidence/descent.ts';
import { sandbox } from './support/sandbox.ts';

const box = sandbox();
afterAll(() => box.dispose());

test('a tip descends from what was judged and from what lies before the root, and from nothing else', async () => {
  const directory = box.repository('line');
  const commits = ['one', 'two', 'three', 'four'].map((message) => {
    box.git(directory, ['commit', '-q', '--allow-empty', '-m', message]);
    return box.git(directory, ['rev-parse', 'HEAD']);
  });
  const [one = '', two = '', three = '', four = ''] = commits;
  box.git(directory, ['checkout', '-q', '--detach', one]);
  box.git(directory, ['commit', '-q', '--allow-empty', '-m', 'aside']);
  const aside = box.git(directory, ['rev-parse', 'HEAD']);
  const objects = (await openRepository(directory, box.env)).openObjects();
  const missing = async (start: string, judged: readonly string[]): Promise<readonly string[]> => {
    const descends = [...commits, aside, '1'.repeat(40)].map((commit) => ({ commit, branch: null }));
    const options = {
      start,
      objectFormat: 'sha1',
      descends,
    } as const;
    return (await missingAncestors(objects, new Set(judged), options)).map(({ commit }) => commit);
  };
  expect(await missing(one, [one, two, three, four])).toEqual([aside, '1'.repeat(40)]);
  expect(await missing(three, [three, four])).toEqual([aside, '1'.repeat(40)]);
  expect(await missing(three, [three])).toEqual([four, aside, '1'.repeat(40)]);
  // Where judging began is not in what was judged: nothing can be said for what lies before it.
  expect(await missing(three, [two])).toEqual([one, three, four, aside, '1'.repeat(40)]);
  expect(
    await missingAncestors(objects, new Set(), {
      start: one,
      objectFormat: 'sha1',
    }),
  ).toEqual([]);
  await objects.close();
});

import { grants, policyFiles, propose, putInForce, say, TEAM, teamTree } from './changes.ts';
import { Story } from './history.ts';
import { keyOf, type Person } from './law-files.ts';
import { done } from './world.ts';

/** A key that is ana's by the law of one branch, and eli's by that of the other. */
export const SHARED = 'nora';

/**
 * A merge of `left` and `right`, where the law was changed on both: by one ana approves policies and has another key, by the
 * other eli does, and it is the same key.
 */
export function lawDispute(): Story {
  const tree = teamTree();
  const history = new Story(tree, ['mia', 0]);
  for (const [name, id] of [
    ['left', 'ana'],
    ['right', 'eli'],
  ] as const) {
    const roles = grants([...(TEAM[id] as readonly string[]), 'policy-approver']);
    const keys = [keyOf(id as Person), keyOf(SHARED as Person)].map((fingerprint) => ({ fingerprint }));
    const files = policyFiles({ people: { ...TEAM, [id]: { roles, keys } }, version: 2 });
    const proposed = done(tree, propose(files, 'mia', 1, {}, 'policy-approver'));
    const one = done(proposed, say('mia', 'policy-approver', { hours: 2 }));
    const applied = putInForce('otto', 'policy-approver', 3);
    const both = done(one, say('otto', 'policy-approver', { hours: 3 }), applied);
    history
      .commit(`${name} proposed`, 'root', { tree: proposed, by: ['mia', 1] })
      .commit(`${name} approved`, `${name} proposed`, { tree: one, by: ['mia', 2] })
      .commit(name, `${name} approved`, { tree: both, by: ['otto', 3] });
  }
  return history.merge('merge', ['left', 'right']);
}

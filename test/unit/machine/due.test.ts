import { describe, expect, test } from 'vitest';
import type { GateName } from '../../../src/domain/states.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { dueAt } from '../../../src/machine/due.ts';
import { grants, overridden } from '../support/changes.ts';
import { comment, expedite } from '../support/conversation.ts';
import { keyOf, type LawChanges } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { at, bundleAt, done, worldOf } from '../support/world.ts';

const DAY = 24;
const law = (gates: object = {}): LawChanges => ({
  gates,
  people: { may: { roles: grants(['ml-manager']) }, mia: { roles: grants(['ml-manager', 'override']) } },
});
const due = (tree: TreeFolder, gate: GateName) => dueAt(worldOf(tree), bundleAt(tree), gate);
/** A wish of may's at some hour for another. */
const wish = (when: number, hours: number) => expedite(when, { name: 'may', role: 'ml-manager', hours });

describe('when a gate is to be decided', () => {
  const exported = treeAt('artifact-exported', law());

  test('nobody says where it has not been reached', () => {
    expect(due(treeAt('candidate', law()), 'operator-signoff')).toBe(null);
    expect(due(exported, 'domain-validation')).toBe(null);
  });

  test('the policy may say nothing', () => {
    expect(due(exported, 'operator-signoff')).toEqual({ opened: at(7), due: null, expedited: null });
  });

  test('the policy says in days from when the gate could first be signed at', () => {
    const days = law({
      'operator-signoff': { reviewDays: 2 },
      'domain-validation': { reviewDays: { low: 5, standard: 3, high: 1 } },
    });
    const deployed = treeAt('customer-deployed', days);
    expect(due(deployed, 'operator-signoff')).toMatchObject({ opened: at(7), due: at(7 + 2 * DAY) });
    // Nobody has said how risky it is.
    expect(due(deployed, 'domain-validation')).toMatchObject({ opened: at(8), due: at(8 + DAY) });
    expect(due(deployed, 'governance-approval')).toMatchObject({ opened: at(8), due: null });
  });

  test('the latest wish of a manager goes before the policy, and a comment does not', () => {
    const days = treeAt('artifact-exported', law({ 'operator-signoff': { reviewDays: 2 } }));
    const tree = done(days, wish(20, 8), wish(30, 9), comment());
    expect(due(tree, 'operator-signoff')).toMatchObject({
      opened: at(7),
      due: at(30),
      expedited: { principal: 'may', due: at(30) },
    });
  });

  test('a wish that had run out when the gate opened says nothing of it', () => {
    const candidate = done(treeAt('candidate', law()), wish(7, 5.5));
    expect(bundleAt(candidate).comments).toHaveLength(1);
    const late = done(exported, wish(7.9, 7.5));
    expect(due(late, 'operator-signoff')).toMatchObject({ due: at(7.9) });
    const deployed = done(treeAt('customer-deployed', law()), wish(20, 7.5), wish(8, 7.6));
    expect(due(deployed, 'operator-signoff')).toMatchObject({ due: at(8) });
    expect(due(deployed, 'domain-validation')).toMatchObject({ due: at(20) });
  });

  test('a wish with a stolen key is none', () => {
    const tree = done(exported, wish(30, 8), expedite(20, { name: 'mia', role: 'ml-manager', hours: 9 }));
    const stolen = overridden(tree, { act: 'revoke-signer', keys: [keyOf('mia')], as: 'compromised' });
    expect(due(tree, 'operator-signoff')).toMatchObject({ due: at(20) });
    expect(due(stolen, 'operator-signoff')).toMatchObject({ due: at(30) });
  });
});

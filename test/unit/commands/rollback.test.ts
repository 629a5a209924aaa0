import { describe, expect, test } from 'vitest';
import { courseOf, planned } from '../../../src/commands/rollback/plan.ts';
import { approvalLines } from '../../../src/commands/queue/row-text.ts';
import { queueRows } from '../../../src/commands/queue/rows.ts';
import { aliasSentences, aliasViews } from '../../../src/commands/shared/views/alias-view.ts';
import type { CommonOptions } from '../../../src/commands/shared/command.ts';
import type { Context } from '../../../src/commands/shared/context.ts';
import type { Ground } from '../../../src/commands/shared/views/notices.ts';
import type { Desk } from '../../../src/commands/shared/opening/write.ts';
import { lineThen } from '../../../src/commands/show/then.ts';
import type { LineName, Version } from '../../../src/domain/names.ts';
import type { AliasName } from '../../../src/domain/states.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { overridden } from '../support/changes.ts';
import { LINE, type Person } from '../support/law-files.ts';
import { PIN_LAW, pinIt, served, validated } from '../support/pins.ts';
import { treeAt } from '../support/stages.ts';
import { actorOf, at, done, hour, worldOf } from '../support/world.ts';

const line = LINE as LineName;
const DRY: CommonOptions = {
  ...{ directory: '.', json: false, plain: false, root: null, branch: null, state: null },
  ...{ as: null, keyFile: null, role: null, dryRun: true },
};

function deskOf(tree: TreeFolder, name: Person, hours = 50): Desk {
  const actor = actorOf(tree, name, hours);
  const workspace = { world: worldOf(tree), valid: { clock: actor.clock } } as unknown as Desk['workspace'];
  const who = { principal: actor.principal, signer: { primary: actor.key } } as unknown as Desk['who'];
  return { context: {} as Context, workspace, who, now: hour(hours), actor };
}

const two = validated(served(treeAt('production-validated', PIN_LAW), '1.1.0', 20), '1.1.0', 21);
const three = served(two, '1.2.0', 30);
const course = (tree: TreeFolder, alias: AliasName | null = null, to: string | null = null) =>
  courseOf(worldOf(tree), line, { alias, to: to as Version | null });
const roll = (
  tree: TreeFolder,
  name: Person,
  to: string | null = null,
  common: Partial<CommonOptions> = {},
) => {
  const answer = planned(
    deskOf(tree, name),
    { ...DRY, ...common },
    line,
    course(tree, null, to).wanted,
    'why',
  );
  return 'kind' in answer
    ? answer.reasons.map(({ code }) => code)
    : answer.moves.map(({ alias, from, to: moved }) => `${alias} ${String(from)} ${String(moved)}`);
};

describe('what a rollback goes back to', () => {
  test('serving alone, where production points elsewhere', () => {
    expect(course(three)).toEqual({
      left: '1.2.0',
      wanted: [{ alias: 'serving', version: '1.1.0' }],
      stays: [],
    });
  });

  test('both, where both point to what is left', () => {
    expect(course(two).wanted).toEqual([
      { alias: 'serving', version: '1.0.0' },
      { alias: 'production', version: '1.0.0' },
    ]);
    expect(roll(two, 'kim')).toEqual(['serving 1.1.0 1.0.0', 'production 1.1.0 1.0.0']);
  });

  test('what never was in production does not get there', () => {
    const later = validated(
      served(served(treeAt('customer-deployed', PIN_LAW), '1.1.0', 20), '1.2.0', 30),
      '1.2.0',
      31,
    );
    expect(course(later)).toMatchObject({
      wanted: [{ alias: 'serving', version: '1.1.0' }],
      stays: [{ alias: 'production', why: { code: 'NO_WAY_BACK' } }],
    });
    expect(course(later, null, '1.1.0')).toMatchObject({
      wanted: [{ alias: 'serving', version: '1.1.0' }],
      stays: [{ alias: 'production', why: { code: 'STATE_OTHER' } }],
    });
    expect(course(later, 'production')).toMatchObject({
      wanted: [],
      stays: [{ why: { code: 'NO_WAY_BACK' } }],
    });
  });

  test('what was asked for and cannot be is refused with what is wrong with it', () => {
    expect(roll(three, 'kim', '9.9.9')).toEqual(['ITERATION_UNKNOWN']);
    expect(roll(three, 'gus')).toEqual(['ROLE_NOT_HELD']);
  });
});

describe('two words', () => {
  test('wait for each other, whoever speaks first', () => {
    const first = done(three, pinIt('1.0.0', 'kim', 'operator', 49));
    expect(roll(three, 'kim', '1.0.0')).toEqual([]);
    expect(roll(first, 'gil', '1.0.0')).toEqual(['serving 1.2.0 1.0.0']);
    const sentences = aliasViews(worldOf(first), line, hour(50)).flatMap((view) =>
      aliasSentences(line, view),
    );
    expect(sentences).toEqual([
      `serving: 1.2.0 since ${at(30)}, by a promotion of kim as operator`,
      `serving waits for a second word on 1.0.0 since ${at(49)}, after kim as operator: it misreads the new forms`,
      'gil or may can run: modelsmith rollback triage --to 1.0.0 --alias serving',
      `production: 1.1.0 since ${at(21)}, by a promotion of gus as governance-approver`,
    ]);
  });

  test('of one person go into one signature where nothing keeps the roles apart, and in one role by choice', () => {
    const roles = ['operator', 'release-owner'].map((role) => ({ role, lines: ['*'] }));
    const law = {
      ...PIN_LAW,
      people: { ...PIN_LAW.people, dan: { roles } },
      separation: { productionGates: 'same-person', reason: 'a small team' },
    };
    const tree = served(served(treeAt('customer-deployed', law), '1.1.0', 20), '1.2.0', 30);
    expect(roll(tree, 'dan', '1.0.0')).toEqual(['serving 1.2.0 1.0.0']);
    expect(roll(tree, 'dan', '1.0.0', { role: 'operator' })).toEqual([]);
    const first = done(tree, pinIt('1.0.0', 'dan', 'release-owner', 49));
    expect(roll(first, 'dan', '1.0.0')).toEqual(['serving 1.2.0 1.0.0']);
    expect(roll(first, 'lee', '1.0.0')).toEqual(['serving 1.2.0 1.0.0']);
  });
});

test('what overrides held is told by what was signed until then', () => {
  const frozen = overridden(three, { act: 'freeze', line, alias: 'serving' }, 'f', 40);
  const ground: Ground = {
    ...{ kind: 'yes', head: [] },
    json: { demonstration: false, tip: 'x', shown: 'x', findings: 0 },
  };
  const held = (hours: number): unknown => {
    const outcome = lineThen(worldOf(frozen), ground, line, at(hours));
    return outcome.kind === 'refused' ? null : (outcome.json as { held: readonly unknown[] }).held.length;
  };
  expect([held(39), held(41)]).toEqual([0, 1]);
});

test('the second word of a pin waits in the queue, for whoever can give it', () => {
  const first = done(three, pinIt('1.0.0', 'kim', 'operator', 49));
  const waiting = (tree: TreeFolder) =>
    queueRows(worldOf(tree), new Map(), hour(50)).approvals.filter(({ kind }) => kind === 'pin');
  expect(waiting(three)).toEqual([]);
  const [row] = waiting(first);
  const command = 'modelsmith rollback triage --to 1.0.0 --alias serving';
  expect(row).toMatchObject({
    ...{ line: 'triage', alias: 'serving', version: '1.0.0', askedBy: 'kim', opened: at(49) },
    people: ['gil', 'may'].map((principal) => ({ principal, roles: ['release-owner'], command })),
  });
  if (row === undefined) throw new Error('nothing waits');
  expect(approvalLines(row, hour(50), 100)[0]).toBe(
    'serving of triage to 1.0.0, asked for by kim as operator: it misreads the new forms',
  );
});

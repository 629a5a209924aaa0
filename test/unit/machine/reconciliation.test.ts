import { describe, expect, test } from 'vitest';
import { toTime, type Version } from '../../../src/domain/names.ts';
import { withFile, type TreeFolder } from '../../../src/domain/tree.ts';
import { brakesAlone, desiredPlaces, type DesiredPlace } from '../../../src/machine/desired.ts';
import { driftAt } from '../../../src/machine/drift.ts';
import { leftovers } from '../../../src/machine/leftovers.ts';
import { movesFor, owedReceipts, type Move } from '../../../src/machine/reconciliation.ts';
import { deprecateIt } from '../support/acts.ts';
import { overridden } from '../support/changes.ts';
import { lawTree } from '../support/law-files.ts';
import { receiptIt, TARGETS, withTargets } from '../support/receipts.ts';
import { treeAt } from '../support/stages.ts';
import { done, hour, worldOf } from '../support/world.ts';

const tags = {
  kind: 'registry',
  repository: 'registry.example.com/models',
  follows: ['production', 'serving'],
};
const LAW = withTargets(['batch', 'eu', 'tags'], { policy: { targets: { ...TARGETS, tags } } });
const deployed = treeAt('customer-deployed', LAW);
const frozen = (tree: TreeFolder) =>
  overridden(tree, { act: 'freeze', line: 'triage', alias: 'serving' }, 'a', 8);
const disabled = (tree: TreeFolder) =>
  overridden(tree, { act: 'disable', capability: 'summarise', lines: ['*'] }, 'b', 8);

const liftedAt = (tree: TreeFolder, digit: string, hours: number): TreeFolder => {
  const override = digit.repeat(64);
  const lift = {
    schema: 'modelsmith/lift/v1',
    ...{
      repository: worldOf(tree).law.repository.id,
      override,
      change: 'c'.repeat(64),
      applied: 'd'.repeat(64),
    },
    time: toTime(hour(hours)),
  };
  const text = `${JSON.stringify(lift, null, 2)}\n`;
  return withFile(tree, `lifts/${override}.json`, new TextEncoder().encode(text));
};

function placeAt(tree: TreeFolder, name: string, isVoid = false): DesiredPlace {
  const found = desiredPlaces(worldOf(tree), hour(12), isVoid).find((place) => place.name === name);
  if (found === undefined) throw new Error(`no place ${name}`);
  return found;
}

const at = (key: string, version: string | null = key, sound = true) => ({
  ...{ key, version: version as Version | null, sound, seen: 'seen' },
});
const words = (moves: readonly Move[]): readonly string[] =>
  moves.map((move) =>
    move.kind === 'put' ? `put ${move.slot.key} ${move.why}` : `remove ${move.key} ${move.why}`,
  );
const moves = (tree: TreeFolder, name: string, found: readonly ReturnType<typeof at>[], isVoid = false) =>
  words(movesFor(placeAt(tree, name, isVoid), found));

describe('what is to be where', () => {
  test('follows the aliases that a target follows', () => {
    expect(placeAt(deployed, 'eu').wanted).toEqual([{ key: '1.0.0', version: '1.0.0' }]);
    expect(placeAt(deployed, 'batch').wanted).toEqual([]);
    expect(placeAt(deployed, 'tags').wanted).toEqual([{ key: 'triage-serving', version: '1.0.0' }]);
  });

  test('is nothing once it is retired', () => {
    const retired = done(deployed, deprecateIt({}, { name: 'lee', role: 'team-lead', hours: 9 }));
    expect(moves(retired, 'eu', [at('1.0.0')])).toEqual(['remove 1.0.0 not wanted']);
  });

  test('is for who moves nothing there what lies there, but for what is switched off', () => {
    const found = [at('1.0.0'), at('9.9.9', null)];
    const left = (tree: TreeFolder) => words(movesFor(brakesAlone(placeAt(tree, 'eu')), found));
    expect(left(disabled(deployed))).toEqual(['remove 1.0.0 disabled']);
    expect(left(deployed)).toEqual([]);
    expect(words(movesFor(brakesAlone(placeAt(deployed, 'eu')), []))).toEqual([]);
  });

  test('clears what the line was taken away from, and knows no target that nobody describes', () => {
    const told = done(deployed, receiptIt());
    const without = lawTree(withTargets(['batch'], { policy: { targets: { ...TARGETS, tags } } }), told);
    expect(moves(without, 'eu', [at('1.0.0')])).toEqual(['remove 1.0.0 not wanted']);
    expect(desiredPlaces(worldOf(without), hour(12), false).map(({ name }) => name)).toEqual(['batch', 'eu']);
  });
});

describe('how it gets there', () => {
  test('brings what is missing before it takes away what is not wanted', () => {
    expect(moves(deployed, 'eu', [at('0.9.0', null)])).toEqual([
      'put 1.0.0 missing',
      'remove 0.9.0 not wanted',
    ]);
    expect(moves(deployed, 'eu', [at('1.0.0')])).toEqual([]);
  });

  test('puts again what is there otherwise', () => {
    expect(moves(deployed, 'eu', [at('1.0.0', '1.0.0', false)])).toEqual(['put 1.0.0 differs']);
    expect(moves(deployed, 'tags', [at('triage-serving', '0.9.0')])).toEqual(['put triage-serving differs']);
    expect(moves(deployed, 'tags', [at('triage-serving', '1.0.0'), at('triage-production', null)])).toEqual([
      'remove triage-production not wanted',
    ]);
  });

  test('is no way at all towards a held alias, nor away from what serves', () => {
    expect(moves(frozen(deployed), 'eu', [])).toEqual([]);
    expect(moves(frozen(deployed), 'eu', [at('0.9.0', null)])).toEqual([]);
    expect(moves(frozen(deployed), 'tags', [at('triage-serving', null)])).toEqual([]);
    expect(moves(frozen(deployed), 'tags', [at('triage-production', null)])).toEqual([
      'remove triage-production not wanted',
    ]);
  });

  test('takes away what is switched off, whatever else holds', () => {
    expect(moves(disabled(deployed), 'eu', [at('1.0.0'), at('0.9.0', null)])).toEqual([
      'remove 1.0.0 disabled',
    ]);
    expect(moves(disabled(frozen(deployed)), 'eu', [at('1.0.0')])).toEqual(['remove 1.0.0 disabled']);
    expect(moves(disabled(deployed), 'tags', [at('triage-serving', '1.0.0')])).toEqual([
      'remove triage-serving disabled',
    ]);
  });

  test('is only that on a tip that is not valid', () => {
    expect(moves(deployed, 'eu', [at('0.9.0', null)], true)).toEqual([]);
    expect(moves(disabled(deployed), 'eu', [at('1.0.0')], true)).toEqual(['remove 1.0.0 disabled']);
  });
});

describe('a tag of an alias that is followed no more', () => {
  const serving = { ...tags, follows: ['serving'] };
  const without = (tree: TreeFolder) =>
    lawTree(withTargets(['tags'], { policy: { targets: { ...TARGETS, tags: serving } } }), tree);

  test('is taken away, but not while that alias is held', () => {
    const both = [at('triage-serving', '1.0.0'), at('triage-production', '1.0.0')];
    expect(moves(without(deployed), 'tags', both)).toEqual(['remove triage-production not wanted']);
    const held = overridden(
      without(deployed),
      { act: 'freeze', line: 'triage', alias: 'production' },
      'a',
      8,
    );
    expect(moves(held, 'tags', both)).toEqual([]);
  });
});

describe('what somebody did by hand where nothing moves', () => {
  const told = done(deployed, receiptIt(), receiptIt({ target: 'tags' }));
  const drift = (tree: TreeFolder, name: string, found: readonly ReturnType<typeof at>[], isVoid = false) =>
    driftAt(worldOf(tree), placeAt(tree, name, isVoid), found).map(
      ({ key, version, how }) => `${key ?? 'nothing'} ${version ?? 'unknown'} ${how}`,
    );

  test('is told, at a held alias and on a tip that is not valid', () => {
    const still = [frozen(told), false] as const;
    for (const [tree, isVoid] of [still, [told, true] as const]) {
      expect(drift(tree, 'eu', [at('1.0.0')], isVoid)).toEqual([]);
      expect(drift(tree, 'eu', [at('1.0.0', '1.0.0', false)], isVoid)).toEqual(['1.0.0 1.0.0 changed']);
      expect(drift(tree, 'eu', [at('9.9.9', null)], isVoid)).toEqual([
        '9.9.9 unknown not signed for',
        'nothing 1.0.0 gone',
      ]);
      expect(drift(tree, 'tags', [at('triage-serving', null)], isVoid)).toEqual([
        'triage-serving unknown not signed for',
        'nothing 1.0.0 gone',
      ]);
    }
  });

  test('is told by tag, since a version that is live under one alias is not let go to the other', () => {
    const held = overridden(told, { act: 'freeze', line: 'triage', alias: 'production' }, 'a', 9);
    const found = [at('triage-serving', '1.0.0'), at('triage-production', '1.0.0')];
    expect(drift(held, 'tags', found)).toEqual(['triage-production 1.0.0 not signed for']);
  });

  test('is what was never signed for, and not what a brake takes away', () => {
    expect(drift(frozen(deployed), 'eu', [at('1.0.0')])).toEqual(['1.0.0 1.0.0 not signed for']);
    expect(drift(disabled(frozen(told)), 'eu', [at('1.0.0')])).toEqual([]);
    expect(drift(disabled(frozen(told)), 'eu', [])).toEqual([]);
  });

  test('is put right where things move, and so is nothing to be told beside that', () => {
    expect(drift(told, 'eu', [at('9.9.9', null)])).toEqual([]);
  });
});

describe('what a target that moved leaves behind', () => {
  const seen = 'triage@1.0.0 loaded at https://models.example.com:8000, and answered';
  const told = done(deployed, receiptIt({ changes: { seen } }));
  const left = (tree: TreeFolder) =>
    leftovers(worldOf(tree)).map(({ target, isMoved }) => `${target} ${isMoved ? 'moved' : 'forgotten'}`);
  const under = (targets: object, tree: TreeFolder = told) =>
    lawTree(withTargets([], { policy: { targets: targets as never } }), tree);
  const moved = { ...TARGETS, eu: { ...TARGETS.eu, address: 'https://models.example.org' } };

  test('is told where it is at another address now, or described no more', () => {
    expect(left(told)).toEqual([]);
    expect(left(under(moved))).toEqual(['eu moved']);
    expect(left(under({ us: TARGETS.us }))).toEqual(['eu forgotten']);
  });

  test('is nothing where only the description changed, or it was taken away', () => {
    expect(left(under({ ...TARGETS, eu: { ...TARGETS.eu, maxRank: 32 } }))).toEqual([]);
    const gone = done(told, receiptIt({ outcome: 'removed', hours: 9 }));
    expect(left(under(moved, gone))).toEqual([]);
  });

  test('is nothing any more where a person says so of a place that is described for that once more', () => {
    const external = { ...TARGETS, eu: { ...TARGETS.us } };
    const once = under(external);
    const by = { target: 'eu', outcome: 'removed', hours: 9, by: 'kim', role: 'operator' } as const;
    expect(left(under({ us: TARGETS.us }, once))).toEqual(['eu forgotten']);
    expect(left(under({ us: TARGETS.us }, done(once, receiptIt(by))))).toEqual([]);
  });

  test('stays although it is live at the new address as well', () => {
    const again = withTargets(['eu'], { policy: { targets: moved } });
    const live = done(
      lawTree(again, told),
      receiptIt({ hours: 9, changes: { seen: 'at https://models.example.org' } }),
    );
    expect(left(live)).toEqual(['eu moved']);
  });
});

describe('what has to be said of it', () => {
  const owed = (tree: TreeFolder, name: string, found: readonly ReturnType<typeof at>[]) =>
    owedReceipts(worldOf(tree), placeAt(tree, name), found).map(
      ({ version, outcome }) => `${version} ${outcome}`,
    );

  test('is what evidence lacks, and nothing else', () => {
    expect(owed(deployed, 'eu', [at('1.0.0')])).toEqual(['1.0.0 live']);
    const told = done(deployed, receiptIt());
    expect(owed(told, 'eu', [at('1.0.0')])).toEqual([]);
    expect(owed(told, 'eu', [])).toEqual(['1.0.0 removed']);
    expect(owed(deployed, 'eu', [])).toEqual([]);
  });

  test('is not that something is live that is there otherwise, is switched off, retired or not wanted', () => {
    expect(owed(deployed, 'eu', [at('1.0.0', '1.0.0', false)])).toEqual([]);
    expect(owed(disabled(deployed), 'eu', [at('1.0.0')])).toEqual([]);
    expect(owed(deployed, 'batch', [at('1.0.0')])).toEqual([]);
    const retired = done(deployed, deprecateIt({}, { name: 'lee', role: 'team-lead', hours: 9 }));
    expect(owed(retired, 'eu', [at('1.0.0')])).toEqual([]);
  });

  test('is not that something is live where a brake holds the alias: anybody may have put it there', () => {
    expect(owed(frozen(deployed), 'eu', [at('1.0.0')])).toEqual([]);
  });

  test('is not that something is live under a tag that is wanted because it lies under one that is held', () => {
    const live = lawTree(LAW, treeAt('production-validated'));
    const held = overridden(live, { act: 'freeze', line: 'triage', alias: 'serving' }, 'a', 12);
    expect(placeAt(held, 'tags').wanted).toEqual([{ key: 'triage-production', version: '1.0.0' }]);
    expect(owed(held, 'tags', [at('triage-serving', '1.0.0')])).toEqual([]);
    expect(owed(held, 'tags', [at('triage-production', '1.0.0')])).toEqual(['1.0.0 live']);
  });

  test('is that something was taken away where that was told to who cannot be asked, once', () => {
    const spare = (tree: TreeFolder) => lawTree(withTargets(['spare']), tree);
    expect(owed(spare(deployed), 'spare', [])).toEqual([]);
    expect(owed(disabled(spare(deployed)), 'spare', [])).toEqual(['1.0.0 removed']);
    const said = done(spare(deployed), receiptIt({ target: 'spare', outcome: 'removed' }));
    expect(owed(disabled(said), 'spare', [])).toEqual([]);
    expect(owed(disabled(deployed), 'eu', [])).toEqual([]);
  });

  test('is that something is live again where who cannot be asked may have been told otherwise by a brake lifted since', () => {
    const law = withTargets(['spare', 'eu'], {
      policy: { targets: { ...TARGETS, spare: { ...TARGETS.spare, follows: ['serving'] } } },
    });
    const told = done(lawTree(law, deployed), receiptIt({ target: 'spare' }), receiptIt({ target: 'eu' }));
    const lifted = liftedAt(disabled(told), 'b', 9);
    const unsound = at('1.0.0', '1.0.0', false);
    const sure = owed(told, 'spare', [at('1.0.0')]);
    expect([sure, owed(lifted, 'spare', [at('1.0.0')]), owed(lifted, 'eu', [at('1.0.0')])]).toEqual([
      [],
      ['1.0.0 live'],
      [],
    ]);
    expect(words(movesFor(placeAt(lifted, 'spare'), [unsound]))).toEqual(['put 1.0.0 differs']);
    // Until it was told, nobody says that it is gone.
    expect(owed(lifted, 'spare', [unsound])).toEqual([]);
    expect(owed(done(lifted, receiptIt({ target: 'spare', hours: 10 })), 'spare', [at('1.0.0')])).toEqual([]);
  });

  test('is nothing about what never went to customers', () => {
    expect(owed(treeAt('artifact-exported', LAW), 'eu', [at('1.0.0')])).toEqual([]);
  });
});

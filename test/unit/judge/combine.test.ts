import { describe, expect, test } from 'vitest';
import { EMPTY_TREE, filesUnder, type TreeFolder } from '../../../src/domain/tree.ts';
import {
  combine,
  guardedStrand,
  oneSide,
  type GuardedValues,
  type Sides,
} from '../../../src/judge/combine.ts';
import { put } from '../support/history.ts';

/** Trees of a few files, each by its path. */
const treeOf = (files: Readonly<Record<string, string>>): TreeFolder =>
  Object.entries(files).reduce((tree, [path, text]) => put(tree, path, text), EMPTY_TREE);

const NOTHING: GuardedValues = new Map();
const sidesOf = (bases: readonly TreeFolder[], ...trees: readonly TreeFolder[]): Sides => ({
  trees,
  guarded: trees.map(() => NOTHING),
  bases: () => bases.map((tree) => ({ tree, guarded: NOTHING })),
});
const textsIn = (tree: TreeFolder) =>
  Object.fromEntries(
    filesUnder(tree, '').map(([path, { bytes }]) => [path, new TextDecoder().decode(bytes)]),
  );

const BUNDLE = 'promotions/triage/1.0.0';
const base = treeOf({ 'policy/policy.yaml': 'p', [`${BUNDLE}/model-card.md`]: 'old' });
const moved = put(base, `${BUNDLE}/model-card.md`, 'new');

describe('sides put together', () => {
  test('each strand is that of the side that moved it', () => {
    const alias = put(base, 'promotions/triage/aliases.json', '{}');
    const { tree, disputed } = combine(sidesOf([base], moved, alias), []);
    expect(disputed).toEqual([]);
    expect(textsIn(tree)).toEqual({
      ...textsIn(moved),
      ...textsIn(alias),
      [`${BUNDLE}/model-card.md`]: 'new',
    });
  });

  test('what nobody has in common was moved by whoever has it', () => {
    const bases: readonly TreeFolder[] = [];
    expect(textsIn(combine(sidesOf(bases, base, EMPTY_TREE), []).tree)).toEqual(textsIn(base));
    expect(combine(sidesOf(bases, base, EMPTY_TREE), []).disputed).toEqual([]);
    expect(combine(sidesOf(bases, base, moved), []).disputed).toEqual(['triage@1.0.0']);
  });

  test('a strand in which the sides differ, each like another ancestor, is in dispute', () => {
    const { disputed, tree } = combine(sidesOf([base, moved], base, moved), []);
    expect(disputed).toEqual(['triage@1.0.0']);
    expect(textsIn(tree)).toEqual(textsIn(base));
  });

  test('a strand counts as moved only against every ancestor', () => {
    const { disputed, moved: strands } = combine(sidesOf([base, moved], moved, base), []);
    expect(strands.map((each) => [...each])).toEqual([[], []]);
    expect(disputed).toEqual(['triage@1.0.0']);
  });

  test('a folder comes where a file was, and a file where a folder was', () => {
    const file = treeOf({ 'changes/x': 'a' });
    const folder = treeOf({ 'changes/x/change.json': 'b' });
    expect(textsIn(combine(sidesOf([file], file, folder), []).tree)).toEqual(textsIn(folder));
    expect(textsIn(combine(sidesOf([folder], folder, file), []).tree)).toEqual(textsIn(file));
  });
});

describe('a log', () => {
  const log = (...names: readonly string[]) =>
    treeOf(Object.fromEntries(names.map((name) => [`overrides/${name}`, name])));
  const rival = put(log('a'), 'overrides/b', 'other');
  const [first, second] = [log('a', 'b'), rival];

  test('has what any side has', () => {
    const { tree, disputed } = combine(sidesOf([log('a')], log('a', 'b'), log('a', 'c'), log('a')), []);
    expect(textsIn(tree)).toEqual(textsIn(log('a', 'b', 'c')));
    expect(disputed).toEqual([]);
  });

  test('is in dispute where a name stands for two things, and the choice says which', () => {
    const sides = sidesOf([log('a')], first, second);
    expect(combine(sides, []).disputed).toEqual(['file overrides/b']);
    const chosen = (side: number) =>
      textsIn(combine(sides, [], new Map([['file overrides/b', side]])).tree)['overrides/b'];
    expect([chosen(0), chosen(1)]).toEqual(['b', 'other']);
  });

  test('loses nothing by the choice of a side that does not have it', () => {
    const sides = sidesOf([log('a')], log('a'), first, second);
    for (const side of [0, -1]) {
      const { tree } = combine(sides, [], new Map([['file overrides/b', side]]));
      expect(textsIn(tree)['overrides/b']).toBe('b');
    }
  });
});

describe('three sides', () => {
  const later = put(moved, `${BUNDLE}/rollback-procedure.md`, 'later');
  const other = put(base, `${BUNDLE}/model-card.md`, 'other');
  const code = put(base, 'promotions/triage/aliases.json', '{}');
  /** The first two have `moved` in common, and either of them has `base` in common with the third. */
  const threeOf = (...trees: readonly [TreeFolder, TreeFolder, TreeFolder]): Sides => ({
    trees,
    guarded: trees.map(() => NOTHING),
    bases: (one, two) => [{ tree: one + two === 1 ? moved : base, guarded: NOTHING }],
  });

  test('do not lose what two of them have in common because a third moved the same strand otherwise', () => {
    expect(combine(threeOf(moved, moved, other), []).disputed).toEqual(['triage@1.0.0']);
    expect(combine(threeOf(later, moved, other), []).disputed).toEqual(['triage@1.0.0']);
  });

  test('give a strand as the one has it that went on from what the others have', () => {
    for (const trees of [
      [later, moved, base],
      [moved, later, base],
      [later, moved, code],
    ] as const) {
      const { tree, disputed } = combine(threeOf(...trees), []);
      expect(disputed).toEqual([]);
      expect(textsIn(tree)).toMatchObject(textsIn(later));
    }
  });

  test('hold what one of them moved to the law that two of them have in common', () => {
    const law = put(base, 'policy/policy.yaml', 'q');
    const sides: Sides = {
      ...threeOf(law, law, moved),
      bases: (one, two) => [{ tree: one + two === 1 ? law : base, guarded: NOTHING }],
    };
    expect(combine(sides, []).disputed).toEqual(['triage@1.0.0']);
  });
});

describe('guarded paths', () => {
  const at = (value: string | null): GuardedValues => new Map(value === null ? [] : [['ci', value]]);
  const guarded = (old: string | null, ...values: readonly (string | null)[]) =>
    combine(
      {
        trees: values.map(() => base),
        guarded: values.map(at),
        bases: () => [{ tree: base, guarded: at(old) }],
      },
      ['ci'],
    );

  test.each([
    ['nobody moved', ['1', '1', '1'], '1', []],
    ['one side moved', ['1', '2', '1'], '2', []],
    ['the other side moved', ['1', '1', '2'], '2', []],
    ['one side took away', ['1', null, '1'], null, []],
    ['one side brought', [null, '1', null], '1', []],
    ['both moved alike', ['1', '2', '2'], '2', []],
    ['both moved apart', ['1', '2', '3'], '2', [guardedStrand('ci')]],
  ] as const)('what %s', (_what, [old, ...values], value, disputed) => {
    const combined = guarded(old, ...values);
    expect(combined.guarded.get('ci') ?? null).toBe(value);
    expect(combined.disputed).toEqual(disputed);
  });

  test('without anything in common belong to whoever has them', () => {
    const sides: Sides = { trees: [base, EMPTY_TREE], guarded: [at('1'), at(null)], bases: () => [] };
    expect([...combine(sides, ['ci']).guarded]).toEqual([['ci', '1']]);
  });

  test('do not move beside the law', () => {
    const law = put(base, 'policy/policy.yaml', 'q');
    const bases = [{ tree: base, guarded: at('1') }];
    const sides: Sides = { trees: [law, base], guarded: [at('1'), at('2')], bases: () => bases };
    expect(combine(sides, ['ci']).disputed).toEqual([guardedStrand('ci')]);
  });
});

describe('one side as a whole', () => {
  test('is what it is, and nothing where it is none', () => {
    expect(oneSide(sidesOf([base], moved, base), 0).tree).toBe(moved);
    const { tree, guarded } = oneSide(sidesOf([base], moved, base), -1);
    expect(textsIn(tree)).toEqual({});
    expect(guarded.size).toBe(0);
  });
});

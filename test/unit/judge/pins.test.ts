import { describe, expect, test } from 'vitest';
import { aliasesDocument, type AliasStep } from '../../../src/domain/aliases.ts';
import type { LineName } from '../../../src/domain/names.ts';
import { aliasesFile } from '../../../src/domain/paths.ts';
import { withoutFile, type TreeFolder } from '../../../src/domain/tree.ts';
import { tornApart } from '../../../src/judge/torn-apart.ts';
import { aliasesOf } from '../../../src/machine/world.ts';
import { deprecateIt, moveTo } from '../support/acts.ts';
import { overridden } from '../support/changes.ts';
import { put, Story } from '../support/history.ts';
import { keyOf, LINE, REPOSITORY_ID } from '../support/law-files.ts';
import { PIN_LAW, pinIt, served, unpinIt, validated } from '../support/pins.ts';
import { treeAt } from '../support/stages.ts';
import { decision, done } from '../support/world.ts';

const line = LINE as LineName;
const FILE = aliasesFile(line);
const two = validated(served(treeAt('production-validated', PIN_LAW), '1.1.0', 20), '1.1.0', 21);
/** 1.2.0 serves, and waits for nothing but the step to production. */
const three = done(
  served(two, '1.2.0', 30),
  decision('approve', 'domain-validation', 'dana', 31, {}, 'domain-expert', '1.2.0'),
  decision('approve', 'governance-approval', 'gus', 32, {}, 'governance-approver', '1.2.0'),
);
const BY_LEE = { principal: 'lee', key: keyOf('lee') };
const pin = pinIt('1.1.0', 'kim', 'operator', 50);
const pinned = done(three, pin);

/** The file of aliases with other steps. */
function withSteps(
  tree: TreeFolder,
  change: (steps: readonly AliasStep[]) => readonly AliasStep[],
): TreeFolder {
  const steps = change(aliasesOf(tree, line)?.steps ?? []);
  const text = aliasesDocument.print({
    schema: 'modelsmith/aliases/v1',
    repository: REPOSITORY_ID as never,
    line,
    steps,
  });
  return put(tree, FILE, text);
}

const codes = (before: TreeFolder, tree: TreeFolder, by: readonly [string, number]) =>
  new Story(before, ['mia', 0]).commit('c', 'root', { tree, by }).codes('c');

describe('a commit with a pin', () => {
  test('holds it alone, or one for each alias', () => {
    expect(codes(three, pinned, ['kim', 50])).toEqual([]);
    const both = done(three, pin, pinIt('1.1.0', 'kim', 'operator', 50, {}, 'production'));
    expect(codes(three, both, ['kim', 50])).toEqual([]);
    expect(codes(pinned, done(pinned, unpinIt('kim', 'operator', 51)), ['kim', 51])).toEqual([]);
  });

  test.each<[string, TreeFolder, TreeFolder, readonly [string, number], readonly string[]]>([
    [
      'signed by another operator',
      three,
      pinned,
      ['lee', 50],
      ['ENTRY_NOT_SIGNERS', 'ENTRY_OTHER_KEY', 'SIGNATURE_LOST'],
    ],
    [
      'signed by the pipeline',
      three,
      pinned,
      ['ci', 50],
      ['ENTRY_NOT_SIGNERS', 'ENTRY_OTHER_KEY', 'HUMAN_REQUIRED', 'SIGNATURE_LOST'],
    ],
    [
      'with a decision beside it',
      three,
      done(pinned, decision('reject', 'domain-validation', 'kim', 50, {}, 'domain-expert', '1.2.0')),
      ['kim', 50],
      ['COMMIT_MIXES_DECISIONS'],
    ],
    [
      'with the end of an iteration beside it',
      three,
      done(pinned, deprecateIt({}, { name: 'kim', role: 'operator', hours: 50 }, '1.2.0')),
      ['kim', 50],
      ['COMMIT_MIXES_DECISIONS'],
    ],
    [
      'with the opposite beside it',
      pinned,
      done(pinned, unpinIt('kim', 'operator', 50.1), pinIt('1.2.0', 'kim', 'operator', 50.1)),
      ['kim', 50.1],
      ['COMMIT_MIXES_DECISIONS'],
    ],
    [
      'that says it moved the alias elsewhere',
      three,
      withSteps(pinned, (steps) =>
        steps.map((step) =>
          step.cause === 'pin' ? { ...step, moves: [{ ...step.moves[0], to: '1.0.0' } as never] } : step,
        ),
      ),
      ['kim', 50],
      ['UNEXPLAINED_CHANGE'],
    ],
    [
      'that takes an earlier step away',
      three,
      withSteps(pinned, (steps) => steps.slice(1)),
      ['kim', 50],
      ['NO_ACT'],
    ],
    [
      'before which earlier steps changed places',
      three,
      withSteps(pinned, ([a, b, ...others]) => [b, a, ...others].flatMap((step) => step ?? [])),
      ['kim', 50],
      ['UNEXPLAINED_CHANGE'],
    ],
    ['that is taken out', pinned, withSteps(pinned, (steps) => steps.slice(0, -1)), ['kim', 51], ['NO_ACT']],
    ['of which all aliases go', pinned, withoutFile(pinned, FILE), ['kim', 51], ['ENTRY_REMOVED']],
    ['in a file that is none', three, put(three, FILE, '{}'), ['kim', 50], ['DOCUMENT_UNSOUND']],
  ])('%s', (_what, before, after, by, expected) => {
    expect(codes(before, after, by)).toEqual(expected);
  });

  test('whose two words one person says in one signature, where nothing keeps them apart', () => {
    const roles = ['operator', 'release-owner'].map((role) => ({ role, lines: ['*'] }));
    const separation = { productionGates: 'same-person', reason: 'a small team' };
    const people = { ...PIN_LAW.people, dan: { roles } };
    const law = { ...PIN_LAW, people, separation };
    const before = served(served(treeAt('customer-deployed', law), '1.1.0', 20), '1.2.0', 30);
    const far = (role: 'operator' | 'release-owner') => pinIt('1.0.0', 'dan', role, 50);
    const after = done(before, far('operator'), far('release-owner'));
    expect(codes(before, after, ['dan', 50])).toEqual([]);
    expect(aliasesOf(after, line)?.steps.at(-1)?.moves).toEqual([
      { alias: 'serving', from: '1.2.0', to: '1.0.0' },
    ]);
  });
});

describe('a merge of a pin', () => {
  const merged = (other: TreeFolder, by: readonly [string, number], tree = pinned, pinner = 'kim') =>
    new Story(three, ['mia', 0])
      .commit('pin', 'root', { tree, by: [pinner, 50] })
      .commit('other', 'root', { tree: other, by })
      .merge('m', ['pin', 'other'], { tree })
      .codes('m');

  test('with a step of an iteration of the line, or another pin, is for people to do again', () => {
    expect(
      merged(
        done(
          three,
          moveTo(
            'production-validated',
            { name: 'gus', role: 'governance-approver', hours: 50 },
            {},
            '1.2.0',
          ),
        ),
        ['gus', 50],
      ),
    ).toContain('MERGE_CONFLICT');
    expect(
      merged(done(three, deprecateIt({}, { name: 'lee', role: 'operator', hours: 50 }, '1.1.0')), [
        'lee',
        50,
      ]),
    ).toContain('MERGE_CONFLICT');
    expect(merged(done(three, pinIt('1.0.0', 'gil', 'release-owner', 50)), ['gil', 50])).toContain(
      'MERGE_CONFLICT',
    );
  });

  test.each<[string, object]>([
    ['who signed it was suspended', { act: 'suspend-signer', signer: 'kim' }],
    ['his key was revoked', { act: 'revoke-signer', keys: [keyOf('kim')], as: 'retired' }],
    ['a capability was disabled', { act: 'disable', capability: 'summarise', lines: ['*'] }],
  ])('is held to what the other side brought: %s', (_what, body) => {
    const other = overridden(three, { ...BY_LEE, ...body }, 'b', 49);
    const together = withSteps(other, () => aliasesOf(pinned, line)?.steps ?? []);
    const found = new Story(three, ['mia', 0])
      .commit('pin', 'root', { tree: pinned, by: ['kim', 50] })
      .commit('other', 'root', { tree: other, by: ['lee', 49] })
      .merge('m', ['pin', 'other'], { tree: together });
    expect([found.codes('pin'), found.codes('other'), found.codes('m')]).toEqual([
      [],
      [],
      ['ENDED_BEFORE_MERGE'],
    ]);
  });

  test('goes with a freeze, under which it is held', () => {
    const other = overridden(three, { ...BY_LEE, act: 'freeze', line, alias: 'serving' }, 'b', 49);
    const together = withSteps(other, () => aliasesOf(pinned, line)?.steps ?? []);
    const found = new Story(three, ['mia', 0])
      .commit('pin', 'root', { tree: pinned, by: ['kim', 50] })
      .commit('other', 'root', { tree: other, by: ['lee', 49] })
      .merge('m', ['pin', 'other'], { tree: together });
    expect([found.codes('other'), found.codes('m')]).toEqual([[], []]);
  });
});

test('a repair that keeps a pin tears nothing, and one that loses the step before it does', () => {
  expect(tornApart(pinned)).toEqual([]);
  expect(
    tornApart(withSteps(pinned, (steps) => steps.filter(({ version }) => version !== '1.1.0'))),
  ).not.toEqual([]);
});

import { describe, expect, test } from 'vitest';
import { chosenTrials } from '../../../src/commands/drill/choose.ts';
import { trialOf, type Trial } from '../../../src/commands/drill/trials.ts';
import type { Principal } from '../../../src/domain/signers.ts';
import { OVERRIDE_ACTS, type OverrideAct } from '../../../src/domain/override-acts.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { lawOf, principalNamed } from '../../../src/machine/law.ts';
import { grants } from '../support/changes.ts';
import { pull } from '../support/brakes.ts';
import { GUARDIANS } from '../support/history.ts';
import { keyOf, lawTree, LINE, type LawChanges, type Person } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { done, hour, worldOf } from '../support/world.ts';

const there = treeAt('artifact-exported', GUARDIANS);
/** Founded, and nothing more; the line has a name. */
const bare = lawTree({ ...GUARDIANS, line: { match: LINE } });
const NOW = 9;

const personOf = (tree: TreeFolder, name: Person): Principal => {
  const found = principalNamed(lawOf(tree), name);
  if (found === null) throw new Error(`nobody is called ${name}`);
  return found;
};
const trial = (override: OverrideAct, tree = there, runner: Person = 'mia'): Trial | null =>
  trialOf(override, worldOf(tree), personOf(tree, runner), hour(NOW));

/** Each override as the words of its trial impose it. */
const BRAKES: Readonly<Record<OverrideAct, object>> = {
  'stop-candidates': { act: 'stop-candidates', lines: [LINE] },
  freeze: { act: 'freeze', line: LINE, alias: 'production' },
  disable: { act: 'disable', capability: 'summarise', lines: [LINE] },
  'suspend-signer': { act: 'suspend-signer', signer: 'ci' },
  'revoke-signer': { act: 'revoke-signer', keys: [keyOf('ci')], as: 'retired' },
};

describe('what an override is tried on', () => {
  test.each([
    ['stop-candidates', ['stop-candidates', LINE]],
    ['freeze', ['freeze', LINE, 'production']],
    ['disable', ['disable', 'summarise', '--line', LINE]],
    ['suspend-signer', ['suspend-signer', 'ci']],
    ['revoke-signer', ['revoke-signer', keyOf('ci'), '--as', 'retired']],
  ] as const)('%s: something of the history', (override, words) => {
    expect(trial(override)?.words).toEqual(words);
  });

  test.each(OVERRIDE_ACTS)('%s stops that, and no other override does', (override) => {
    const stopped = OVERRIDE_ACTS.filter((other) => {
      const braked = done(there, pull(BRAKES[other], 'mia', 8));
      return trial(override)?.isStopped(worldOf(braked), hour(NOW)) === true;
    });
    expect(stopped).toEqual([override]);
    expect(trial(override)?.isStopped(worldOf(there), hour(NOW))).toBe(false);
  });

  test.each(OVERRIDE_ACTS)('%s: nothing that is stopped already', (override) => {
    const braked = done(there, pull(BRAKES[override], 'mia', 8));
    expect(trial(override, braked)?.words ?? null).not.toEqual(trial(override)?.words);
  });

  test('in a repository that holds nothing yet: a line and a key, and no more', () => {
    expect(OVERRIDE_ACTS.filter((override) => trial(override, bare) !== null)).toEqual([
      ...['freeze', 'revoke-signer'],
    ]);
    const pattern = lawTree({ ...GUARDIANS, line: { match: 'tri*' } });
    expect(trial('freeze', pattern)).toBeNull();
  });

  test('is rather a machine than a person, and of machines rather one of somebody else', () => {
    const own: LawChanges = { ...GUARDIANS, bot: ['pipeline'] };
    const two = lawTree({ ...own, people: { ...own.people, bot: { owner: 'lee' } } });
    expect(trial('revoke-signer', two)?.words).toContain(keyOf('bot'));
    expect(trial('revoke-signer', two, 'lee')?.words).toContain(keyOf('ci'));
  });

  test('is never whoever drills, somebody kept for recovery, or somebody whose key has ended', () => {
    const tree = lawTree({ people: { ...GUARDIANS.people, eva: { roles: grants(['recovery']) } } });
    const gone = done(tree, pull(BRAKES['revoke-signer'], 'mia', 8));
    expect(trial('revoke-signer', gone)?.words).not.toContain(keyOf('eva'));
    expect(trial('revoke-signer', gone)?.words).not.toContain(keyOf('ci'));
    expect(trial('revoke-signer', gone)?.words).not.toContain(keyOf('mia'));
  });
});

describe('what is drilled', () => {
  const chosen = (tree: TreeFolder, named: readonly OverrideAct[] = []) => {
    const { trials, notPossible } = chosenTrials(
      { world: worldOf(tree) },
      personOf(tree, 'mia'),
      named,
      hour(NOW),
    );
    return [trials, notPossible].map((list) => list.map(({ override }) => override));
  };
  const wanting = (...overrides: readonly string[]): LawChanges => ({
    ...GUARDIANS,
    policy: { drills: { everyDays: 90, overrides } },
  });

  test('is what was named, each once', () => {
    expect(chosen(there, ['freeze', 'disable', 'freeze'])).toEqual([['disable', 'freeze'], []]);
  });

  test('else what the policy wants, else everything', () => {
    expect(chosen(treeAt('artifact-exported', wanting('freeze')))).toEqual([['freeze'], []]);
    expect(chosen(there)).toEqual([[...OVERRIDE_ACTS], []]);
  });

  test('leaves out what there is nothing to try on, unless it was named', () => {
    expect(chosen(bare)).toEqual([
      ['freeze', 'revoke-signer'],
      ['disable', 'stop-candidates', 'suspend-signer'],
    ]);
    expect(() => chosen(bare, ['freeze', 'disable'])).toThrow('nothing here to drill this on');
    expect(() => chosen(lawTree(wanting('disable')))).toThrow('nothing here to drill this on');
  });
});

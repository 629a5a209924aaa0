import { describe, expect, test } from 'vitest';
import type { Role } from '../../../src/domain/roles.ts';
import { EMPTY_TREE, type TreeFolder } from '../../../src/domain/tree.ts';
import { JudgedHistory, type JudgedCommit } from '../../../src/evidence/lineage.ts';
import { isBelieved } from '../../../src/evidence/outlived-repairs.ts';
import { inForceAt } from '../../../src/judge/in-force.ts';
import type { Judgement, Voucher } from '../../../src/judge/judgement.ts';
import { lawOf, principalNamed } from '../../../src/machine/law.ts';
import { grants, key, overridden, TEAM, teamTree, type Member } from '../support/changes.ts';
import { at, hour } from '../support/world.ts';

/** A repair at hour 10 of a commit from the future, looked at when the day of that commit has come. */
const [ROOT, PARENT, REPAIR, SECOND] = ['root', 'parent', 'repair', 'second'];

const JUDGED: Judgement = {
  ...{ kind: 'repair', reasons: [], clock: hour(10), signer: null, key: null, acts: [], expires: null },
  imposed: new Map(),
};

interface Commit {
  readonly id: string;
  readonly parent: string;
  readonly laws?: readonly TreeFolder[];
  readonly void?: boolean;
  readonly kind?: Judgement['kind'];
  readonly vouchers?: readonly Voucher[];
}

function history(...commits: readonly Commit[]): JudgedHistory {
  const result = new JudgedHistory(ROOT);
  for (const { id, parent, laws = [], vouchers, kind = 'repair', ...more } of commits) {
    const [tree = EMPTY_TREE] = laws;
    const judgement = { ...JUDGED, kind, ...(vouchers !== undefined && { vouchers }) };
    const force = { ...inForceAt(id, tree, new Map(), hour(10)), laws };
    const commit: JudgedCommit = {
      ...{ id, tree, guarded: new Map(), void: more.void ?? false, clock: hour(10), force },
      ...{ parents: [parent], judgement, signedAt: hour(10) },
    };
    result.add(commit);
  }
  return result;
}

function voucher(name: string, role: Role = 'policy-approver'): Voucher {
  const principal = principalNamed(lawOf(teamTree()), name);
  if (principal === null) throw new Error(`nobody is called ${name}`);
  return { principal, key: key(name) as never, role };
}

/** Whether a repair by mia is believed where the honest reading puts these laws in force. */
const believed = (laws: readonly TreeFolder[], vouchers: readonly Voucher[] = [voucher('mia')]): boolean =>
  isBelieved(
    REPAIR,
    history({ id: PARENT, parent: ROOT, laws }, { id: REPAIR, parent: PARENT, void: true }),
    history({ id: PARENT, parent: ROOT, void: true }, { id: REPAIR, parent: PARENT, vouchers }),
  );
const withMia = (mia: Member): TreeFolder => teamTree({ people: { ...TEAM, mia } });

describe('a repair of what came from the future is believed', () => {
  test('if whoever answers for it has the authority by the honest reading too', () => {
    expect(believed([teamTree()])).toBe(true);
    expect(believed([teamTree()], [voucher('mia'), voucher('otto')])).toBe(true);
  });

  test.each<[string, TreeFolder]>([
    [
      'has left',
      teamTree({ people: Object.fromEntries(Object.entries(TEAM).filter(([id]) => id !== 'mia')) }),
    ],
    ['has lost the role', withMia(['ml-manager', 'override', 'operator'])],
    [
      'had the role until before',
      withMia({ roles: [{ role: 'policy-approver', lines: ['*'], until: at(10) }] }),
    ],
    ['has it from later on', withMia({ roles: [{ role: 'policy-approver', lines: ['*'], from: at(11) }] })],
    [
      'signed with a key that is retired',
      withMia({
        roles: grants(['policy-approver']),
        keys: [{ fingerprint: key('mia'), retired: { reason: 'left' } }],
      }),
    ],
    [
      'signed with a key that is another’s by now',
      teamTree({
        people: {
          ...TEAM,
          mia: { roles: grants(['policy-approver']), keys: [{ fingerprint: key('new') }] },
          otto: { roles: grants(['policy-approver']), keys: [{ fingerprint: key('mia') }] },
        },
      }),
    ],
    ['is suspended', overridden(teamTree(), { act: 'suspend-signer', signer: 'mia' })],
    [
      'had the key stolen',
      overridden(teamTree(), { act: 'revoke-signer', keys: [key('mia')], as: 'compromised' }),
    ],
  ])('not if that person %s', (_what, law) => {
    expect(believed([law])).toBe(false);
    // Authority is needed under each law, and by each who answers.
    expect(believed([teamTree(), law])).toBe(false);
    expect(believed([law], [voucher('ana', 'model-owner'), voucher('mia')])).toBe(false);
  });

  test('not where no law is in force, or none that can be read', () => {
    expect(believed([])).toBe(false);
    expect(believed([EMPTY_TREE])).toBe(false);
    const held = history({ id: REPAIR, parent: PARENT, vouchers: [voucher('mia')] });
    expect(isBelieved(REPAIR, history(), held)).toBe(false);
    expect(isBelieved(REPAIR, history({ id: REPAIR, parent: PARENT, void: true }), held)).toBe(false);
  });

  test('not where nobody answers for it', () => {
    expect(believed([teamTree()], [])).toBe(false);
    const without = history({ id: PARENT, parent: ROOT, laws: [teamTree()] }, { id: REPAIR, parent: PARENT });
    expect(isBelieved(REPAIR, without, history({ id: REPAIR, parent: PARENT }))).toBe(false);
  });

  describe('with the word of a second person on top of it', () => {
    const without = history(
      { id: PARENT, parent: ROOT, laws: [teamTree()] },
      { id: REPAIR, parent: PARENT, void: true },
      { id: SECOND, parent: REPAIR, void: true },
    );
    const alone: Commit = { id: REPAIR, parent: PARENT, void: true, vouchers: [voucher('mia')] };
    const vouchers = [voucher('mia'), voucher('otto')];
    const second: Commit = { id: SECOND, parent: REPAIR, vouchers };

    test('if that holds', () => {
      expect(isBelieved(REPAIR, without, history(alone))).toBe(false);
      expect(isBelieved(REPAIR, without, history(alone, second))).toBe(true);
    });

    test.each<[string, Commit]>([
      ['is void', { ...second, void: true }],
      ['is no word on a repair', { ...second, kind: 'governed' }],
      ['lies on another commit', { ...second, parent: PARENT }],
    ])('not if what is there %s', (_what, commit) => {
      expect(isBelieved(REPAIR, without, history(alone, commit))).toBe(false);
    });
  });
});

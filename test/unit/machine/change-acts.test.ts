import { describe, expect, test } from 'vitest';
import {
  fileAt,
  filesUnder,
  withFile,
  withFolder,
  withoutFile,
  type TreeFolder,
} from '../../../src/domain/tree.ts';
import { contestedChanges } from '../../../src/machine/change-standing.ts';
import { changeNamed } from '../../../src/machine/changes.ts';
import { apply, decide } from '../../../src/machine/decide.ts';
import type { Refresh } from '../../../src/machine/act.ts';
import {
  caseIn,
  grants,
  key,
  newestWord,
  overridden,
  policyFiles,
  propose,
  proposeOther,
  putInForce,
  say,
  standingOf,
  TEAM,
  teamTree,
  type Said,
  type TeamLaw,
} from '../support/changes.ts';
import { encode } from '../support/law-files.ts';
import { actorOf, at, done, hour, refusals, worldOf } from '../support/world.ts';

const ID = 'f'.repeat(64);
const runs: TeamLaw = { version: 2, line: { runs: 2 } };
const newcomer: TeamLaw = { version: 2, people: { ...TEAM, nora: ['operator'] } };
const tree = teamTree();
const proposed = done(tree, propose(policyFiles(runs)));
const blocked = (of: TreeFolder, hours = 3): readonly string[] =>
  standingOf(of, hours).blocked.map(({ code }) => code);
/** Approvals of all whose roles the change of runs takes. */
const RULES: readonly (readonly [string, string])[] = [
  ['ana', 'model-owner'],
  ['otto', 'security-owner'],
  ['mia', 'ml-manager'],
];
const approved = (of: TreeFolder, said: Said = {}): TreeFolder =>
  done(of, ...RULES.map(([name, role], index) => say(name, role, { hours: 2 + index / 10, ...said })));
const inForce = done(approved(proposed), putInForce('mia', 'ml-manager'));
const json = (value: unknown): Uint8Array => encode(JSON.stringify(value));

describe('a proposal', () => {
  test('brings itself and the files proposed', () => {
    const { change } = caseIn(proposed);
    expect(filesUnder(proposed, `changes/${change.id}`).map(([path]) => path)).toEqual([
      'change.json',
      ...policyFiles(runs).map(({ path }) => `proposed/${path}`),
    ]);
  });

  test.each<[string, object, readonly string[]]>([
    ['another id', { id: ID }, ['ENTRY_ID_FALSE']],
    ['another digest of what it replaces', { replaces: ID }, ['CHANGE_DIFFERS']],
    ['another digest of what it brings', { proposal: ID }, ['CHANGE_DIFFERS']],
    ['a version further on', { version: 3 }, ['CHANGE_DIFFERS']],
    ['a key it does not bring', { brings: { keys: [key('zoe')], roles: [] } }, ['CHANGE_DIFFERS']],
    ['an entry it relies on', { reliedOn: [ID] }, ['RELIED_ON_FALSE']],
    ['another time', { time: at(5) }, ['ENTRY_TIME']],
  ])('that says %s is refused', (_what, changes, codes) => {
    const { act, by } = propose(policyFiles(runs), 'eli', 1, changes)(tree);
    if (act.kind !== 'propose') throw new Error('that is no proposal');
    const change = 'id' in changes ? { ...act.change, id: ID as never } : act.change;
    expect(refusals(tree, () => ({ act: { ...act, change }, by }))).toEqual(codes);
  });

  test('that leaves out what it brings is refused: a thief’s friends must go with him', () => {
    const silent = { brings: { keys: [], roles: [] } };
    expect(refusals(tree, propose(policyFiles(newcomer), 'eli', 1, silent))).toEqual(['CHANGE_DIFFERS']);
    expect(refusals(tree, propose(policyFiles(newcomer)))).toEqual([]);
  });

  test.each<[string, string, string, readonly string[]]>([
    ['by a machine', 'ci', 'pipeline', ['HUMAN_REQUIRED']],
    ['in a role not held', 'eli', 'operator', ['ROLE_NOT_HELD']],
    ['in any role that is held', 'ana', 'domain-expert', []],
  ])('%s', (_what, name, role, codes) => {
    expect(refusals(tree, propose(policyFiles(runs), name, 1, {}, role as never))).toEqual(codes);
  });

  test('by an auditor as such, and twice', () => {
    const audited = teamTree({ people: { ...TEAM, aud: ['auditor'] } });
    const people = { ...TEAM, aud: ['auditor'] };
    const files = policyFiles({ ...runs, people });
    expect(refusals(audited, propose(files, 'aud', 1, {}, 'auditor'))).toEqual(['ROLE_CANNOT']);
    const build = propose(policyFiles(runs))(tree);
    expect(refusals(proposed, () => build)).toEqual(['ENTRY_ALTERED']);
  });

  test('of something that cannot be read', () => {
    const files = [...policyFiles(runs), { path: 'more.yaml', bytes: encode('x') }];
    expect(refusals(tree, propose(files))).toEqual(['DOCUMENT_UNSOUND']);
  });

  describe('that is none of a policy', () => {
    const brake = { act: 'stop-candidates', lines: ['*'] };
    const stopped = overridden(tree, brake);
    const lift = (override = 'a'.repeat(64)) => proposeOther({ kind: 'lift', override });

    test('lifts what is in force and can be lifted', () => {
      expect(refusals(stopped, lift())).toEqual([]);
      expect(refusals(tree, lift())).toEqual(['LIFT_IMPOSSIBLE']);
      const stolen = { act: 'revoke-signer', keys: [key('eli')], as: 'compromised' };
      expect(
        refusals(overridden(tree, stolen), proposeOther({ kind: 'lift', override: 'a'.repeat(64) }, 'ana')),
      ).toContain('LIFT_IMPOSSIBLE');
    });

    test('names the version in force and brings no files', () => {
      const late = (body: object) => (of: TreeFolder) => {
        const built = lift()(of);
        return { ...built, act: { ...built.act, ...body } };
      };
      expect(refusals(stopped, late({ files: policyFiles(runs) }))).toEqual(['CHANGE_DIFFERS']);
      expect(refusals(stopped, proposeOther({ kind: 'lift', override: 'a'.repeat(64), version: 7 }))).toEqual(
        ['CHANGE_DIFFERS'],
      );
    });

    test('a lift is applied by two, and the brake is off', () => {
      const ready = done(stopped, lift(), say('mia', 'policy-approver'), say('eli', 'software-owner'));
      const free = done(ready, putInForce('eli', 'software-owner'));
      expect(filesUnder(free, 'lifts').map(([path]) => path)).toEqual([`${'a'.repeat(64)}.json`]);
      expect(worldOf(free).law.overrides).toEqual([]);
      // Proposed twice, it is lifted once.
      const again = done(
        stopped,
        lift(),
        proposeOther({ kind: 'lift', override: 'a'.repeat(64), reason: 'again' }, 'eli', 1.5),
      );
      const both = done(again, say('mia', 'policy-approver'), say('eli', 'software-owner'));
      const gone = withFile(
        both,
        `lifts/${'a'.repeat(64)}.json`,
        fileAt(free, `lifts/${'a'.repeat(64)}.json`)?.bytes ?? encode(''),
      );
      expect(refusals(gone, putInForce('eli', 'software-owner'))).toEqual(['LIFT_IMPOSSIBLE']);
    });

    test('a move of the root is applied by owners and two people, and changes nothing', () => {
      const root = proposeOther({
        kind: 'root',
        root: { commit: 'c'.repeat(40), signer: key('mia') },
        tree: ID,
      });
      const ready = done(
        tree,
        root,
        say('ana', 'model-owner'),
        say('otto', 'security-owner'),
        say('otto', 'policy-approver'),
      );
      const moved = done(ready, putInForce('otto', 'policy-approver'));
      const { change } = caseIn(moved);
      expect(filesUnder(moved, '').length - filesUnder(ready, '').length).toBe(1);
      expect(changeNamed(moved, change.id)?.applied?.principal).toBe('otto');
    });

    test('a lift outlives no policy', () => {
      const waiting = done(stopped, lift());
      const later = withFolder(waiting, 'policy', teamTree({ ...runs }).children.get('policy') as TreeFolder);
      expect(blocked(later)).toContain('CHANGE_OUTDATED');
    });
  });
});

describe('a word on a proposal', () => {
  test.each<[string, string, string, Said, readonly string[]]>([
    ['of one who is asked', 'ana', 'model-owner', {}, []],
    ['of anybody else, in any role', 'eli', 'software-owner', {}, []],
    ['of a machine', 'ci', 'pipeline', {}, ['HUMAN_REQUIRED']],
    ['in a role not held', 'ana', 'ml-manager', {}, ['ROLE_NOT_HELD']],
    ['on nothing', 'ana', 'model-owner', { change: ID }, ['CHANGE_UNKNOWN']],
    [
      'that relies on something else',
      'ana',
      'model-owner',
      { changes: { reliedOn: [ID] } },
      ['RELIED_ON_FALSE'],
    ],
    ['that answers nothing', 'ana', 'model-owner', { answers: [ID] }, ['ANSWER_UNKNOWN']],
    ['a rejection', 'ana', 'model-owner', { act: 'reject' }, []],
  ])('%s', (_what, name, role, said, codes) => {
    expect(refusals(proposed, say(name, role, said))).toEqual(codes);
  });

  test('of an auditor as such', () => {
    const people = { ...TEAM, aud: ['auditor'] };
    const audited = done(teamTree({ people }), propose(policyFiles({ ...runs, people })));
    expect(refusals(audited, say('aud', 'auditor'))).toEqual(['ROLE_CANNOT']);
  });

  test('is said once a role, unless it answers something', () => {
    const once = done(proposed, say('ana', 'model-owner'));
    expect(refusals(once, say('ana', 'model-owner', { hours: 3 }))).toEqual(['CHANGE_ALREADY_APPROVED']);
    expect(refusals(once, say('ana', 'domain-expert', { hours: 3 }))).toEqual([]);
    const { act, by } = say('ana', 'model-owner')(proposed);
    expect(refusals(once, () => ({ act, by }))).toContain('ENTRY_ALTERED');
    const contra = done(once, say('otto', 'policy-approver', { act: 'reject', hours: 2.5 }));
    expect(refusals(contra, say('ana', 'model-owner', { hours: 3, answers: [newestWord(contra)] }))).toEqual(
      [],
    );
  });

  test('on what is outdated, or in force', () => {
    const two = done(
      tree,
      propose(policyFiles(runs)),
      propose(policyFiles({ version: 2, line: { runs: 3 } }), 'ana', 1.5, {}, 'model-owner'),
    );
    const { change } = caseIn(proposed);
    const applied = done(approved(two), putInForce('mia', 'ml-manager'));
    expect(refusals(applied, say('ana', 'model-owner', { change: change.id, hours: 4 }))).toEqual([
      'CHANGE_OUTDATED',
    ]);
    expect(refusals(inForce, say('eli', 'software-owner', { hours: 4 }))).toEqual(['CHANGE_APPLIED']);
  });

  test('is taken back by its author alone, once, and may be on its way', () => {
    const said = done(proposed, say('ana', 'model-owner'));
    const withdraws = newestWord(said);
    const back = say('ana', 'model-owner', { act: 'withdraw', withdraws, hours: 3 });
    expect(refusals(said, say('otto', 'policy-approver', { act: 'withdraw', withdraws }))).toEqual([
      'ENTRY_UNRELATED',
    ]);
    expect(refusals(said, back)).toEqual([]);
    const gone = done(said, back);
    expect(refusals(gone, say('ana', 'model-owner', { act: 'withdraw', withdraws, hours: 4 }))).toEqual([
      'ANSWER_UNKNOWN',
    ]);
    expect(refusals(proposed, say('ana', 'model-owner', { act: 'withdraw', withdraws: ID }))).toEqual([]);
    expect(standingOf(gone).counted).toEqual([]);
  });
});

describe('what counts', () => {
  test('each role that is needed, by whoever holds it', () => {
    expect(blocked(proposed)).toEqual([
      'CHANGE_PENDING',
      'CHANGE_PENDING',
      'CHANGE_PENDING',
      'CHANGE_PENDING',
    ]);
    expect(blocked(done(proposed, say('ana', 'domain-expert')))).toHaveLength(4);
    expect(blocked(approved(proposed))).toEqual([]);
    const [missing] = standingOf(proposed).blocked;
    expect(missing).toMatchObject({
      code: 'CHANGE_PENDING',
      facts: { needed: 'model-owner', has: 0, of: 1, canSign: ['ana'] },
    });
  });

  test('whoever has left, or lost the role or the key, counts no more', () => {
    const full = approved(proposed);
    for (const ana of [
      { roles: [] },
      ['domain-expert'],
      {
        roles: grants(['model-owner', 'domain-expert']),
        keys: [{ fingerprint: key('ana'), retired: { reason: 'x' } }],
      },
      { roles: grants(['model-owner', 'domain-expert']), keys: [{ fingerprint: key('zoe') }] },
    ]) {
      const policy = teamTree({ people: { ...TEAM, ana } }).children.get('policy') as TreeFolder;
      expect(
        standingOf(withFolder(full, 'policy', policy)).counted.map(({ principal }) => principal),
      ).not.toContain('ana');
    }
    expect(blocked(overridden(full, { act: 'suspend-signer', signer: 'ana' }))).toEqual(['CHANGE_PENDING']);
  });

  test('an objection keeps it closed until it is settled', () => {
    const contra = done(approved(proposed), say('eli', 'software-owner', { act: 'reject', hours: 3 }));
    const objection = newestWord(contra);
    const settle = (name: string, role: string, hours = 4) =>
      say(name, role, { answers: [objection], hours });
    expect(blocked(contra)).toEqual(['CHANGE_OBJECTED']);
    // Its author.
    expect(blocked(done(contra, settle('eli', 'software-owner')))).toEqual([]);
    // Two, one of them an approver; one is not two, and two others are none.
    expect(blocked(done(contra, settle('mia', 'policy-approver')))).toEqual(['CHANGE_OBJECTED']);
    expect(blocked(done(contra, settle('mia', 'ml-manager'), settle('ana', 'model-owner')))).toEqual([
      'CHANGE_OBJECTED',
    ]);
    const settled = done(contra, settle('mia', 'policy-approver'), settle('ana', 'model-owner'));
    expect(blocked(settled)).toEqual([]);
    // Taken back, the answer settles nothing; taken back, the objection is none.
    const answer = caseIn(settled).approvals.find(
      ({ principal, answers }) => principal === 'ana' && answers.length > 0,
    );
    expect(
      blocked(
        done(settled, say('ana', 'model-owner', { act: 'withdraw', withdraws: answer?.id ?? '', hours: 5 })),
      ),
    ).toEqual(['CHANGE_OBJECTED']);
    expect(
      blocked(
        done(contra, say('eli', 'software-owner', { act: 'withdraw', withdraws: objection, hours: 5 })),
      ),
    ).toEqual([]);
    // Whoever suspends the others does not become two.
    const brakes = ['ana', 'eli', 'otto'].reduce(
      (of, signer, index) => overridden(of, { act: 'suspend-signer', signer }, 'abc'[index]),
      done(contra, settle('mia', 'policy-approver')),
    );
    expect(blocked(brakes)).toContain('CHANGE_OBJECTED');
  });

  test('what a stolen key said settles nothing and takes nothing back', () => {
    const contra = done(approved(proposed), say('eli', 'software-owner', { act: 'reject', hours: 3 }));
    const stolen = { act: 'revoke-signer', keys: [key('eli')], as: 'compromised' };
    const answered = done(contra, say('eli', 'software-owner', { answers: [newestWord(contra)], hours: 4 }));
    expect(blocked(overridden(answered, stolen))).toEqual(['CHANGE_OBJECTED']);
    const back = done(
      contra,
      say('eli', 'software-owner', { act: 'withdraw', withdraws: newestWord(contra), hours: 4 }),
    );
    expect(blocked(back)).toEqual([]);
    expect(blocked(overridden(back, stolen))).toEqual(['CHANGE_OBJECTED']);
  });

  test('nothing of a policy that cannot be read', () => {
    const { change } = caseIn(proposed);
    const broken = withoutFile(proposed, `changes/${change.id}/proposed/policy.yaml`);
    expect(blocked(broken)).toEqual(['CHANGE_NOTHING']);
    const gone = filesUnder(proposed, `changes/${change.id}/proposed`).reduce(
      (of, [path]) => withoutFile(of, `changes/${change.id}/proposed/${path}`),
      proposed,
    );
    expect(blocked(gone)).toEqual(['CHANGE_NOTHING']);
  });
});

describe('coming into force', () => {
  test('puts the proposal in place byte for byte, and nothing else', () => {
    const { change } = caseIn(inForce);
    const under = (path: string): readonly (readonly [string, string])[] =>
      filesUnder(inForce, path).map(([name, { sha256 }]) => [name, sha256] as const);
    expect(under('policy')).toEqual(under(`changes/${change.id}/proposed`));
    expect(worldOf(inForce).law.policy.version).toBe(2);
  });

  test('takes away what is not in it any more', () => {
    const people = Object.fromEntries(Object.entries(TEAM).filter(([id]) => id !== 'eli'));
    const leaving = done(
      tree,
      propose(policyFiles({ version: 2, people }), 'ana', 1, {}, 'model-owner'),
      say('mia', 'policy-approver'),
      say('otto', 'policy-approver'),
    );
    const left = done(leaving, putInForce('otto', 'policy-approver'));
    expect(fileAt(tree, `policy/keys/${key('eli')}.asc`)).not.toBeNull();
    expect(fileAt(left, `policy/keys/${key('eli')}.asc`)).toBeNull();
  });

  test.each<[string, TreeFolder, string, string, readonly string[]]>([
    ['without approvals', proposed, 'mia', 'ml-manager', ['CHANGE_NOT_APPROVER', 'CHANGE_PENDING']],
    ['by somebody who did not approve', approved(proposed), 'eli', 'software-owner', ['CHANGE_NOT_APPROVER']],
    ['by a machine', approved(proposed), 'ci', 'pipeline', ['CHANGE_NOT_APPROVER', 'HUMAN_REQUIRED']],
    ['in a role in which he did not approve', approved(proposed), 'mia', 'policy-approver', ['ROLE_CANNOT']],
    ['twice', inForce, 'mia', 'ml-manager', ['CHANGE_APPLIED']],
    [
      'with one missing',
      done(proposed, say('ana', 'model-owner'), say('mia', 'ml-manager')),
      'mia',
      'ml-manager',
      ['CHANGE_PENDING'],
    ],
  ])('%s it does not', (_what, of, name, role, codes) => {
    expect(refusals(of, putInForce(name, role))).toEqual(codes);
  });

  test('relying on something else, or of nothing, it does not', () => {
    expect(refusals(approved(proposed), putInForce('mia', 'ml-manager', 3, { reliedOn: [] }))).toEqual([
      'RELIED_ON_FALSE',
    ]);
    expect(refusals(approved(proposed), putInForce('mia', 'ml-manager', 3, { change: ID }))).toEqual([
      'CHANGE_UNKNOWN',
    ]);
  });

  test('a law that became unlivable meanwhile is not put in force', () => {
    const people = { ...TEAM, nora: ['operator', 'domain-expert'] };
    const full = approved(done(teamTree({ people }), propose(policyFiles({ ...runs, people }))));
    const lost = (of: TreeFolder, name: string, digit: string) =>
      overridden(of, { act: 'revoke-signer', keys: [key(name)], as: 'compromised' }, digit);
    expect(refusals(lost(full, 'nora', 'a'), putInForce('mia', 'ml-manager'))).toEqual([]);
    // No domain expert is left.
    const gone = lost(lost(full, 'nora', 'a'), 'ana', 'b');
    expect(refusals(gone, putInForce('mia', 'ml-manager'))).toContain('LAW_UNLIVABLE');
    // Who is suspended for now comes back.
    const away = ['nora', 'ana'].reduce(
      (of, signer, index) => overridden(of, { act: 'suspend-signer', signer }, 'ab'[index]),
      full,
    );
    expect(refusals(away, putInForce('mia', 'ml-manager'))).toEqual(['CHANGE_PENDING']);
  });

  test('an objection afterwards, or an approval taken back, contests it', () => {
    const contested = (of: TreeFolder): readonly string[] =>
      contestedChanges(worldOf(of), hour(9)).map(({ code }) => code);
    expect(contested(inForce)).toEqual([]);
    expect(contested(proposed)).toEqual([]);
    const contra = done(inForce, say('eli', 'software-owner', { act: 'reject', hours: 5 }));
    expect(contested(contra)).toEqual(['POLICY_CONTESTED']);
    const answers = [newestWord(contra)];
    expect(contested(done(contra, say('eli', 'software-owner', { answers, hours: 6 })))).toEqual([]);
    const mine = caseIn(inForce).approvals.find(({ principal }) => principal === 'ana')?.id ?? '';
    const back = done(inForce, say('ana', 'model-owner', { act: 'withdraw', withdraws: mine, hours: 5 }));
    expect(contested(back)).toEqual(['POLICY_CONTESTED']);
    const settled = done(back, say('ana', 'model-owner', { answers: [newestWord(back)], hours: 6 }));
    expect(contested(settled)).toEqual([]);
    // Of something the change did not rely on.
    const other = done(inForce, say('eli', 'software-owner', { act: 'withdraw', withdraws: ID, hours: 5 }));
    expect(contested(other)).toEqual([]);
  });
});

describe('a refresh', () => {
  const facts: Refresh = {
    key: key('eli') as never,
    bytes: encode('later'),
    fault: null,
    expired: new Set(),
  };
  const refuse = (changes: Partial<Refresh>, name = 'ana', of = tree): readonly string[] => {
    const decision = decide(
      worldOf(of),
      { kind: 'refresh', ...facts, ...changes },
      actorOf(of, name as never, 5),
    );
    return decision.kind === 'allowed' ? [] : decision.reasons.map(({ code }) => code);
  };
  const everybody = new Set(Object.keys(TEAM).map((id) => key(id))) as unknown as Refresh['expired'];

  test.each<[string, Partial<Refresh>, string, readonly string[]]>([
    ['of a colleague', {}, 'ana', []],
    ['by a machine', {}, 'ci', []],
    ['that is none', { fault: 'it says nothing new' }, 'ana', ['REFRESH_UNSOUND']],
    ['of a stranger’s key', { key: key('zoe') as never }, 'ana', ['SIGNER_NOT_ENROLLED']],
    ['of the key that signs', {}, 'eli', ['REFRESH_OWN_KEY']],
    ['of the key that signs, when all others have expired', { expired: everybody }, 'eli', []],
  ])('%s', (_what, changes, name, codes) => {
    expect(refuse(changes, name)).toEqual(codes);
  });

  test('lies under the key by its digest, once', () => {
    const decision = decide(worldOf(tree), { kind: 'refresh', ...facts }, actorOf(tree, 'ana' as never, 5));
    if (decision.kind === 'refused') throw new Error('was refused');
    const after = apply(tree, decision.puts);
    expect(refuse({}, 'ana', after)).toEqual(['ENTRY_ALTERED']);
    expect(worldOf(after).law.refreshes.get(key('eli') as never)).toEqual(['later']);
  });

  test('of one’s own key by oneself where nobody else is alive', () => {
    const people = {
      ana: ['policy-approver', 'override'],
      ben: { roles: [] },
      cleo: { roles: grants(['operator']), keys: [{ fingerprint: key('cleo'), retired: { reason: 'x' } }] },
    };
    expect(refuse({ key: key('ana') as never }, 'ana', teamTree({ people }))).toEqual([]);
  });

  test('of one’s own key by nobody who has put all others out of action', () => {
    const others = ['ana', 'otto', 'eli', 'ci'];
    const suspended = others.reduce(
      (of, signer, index) => overridden(of, { act: 'suspend-signer', signer }, 'abcd'[index]),
      tree,
    );
    const revoked = overridden(tree, { act: 'revoke-signer', keys: others.map(key), as: 'compromised' });
    const own = { key: key('mia') as never };
    expect(refuse(own, 'mia', suspended)).toEqual(['REFRESH_OWN_KEY']);
    expect(refuse(own, 'mia', revoked)).toEqual(['REFRESH_OWN_KEY']);
  });

  test('by somebody suspended', () => {
    const suspended = overridden(tree, { act: 'suspend-signer', signer: 'ana' });
    expect(refuse({}, 'ana', suspended)).toEqual(['ROLE_NOT_HELD']);
  });
});

describe('a guarded path', () => {
  const touch = (name: string, paths = ['.github'], of = tree): string => {
    const decision = decide(worldOf(of), { kind: 'guarded', paths }, actorOf(of, name as never, 5));
    return decision.kind === 'allowed' ? 'allowed' : decision.reasons.map(({ code }) => code).join(' ');
  };
  test.each([
    ['mia', 'allowed'],
    ['eli', 'GUARDED_PATH'],
    ['ci', 'GUARDED_PATH'],
  ])('by %s: %s', (name, answer) => {
    expect(touch(name)).toBe(answer);
  });
  test('by a policy approver for some lines', () => {
    const otto = { roles: grants(['policy-approver'], ['triage']) };
    expect(touch('otto', ['.github'], teamTree({ people: { ...TEAM, otto } }))).toBe('GUARDED_PATH');
  });
  test('none of them', () => expect(touch('eli', [])).toBe('allowed'));
});

test('a folder of changes without a change in it is none', () => {
  const stray = withFile(tree, `changes/${ID}/approvals/x.json`, json({}));
  expect(changeNamed(stray, ID as never)).toBeNull();
  expect(changeNamed(tree, ID as never)).toBeNull();
});

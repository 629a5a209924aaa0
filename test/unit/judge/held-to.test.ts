import { describe, expect, test } from 'vitest';
import type { Fingerprint } from '../../../src/domain/names.ts';
import { EMPTY_TREE, withFolder, type TreeFolder } from '../../../src/domain/tree.ts';
import { heldTo } from '../../../src/judge/held-to.ts';
import { inForceAt } from '../../../src/judge/in-force.ts';
import type { JudgedParent, Judgement, KeyEnds } from '../../../src/judge/judgement.ts';
import type { Act } from '../../../src/machine/act.ts';
import { lawOf, principalNamed } from '../../../src/machine/law.ts';
import { deprecateIt, lockNow, moveTo, requestIt } from '../support/acts.ts';
import { grants, overridden, policyFiles, propose, say, teamTree } from '../support/changes.ts';
import { GUARDIANS, Story } from '../support/history.ts';
import { keyOf, lawTree, type LawChanges, type Person } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { at, decision, done, hour, newestId, withdrawal } from '../support/world.ts';

const exported = treeAt('artifact-exported', GUARDIANS);
const locked = treeAt('locked', GUARDIANS);
const NOW = 20;

const parentOf = (tree: TreeFolder): JudgedParent => ({
  ...{ id: 'p', tree, guarded: new Map(), void: false, clock: hour(NOW) },
  force: inForceAt('p', tree, new Map(), hour(NOW)),
});

interface Meeting {
  /** Of the side that acts. */
  readonly tree?: TreeFolder;
  readonly acts?: readonly Act[];
  readonly by: string;
  /** Of the other side. */
  readonly other?: TreeFolder;
  readonly base?: TreeFolder;
  readonly lawMoved?: boolean;
  readonly more?: Partial<Judgement>;
  /** When keys end by the certificates of the other side, and of what the sides have in common. */
  readonly ends?: KeyEnds;
  readonly endsBefore?: KeyEnds;
  readonly signedWith?: Fingerprint;
  /** Of the other side, in hours. */
  readonly clock?: number;
}

/** What acts no longer were by what the other side brought, in words. */
function held({
  tree = exported,
  acts = [],
  by,
  other = tree,
  base = tree,
  lawMoved = false,
  more,
  ends,
  endsBefore,
  signedWith,
  clock = NOW,
}: Meeting) {
  const judgement: Judgement = {
    ...{ kind: 'governed', reasons: [], clock: hour(8), acts, expires: null, imposed: new Map() },
    signer: principalNamed(lawOf(tree), by),
    key: keyOf(by as Person) as Fingerprint,
    ...more,
  };
  const side = {
    parent: parentOf(tree),
    commits: [{ id: 'a'.repeat(40), judgement, ...(signedWith && { signedWith }) }],
  };
  const common = { tree: base, ...(endsBefore && { ends: endsBefore }) };
  const there = { ...parentOf(other), ...(ends && { ends }), clock: hour(clock) };
  return heldTo(side, there, [common], lawMoved).map((why) =>
    why.code === 'ENDED_BEFORE_MERGE' ? why.facts.what : why.code,
  );
}

const actOf = (tree: TreeFolder, build: Parameters<typeof done>[1]): Act => build(tree).act;
const suspend = (signer: string) => ({ act: 'suspend-signer', signer });
const revoke = (...names: readonly string[]) => ({
  act: 'revoke-signer',
  keys: names.map((name) => keyOf(name as Person)),
  as: 'retired',
});
const signOff = actOf(exported, decision('approve', 'operator-signoff', 'kim', 8));
const GUARDED: Act = { kind: 'guarded', paths: ['ci'] };
const REFRESH: Act = {
  ...{ kind: 'refresh', key: keyOf('dan') as Fingerprint, bytes: new Uint8Array(), fault: null },
  expired: new Set(),
};

describe('an act is held to what certificates say on the other side', () => {
  const kim = keyOf('kim') as Fingerprint;
  const subkey = 'F'.repeat(40) as Fingerprint;
  const gone = ['the key of kim had ended by its certificate'];
  test.each([
    ['a key that was revoked', { ends: new Map([[kim, 0]]) }, gone],
    ['a key whose life was made shorter', { ends: new Map([[kim, hour(NOW)]]) }, gone],
    ['a subkey that was revoked', { ends: new Map([[subkey, 0]]), signedWith: subkey }, gone],
    ['a key that ends later', { ends: new Map([[kim, hour(NOW + 1)]]) }, []],
    ['another key', { ends: new Map([[subkey, 0]]) }, []],
    ['what they said before', { ends: new Map([[kim, 0]]), endsBefore: new Map([[kim, 0]]) }, []],
  ] as const)('%s', (_what, meeting, expected) => {
    expect(held({ acts: [signOff], by: 'kim', ...meeting })).toEqual(expected);
  });

  test('who answers for a choice by a key that was revoked', () => {
    const by = {
      principal: principalNamed(lawOf(exported), 'kim') as never,
      key: kim,
      role: 'operator',
    } as const;
    expect(held({ by: 'lee', more: { vouchers: [by] }, ends: new Map([[kim, 0]]) })).toEqual(gone);
  });

  test('an objection is not held to it', () => {
    const no = actOf(exported, decision('reject', 'operator-signoff', 'kim', 8));
    expect(held({ acts: [no], by: 'kim', ends: new Map([[kim, 0]]) })).toEqual([]);
  });
});

describe('a step to customers is held to the clock that the other side brought', () => {
  const freshness = { approvalDays: 1, evaluationDays: 2, evidenceDays: 3 };
  const law: LawChanges = { ...GUARDIANS, policy: { ...GUARDIANS.policy, freshness } };
  const step = moveTo('customer-deployed', { name: 'kim', role: 'operator', hours: 8 });
  const before = treeAt('signedOff', law);
  test.each<readonly [number, readonly RegExp[]]>([
    [32, []],
    [33, [/^the approval by kim at operator-signoff had grown too old$/]],
    [60, [/^the evaluation .* had grown too old$/, /the approval by kim/]],
    [100, [/the evaluation/, /model-card.md/, /rollback-procedure.md/, /the approval by kim/]],
  ])('in hour %d', (clock, words) => {
    const found = held({ tree: done(before, step), acts: [actOf(before, step)], by: 'kim', clock });
    expect(found).toEqual(words.map((each) => expect.stringMatching(each) as string));
  });

  test('an approval is not: how old it is says the step that uses it', () => {
    const start = treeAt('artifact-exported', law);
    const approve = decision('approve', 'operator-signoff', 'kim', 8);
    expect(
      held({ tree: done(start, approve), acts: [actOf(start, approve)], by: 'kim', clock: 100 }),
    ).toEqual([]);
  });
});

describe('an act is held to the overrides that the other side brought', () => {
  test.each([
    ['nothing', exported, []],
    ['his suspension', overridden(exported, suspend('kim')), ['kim had been suspended']],
    ['the suspension of somebody else', overridden(exported, suspend('lee')), []],
    ['the end of his key', overridden(exported, revoke('lee', 'kim')), ['a key of kim had been revoked']],
    ['the end of another key', overridden(exported, revoke('lee')), []],
    ['a freeze', overridden(exported, { act: 'freeze', line: 'triage', alias: 'production' }), []],
  ])('such as %s', (_what, other, words) => {
    expect(held({ acts: [signOff], by: 'kim', other })).toEqual(words);
  });

  test('but not to one that both have', () => {
    const tree = overridden(exported, suspend('kim'));
    expect(held({ acts: [signOff], by: 'kim', other: tree, base: tree })).toEqual([]);
  });

  test('of candidates that are stopped', () => {
    const stop = overridden(locked, { act: 'stop-candidates', lines: ['triage*'] });
    const elsewhere = overridden(locked, { act: 'stop-candidates', lines: ['other'] });
    const words = ['new candidates of triage had been stopped'];
    for (const build of [lockNow({}, 8), requestIt()]) {
      const acts = [actOf(locked, build)];
      expect(held({ tree: locked, acts, by: 'ci', other: stop })).toEqual(words);
      expect(held({ tree: locked, acts, by: 'ci', other: elsewhere })).toEqual([]);
    }
  });

  test('of a capability that is disabled, where a person moves what has it or somebody asks for it', () => {
    const disabled = (tree: TreeFolder, capability = 'summarise') =>
      overridden(tree, { act: 'disable', capability, lines: ['*'] });
    const words = ['the capability summarise had been disabled'];
    const asked = [actOf(locked, requestIt())];
    expect(held({ tree: locked, acts: asked, by: 'ci', other: disabled(locked) })).toEqual(words);
    expect(held({ tree: locked, acts: asked, by: 'ci', other: disabled(locked, 'translate') })).toEqual([]);
    const signed = treeAt('signedOff', GUARDIANS);
    const deploy = moveTo('customer-deployed', { name: 'kim', role: 'operator', hours: 8 });
    const moved = { tree: done(signed, deploy), acts: [actOf(signed, deploy)], by: 'kim', base: signed };
    expect(held({ ...moved, other: disabled(signed) })).toEqual(words);
    // What a repair gave up is there no more.
    expect(held({ ...moved, tree: locked, base: locked, other: disabled(locked) })).toEqual([]);
    const evaluated = treeAt('evaluated', GUARDIANS);
    for (const [name, role] of [
      ['ci', 'pipeline'],
      ['eva', 'evaluation-owner'],
    ] as const) {
      const accept = actOf(evaluated, moveTo('eval-accepted', { name, role, hours: 8 }));
      expect(held({ tree: evaluated, acts: [accept], by: name, other: disabled(evaluated) })).toEqual([]);
    }
    expect(held({ acts: [actOf(exported, deprecateIt())], by: 'lee', other: disabled(exported) })).toEqual(
      [],
    );
  });

  test('where somebody kept for recovery is touched by none', () => {
    const law: LawChanges = { people: { ...GUARDIANS.people, dan: { roles: grants(['recovery']) } } };
    const tree = lawTree(law);
    const acts = [actOf(tree, () => ({ act: REFRESH, by: { name: 'dan', role: 'recovery', hours: 8 } }))];
    expect(held({ tree, acts, by: 'dan', other: overridden(tree, suspend('dan')) })).toEqual([]);
  });
});

describe('an act is held to the clock of the other side', () => {
  const until = (role: string, end: number): LawChanges => ({
    people: { ...GUARDIANS.people, kim: { roles: [{ role, lines: ['*'], until: at(end) }] } },
  });

  test('where a grant ended by then', () => {
    const ended = lawTree(until('operator', NOW), exported);
    const alive = lawTree(until('operator', NOW + 1), exported);
    const words = ['kim no longer held operator for triage'];
    expect(held({ tree: ended, acts: [signOff], by: 'kim' })).toEqual(words);
    expect(held({ tree: alive, acts: [signOff], by: 'kim' })).toEqual([]);
  });

  test('where the key had expired', () => {
    const acts = [signOff];
    expect(held({ acts, by: 'kim', more: { expires: hour(NOW) } })).toEqual(['the key of kim had expired']);
    expect(held({ acts, by: 'kim', more: { expires: hour(NOW) + 1 } })).toEqual([]);
  });

  test('for guarded paths in the role that may change them', () => {
    expect(held({ acts: [GUARDED], by: 'lee' })).toEqual([]);
    expect(held({ acts: [GUARDED], by: 'kim' })).toEqual([
      'kim no longer held policy-approver for all lines',
    ]);
  });
});

describe('an act is held to the law that the other side moved', () => {
  const moved = (people: LawChanges['people'], tree = exported) =>
    lawTree({ people: { ...GUARDIANS.people, ...people } }, withFolder(tree, 'policy', null));
  const lost = ['kim no longer held operator for triage'];

  test.each([
    ['that leaves him as he was', {}, []],
    ['without his role', { kim: { roles: grants(['domain-expert']) } }, lost],
    [
      'where his key has ended',
      {
        kim: { ...GUARDIANS.people?.kim, keys: [{ fingerprint: keyOf('kim'), retired: { reason: 'left' } }] },
      },
      lost,
    ],
    ['without him', { kim: null }, lost],
  ])('%s', (_what, people, words) => {
    const other = moved(people);
    expect(held({ acts: [signOff], by: 'kim', other, lawMoved: true })).toEqual(words);
    expect(held({ acts: [signOff], by: 'kim', other })).toEqual([]);
  });

  test('in any role at all, where the act needs no particular one', () => {
    const any = ['dan no longer held any role for all lines'];
    expect(held({ acts: [REFRESH], by: 'dan', other: moved({}), lawMoved: true })).toEqual([]);
    expect(
      held({ acts: [REFRESH], by: 'dan', other: moved({ dan: { roles: [] } }), lawMoved: true }),
    ).toEqual(any);
  });
});

describe('what is not held', () => {
  test('a history without anything governed brings nothing', () => {
    expect(held({ acts: [signOff], by: 'kim', other: EMPTY_TREE, more: { expires: 0 } })).toEqual([]);
  });

  test('a commit that nobody had to sign', () => {
    expect(held({ by: 'kim', more: { signer: null, key: null } })).toEqual([]);
    expect(held({ by: 'kim', more: { expires: 0 } })).toEqual([]);
  });

  test('whoever answers for a repair is held like anybody', () => {
    const other = overridden(exported, suspend('mia'));
    const mia = principalNamed(lawOf(exported), 'mia');
    if (mia === null) throw new Error();
    const by = { principal: mia, key: keyOf('mia') as Fingerprint, role: 'policy-approver' } as const;
    expect(held({ by: 'lee', other, more: { vouchers: [by] } })).toEqual(['mia had been suspended']);
    expect(held({ by: 'lee', more: { vouchers: [by] } })).toEqual([]);
  });
});

describe('a branch loses no no, and brings none to an end', () => {
  const objected = done(exported, decision('reject', 'operator-signoff', 'kim', 8));
  const approved = done(exported, decision('approve', 'operator-signoff', 'kim', 8));
  const [no, yes] = [newestId(objected), newestId(approved)];
  const others = done(objected, decision('reject', 'operator-signoff', 'lee', 9));
  const kims = { by: 'kim', other: overridden(exported, suspend('kim')), base: exported };
  const words = ['kim had been suspended'];

  test.each([
    ['a rejection', decision('reject', 'operator-signoff', 'kim', 8), exported, []],
    ['a change request', decision('request-changes', 'operator-signoff', 'kim', 8), exported, []],
    ['the withdrawal of his approval', withdrawal(yes, 'operator-signoff', 'kim', 9), approved, []],
    ['the withdrawal of his rejection', withdrawal(no, 'operator-signoff', 'kim', 9), objected, words],
    ['the withdrawal of what is not here yet', withdrawal(no, 'operator-signoff', 'kim', 9), exported, words],
    [
      'a rejection that settles another',
      decision('reject', 'operator-signoff', 'kim', 9, { answers: [newestId(others)] }),
      others,
      words,
    ],
    [
      'a withdrawal that settles an objection',
      withdrawal(yes, 'operator-signoff', 'kim', 9, { answers: [newestId(others)] }),
      others,
      words,
    ],
  ] as const)('%s by somebody who was suspended', (_what, build, tree, expected) => {
    expect(held({ ...kims, tree, acts: [actOf(tree, build)] })).toEqual(expected);
  });

  test('the approval he takes back may lie on the other side', () => {
    const acts = [actOf(approved, withdrawal(yes, 'operator-signoff', 'kim', 9))];
    expect(held({ ...kims, acts, other: overridden(approved, suspend('kim')) })).toEqual([]);
  });

  test('the same of changes of the law', () => {
    const proposed = done(
      teamTree(),
      propose(policyFiles({ version: 2, line: { populationCeiling: 5 } }), 'eli', 1),
    );
    const before = done(
      proposed,
      say('otto', 'policy-approver', { act: 'approve', hours: 2 }),
      say('mia', 'policy-approver', { act: 'reject', hours: 2 }),
    );
    const [approval, rejection] = (['approve', 'reject'] as const).map((act) => {
      const name = act === 'approve' ? 'otto' : 'mia';
      const made = actOf(proposed, say(name, 'policy-approver', { act, hours: 2 }));
      return made.kind === 'decide-change' ? made.approval.id : '';
    });
    const judged = (name: 'otto' | 'mia', said: Parameters<typeof say>[2]) => {
      const acts = [actOf(before, say(name, 'policy-approver', said))];
      return held({ tree: before, acts, by: name, other: overridden(before, suspend(name)) });
    };
    const suspended = (name: string) => [`${name} had been suspended`];
    expect(judged('otto', { act: 'approve' })).toEqual(suspended('otto'));
    expect(judged('otto', { act: 'reject' })).toEqual([]);
    expect(judged('otto', { act: 'withdraw', withdraws: approval ?? '' })).toEqual([]);
    expect(judged('mia', { act: 'withdraw', withdraws: rejection ?? '' })).toEqual(suspended('mia'));
    expect(judged('otto', { act: 'reject', answers: [rejection ?? ''] })).toEqual(suspended('otto'));
  });

  test('so nobody who is suspended settles an objection from an old fork', () => {
    const root = done(exported, decision('reject', 'operator-signoff', 'lee', 7.2));
    const settles = decision('request-changes', 'operator-signoff', 'kim', 8, { answers: [newestId(root)] });
    const brake = overridden(root, suspend('kim'));
    const history = new Story(root, ['mia', 7.5])
      .commit('brake', 'root', { tree: brake, by: ['mia', 8] })
      .commit('answer', 'root', { tree: done(root, settles), by: ['kim', 8] })
      .merge('merge', ['brake', 'answer'], { tree: overridden(done(root, settles), suspend('kim')) });
    expect(history.codes('brake')).toEqual([]);
    expect(history.codes('answer')).toEqual([]);
    expect(history.codes('merge')).toEqual(['ENDED_BEFORE_MERGE']);
  });
});

import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../src/base/digest.ts';
import { HUMAN_ROLES, type HumanRole } from '../../../src/domain/roles.ts';
import type { EntryId, LineName } from '../../../src/domain/names.ts';
import { withoutFile, type TreeFolder } from '../../../src/domain/tree.ts';
import { entryIdsIn } from '../../../src/machine/entries-in.ts';
import { openReviews } from '../../../src/machine/exception-reviews.ts';
import { entriesOfException, exceptionsOf, usesOf } from '../../../src/machine/exceptions.ts';
import { heldAliases } from '../../../src/machine/held-aliases.ts';
import { standingOf } from '../../../src/machine/standing.ts';
import { subjectOf } from '../../../src/machine/subject.ts';
import {
  addEvidence,
  artifactOf,
  CHANGE,
  deprecateIt,
  evaluateIt,
  exportIt,
  moveTo,
  requestIt,
} from '../support/acts.ts';
import { pull, reaffirm, taintedIds } from '../support/brakes.ts';
import { grants } from '../support/changes.ts';
import {
  closeIt,
  EXCEPTING,
  newest,
  openIt,
  requestUsing,
  REVIEW,
  reviewIt,
  RULES,
  sayOf,
  standingAt,
  takeBack,
} from '../support/exceptions.ts';
import { encode, keyOf, lawTree, LINE, type LawChanges } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { at, bundleAt, decision, done, hour, refusals, worldOf } from '../support/world.ts';

const DAY = 24;
const locked = treeAt('locked', EXCEPTING);
const opened = done(locked, openIt());
const approved = done(opened, sayOf('approve', 'dan', 'security-owner', 3));
const used = done(approved, requestUsing());
const only = (tree: TreeFolder): readonly EntryId[] => [newest(tree).exception.id];

const exported = (tree: TreeFolder): TreeFolder =>
  done(
    tree,
    addEvidence(),
    evaluateIt(),
    moveTo('eval-accepted', { name: 'ci', role: 'pipeline', hours: 6 }),
    exportIt(),
    moveTo('artifact-exported', { name: 'ci', role: 'pipeline', hours: 7 }),
  );
const signedOff = (hours = 8) => decision('approve', 'operator-signoff', 'kim', hours);
const deploy = (hours = 8) => moveTo('customer-deployed', { name: 'kim', role: 'operator', hours });
const deployed = done(exported(used), signedOff(), deploy());

describe('what can be waived, and who says so', () => {
  const CHECKS = {
    rules: [],
    checks: [
      { name: 'quality-probe', waivable: 'quality' },
      { name: 'scan', waivable: 'security' },
    ],
  };
  const law: LawChanges = {
    ...EXCEPTING,
    policy: { ...EXCEPTING.policy, risk: CHECKS },
    people: {
      ...EXCEPTING.people,
      gus: { roles: grants(HUMAN_ROLES.filter((role) => role !== 'recovery')) },
    },
  };
  const everything = treeAt('locked', law);
  const KINDS = {
    security: { waives: ['code-stated'], needs: ['security-owner'] },
    'a check of security': { waives: ['check:scan'], needs: ['security-owner'] },
    'a check of quality': { waives: ['check:quality-probe'], needs: ['evaluation-owner', 'model-owner'] },
    versioning: { waives: ['version-higher'], needs: ['model-owner'] },
  } as const;
  const roles = HUMAN_ROLES.filter((role) => role !== 'recovery');

  it.each(
    Object.entries(KINDS).flatMap(([kind, { waives, needs }]) =>
      roles.map((role) => [kind, role, waives, (needs as readonly HumanRole[]).includes(role)] as const),
    ),
  )('%s: an approval as %s counts only where that role answers for it', (_kind, role, waives, counts) => {
    const tree = done(everything, openIt({ waives }));
    const word = sayOf('approve', 'gus', role, 3);
    expect(refusals(tree, word)).toEqual(counts ? [] : ['ROLE_CANNOT']);
    const { seats } = standingAt(counts ? done(tree, word) : tree, 3);
    expect(seats.filter(({ by }) => by === 'gus').map((seat) => seat.role)).toEqual(counts ? [role] : []);
  });

  it('needs two people for quality: one alone does not sit on both chairs', () => {
    const one = done(
      everything,
      openIt({ waives: ['check:quality-probe'] }),
      sayOf('approve', 'gus', 'model-owner', 3),
      sayOf('approve', 'gus', 'evaluation-owner', 3),
    );
    expect(standingAt(one, 3).blocked.map(({ code }) => code)).toEqual(['EXCEPTION_PENDING']);
    const two = done(one, sayOf('approve', 'may', 'model-owner', 3));
    expect(standingAt(two, 3).blocked).toEqual([]);
  });

  it('does not let a model owner say anything of security, nor an auditor of anything', () => {
    const tree = done(everything, openIt());
    expect(refusals(tree, sayOf('reject', 'may', 'model-owner', 3))).toEqual(['ROLE_CANNOT']);
    expect(refusals(tree, sayOf('reject', 'gus', 'auditor', 3))).toEqual(['ROLE_CANNOT']);
    expect(refusals(tree, sayOf('reject', 'eva', 'evaluation-owner', 3))).toEqual([]);
    const ofQuality = done(everything, openIt({ waives: ['check:quality-probe'] }));
    expect(refusals(ofQuality, sayOf('reject', 'may', 'model-owner', 3))).toEqual([]);
  });

  it.each([
    ['thresholds'],
    ['regressions'],
    ['operator-signoff'],
    ['separation'],
    ['data-stated'],
    ['data-sheets'],
    ['legal-basis'],
    ['check:toxicity'],
  ])('never waives %s', (rule) => {
    expect(refusals(everything, openIt({ waives: [rule] }))).toEqual(['EXCEPTION_NOT_WAIVABLE']);
  });

  it('waives no check that the policy does not mark, nor one any more that it marks no longer', () => {
    const plain = { ...CHECKS, checks: [{ name: 'scan' }] };
    const strict = { ...law, policy: { ...law.policy, risk: plain } };
    expect(refusals(treeAt('locked', strict), openIt({ waives: ['check:scan'] }))).toEqual([
      'EXCEPTION_NOT_WAIVABLE',
    ]);
  });

  it('waives rules of one kind at a time', () => {
    expect(refusals(everything, openIt({ waives: ['code-stated', 'version-higher'] }))).toEqual([
      'EXCEPTION_MIXED',
    ]);
  });

  it('takes the roles that the policy names beside those no policy can do without', () => {
    const more = { ...RULES, approvals: { security: ['release-owner', 'security-owner'] } };
    const strict = { ...law, policy: { ...law.policy, exceptions: more } };
    const tree = done(treeAt('locked', strict), openIt(), sayOf('approve', 'dan', 'security-owner', 3));
    expect(standingAt(tree, 3).blocked).toMatchObject([
      { code: 'EXCEPTION_PENDING', facts: { role: 'release-owner', canSign: ['gus'] } },
    ]);
    expect(standingAt(done(tree, sayOf('approve', 'gus', 'release-owner', 3)), 3).blocked).toEqual([]);
  });
});

describe('opening', () => {
  it('is for people, in any role but that of the auditor', () => {
    expect(refusals(locked, openIt())).toEqual([]);
    expect(refusals(locked, openIt({}, 'ci', 'pipeline'))).toEqual([
      'EXCEPTION_OWNER_UNKNOWN',
      'HUMAN_REQUIRED',
    ]);
    const auditing = { ...EXCEPTING.people, gus: { roles: grants(['auditor']) } };
    expect(
      refusals(treeAt('locked', { ...EXCEPTING, people: auditing }), openIt({}, 'gus', 'auditor')),
    ).toEqual(['ROLE_CANNOT']);
  });

  it('takes a policy that allows exceptions', () => {
    expect(refusals(treeAt('locked'), openIt())).toEqual(['EXCEPTIONS_NOT_ALLOWED']);
  });

  it('is for a line that the policy has', () => {
    expect(refusals(locked, openIt({ line: 'other' }))).toEqual(['LINE_UNKNOWN']);
  });

  it('names an enrolled person who answers for it', () => {
    for (const owner of ['ci', 'nobody'])
      expect(refusals(locked, openIt({ owner }))).toEqual(['EXCEPTION_OWNER_UNKNOWN']);
  });

  it.each([
    ['ends before it begins', { expires: at(1), reviewDue: at(20) }],
    ['lasts too long', { expires: at(2 + 14 * DAY + 1) }],
    ['is reviewed before it begins', { reviewDue: at(2) }],
    ['is reviewed too late', { reviewDue: at(2 + 12 * DAY + 1) }],
  ])('is refused where it %s', (_what, changes) => {
    expect(refusals(locked, openIt(changes))).toEqual(['EXCEPTION_TERM']);
  });

  it('may last as long as the policy says, and be reviewed as late', () => {
    expect(refusals(locked, openIt({ expires: at(2 + 14 * DAY), reviewDue: at(2 + 21 * DAY) }))).toEqual([]);
  });

  it('does not write over an exception', () => {
    expect(refusals(opened, openIt())).toEqual(['ENTRY_ALTERED']);
  });
});

describe('approving', () => {
  it('opens it with the approval that completes what is needed', () => {
    expect(standingAt(opened, 3).blocked.map(({ code }) => code)).toEqual(['EXCEPTION_PENDING']);
    expect(standingAt(approved, 3).blocked).toEqual([]);
  });

  it('is not for who opened it, nor for who answers for it', () => {
    const own = done(locked, openIt({ owner: 'gil' }, 'dan', 'security-owner'));
    for (const name of ['dan', 'gil'] as const)
      expect(refusals(own, sayOf('approve', name, 'security-owner', 3))).toEqual([
        'EXCEPTION_APPROVER_BARRED',
      ]);
  });

  it('is done once, while it lasts, and of an exception that is there', () => {
    expect(refusals(approved, sayOf('approve', 'dan', 'security-owner', 4))).toEqual([
      'EXCEPTION_ALREADY_APPROVED',
    ]);
    expect(refusals(opened, sayOf('approve', 'dan', 'security-owner', 2 + 5 * DAY))).toEqual([
      'EXCEPTION_ENDED',
    ]);
    const other = { exception: 'f'.repeat(64) };
    expect(refusals(opened, sayOf('approve', 'dan', 'security-owner', 3, other))).toEqual([
      'EXCEPTION_UNKNOWN',
    ]);
    const again = done(opened, sayOf('reject', 'dan', 'security-owner', 3));
    expect(refusals(again, sayOf('reject', 'dan', 'security-owner', 3))).toEqual(['ENTRY_ALTERED']);
  });

  it('is for nothing once the policy allows exceptions no more', () => {
    const tree = lawTree({ ...EXCEPTING, policy: { intake: [{ rule: 'contact-stated' }] } }, approved);
    expect(refusals(tree, sayOf('approve', 'gil', 'security-owner', 4))).toEqual([
      'EXCEPTIONS_NOT_ALLOWED',
      'ROLE_CANNOT',
    ]);
    expect(refusals(tree, requestUsing())).toEqual(['EXCEPTIONS_NOT_ALLOWED', 'INTAKE_FAILED']);
  });

  it('is undone by its author, and by nobody else', () => {
    const [word] = newest(approved).approvals;
    const id = word?.id ?? '';
    expect(refusals(approved, takeBack(id, 'gil', 'security-owner', 4))).toEqual(['ENTRY_UNRELATED']);
    const back = done(approved, takeBack(id, 'dan', 'security-owner', 4));
    expect(standingAt(back, 4).blocked.map(({ code }) => code)).toEqual(['EXCEPTION_PENDING']);
    expect(refusals(back, takeBack(id, 'dan', 'security-owner', 5))).toEqual(['ANSWER_UNKNOWN']);
    expect(standingAt(done(back, sayOf('approve', 'gil', 'security-owner', 5)), 5).blocked).toEqual([]);
  });

  it('waits for a rejection to be answered by its author, or by all whose approval it takes', () => {
    const no = done(approved, sayOf('reject', 'eva', 'evaluation-owner', 4));
    const answers = newest(no)
      .approvals.filter(({ act }) => act === 'reject')
      .map(({ id }) => id);
    expect(standingAt(no, 4).blocked.map(({ code }) => code)).toEqual(['EXCEPTION_OBJECTED']);
    expect(refusals(no, sayOf('approve', 'gil', 'security-owner', 5, { answers: ['e'.repeat(64)] }))).toEqual(
      ['ANSWER_UNKNOWN'],
    );
    const settled = done(no, sayOf('approve', 'dan', 'security-owner', 5, { answers }));
    expect(standingAt(settled, 5).blocked).toEqual([]);
  });

  it('ends with the role of whoever gave it', () => {
    const until = { roles: [{ role: 'security-owner', lines: ['*'], until: at(5) }] };
    const law = { ...EXCEPTING, people: { ...EXCEPTING.people, dan: until } };
    const tree = done(treeAt('locked', law), openIt(), sayOf('approve', 'dan', 'security-owner', 3));
    expect(standingAt(tree, 4).blocked).toEqual([]);
    expect(standingAt(tree, 6).blocked.map(({ code }) => code)).toEqual(['EXCEPTION_PENDING']);
  });
});

describe('using', () => {
  it('lets a request in that breaks what is waived, and nothing else', () => {
    expect(refusals(locked, requestIt())).toEqual(['INTAKE_FAILED']);
    expect(refusals(approved, requestIt())).toEqual(['INTAKE_FAILED']);
    expect(refusals(approved, requestUsing())).toEqual([]);
    expect(refusals(approved, requestUsing({ change: { ...CHANGE, mutation: 'merge' } }))).toEqual([
      'MUTATION_NOT_ALLOWED',
    ]);
    const one = done(
      locked,
      openIt({ waives: ['code-stated'] }),
      sayOf('approve', 'dan', 'security-owner', 3),
    );
    expect(refusals(one, requestUsing())).toEqual(['INTAKE_FAILED']);
  });

  it('takes an exception that is open', () => {
    const codes = (tree: TreeFolder, hours = 4) => refusals(tree, requestUsing({}, '1.0.0', hours));
    expect(codes(opened)).toEqual(['EXCEPTION_PENDING', 'INTAKE_FAILED']);
    expect(codes(approved, 2 + 5 * DAY)).toEqual(['EXCEPTION_ENDED', 'INTAKE_FAILED']);
    expect(codes(done(approved, closeIt('lee', 'operator', 4)))).toEqual([
      'EXCEPTION_ENDED',
      'INTAKE_FAILED',
    ]);
    expect(codes(done(approved, sayOf('reject', 'eva', 'evaluation-owner', 4)))).toEqual([
      'EXCEPTION_OBJECTED',
      'INTAKE_FAILED',
    ]);
  });

  it('takes an exception that came before the commit of the request', () => {
    const build = requestUsing();
    const { act, by } = build(approved);
    const refused = refusals(locked, () => ({ act, by }));
    expect(refused).toEqual(['EXCEPTION_UNKNOWN', 'INTAKE_FAILED', 'RELIED_ON_FALSE']);
  });

  it('stays in its scope', () => {
    const scoped = (versions: string) =>
      done(locked, openIt({ versions }), sayOf('approve', 'dan', 'security-owner', 3));
    for (const versions of ['1.0.0', '1.0.*', '1.*'])
      expect(refusals(scoped(versions), requestUsing())).toEqual([]);
    for (const versions of ['1.0.1', '1.1.*', '2.*', '1.0.0-rc.1'])
      expect(refusals(scoped(versions), requestUsing())).toEqual(['EXCEPTION_OUT_OF_SCOPE', 'INTAKE_FAILED']);
  });

  it('is not open to whoever asks with approvals of his own', () => {
    const people = { ...EXCEPTING.people, mia: { roles: grants(['model-owner', 'security-owner']) } };
    const tree = done(
      treeAt('locked', { ...EXCEPTING, people }),
      openIt(),
      sayOf('approve', 'mia', 'security-owner', 3),
    );
    expect(standingAt(tree, 3).blocked).toEqual([]);
    // The pipeline asks for mia.
    expect(refusals(tree, requestUsing())).toEqual(['EXCEPTION_PENDING', 'INTAKE_FAILED']);
    expect(refusals(done(tree, sayOf('approve', 'dan', 'security-owner', 3)), requestUsing())).toEqual([]);
  });

  it('is not open by what whoever asks says to an objection', () => {
    const people = { ...EXCEPTING.people, mia: { roles: grants(['model-owner', 'security-owner']) } };
    const tree = done(
      treeAt('locked', { ...EXCEPTING, people }),
      openIt(),
      sayOf('approve', 'dan', 'security-owner', 3),
    );
    const objected = (to: TreeFolder, hours: number) =>
      done(to, sayOf('reject', 'eva', 'evaluation-owner', hours));
    const answered = (to: TreeFolder, by: 'mia' | 'gil', hours: number) =>
      done(
        to,
        sayOf('approve', by, 'security-owner', hours, {
          answers: newest(to)
            .approvals.filter(({ act }) => act === 'reject')
            .map(({ id }) => id),
        }),
      );
    const before = objected(tree, 3.2);
    // The pipeline asks for mia. That of itself the exception is open by her word does not help her.
    expect(standingAt(answered(before, 'mia', 3.4), 3.5).blocked).toEqual([]);
    expect(refusals(answered(before, 'mia', 3.4), requestUsing())).toEqual([
      'EXCEPTION_OBJECTED',
      'INTAKE_FAILED',
    ]);
    expect(refusals(answered(before, 'gil', 3.4), requestUsing())).toEqual([]);
    // Nor once it is in use.
    const ready = done(exported(done(tree, requestUsing())), signedOff());
    const after = objected(ready, 8.2);
    const codes = (each: TreeFolder) => refusals(each, deploy(9));
    expect(codes(ready)).toEqual([]);
    expect(codes(answered(after, 'mia', 8.4))).toContain('EXCEPTION_OBJECTED');
    expect(codes(answered(after, 'gil', 8.4))).toEqual([]);
  });

  it('names only what it needs', () => {
    const training = {
      ...{ system: 'axolotl', run: 'r1', startedAt: at(2), endedAt: at(3) },
      codeCommit: 'c'.repeat(40),
    };
    const whole = {
      lineage: { datasets: [{ name: 'claims', digest: 'a'.repeat(64) }], training },
      metadata: { contact: 'ml@example.org' },
    };
    expect(refusals(approved, requestUsing(whole))).toEqual(['EXCEPTION_NOT_NEEDED']);
  });

  it('relies on the exception and the approvals it is open by, which the subject that people sign names', () => {
    const { record } = bundleAt(used);
    const [word] = newest(used).approvals;
    expect(record.request.reliedOn).toEqual(
      [record.request.lock, newest(used).exception.id, word?.id].sort(),
    );
    expect(subjectOf(worldOf(used).law, bundleAt(used))).toMatchObject({ exceptions: only(used) });
    expect(refusals(approved, requestUsing({ reliedOn: [record.request.lock] }))).toEqual([
      'RELIED_ON_FALSE',
    ]);
  });
});

describe('steps by people', () => {
  const blockedAt = (tree: TreeFolder, hours: number) => [
    ...new Set(standingOf(worldOf(tree), bundleAt(tree), hour(hours)).blocked.map(({ code }) => code)),
  ];

  it('are taken while the exception is open, and rely on it', () => {
    const [step] = bundleAt(deployed).record.transitions.slice(-1);
    expect(step?.reliedOn).toContain(newest(deployed).exception.id);
  });

  it('are not taken on an exception that has ended, unless one renews it', () => {
    const late = 2 + 6 * DAY;
    const ready = done(exported(used), signedOff());
    expect(blockedAt(ready, late)).toEqual(['EXCEPTION_ENDED']);
    expect(refusals(ready, deploy(late))).toContain('EXCEPTION_ENDED');
    const [renews] = only(used);
    const again = openIt(
      { renews, reliedOn: [renews], expires: at(late + DAY), reviewDue: at(late + DAY) },
      'lee',
      'operator',
      2 + 5 * DAY,
    );
    const pending = done(ready, again);
    expect(blockedAt(pending, late)).toEqual(['EXCEPTION_ENDED']);
    const renewed = done(pending, sayOf('approve', 'gil', 'security-owner', late));
    expect(blockedAt(renewed, late)).toEqual([]);
    const moved = done(renewed, deploy(late));
    expect(bundleAt(moved).record.transitions.at(-1)?.reliedOn).toContain(newest(renewed).exception.id);
    // What the step rested on has to be reviewed, too.
    const unreviewed = (each: TreeFolder) => openReviews(worldOf(each), LINE as LineName).length;
    expect([renewed, moved].map(unreviewed)).toEqual([1, 2]);
  });

  it('are not taken where an approval it was used by is taken back, and the alias is held', () => {
    const id = newest(used).approvals[0]?.id ?? '';
    const back = done(deployed, takeBack(id, 'dan', 'security-owner', 9));
    expect(blockedAt(back, 9)).toEqual(expect.arrayContaining(['EXCEPTION_PENDING', 'EXCEPTION_OBJECTED']));
    const holds = (tree: TreeFolder) =>
      heldAliases(worldOf(tree), hour(11)).flatMap(({ because }) => because.map(({ kind }) => kind));
    expect(holds(deployed)).toEqual([]);
    expect(holds(back)).toEqual(['contested']);
    const settled = done(
      back,
      sayOf('approve', 'gil', 'security-owner', 10, { answers: [newest(back).approvals.at(-1)?.id] }),
    );
    expect(holds(settled)).toEqual([]);
    expect(blockedAt(settled, 10)).not.toContain('EXCEPTION_OBJECTED');
  });

  it('are held by no objection for ever where the law lets nothing be waived any more: a policy approver answers it', () => {
    const risk = { rules: [], checks: [{ name: 'scan', waivable: 'security' }] };
    const checked = done(
      treeAt('locked', { ...EXCEPTING, policy: { ...EXCEPTING.policy, risk } }),
      openIt({ waives: ['check:scan'] }),
      sayOf('approve', 'dan', 'security-owner', 3),
    );
    const people = {
      ...EXCEPTING.people,
      gus: { roles: grants(['governance-approver', 'policy-approver']) },
    };
    for (const [from, policy] of [
      [deployed, { intake: [{ rule: 'contact-stated' }] }],
      [checked, { ...EXCEPTING.policy, risk: { rules: [] } }],
    ] as const) {
      const no = done(lawTree({ policy, people }, from), sayOf('reject', 'eva', 'evaluation-owner', 9));
      const answers = newest(no)
        .approvals.filter(({ act }) => act === 'reject')
        .map(({ id }) => id);
      const objected = (tree: TreeFolder) => standingAt(tree, 11).objections.length;
      expect(objected(no)).toBe(1);
      expect(refusals(no, sayOf('approve', 'gil', 'security-owner', 10, { answers }))).toEqual([
        'ROLE_CANNOT',
      ]);
      // Whose exception it is does not.
      expect(refusals(no, sayOf('approve', 'lee', 'policy-approver', 10, { answers }))).toEqual([
        'EXCEPTION_APPROVER_BARRED',
      ]);
      const answered = done(no, sayOf('approve', 'gus', 'policy-approver', 10, { answers }));
      expect(objected(answered)).toBe(0);
      expect(heldAliases(worldOf(no), hour(11)).length).toBe(from === deployed ? 1 : 0);
      expect(heldAliases(worldOf(answered), hour(11))).toEqual([]);
      // It opens nothing.
      expect(refusals(no, sayOf('approve', 'gus', 'policy-approver', 10))).toContain('ROLE_CANNOT');
    }
  });

  it('are not taken where the exception is not there any more', () => {
    const gone = withoutFile(exported(used), `exceptions/${LINE}/${only(used)[0] ?? ''}/exception.json`);
    expect(blockedAt(gone, 8)).toContain('EXCEPTION_UNKNOWN');
  });

  it('are not held back in what never needed an exception', () => {
    const law = { ...EXCEPTING, policy: { exceptions: RULES } };
    const tree = done(treeAt('artifact-exported', law), openIt({}, 'lee', 'operator', 8));
    expect(refusals(done(tree, signedOff(9)), deploy(9))).toEqual([]);
  });
});

describe('renewing', () => {
  const [renews] = only(approved);
  const after = 2 + 5 * DAY;
  const renewal = (changes: object = {}, hours = after) =>
    openIt(
      { renews, reliedOn: [renews], expires: at(hours + DAY), reviewDue: at(hours + DAY), ...changes },
      'lee',
      'operator',
      hours,
    );

  it('continues the same waiver in the same scope', () => {
    expect(refusals(approved, renewal())).toEqual([]);
    expect(refusals(approved, renewal({ waives: ['code-stated'] }))).toEqual(['EXCEPTION_RENEWAL']);
    expect(refusals(approved, renewal({ versions: '1.0.0' }))).toEqual(['EXCEPTION_RENEWAL']);
  });

  it('is of an exception that is there and that nobody closed', () => {
    const gone = 'f'.repeat(64);
    expect(refusals(approved, renewal({ renews: gone, reliedOn: [gone] }))).toEqual(['EXCEPTION_UNKNOWN']);
    expect(refusals(done(approved, closeIt('lee', 'operator', 4)), renewal())).toEqual(['EXCEPTION_RENEWAL']);
  });

  it('is of an exception that was approved: else anybody could have a line owe a review', () => {
    expect(refusals(opened, renewal())).toEqual(['EXCEPTION_RENEWAL']);
  });

  it('ends with what it renews where somebody ends that on purpose, approved or not', () => {
    const pending = done(approved, renewal({}, 4));
    const renewed = done(pending, sayOf('approve', 'gil', 'security-owner', 5));
    expect(standingAt(renewed, 6).blocked).toEqual([]);
    const first = { exception: renews, reliedOn: [renews] };
    const closed = done(renewed, closeIt('lee', 'operator', 6, first));
    expect(standingAt(closed, 6).blocked.map(({ code }) => code)).toEqual(['EXCEPTION_ENDED']);
    const early = done(pending, closeIt('lee', 'operator', 5, first));
    expect(refusals(early, sayOf('approve', 'gil', 'security-owner', 6))).toEqual(['EXCEPTION_ENDED']);
    // One end, one entry.
    const [end] = exceptionsOf(closed, LINE as LineName).flatMap((each) => each.closed ?? []);
    const ends = exceptionsOf(closed, LINE as LineName)
      .flatMap(entriesOfException)
      .filter(({ act }) => act === 'close-exception');
    expect(ends).toEqual([end]);
  });

  it('ends so through every renewal in between, also for a step that rests on the last of them', () => {
    const ready = done(exported(used), signedOff());
    const second = done(
      ready,
      openIt({ renews, reliedOn: [renews], reason: 'again' }, 'lee', 'operator', 9),
      sayOf('approve', 'dan', 'security-owner', 9),
    );
    const [middle] = only(second);
    const third = done(
      second,
      openIt({ renews: middle, reliedOn: [middle], reason: 'once more' }, 'lee', 'operator', 10),
      sayOf('approve', 'dan', 'security-owner', 10),
    );
    expect(refusals(third, deploy(11))).toEqual([]);
    const closed = done(third, closeIt('lee', 'operator', 11, { exception: renews, reliedOn: [renews] }));
    expect(refusals(closed, deploy(11))).toContain('EXCEPTION_ENDED');
  });

  it('is of an exception in use, although whoever approved it has left', () => {
    const until = { roles: [{ role: 'security-owner', lines: ['*'], until: at(50) }] };
    const law = { ...EXCEPTING, people: { ...EXCEPTING.people, dan: until } };
    const tree = done(treeAt('locked', law), openIt(), sayOf('approve', 'dan', 'security-owner', 3));
    expect(refusals(tree, renewal())).toEqual(['EXCEPTION_RENEWAL']);
    expect(refusals(done(tree, requestUsing()), renewal())).toEqual([]);
  });

  it('counts as a use: what is renewed has to be reviewed', () => {
    const due = 2 + 10 * DAY;
    const renewed = done(approved, renewal());
    expect(refusals(renewed, renewal({}, due))).toEqual([]);
    expect(refusals(renewed, renewal({}, due + 1))).toEqual(['EXCEPTION_REVIEW_OVERDUE']);
  });
});

it('is among the entries that a history holds, with all that was said of it', () => {
  const closed = done(approved, closeIt('lee', 'operator', 4), reviewIt('lee', 'operator', 5));
  const { exception, approvals, closed: ended, reviews } = newest(closed);
  const ids = entryIdsIn(closed);
  const all = [exception, ...approvals, ...reviews, ...(ended === null ? [] : [ended])];
  expect(all.map(({ act }) => act)).toEqual([
    'open-exception',
    'approve',
    'review-exception',
    'close-exception',
  ]);
  expect(all.every(({ id }) => ids.has(id))).toBe(true);
});

describe('ending', () => {
  it('is done by who opened it, who answers for it, whose approval it takes, or a policy approver', () => {
    const tree = done(locked, openIt({ owner: 'dana' }));
    expect(refusals(tree, closeIt('lee', 'operator', 3))).toEqual([]);
    expect(refusals(tree, closeIt('dana', 'domain-expert', 3))).toEqual([]);
    expect(refusals(tree, closeIt('dan', 'security-owner', 3))).toEqual([]);
    expect(refusals(tree, closeIt('mia', 'policy-approver', 3))).toEqual([]);
    expect(refusals(tree, closeIt('kim', 'operator', 3))).toEqual(['ROLE_CANNOT']);
  });

  it('is done once, before it has ended by itself, and of what is there', () => {
    const closed = done(opened, closeIt('lee', 'operator', 3));
    expect(refusals(closed, closeIt('lee', 'operator', 4))).toEqual(['EXCEPTION_ENDED']);
    expect(refusals(opened, closeIt('lee', 'operator', 2 + 5 * DAY))).toEqual(['EXCEPTION_ENDED']);
    expect(refusals(opened, closeIt('lee', 'operator', 3, { exception: 'f'.repeat(64) }))).toEqual([
      'EXCEPTION_UNKNOWN',
    ]);
  });
});

describe('reviewing', () => {
  const due = 2 + 10 * DAY;
  const over = 2 + 6 * DAY;

  it('comes once it has ended, since what is used afterwards no review knows of', () => {
    expect(refusals(deployed, reviewIt('lee', 'operator', 9))).toEqual(['EXCEPTION_NOT_ENDED']);
    expect(refusals(deployed, reviewIt('lee', 'operator', over))).toEqual([]);
    const closed = done(deployed, closeIt('lee', 'operator', 9));
    expect(refusals(closed, reviewIt('lee', 'operator', 10))).toEqual([]);
    const reviewed = done(closed, reviewIt('lee', 'operator', 10));
    expect(refusals(reviewed, reviewIt('dan', 'security-owner', 11))).toEqual(['EXCEPTION_REVIEWED']);
    expect(refusals(reviewed, reviewIt('lee', 'operator', 10))).toEqual([
      'ENTRY_ALTERED',
      'EXCEPTION_REVIEWED',
    ]);
    expect(refusals(closed, reviewIt('lee', 'operator', 10, REVIEW, { exception: 'f'.repeat(64) }))).toEqual([
      'EXCEPTION_UNKNOWN',
    ]);
  });

  it('is by who answers for it, or by those whose approval it takes', () => {
    const tree = done(locked, openIt({ owner: 'dana' }));
    expect(refusals(tree, reviewIt('dana', 'domain-expert', over))).toEqual([]);
    expect(refusals(tree, reviewIt('dan', 'security-owner', over))).toEqual([]);
    expect(refusals(tree, reviewIt('lee', 'operator', over))).toEqual(['ROLE_CANNOT']);
  });

  it('says what happened, what it was used for, how the controls held and what follows', () => {
    for (const text of [
      'Nothing.',
      '',
      '## What happened\nx',
      'version https://git-lfs.github.com/spec/v1\n',
    ])
      expect(refusals(deployed, reviewIt('lee', 'operator', over, text))).toContain('EVIDENCE_UNSOUND');
    for (const text of [
      { size: REVIEW.length, sha256: 'a'.repeat(64) },
      { size: REVIEW.length + 1, sha256: sha256(encode(REVIEW)) },
    ])
      expect(refusals(deployed, reviewIt('lee', 'operator', over, REVIEW, { text }))).toEqual([
        'FILE_DIFFERS',
      ]);
  });

  it('is due where it was used, and then holds back uses, renewals and steps on the line until it is there', () => {
    const late = due + 1;
    const fresh = done(
      deployed,
      openIt({}, 'lee', 'operator', late),
      sayOf('approve', 'dan', 'security-owner', late),
    );
    const ids = only(fresh);
    const second = requestUsing({ artifact: artifactOf('b') }, '1.1.0', late, ids);
    expect(refusals(fresh, second)).toEqual(['EXCEPTION_REVIEW_OVERDUE']);
    const validate = [
      decision('approve', 'domain-validation', 'dana', late),
      decision('approve', 'governance-approval', 'gus', late),
    ];
    const validated = done(deployed, ...validate);
    const step = moveTo('production-validated', { name: 'gus', role: 'governance-approver', hours: late });
    expect(refusals(validated, step)).toContain('EXCEPTION_REVIEW_OVERDUE');
    expect(refusals(deployed, deprecateIt({}, { name: 'lee', role: 'team-lead', hours: late }))).toEqual([]);
    // The first one is the older: its review has to come through a tree in which it is the newest.
    const reviewed = done(deployed, reviewIt('lee', 'operator', late));
    const open = done(
      reviewed,
      openIt({}, 'lee', 'operator', late),
      sayOf('approve', 'dan', 'security-owner', late),
    );
    expect(refusals(open, requestUsing({ artifact: artifactOf('b') }, '1.1.0', late, only(open)))).toEqual(
      [],
    );
  });

  it('is never due of what nobody used', () => {
    const record = `promotions/${LINE}/1.0.0/promotion-record.json`;
    expect(usesOf(used, LINE as LineName).size).toBe(1);
    expect(usesOf(withoutFile(used, record), LINE as LineName).size).toBe(0);
    const unused = done(
      approved,
      openIt({}, 'lee', 'operator', due + 1),
      sayOf('approve', 'dan', 'security-owner', due + 1),
    );
    expect(refusals(unused, requestUsing({}, '1.0.0', due + 1, only(unused)))).toEqual([]);
  });

  it('is due no later after an early end than the policy gives', () => {
    const closed = done(
      done(
        locked,
        openIt({ reviewDue: at(2 + 12 * DAY) }),
        sayOf('approve', 'dan', 'security-owner', 3),
        requestUsing(),
      ),
      closeIt('lee', 'operator', 5),
    );
    const blocked = (hours: number) =>
      standingOf(worldOf(exported(closed)), bundleAt(exported(closed)), hour(hours)).blocked.map(
        ({ code }) => code,
      );
    expect(blocked(5 + 7 * DAY)).not.toContain('EXCEPTION_REVIEW_OVERDUE');
    expect(blocked(5 + 7 * DAY + 1)).toContain('EXCEPTION_REVIEW_OVERDUE');
  });
});

describe('checks that the policy marks as waivable', () => {
  const risk = { rules: [], checks: [{ name: 'scan', waivable: 'security' }] };
  const owners = [
    'model-owner',
    'data-owner',
    'security-owner',
    'software-owner',
    'release-owner',
    'operator',
  ];
  const law = {
    policy: { exceptions: RULES, risk },
    people: { ...EXCEPTING.people, kim: { roles: grants([...owners, 'governance-approver']) } },
  };
  const base = treeAt('locked', law);
  const codes = (tree: TreeFolder) =>
    standingOf(worldOf(tree), bundleAt(tree), hour(8)).blocked.map(({ code }) => code);

  it('are done without where the request names the exception', () => {
    const waived = done(
      base,
      openIt({ waives: ['check:scan'] }),
      sayOf('approve', 'dan', 'security-owner', 3),
    );
    expect(codes(exported(done(base, requestIt())))).toContain('CHECK_MISSING');
    expect(codes(exported(done(waived, requestIt())))).toContain('CHECK_MISSING');
    expect(codes(exported(done(waived, requestUsing())))).not.toContain('CHECK_MISSING');
  });
});

describe('stolen keys', () => {
  const steal = (name: 'dan' | 'lee', keeps: readonly string[] = []) =>
    pull({ act: 'revoke-signer', keys: [keyOf(name)], as: 'compromised', keeps }, 'mia', 20);

  it('taint what was let in by an exception that they approved, until another of that role vouches for it', () => {
    const stolen = done(deployed, steal('dan'));
    const word = newest(deployed).approvals[0]?.id ?? '';
    expect(taintedIds(stolen)).toEqual([word]);
    expect(refusals(stolen, reaffirm([word], 'gil', 'security-owner', 21))).toEqual([]);
    expect(taintedIds(done(stolen, reaffirm([word], 'gil', 'security-owner', 21)))).toEqual([]);
    expect(standingAt(stolen, 21).blocked.map(({ code }) => code)).toEqual(['EXCEPTION_PENDING']);
  });

  it('are not vouched for by whose exception it is, who asked, or who has approved it already', () => {
    const roles = (more: readonly string[]) => ({ roles: grants(['security-owner', ...more]) });
    const people = { ...EXCEPTING.people, lee: roles(['operator']), mia: roles(['override', 'model-owner']) };
    const strict = { ...RULES, approvals: { security: ['release-owner', 'security-owner'] } };
    const law = {
      policy: { ...EXCEPTING.policy, exceptions: strict },
      people: { ...people, gil: roles(['release-owner']) },
    };
    const tree = done(
      treeAt('locked', law),
      openIt(),
      sayOf('approve', 'dan', 'security-owner', 3),
      sayOf('approve', 'gil', 'release-owner', 3),
      requestUsing(),
    );
    const stolen = done(tree, steal('dan'));
    const [word = ''] = taintedIds(stolen);
    for (const name of ['lee', 'mia', 'gil'] as const)
      expect(refusals(stolen, reaffirm([word], name, 'security-owner', 21))).toEqual([
        'EXCEPTION_APPROVER_BARRED',
      ]);
  });

  it('are not vouched for twice by one person, where each role takes a person of its own', () => {
    const strict = { ...RULES, approvals: { security: ['release-owner', 'security-owner'] } };
    const both = () => ({ roles: grants(['release-owner', 'security-owner']) });
    const law = {
      policy: { ...EXCEPTING.policy, exceptions: strict },
      people: { ...EXCEPTING.people, dan: both(), gil: both(), gus: both() },
    };
    const tree = done(
      treeAt('locked', law),
      openIt(),
      sayOf('approve', 'dan', 'security-owner', 3),
      sayOf('approve', 'gil', 'release-owner', 3),
      requestUsing(),
    );
    const keys = [keyOf('dan'), keyOf('gil')];
    const stolen = done(tree, pull({ act: 'revoke-signer', keys, as: 'compromised', keeps: [] }, 'mia', 20));
    const of = (role: string) => newest(stolen).approvals.find((entry) => entry.role === role)?.id ?? '';
    const [security, release] = [of('security-owner'), of('release-owner')];
    const once = done(stolen, reaffirm([security], 'gus', 'security-owner', 21));
    expect(refusals(once, reaffirm([release], 'gus', 'release-owner', 22))).toEqual([
      'EXCEPTION_APPROVER_BARRED',
    ]);
  });

  it('open nothing, and a renewal by somebody else takes its place', () => {
    const stolen = done(deployed, steal('lee'));
    expect(standingAt(stolen, 21).blocked.map(({ code }) => code)).toEqual(['EXCEPTION_TAINTED']);
    expect(taintedIds(stolen)).toEqual(only(deployed));
    // Another of the role vouches for the opening; that takes no seat, so nothing bars him.
    const vouched = done(stolen, reaffirm(only(deployed), 'kim', 'operator', 21));
    expect(taintedIds(vouched)).toEqual([]);
  });

  it('review nothing: another review has to come', () => {
    const over = 2 + 6 * DAY;
    const stolen = done(
      deployed,
      reviewIt('lee', 'operator', over),
      pull(
        { act: 'revoke-signer', keys: [keyOf('lee')], as: 'compromised', keeps: only(deployed) },
        'mia',
        over,
      ),
    );
    const late = 2 + 10 * DAY + 1;
    const blocked = (tree: TreeFolder) =>
      standingOf(worldOf(tree), bundleAt(tree), hour(late)).blocked.map(({ code }) => code);
    expect(blocked(stolen)).toContain('EXCEPTION_REVIEW_OVERDUE');
    const again = done(stolen, reviewIt('dan', 'security-owner', late));
    expect(blocked(again)).not.toContain('EXCEPTION_REVIEW_OVERDUE');
  });
});

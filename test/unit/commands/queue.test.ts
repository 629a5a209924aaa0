import { describe, expect, test } from 'vitest';
import { onlyAsked, isAskedLine, type Asked } from '../../../src/commands/queue/filter.ts';
import { queueRows } from '../../../src/commands/queue/rows.ts';
import { queueText } from '../../../src/commands/queue/text.ts';
import { QueueRows } from '../../../src/commands/shared/views/queue-output.ts';
import { standingView } from '../../../src/commands/shared/views/standing-view.ts';
import type { KeyEnd } from '../../../src/commands/shared/opening/key-ends.ts';
import { CommentEntry } from '../../../src/domain/comment.ts';
import { seal } from '../../../src/domain/document.ts';
import type { LinePattern } from '../../../src/domain/line-pattern.ts';
import type { EntryId, Fingerprint } from '../../../src/domain/names.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { addEvidence, CARD, evaluateIt } from '../support/acts.ts';
import {
  grants,
  overridden,
  newestWord,
  policyFiles,
  propose,
  proposeOther,
  putInForce,
  say,
  TEAM,
  teamTree,
} from '../support/changes.ts';
import { keyOf, lawTree, LINE, type LawChanges, type Person } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import {
  at,
  bundleAt,
  decision,
  done,
  header,
  hour,
  newestId,
  withdrawal,
  worldOf,
  type By,
  type Signed,
} from '../support/world.ts';

const IT = `${LINE}@1.0.0`;
const ALL: Asked = { principal: null, role: null, line: null };
const NO_ENDS: ReadonlyMap<Fingerprint, KeyEnd> = new Map();

/** What waits some hours after the beginning; held against the shape that is documented. */
function waits(tree: TreeFolder, hours = 12, asked: Partial<Asked> = {}, ends = NO_ENDS): QueueRows {
  const wanted = { ...ALL, ...asked };
  const rows = queueRows(worldOf(tree), ends, hour(hours), isAskedLine(wanted));
  return QueueRows.parse(onlyAsked(rows, wanted));
}
function text(tree: TreeFolder, hours = 12, asked: Partial<Asked> = {}, columns = 80): string {
  const rows = waits(tree, hours, asked);
  return queueText(rows, { ...ALL, ...asked }, hour(hours), { columns, color: false }).join('\n');
}

function comment(act: 'comment' | 'expedite', by: By, about: readonly string[], changes: object = {}) {
  return (tree: TreeFolder): Signed => {
    const entry = seal(CommentEntry, {
      schema: 'modelsmith/comment/v1',
      ...header(act, by, about as readonly EntryId[]),
      iteration: IT,
      reason: 'see the card',
      ...changes,
    } as never);
    return { act: { kind: 'comment', iteration: bundleAt(tree).iteration, comment: entry }, by };
  };
}
const MANAGER: LawChanges = { people: { may: { roles: [{ role: 'ml-manager', lines: ['*'] }] } } };
const expedite = (due: number, hours = 8) =>
  comment('expedite', { name: 'may', role: 'ml-manager', hours }, [], { due: at(due) });

const exported = (changes: LawChanges = {}): TreeFolder => treeAt('artifact-exported', changes);
const deployed = (changes: LawChanges = {}): TreeFolder => treeAt('customer-deployed', changes);
const mia: By = { name: 'mia', role: 'model-owner', hours: 9 };
const requested = done(exported(), decision('request-changes', 'operator-signoff', 'kim', 8));
const rejected = done(deployed(), decision('reject', 'governance-approval', 'gus', 11));
const theft = (name: Person, tree = deployed()): TreeFolder =>
  overridden(tree, { act: 'revoke-signer', keys: [keyOf(name)], as: 'compromised' }, 'a', 11);
const otherCard = { 'model-card.md': `${CARD}More.\n` };

/** The sections that have rows, with how many. */
function filled(rows: QueueRows): Record<string, number> {
  return Object.fromEntries(
    Object.entries(rows).flatMap(([name, list]) => (list.length === 0 ? [] : [[name, list.length]])),
  );
}

describe('each kind of thing that waits', () => {
  test.each<[string, (changes?: LawChanges) => TreeFolder, string]>([
    ['before it is deployed', exported, 'customer-deployed'],
    ['while it serves customers', deployed, 'production-validated'],
  ])(
    'a tie to the lock that is too weak for good, %s: operators retire it, and nobody signs',
    (_when, tree, to) => {
      const weak = lawTree({ line: { lockStrength: 'bound' } }, tree());
      const rows = waits(weak);
      expect(filled(rows)).toEqual({ blocked: 1 });
      const command = `modelsmith deprecate ${IT} --reason <why> --retire`;
      expect(rows.blocked).toMatchObject([
        {
          iteration: IT,
          to,
          reasons: [{ code: 'LOCK_STRENGTH_LOW', remedy: expect.stringContaining('train again') as string }],
          people: [
            { principal: 'kim', command },
            { principal: 'lee', command },
          ],
          then: [],
        },
      ]);
      expect(filled(waits(weak, 12, { principal: 'kim' }))).toEqual({ blocked: 1 });
      for (const other of ['dana', 'gus', 'ci'])
        expect(filled(waits(weak, 12, { principal: other }))).toEqual({});
      expect(filled(waits(lawTree({ line: { lockStrength: 'declared' } }, tree())))).not.toHaveProperty(
        'blocked',
      );
    },
  );

  test('a gate that needs a signature: who can give it, and what each types', () => {
    const rows = waits(exported());
    expect(filled(rows)).toEqual({ approvals: 1 });
    expect(rows.approvals).toEqual([
      {
        kind: 'gate',
        iteration: IT,
        gate: 'operator-signoff',
        owner: null,
        to: 'customer-deployed',
        roles: ['operator', 'team-lead'],
        has: 0,
        of: 1,
        approvedBy: [],
        opened: at(7),
        due: null,
        overdue: false,
        expedited: null,
        people: [
          { principal: 'kim', roles: ['operator'], command: `modelsmith approve ${IT}` },
          { principal: 'lee', roles: ['operator', 'team-lead'], command: `modelsmith approve ${IT}` },
        ],
      },
    ]);
  });

  test('who could sign at either of two gates, and may not at both, is told to say which', () => {
    const [first, second] = waits(deployed()).approvals;
    const commands = (row = first): Record<string, string> =>
      Object.fromEntries((row?.people ?? []).map(({ principal, command }) => [principal, command]));
    expect(commands()).toEqual({
      kim: `modelsmith approve ${IT} --gate domain-validation`,
      dana: `modelsmith approve ${IT} --gate domain-validation`,
      dan: `modelsmith approve ${IT}`,
    });
    expect(commands(second)).toMatchObject({ gus: `modelsmith approve ${IT}` });
    // Once somebody has signed at one of them he is not asked at the other.
    const half = done(deployed(), decision('approve', 'domain-validation', 'kim', 9));
    expect(waits(half).approvals.flatMap(({ people }) => people.map(({ principal }) => principal))).toEqual([
      'dana',
      'gus',
      'gil',
    ]);
  });

  test('a step that everybody has signed for and nobody has taken', () => {
    const rows = waits(treeAt('signedOff'));
    expect(filled(rows)).toEqual({ approvals: 1 });
    expect(rows.approvals[0]).toMatchObject({
      kind: 'promotion',
      to: 'customer-deployed',
      people: [{ principal: 'kim' }, { principal: 'lee', command: `modelsmith promote ${IT}` }],
    });
  });

  test('a change request is the requester’s to answer, and then its author’s to look at', () => {
    const id = newestId(requested);
    const [open, ...none] = waits(requested).objections;
    expect(none).toEqual([]);
    expect(open).toMatchObject({
      act: 'request-changes',
      principal: 'kim',
      reason: 'as looked at',
      contests: false,
      answers: [],
      sentence: 'waits for mia to answer',
      people: [{ principal: 'mia', command: `modelsmith respond ${IT} --to ${id.slice(0, 12)}` }],
    });
    const look = {
      sentence: expect.stringMatching(/^answered by .* on 2026-03-01: waits for kim to look again/) as string,
      people: [
        {
          principal: 'kim',
          roles: ['operator'],
          command: `modelsmith approve ${IT} --gate operator-signoff --answers ${id.slice(0, 12)}`,
        },
      ],
    };
    const said = done(requested, comment('comment', mia, [id]));
    expect(waits(said).objections).toMatchObject([{ ...look, answers: [{ act: 'comment' }] }]);
    // `status` says the same of whose turn it is.
    const status = (tree: TreeFolder) => standingView(worldOf(tree), bundleAt(tree), hour(12)).waitsFor;
    expect(status(requested)).toBe('an answer to request-changes by kim');
    expect(status(said)).toBe('another look by kim, whose request-changes was answered');
    const brought = done(requested, addEvidence(otherCard, { answers: [id] }, 9));
    expect(waits(brought).objections).toMatchObject([{ ...look, answers: [{ act: 'evidence' }] }]);
    // What somebody else says about it, or the requester about something else, is no answer.
    for (const other of [
      comment('comment', { name: 'lee', role: 'operator', hours: 9 }, [id]),
      comment('comment', mia, []),
    ])
      expect(waits(done(requested, other)).objections).toMatchObject([{ answers: [] }]);
    // Settled, it is gone.
    const settled = done(said, decision('approve', 'operator-signoff', 'kim', 10, { answers: [id] }));
    expect(filled(waits(settled))).toEqual({ approvals: 1 });
  });

  test('a rejection waits for its author, or for others in his place; the other gate goes on', () => {
    const rows = waits(rejected);
    expect(filled(rows)).toEqual({ approvals: 1, objections: 1 });
    expect(rows.approvals).toMatchObject([{ gate: 'domain-validation' }]);
    expect(rows.objections).toMatchObject([
      {
        act: 'reject',
        sentence: 'waits for gus to look again, or for 1 of kim, dana and gil in the place of gus',
        people: [{ principal: 'gus' }],
      },
    ]);
    const left = overridden(rejected, { act: 'suspend-signer', signer: 'gus' });
    expect(waits(left).objections).toMatchObject([
      {
        sentence: 'waits for 1 of kim, dana and gil in the place of gus',
        people: [{ principal: 'kim' }, { principal: 'dana' }, { principal: 'gil' }],
      },
    ]);
  });

  test('an approval taken back after the step it opened contests it, and blocks what follows', () => {
    const signed = bundleAt(deployed()).approvals[0]?.id ?? '';
    const rows = waits(done(deployed(), withdrawal(signed, 'operator-signoff', 'kim', 11)));
    expect(filled(rows)).toEqual({ objections: 1, blocked: 1, held: 1 });
    expect(rows.objections).toMatchObject([{ act: 'withdraw', contests: true, principal: 'kim' }]);
    expect(rows.blocked).toMatchObject([
      { to: 'production-validated', reasons: [{ code: 'CONTESTED' }], people: [] },
    ]);
    expect(rows.blocked[0]?.then.map(({ gate }) => gate)).toEqual([
      'domain-validation',
      'governance-approval',
    ]);
    expect(rows.held).toMatchObject([
      { alias: 'serving', because: ['contested by kim: on second thoughts'] },
    ]);
  });

  test('missing evidence blocks, and is the requester’s to bring', () => {
    const rows = waits(
      exported({ gates: { 'operator-signoff': { extraEvidence: ['attachments/tests.md'] } } }),
    );
    expect(filled(rows)).toEqual({ blocked: 1 });
    expect(rows.blocked).toMatchObject([
      {
        state: 'artifact-exported',
        reasons: [
          {
            code: 'EVIDENCE_MISSING',
            remedy: expect.stringContaining(`modelsmith evidence add ${IT}`) as string,
          },
        ],
        people: [{ principal: 'mia' }],
        then: [{ gate: 'operator-signoff', people: [{ principal: 'kim' }, { principal: 'lee' }] }],
      },
    ]);
  });

  test('a failed evaluation is an operator’s to retire, and no machine’s to try again', () => {
    const failed = done(treeAt('candidate'), evaluateIt({ a: '0.1' }));
    const rows = waits(failed);
    expect(filled(rows)).toEqual({ blocked: 1 });
    expect(rows.blocked).toMatchObject([
      {
        reasons: [{ code: 'CRITERIA_NOT_MET' }],
        people: [
          { principal: 'kim' },
          { principal: 'lee', command: expect.stringContaining('--retire') as string },
        ],
      },
    ]);
  });

  test.each([
    ['candidate', { waitsFor: 'evaluation', has: 0, of: 1, since: at(4) }],
    ['eval-accepted', { waitsFor: 'export', has: 0, of: 1, since: at(6) }],
  ] as const)('an iteration that is %s waits for a machine, and for nobody', (stage, row) => {
    const rows = waits(treeAt(stage));
    expect(filled(rows)).toEqual({ machines: 1 });
    expect(rows.machines).toMatchObject([{ ...row, people: [{ principal: 'ci', roles: ['pipeline'] }] }]);
  });

  test('an approval of what has changed since is its author’s to look at again', () => {
    const two = { gates: { 'operator-signoff': { quorum: 2 } } };
    const asked = done(
      exported(two),
      decision('approve', 'operator-signoff', 'kim', 8),
      decision('request-changes', 'operator-signoff', 'lee', 9),
    );
    const stale = done(asked, addEvidence(otherCard, { answers: [newestId(asked)] }, 10));
    expect(waits(stale).stale).toMatchObject([
      {
        gate: 'operator-signoff',
        principal: 'kim',
        why: { code: 'APPROVAL_STALE', sentence: expect.stringContaining('older model-card.md') as string },
        people: [{ principal: 'kim', command: `modelsmith approve ${IT} --gate operator-signoff` }],
      },
    ]);
    // He has looked.
    expect(waits(done(stale, decision('approve', 'operator-signoff', 'kim', 11))).stale).toEqual([]);
    // He cannot any more: somebody else is asked.
    const gone = overridden(stale, { act: 'suspend-signer', signer: 'kim' });
    expect(waits(gone).stale).toMatchObject([{ people: [{ principal: 'lee' }] }]);
  });

  test('what its author took back himself is no surprise', () => {
    const two = exported({ gates: { 'operator-signoff': { quorum: 2 } } });
    const signed = done(two, decision('approve', 'operator-signoff', 'kim', 8));
    const back = done(signed, withdrawal(newestId(signed), 'operator-signoff', 'kim', 9));
    expect(filled(waits(back))).toEqual({ approvals: 1 });
  });

  test('what a stolen key made waits for somebody else’s word, and holds the alias', () => {
    const rows = waits(theft('kim'));
    expect(filled(rows)).toEqual({ blocked: 1, tainted: 1, held: 1 });
    expect(rows.tainted).toMatchObject([
      {
        entries: [
          { act: 'approve', principal: 'kim', voucher: 'operator' },
          { act: 'transition', principal: 'kim', voucher: 'operator' },
        ],
        people: [{ principal: 'lee', roles: ['operator'] }],
      },
    ]);
    // What a machine made is an evaluation owner's to vouch for.
    expect(waits(theft('ci')).tainted[0]?.people).toMatchObject([{ principal: 'eva' }]);
  });

  test('a frozen alias is held, and waits for nobody in particular', () => {
    const frozen = overridden(deployed(), { act: 'freeze', line: LINE, alias: 'serving' });
    expect(waits(frozen).held).toMatchObject([
      { alias: 'serving', to: '1.0.0', because: [expect.stringContaining('an emergency')] },
    ]);
    expect(waits(frozen, 12, { principal: 'kim' }).held).toEqual([]);
  });

  test('what is retired, or validated and undisputed, waits for nothing', () => {
    for (const stage of ['production-validated', 'deprecated', 'law'] as const)
      expect(filled(waits(treeAt(stage), 30)), stage).toEqual({});
    expect(text(treeAt('deprecated'), 30)).toBe('nothing waits for anybody; next: modelsmith status');
  });
});

describe('proposals', () => {
  const tree = teamTree();
  const bar = { line: { thresholds: { core: '0.8', heldOut: '0.6', maxRegressions: 0 } }, version: 2 };
  const proposed = done(tree, propose(policyFiles(bar)));

  test('wait for those whose role is missing, in the roles that are missing', () => {
    const [row, ...none] = waits(proposed).approvals;
    expect(none).toEqual([]);
    expect(row).toMatchObject({
      kind: 'proposal',
      title: 'policy version 2',
      proposedBy: 'eli',
      reason: 'times change',
      lines: ['triage*'],
      opened: at(1),
      people: [
        { principal: 'ana', roles: expect.arrayContaining(['model-owner']) as string[] },
        { principal: 'eli' },
        { principal: 'mia', roles: expect.arrayContaining(['ml-manager']) as string[] },
        { principal: 'otto', roles: expect.arrayContaining(['security-owner']) as string[] },
      ],
    });
    const approved = done(proposed, say('ana', 'model-owner'));
    expect(waits(approved).approvals[0]?.people.map(({ principal }) => principal)).not.toContain('ana');
  });

  test('that are rejected wait for who rejected them, or two in his place', () => {
    const no = done(proposed, say('mia', 'ml-manager', { act: 'reject' }));
    const rows = waits(no);
    expect(filled(rows)).toEqual({ objections: 1 });
    expect(rows.objections).toMatchObject([
      {
        iteration: null,
        act: 'reject',
        principal: 'mia',
        contests: false,
        sentence: expect.stringContaining('waits for mia to look again') as string,
        people: [
          {
            principal: 'mia',
            command: expect.stringMatching(/^modelsmith policy approve [0-9a-f]{12} --answers /) as string,
          },
        ],
      },
    ]);
    const gone = overridden(no, { act: 'suspend-signer', signer: 'mia' });
    expect(waits(gone).objections[0]?.people.map(({ principal }) => principal)).toEqual([
      'otto',
      'ana',
      'eli',
    ]);
  });

  const approvals = [
    say('ana', 'model-owner'),
    say('otto', 'security-owner'),
    say('mia', 'ml-manager'),
  ] as const;

  test('that everybody approved wait for one of them to put them in force, and then for nobody', () => {
    const ready = done(proposed, ...approvals);
    const [row] = waits(ready).approvals;
    expect(row?.people.map(({ principal }) => principal)).toEqual(['ana', 'mia', 'otto']);
    const applied = done(ready, putInForce('mia', 'ml-manager'));
    expect(filled(waits(applied))).toEqual({});
    // What was made against the old policy is outdated, and nobody's business any more.
    const beside = done(
      tree,
      propose(policyFiles({ ...bar, line: { runs: 2 } }), 'eli', 0.5),
      propose(policyFiles(bar)),
    );
    expect(waits(beside).approvals).toHaveLength(2);
    expect(filled(waits(done(beside, ...approvals, putInForce('mia', 'ml-manager'))))).toEqual({});
  });

  test('that are in force and objected to are told', () => {
    const applied = done(proposed, ...approvals, putInForce('mia', 'ml-manager'));
    const contested = done(applied, say('otto', 'security-owner', { act: 'reject', hours: 4 }));
    expect(waits(contested).objections).toMatchObject([
      {
        entry: newestWord(contested),
        contests: true,
        principal: 'otto',
        change: expect.any(String) as string,
      },
    ]);
  });

  test('that were put in force with a stolen key are told with what to do', () => {
    const applied = done(proposed, ...approvals, putInForce('mia', 'ml-manager'));
    const stolen = { act: 'revoke-signer', keys: [keyOf('otto' as never)], as: 'compromised' };
    const rows = waits(overridden(applied, stolen, 'a', 11));
    expect(rows.taintedChanges).toMatchObject([{ code: 'POLICY_TAINTED' }]);
    expect(waits(overridden(applied, stolen, 'a', 11), 12, { principal: 'ana' }).taintedChanges).toEqual([]);
  });

  test('to lift a brake are no line’s in particular', () => {
    const stopped = overridden(tree, { act: 'stop-candidates', lines: ['*'] });
    const lift = done(stopped, proposeOther({ kind: 'lift', override: 'a'.repeat(64) }));
    expect(waits(lift).approvals).toMatchObject([{ title: 'lift of an override', lines: [] }]);
    expect(waits(lift, 12, { line: 'triage' as LinePattern }).approvals).toEqual([]);
  });

  test('stay whole with a line that they touch', () => {
    for (const [line, count] of [
      ['triage', 1],
      ['tri*', 1],
      ['triage-eu', 1],
      ['claims*', 0],
    ] as const)
      expect(waits(proposed, 12, { line: line as LinePattern }).approvals, line).toHaveLength(count);
  });

  test('stand beside what else ends: roles and keys within 60 days, and keys that have ended', () => {
    const until = (hours: number): object => ({
      roles: [{ role: 'evaluation-owner', lines: ['*'], until: at(hours) }],
    });
    const days = (count: number): number => 12 + count * 24;
    const world = (people: object): TreeFolder => teamTree({ people: { ...TEAM, ...people } });
    expect(waits(world({ eva: until(days(59.5)) })).expiring).toMatchObject([
      {
        kind: 'role',
        principal: 'eva',
        days: 59,
        waiting: 0,
        command: 'modelsmith signer grant eva --role evaluation-owner',
      },
    ]);
    expect(waits(world({ eva: until(days(61)) })).expiring).toEqual([]);
    expect(waits(world({ eva: until(days(-1)) })).expiring).toEqual([]);
    // The role goes on by another grant.
    const again = {
      roles: [...grants(['operator'], ['tri*']), { role: 'operator', lines: ['triage'], until: at(20) }],
    };
    expect(waits(world({ kim: again })).expiring).toEqual([]);

    const ends = new Map<Fingerprint, KeyEnd>([
      [keyOf('mia') as Fingerprint, { kind: 'soon', days: 4 } as KeyEnd],
      [keyOf('otto' as never) as Fingerprint, { kind: 'ended' }],
    ]);
    expect(waits(proposed, 12, {}, ends).expiring).toMatchObject([
      { kind: 'key', principal: 'otto', days: null, waiting: 1 },
      { kind: 'key', principal: 'mia', days: 4, waiting: 1 },
    ]);
    // Whoever is asked for a signature and cannot give one is told apart.
    const asked = waits(exported(), 12, {}, new Map([[keyOf('lee') as Fingerprint, { kind: 'ended' }]]));
    expect(asked.approvals[0]?.people.map(({ principal, ended }) => [principal, ended])).toEqual([
      ['kim', undefined],
      ['lee', true],
    ]);
    const shown = queueText(asked, ALL, hour(12), { columns: 200, color: false }).join('\n');
    expect(shown).toContain(
      'kim (operator) or lee (operator, team-lead, cannot sign: the certificate has ended)',
    );
    // What the gates ahead build on and what soon is too old, each as long as it counts.
    const freshness = { approvalDays: 20, evaluationDays: 15, evidenceDays: 10 };
    const signed = treeAt('signedOff', { policy: { freshness } });
    expect(
      waits(signed, 12).expiring.map(({ kind, principal, days }) => `${kind} ${principal} ${days}`),
    ).toEqual(['document ci 9', 'document ci 9']);
    expect(waits(signed, 12 + 9 * 24).expiring).toMatchObject([
      {
        kind: 'document',
        what: `model-card.md of ${IT}`,
        days: 0,
        command: `modelsmith evidence add ${IT} <file>`,
      },
      { kind: 'document', what: `rollback-procedure.md of ${IT}`, lines: [LINE], roles: ['pipeline'] },
      {
        kind: 'evaluation',
        what: `the evaluation run-1 of ${IT}`,
        days: 5,
        command: `modelsmith status ${IT}`,
      },
      {
        kind: 'approval',
        principal: 'kim',
        what: `the approval by kim at operator-signoff of ${IT}`,
        days: 10,
      },
    ]);
    expect(text(signed, 12 + 9 * 24)).toMatch(
      /kim: the approval by kim at operator-signoff of triage@1.0.0 ends/,
    );
    expect(waits(treeAt('candidate', { policy: { freshness } }), 12 + 9 * 24).expiring).toEqual([]);
    // One that has ended beside one in use is nothing to be reminded of.
    const two = { otto: { keys: [{ fingerprint: keyOf('otto' as never) }, { fingerprint: keyOf('kim') }] } };
    expect(waits(world({ ...two }), 12, {}, ends).expiring).toMatchObject([{ principal: 'mia' }]);
  });
});

describe('the most urgent', () => {
  const days = (count: number): LawChanges => ({
    ...MANAGER,
    gates: { 'domain-validation': { reviewDays: count } },
  });
  const first = (tree: TreeFolder, hours: number) => waits(tree, hours).approvals[0];

  test('gate is the one that is due, and says since when it is overdue', () => {
    const tree = deployed(days(1));
    expect(first(tree, 31)).toMatchObject({ gate: 'domain-validation', due: at(32), overdue: false });
    expect(first(tree, 32)).toMatchObject({ overdue: true });
    expect(text(tree, 35)).toContain(`due ${at(32)}, overdue by 3 hours`);
    expect(text(tree, 35)).toContain('2 waiting for a person (1 overdue)');
  });

  test('is what a manager asked for, with his words', () => {
    const tree = done(deployed(days(1)), expedite(40, 9));
    expect(waits(tree, 33).approvals).toMatchObject([
      { due: at(40), overdue: false, expedited: { principal: 'may', reason: 'see the card' } },
      { due: at(40), overdue: false, expedited: { principal: 'may', time: at(9) } },
    ]);
    expect(text(tree, 33)).toContain('expedited by may on 2026-03-01: see the card');
    // A blocked one is as urgent as its most urgent gate.
    expect(waits(theft('kim', tree), 41).blocked).toMatchObject([{ due: at(40), overdue: true }]);
  });
});

describe('what is asked for', () => {
  test.each<[string, TreeFolder, Partial<Asked>, Record<string, number>]>([
    ['somebody who can sign', exported(), { principal: 'kim' }, { approvals: 1 }],
    ['somebody who cannot', exported(), { principal: 'gus' }, {}],
    ['the requester', requested, { principal: 'mia' }, { objections: 1 }],
    ['who objected, before an answer', requested, { principal: 'kim' }, {}],
    ['a role', deployed(), { role: 'domain-expert' }, { approvals: 1 }],
    ['a role on its other gate', deployed(), { role: 'governance-approver' }, { approvals: 1 }],
    ['a role nobody needs', deployed(), { role: 'security-owner' }, {}],
    ['somebody in a role he does not sign in', deployed(), { principal: 'kim', role: 'team-lead' }, {}],
    ['a machine', treeAt('candidate'), { principal: 'ci' }, { machines: 1 }],
    ['a person beside machines', treeAt('candidate'), { principal: 'kim' }, {}],
    ['the line', exported(), { line: LINE as LinePattern }, { approvals: 1 }],
    ['lines that begin so', exported(), { line: 'tri*' as LinePattern }, { approvals: 1 }],
    ['another line', exported(), { line: 'claims' as LinePattern }, {}],
    ['who signs when a theft is settled', theft('kim'), { principal: 'gus' }, { blocked: 1 }],
    ['who settles it', theft('kim'), { principal: 'lee' }, { tainted: 1 }],
    ['who rejected', rejected, { principal: 'gus' }, { objections: 1 }],
  ])('%s', (_who, tree, asked, expected) => {
    expect(filled(waits(tree, 12, asked))).toEqual(expected);
  });

  test.each<[Partial<Asked>, string]>([
    [{ principal: 'eva' }, 'nothing waits for eva; next: modelsmith status'],
    [{ role: 'auditor' }, 'nothing waits for anybody in the role auditor; next: modelsmith status'],
    [{ line: 'x*' as LinePattern }, 'nothing waits for anybody on x*; next: modelsmith status'],
    [{ principal: 'kim', role: 'team-lead' }, 'nothing waits for kim as team-lead; next: modelsmith status'],
  ])('and does not wait is said in words', (asked, expected) => {
    expect(text(exported(), 12, asked)).toBe(expected);
  });
});

describe('as people read it', () => {
  const everything: readonly TreeFolder[] = [
    exported(),
    deployed(),
    requested,
    rejected,
    theft('kim'),
    theft('ci'),
    treeAt('signedOff'),
    treeAt('candidate'),
    overridden(deployed(), { act: 'freeze', line: LINE, alias: 'serving' }),
    done(teamTree(), propose(policyFiles({ version: 2, line: { runs: 2 } }))),
    exported({ gates: { 'operator-signoff': { extraEvidence: ['attachments/tests.md'] } } }),
  ];

  test.each([80, 200])('no line is wider than %i columns but what is there to be copied', (columns) => {
    for (const tree of everything)
      for (const line of text(tree, 40, {}, columns).split('\n'))
        if (!line.trim().startsWith('modelsmith ')) expect(line.length, line).toBeLessThanOrEqual(columns);
  });

  test('what others wrote drives no terminal, and is told on one line', () => {
    const words = 'bad \u200b news\n\n  since \u{e0041} Monday';
    const tree = done(exported(), decision('reject', 'operator-signoff', 'kim', 8, { reason: words }));
    const shown = text(tree);
    expect(shown).not.toContain('\u{e0041}');
    expect(shown.replace(/\s+/g, ' ')).toContain('bad \\u200b news since \\u{e0041} Monday');
    expect(waits(tree).objections[0]?.reason).toBe(words);
  });

  test('reads from top to bottom, without anything to see in it but words', () => {
    expect(text(requested, 30)).toBe(
      [
        '1 objection',
        '',
        'Objections, and requests for changes (1)',
        `${IT}, changes requested at operator-signoff by kim on 2026-03-01: as`,
        '  looked at',
        '  waits for mia to answer',
        '  mia (model-owner, governance-approver):',
        `    modelsmith respond ${IT} --to ${newestId(requested).slice(0, 12)}`,
      ].join('\n'),
    );
  });
});

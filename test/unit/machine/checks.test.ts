import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { checkReportDocument, MOST_FINDINGS } from '../../../src/domain/check-report.ts';
import { recordDocument } from '../../../src/domain/record.ts';
import type { Reason } from '../../../src/domain/reason.ts';
import type { Role } from '../../../src/domain/roles.ts';
import { RISK_TIERS } from '../../../src/domain/tiers.ts';
import { fileAt, filesUnder, withFile, type TreeFolder } from '../../../src/domain/tree.ts';
import { checkStandings } from '../../../src/machine/check-standing.ts';
import { gateRule, gateRuleDigest } from '../../../src/machine/gate-rule.ts';
import { requiredChecks } from '../../../src/machine/required-checks.ts';
import { standingOf } from '../../../src/machine/standing.ts';
import { addEvidence, CARD, evaluateIt, exportIt, moveTo, requestIt, ROLLBACK } from '../support/acts.ts';
import { reaffirm, taintedIds } from '../support/brakes.ts';
import { overridden } from '../support/changes.ts';
import { checkIt, checkReportBytes, type CheckSpec } from '../support/checks.ts';
import { encode, keyOf, lawTree, type LawChanges } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { bundleAt, decision, done, hour, iterationOf, refusals, worldOf } from '../support/world.ts';

const BOT = ['checker:scan', 'checker:probe'];
const owns = (...roles: readonly string[]) => ({ roles: roles.map((role) => ({ role, lines: ['*'] })) });
/** A change of which nothing is declared is of high risk, so all owners are asked. */
const OWNERS: LawChanges['people'] = {
  eva: owns('evaluation-owner', 'software-owner'),
  may: owns('model-owner', 'security-owner'),
  dan: owns('data-owner', 'release-owner'),
};

const lawWith = (checks: readonly object[], people: LawChanges['people'] = {}): LawChanges => ({
  policy: { risk: { checks } },
  people: { ...OWNERS, ...people },
  bot: BOT,
});
const SCAN = lawWith([{ name: 'scan', maxAgeDays: 7 }]);
/** Two machines run the check. */
const TWICE = lawWith([{ name: 'scan', maxAgeDays: 7 }], { ci: owns('pipeline', 'checker:scan') });

function exported(law: LawChanges = SCAN): TreeFolder {
  return done(
    treeAt('locked', law),
    requestIt(),
    addEvidence({
      'model-card.md': CARD,
      'rollback-procedure.md': ROLLBACK,
      'risk-assessment.md': '# Risk\n\nIt may be wrong.\n',
    }),
    evaluateIt(),
    moveTo('eval-accepted', { name: 'ci', role: 'pipeline', hours: 6 }),
    exportIt(),
    moveTo('artifact-exported', { name: 'ci', role: 'pipeline', hours: 7 }),
  );
}

const GATE = 'operator-signoff';
const yes = (hours = 8) => decision('approve', GATE, 'kim', hours);
const owner = (name: 'may' | 'dan' | 'eva', role: Role, hours: number) =>
  decision('approve', GATE, name, hours, {}, role);
/** Everybody who is asked approves. */
const all = (hours = 8) => [
  yes(hours),
  owner('may', 'model-owner', hours),
  owner('may', 'security-owner', hours),
  owner('dan', 'data-owner', hours),
  owner('dan', 'release-owner', hours),
  owner('eva', 'software-owner', hours),
];
const deploy = (hours = 9) => moveTo('customer-deployed', { name: 'kim', role: 'operator', hours });
const failing = (hours: number, more: CheckSpec = {}) => checkIt({ hours, found: ['error'], ...more });
const reasonsAt = (tree: TreeFolder, hours: number): readonly Reason[] =>
  standingOf(worldOf(tree), bundleAt(tree), hour(hours)).blocked;
const codesAt = (tree: TreeFolder, hours = 20) => [
  ...new Set(reasonsAt(tree, hours).map(({ code }) => code)),
];
const statusOf = (tree: TreeFolder, hours = 20) =>
  checkStandings(worldOf(tree), bundleAt(tree), hour(hours)).map(({ name, status }) => `${name} ${status}`);
const stolen = (tree: TreeFolder, hours = 11) =>
  overridden(tree, { act: 'revoke-signer', keys: [keyOf('bot')], as: 'compromised' }, 'a', hours);

const start = exported();

describe('the result of a check', () => {
  it('lies in the record and beside it, and leaves a record without results as it was', () => {
    const before = bundleAt(start);
    expect(fileAt(start, 'promotions/triage/1.0.0/promotion-record.json')?.bytes).toEqual(
      encode(recordDocument.print(before.record)),
    );
    expect(recordDocument.print(before.record)).not.toContain('"checks"');
    const after = bundleAt(done(start, checkIt({ files: { 'a.json': 'x', 'b/c.txt': 'y' } })));
    const [result] = after.record.checks ?? [];
    expect(result).toMatchObject({ act: 'check', name: 'scan', status: 'passed' });
    const id = result?.id ?? '';
    expect(filesUnder(after.folder, 'checks').map(([path]) => path)).toEqual([
      `${id}/raw/a.json`,
      `${id}/raw/b/c.txt`,
      `${id}/report.json`,
    ]);
  });

  it('may come in every state but the last', () => {
    for (const stage of ['candidate', 'eval-accepted', 'customer-deployed', 'production-validated'] as const)
      expect(refusals(treeAt(stage, { bot: BOT }), checkIt({ hours: 12 }))).toEqual([]);
    expect(refusals(treeAt('deprecated', { bot: BOT }), checkIt({ hours: 21 }))).toEqual(['STATE_OTHER']);
  });

  test.each<[string, CheckSpec, readonly string[]]>([
    ['of another check by the same machine', { name: 'probe' }, []],
    ['with warnings and notes alone, which pass', { found: ['warning', 'note'] }, []],
    ['that failed', { found: ['error'] }, []],
    ['in the role of another check', { role: 'checker:probe' }, ['ROLE_CANNOT']],
    ['of a check the machine is not trusted with', { name: 'other' }, ['ROLE_NOT_HELD']],
    ['by the pipeline in its own role', { by: 'ci', role: 'pipeline' }, ['ROLE_CANNOT']],
    ['by the pipeline as if it were the checker', { by: 'ci' }, ['ROLE_NOT_HELD']],
    ['by a person', { by: 'mia' }, ['ROLE_NOT_HELD']],
    ['by a person in a role of people', { by: 'mia', role: 'model-owner' }, ['ROLE_CANNOT']],
    ['of another artifact', { changes: { artifact: 'a'.repeat(64) } }, ['EVAL_OTHER_MODEL']],
    ['that relies on nothing', { changes: { reliedOn: [] } }, ['RELIED_ON_FALSE']],
    ['passed with errors', { found: ['error'], changes: { status: 'passed' } }, ['SCORE_DIFFERS']],
    ['failed without any', { changes: { status: 'failed' } }, ['SCORE_DIFFERS']],
    ['with another report than was signed', { changes: { report: 'b'.repeat(64) } }, ['FILE_DIFFERS']],
    ['with other files than were signed', { changes: { files: [] } }, ['FILE_DIFFERS']],
    ['whose report is about other files', { report: { raw: [] } }, ['FILE_DIFFERS']],
    ['with a report that cannot be read', { text: '{}' }, ['DOCUMENT_UNSOUND']],
    ['with an empty file', { files: { 'out.json': '' } }, ['EVIDENCE_UNSOUND']],
    [
      'whose bytes are in Git LFS',
      { files: { 'out.json': 'version https://git-lfs.github.com/spec/v1\n' } },
      ['EVIDENCE_UNSOUND'],
    ],
  ])('%s', (_what, spec, codes) => {
    expect(refusals(start, checkIt(spec))).toEqual(codes);
  });

  it('needs its iteration', () => {
    const { act, by } = checkIt()(start);
    const other = { ...act, iteration: iterationOf('9.0.0') } as typeof act;
    expect(refusals(start, () => ({ by, act: other }))).toEqual(['ITERATION_UNKNOWN']);
  });

  it('takes from no other checker the room in the record', () => {
    const twice = done(treeAt('candidate', TWICE), checkIt());
    const { record } = bundleAt(twice);
    const path = 'promotions/triage/1.0.0/promotion-record.json';
    const full = { ...record, checks: Array.from({ length: 1000 }, () => record.checks?.[0]) };
    const tree = withFile(twice, path, encode(recordDocument.print(full as never)));
    expect(refusals(tree, checkIt({ hours: 8 }))).toEqual(['RECORD_FULL']);
    expect(refusals(tree, checkIt({ hours: 8, name: 'probe' }))).toEqual([]);
    expect(refusals(tree, checkIt({ hours: 8, by: 'ci' }))).toEqual([]);
  });
});

describe('a report', () => {
  const files = [{ path: 'out.json', bytes: encode('x') }];
  const parse = (changes: object) =>
    checkReportDocument.schema.safeParse({
      ...JSON.parse(new TextDecoder().decode(checkReportBytes(files, ['error', 'note']))),
      ...changes,
    }).success;
  const many = (count: number) =>
    Array.from({ length: count }, () => ({ rule: 'R', level: 'error', message: 'found' }));

  it('counts what it lists, and says how much it leaves out', () => {
    expect(parse({})).toBe(true);
    expect(parse({ counts: { error: 0, warning: 0, note: 2 } })).toBe(false);
    expect(parse({ counts: { error: 2, warning: 0, note: 1 } })).toBe(false);
    expect(parse({ cut: 1 })).toBe(false);
    expect(parse({ counts: { error: 2, warning: 0, note: 1 }, cut: 1 })).toBe(false);
    const [error, all] = [MOST_FINDINGS + 5, many(MOST_FINDINGS)];
    expect(parse({ counts: { error, warning: 0, note: 3 }, findings: all, cut: 8 })).toBe(true);
    expect(parse({ counts: { error: 0, warning: 0, note: error }, findings: all, cut: 5 })).toBe(false);
  });

  it('lists the worst first', () => {
    const { findings } = JSON.parse(
      new TextDecoder().decode(checkReportBytes(files, ['note', 'error', 'error'])),
    ) as { findings: readonly object[] };
    const counts = { error: 2, warning: 0, note: 1 };
    expect(parse({ counts, findings })).toBe(true);
    expect(parse({ counts, findings: [...findings].reverse() })).toBe(false);
  });
});

describe('where the policy asks for a check', () => {
  it('nothing goes to customers, and nobody approves, without a result', () => {
    expect(reasonsAt(start, 20)).toContainEqual({
      code: 'CHECK_MISSING',
      facts: { check: 'scan', iteration: 'triage@1.0.0', tainted: false },
    });
    expect(refusals(start, yes())).toEqual(['CHECK_MISSING']);
    expect(refusals(start, deploy())).toContain('CHECK_MISSING');
  });

  it('nor with one that failed; objecting is possible all the same', () => {
    const tree = done(start, failing(7.5));
    expect(codesAt(tree)).toContain('CHECK_FAILED');
    expect(refusals(tree, yes())).toEqual(['CHECK_FAILED']);
    expect(refusals(tree, decision('reject', GATE, 'kim', 8))).toEqual([]);
    expect(refusals(start, decision('request-changes', GATE, 'kim', 8))).toEqual([]);
  });

  it('a result that passed lets people approve, for as long as it is good', () => {
    const tree = done(start, checkIt({ hours: 7.5 }), ...all());
    expect(codesAt(tree, 9)).toEqual([]);
    expect(refusals(tree, deploy(7.5 + 7 * 24 - 0.01))).toEqual([]);
    expect(refusals(tree, deploy(7.5 + 7 * 24))).toEqual(['CHECK_EXPIRED']);
    expect(refusals(done(start, checkIt({ hours: 7.5 })), yes(7.5 + 7 * 24))).toEqual(['CHECK_EXPIRED']);
  });

  it('the newest counts, whatever it says', () => {
    const worse = done(start, checkIt({ hours: 7.5 }), failing(8));
    expect(refusals(worse, yes(8.5))).toEqual(['CHECK_FAILED']);
    expect(refusals(done(worse, checkIt({ hours: 8.2 })), yes(8.5))).toEqual([]);
  });

  it('a later result makes approvals stale, a failed one closes the gate', () => {
    const approved = done(start, checkIt({ hours: 7.5 }), ...all());
    expect(codesAt(done(approved, checkIt({ hours: 8.5 })))).toEqual(['GATE_PENDING', 'APPROVAL_STALE']);
    expect(codesAt(done(approved, checkIt({ hours: 8.5, name: 'probe' })))).toContain('APPROVAL_STALE');
    expect(codesAt(done(approved, failing(8.5)))).toContain('CHECK_FAILED');
  });

  it('asks of changes at least as risky as the policy says, and of none where nobody judges risk', () => {
    for (const from of RISK_TIERS) {
      const { law } = worldOf(lawTree(lawWith([{ name: 'scan', from }])));
      const asked = RISK_TIERS.filter((tier) => requiredChecks(law, tier).length > 0);
      expect(asked).toEqual(RISK_TIERS.slice(RISK_TIERS.indexOf(from)));
      expect(requiredChecks(law, null)).toEqual([]);
    }
    expect(statusOf(exported(lawWith([{ name: 'scan', from: 'high' }])))).toEqual(['scan missing']);
    expect(statusOf(treeAt('candidate', { bot: BOT }))).toEqual([]);
    const { law } = worldOf(lawTree(lawWith([{ name: 'scan' }, { name: 'probe', maxAgeDays: 3 }])));
    expect(requiredChecks(law, 'low')).toEqual([
      { name: 'probe', maxAgeDays: 3 },
      { name: 'scan', maxAgeDays: null },
    ]);
  });

  it('leaves the rule of the gate as it was where it asks for none', () => {
    const plain = exported({ ...lawWith([]), policy: { risk: {} } });
    const none = exported(lawWith([]));
    const digest = (tree: TreeFolder) => {
      const { law } = worldOf(tree);
      return gateRuleDigest(gateRule(law, bundleAt(tree), GATE));
    };
    expect(digest(none)).toBe(digest(plain));
    expect(digest(start)).not.toBe(digest(plain));
    const approved = done(plain, ...all());
    expect(codesAt(done(approved, checkIt({ hours: 8.5 })))).toEqual([]);
  });

  it('approvals given before it asked count no longer', () => {
    const approved = done(exported(lawWith([])), checkIt({ hours: 7.2 }), ...all());
    expect(codesAt(approved)).toEqual([]);
    expect(codesAt(lawTree(SCAN, approved))).toContain('APPROVAL_STALE');
  });
});

describe('a stolen key of a checker', () => {
  it('has no result that counts: an older one by a key that was not stolen does', () => {
    expect(statusOf(stolen(done(start, checkIt({ hours: 7.5 }))))).toEqual(['scan tainted']);
    expect(reasonsAt(stolen(done(start, checkIt())), 20)).toContainEqual({
      code: 'CHECK_MISSING',
      facts: { check: 'scan', iteration: 'triage@1.0.0', tainted: true },
    });
    const both = done(exported(TWICE), failing(7.2, { by: 'ci' }), checkIt({ hours: 7.5 }));
    expect(statusOf(both)).toEqual(['scan passed']);
    expect(statusOf(stolen(both))).toEqual(['scan failed']);
  });

  it('leaves no approval that was given on its word, though another result would do', () => {
    const tree = done(exported(TWICE), checkIt({ hours: 7.2, by: 'ci' }), checkIt({ hours: 7.5 }), ...all());
    expect(codesAt(tree, 9)).toEqual([]);
    const after = stolen(tree, 9);
    expect(statusOf(after)).toEqual(['scan passed']);
    expect(codesAt(after)).toEqual(['GATE_PENDING', 'APPROVAL_STALE']);
    expect(refusals(done(after, ...all(10)), deploy(11))).toEqual([]);
  });

  it('holds what went to customers on its word, until an evaluation owner vouches for the result', () => {
    const deployed = done(start, checkIt({ hours: 7.5 }), ...all(), deploy());
    expect(codesAt(deployed)).not.toContain('TAINTED');
    const held = stolen(deployed);
    expect(codesAt(held)).toContain('TAINTED');
    expect(taintedIds(held, 'check')).toHaveLength(1);
    const vouched = done(held, reaffirm(taintedIds(held), 'eva', 'evaluation-owner', 12));
    expect(codesAt(vouched)).not.toContain('TAINTED');
  });

  it('holds nothing for a result that no approval was given on', () => {
    const law = lawWith([]);
    const deployed = done(exported(law), checkIt({ hours: 7.5 }), ...all(), deploy());
    expect(codesAt(stolen(deployed))).not.toContain('TAINTED');
  });
});

describe('asking for more', () => {
  const Result = fc.record({
    name: fc.constantFrom('scan', 'probe'),
    failed: fc.boolean(),
    hours: fc.integer({ min: 71, max: 79 }).map((tenths) => tenths / 10),
  });
  const Check = fc.record({
    name: fc.constantFrom('scan', 'probe'),
    from: fc.constantFrom(...RISK_TIERS),
    maxAgeDays: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  });
  const Checks = fc.uniqueArray(Check, { selector: ({ name }) => name, maxLength: 2 });
  const bare = exported(lawWith([]));

  it('never turns a no into a yes: neither another check nor a shorter age', () => {
    fc.assert(
      fc.property(
        fc.array(Result, { maxLength: 4 }),
        Checks,
        Check,
        fc.integer({ min: 8, max: 150 }),
        (results, checks, extra, hours) => {
          const ordered = [...results].sort((a, b) => a.hours - b.hours);
          const tree = done(
            bare,
            ...ordered.map(({ name, failed, hours: when }) =>
              checkIt({ name, hours: when, found: failed ? ['error'] : [] }),
            ),
          );
          const under = (asked: readonly object[]) =>
            refusals(lawTree(lawWith(asked), tree), yes(hours)).length === 0;
          const shorter = checks.map((check) => ({ ...check, maxAgeDays: 1 }));
          const more = checks.some(({ name }) => name === extra.name) ? checks : [...checks, extra];
          if (!under(checks)) {
            expect(under(shorter)).toBe(false);
            expect(under(more)).toBe(false);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});

import { describe, expect, it } from 'vitest';
import type { EntryId } from '../../../src/domain/names.ts';
import type { Role } from '../../../src/domain/roles.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { gateRuleDigest, gateSeats } from '../../../src/machine/gate-rule.ts';
import { policyProblems } from '../../../src/machine/policy-invariants.ts';
import { standingOf } from '../../../src/machine/standing.ts';
import { addEvidence, CARD, CHANGE, moveTo, requestIt, ROLLBACK } from '../support/acts.ts';
import { reaffirm } from '../support/brakes.ts';
import { overridden } from '../support/changes.ts';
import { keyOf, lawTree, type LawChanges, type Person } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { evaluateIt, exportIt } from '../support/acts.ts';
import { bundleAt, decision, done, hour, newestId, refusals, withdrawal, worldOf } from '../support/world.ts';

/** A change of high risk: everything undeclared, so all owners are asked. */
const owns = (...roles: readonly string[]) => ({ roles: roles.map((role) => ({ role, lines: ['*'] })) });
const RISK: LawChanges = {
  policy: { risk: {} },
  people: {
    eva: owns('evaluation-owner', 'software-owner'),
    may: owns('model-owner', 'security-owner'),
    dan: owns('data-owner', 'release-owner', 'domain-expert'),
  },
};
const ASSESSMENT = '# Risk\n\nIt may be wrong.\n';
const GATE = 'operator-signoff';

function exported(law: LawChanges = RISK, request: object = {}): TreeFolder {
  return done(
    treeAt('locked', law),
    requestIt(request),
    addEvidence({
      'model-card.md': CARD,
      'rollback-procedure.md': ROLLBACK,
      'risk-assessment.md': ASSESSMENT,
    }),
    evaluateIt(),
    moveTo('eval-accepted', { name: 'ci', role: 'pipeline', hours: 6 }),
    exportIt(),
    moveTo('artifact-exported', { name: 'ci', role: 'pipeline', hours: 7 }),
  );
}

const yes = (name: Parameters<typeof decision>[2], role: Role, hours = 8) =>
  decision('approve', GATE, name, hours, {}, role);
const pending = (tree: TreeFolder): readonly string[] =>
  standingOf(worldOf(tree), bundleAt(tree), hour(20)).blocked.flatMap((why) =>
    why.code === 'GATE_PENDING' ? [why.facts.roles.join(' or ')] : [],
  );

describe('the owners a change concerns sign off with the operator', () => {
  const start = exported();
  const ALL = ['data-owner', 'model-owner', 'release-owner', 'security-owner', 'software-owner'];

  it('each has a seat of his own, and the gate opens with the last of them', () => {
    expect(pending(start)).toEqual(['operator or team-lead', ...ALL]);
    const some = done(start, yes('kim', 'operator'), yes('may', 'model-owner'), yes('may', 'security-owner'));
    expect(pending(some)).toEqual(['data-owner', 'release-owner', 'software-owner']);
    expect(refusals(some, moveTo('customer-deployed', { name: 'kim', role: 'operator', hours: 9 }))).toEqual([
      'GATE_PENDING',
    ]);
    const all = done(
      some,
      yes('dan', 'data-owner'),
      yes('dan', 'release-owner'),
      yes('eva', 'software-owner'),
    );
    expect(pending(all)).toEqual([]);
    const moved = done(all, moveTo('customer-deployed', { name: 'eva', role: 'software-owner', hours: 9 }));
    expect(bundleAt(moved).record.state).toBe('customer-deployed');
  });

  it('names who could sign at each', () => {
    const { gates } = standingOf(worldOf(start), bundleAt(start), hour(20));
    expect(gates.map(({ rule, canSign }) => [rule.owner, canSign])).toEqual([
      [null, ['kim', 'lee']],
      ['data-owner', ['dan']],
      ['model-owner', ['mia', 'may']],
      ['release-owner', ['dan']],
      ['security-owner', ['may']],
      ['software-owner', ['eva']],
    ]);
  });

  it.each<readonly [string, Parameters<typeof decision>[2], Role, readonly string[]]>([
    ['an owner in a role that is not held', 'dan', 'security-owner', ['ROLE_NOT_HELD']],
    [
      'an owner whom the change does not concern',
      'eva',
      'evaluation-owner',
      ['ROLE_CANNOT', 'ACKNOWLEDGEMENT_MISSING'],
    ],
    ['an auditor', 'eva', 'auditor', ['ROLE_CANNOT']],
  ])('%s signs nothing', (_title, name, role, codes) => {
    expect(refusals(start, yes(name, role))).toEqual(expect.arrayContaining([codes[0]]));
  });

  it('one who holds a seat does not sign at it twice, but may at another', () => {
    const once = done(start, yes('may', 'model-owner'));
    expect(refusals(once, yes('may', 'model-owner', 9))).toEqual(['ALREADY_APPROVED']);
    expect(refusals(once, yes('may', 'security-owner', 9))).toEqual([]);
  });

  it('a data owner’s word does for data, not for permissions', () => {
    const tree = done(start, yes('dan', 'data-owner'));
    expect(pending(tree)).toContain('security-owner');
  });

  it('a model owner may accept his own request, also where requesters are barred from the gate', () => {
    const law = { ...RISK, separation: { requesterBarredFrom: [GATE, 'governance-approval'] } };
    const both = {
      ...law,
      people: { ...RISK.people, may: owns('model-owner', 'security-owner', 'operator') },
    };
    const tree = exported(both, { onBehalfOf: 'may' });
    expect(refusals(tree, yes('may', 'model-owner'))).toEqual([]);
    expect(refusals(tree, yes('may', 'security-owner'))).toEqual(['REQUESTER_BARRED']);
    expect(refusals(tree, yes('may', 'operator'))).toEqual(['REQUESTER_BARRED']);
  });

  it('the objection of an owner is settled by such an owner, and by no operator', () => {
    const objected = done(start, decision('reject', GATE, 'may', 8, {}, 'security-owner'));
    const answers = [newestId(objected) as EntryId];
    const { gates } = standingOf(worldOf(objected), bundleAt(objected), hour(20));
    expect(gates.filter(({ objections }) => objections.length > 0).map(({ rule }) => rule.owner)).toEqual([
      'security-owner',
    ]);
    const answered = done(objected, decision('approve', GATE, 'kim', 9, { answers }, 'operator'));
    expect(
      standingOf(worldOf(answered), bundleAt(answered), hour(20)).blocked.map(({ code }) => code),
    ).toContain('GATE_OBJECTED');
    const settled = done(objected, decision('approve', GATE, 'may', 9, { answers }, 'security-owner'));
    expect(
      standingOf(worldOf(settled), bundleAt(settled), hour(20)).blocked.map(({ code }) => code),
    ).not.toContain('GATE_OBJECTED');
  });

  it('the objection of an owner whom the change concerns no more waits for such an owner all the same', () => {
    const objected = done(start, decision('reject', GATE, 'may', 8, {}, 'security-owner'));
    const answers = [newestId(objected) as EntryId];
    const calm = lawTree({ ...RISK, policy: {} }, objected);
    const answered = done(calm, decision('approve', GATE, 'kim', 9, { answers }, 'operator'));
    expect(pending(answered)).toEqual(['security-owner']);
    expect(
      refusals(answered, moveTo('customer-deployed', { name: 'kim', role: 'operator', hours: 10 })),
    ).toEqual(['GATE_OBJECTED', 'GATE_PENDING']);
    const settled = done(answered, decision('approve', GATE, 'may', 10, { answers }, 'security-owner'));
    expect(standingOf(worldOf(settled), bundleAt(settled), hour(20)).blocked).toEqual([]);
  });

  it('an owner takes back his approval also when the change has come to concern him no more', () => {
    const tree = done(start, yes('may', 'security-owner'));
    const calm = lawTree({ ...RISK, policy: {} }, tree);
    const back = withdrawal(newestId(tree), GATE, 'may', 9, { role: 'security-owner' });
    expect(refusals(calm, back)).toEqual([]);
    expect(refusals(calm, yes('may', 'security-owner', 9))).toContain('ROLE_CANNOT');
  });

  it('what an owner took back after the step is settled by such an owner, also when the change concerns him no more', () => {
    const deployed = done(
      start,
      ...[yes('kim', 'operator'), yes('may', 'model-owner'), yes('may', 'security-owner')],
      ...[yes('dan', 'data-owner'), yes('dan', 'release-owner'), yes('eva', 'software-owner')],
      moveTo('customer-deployed', { name: 'kim', role: 'operator', hours: 8.5 }),
    );
    const word = bundleAt(deployed).approvals.find(({ role }) => role === 'security-owner');
    const back = withdrawal(word?.id ?? '', GATE, 'may', 9, { role: 'security-owner' });
    const calm = lawTree({ ...RISK, policy: {} }, done(deployed, back));
    const contested = (tree: TreeFolder) =>
      standingOf(worldOf(tree), bundleAt(tree), hour(20)).contested.length;
    const answers = [newestId(calm) as EntryId];
    expect(contested(done(calm, decision('approve', GATE, 'lee', 10, { answers }, 'operator')))).toBe(1);
    expect(contested(done(calm, decision('approve', GATE, 'may', 10, { answers }, 'security-owner')))).toBe(
      0,
    );
  });

  it('a stolen word of an owner is vouched for at the seat it was given at, also when the change asks for it no more', () => {
    const both = ['model-owner', 'security-owner', 'governance-approver'];
    const people = { ...RISK.people, mia: owns(...both), kim: owns('operator', 'security-owner') };
    const law = { ...RISK, separation: { requesterBarredFrom: [GATE, 'governance-approval'] }, people };
    const deployed = done(
      exported(law, { onBehalfOf: 'dana' }),
      ...[yes('kim', 'operator'), yes('may', 'model-owner'), yes('may', 'security-owner')],
      ...[yes('dan', 'data-owner'), yes('dan', 'release-owner'), yes('eva', 'software-owner')],
      moveTo('customer-deployed', { name: 'kim', role: 'operator', hours: 8.5 }),
    );
    const theft = { act: 'revoke-signer', keys: [keyOf('may')], as: 'compromised' };
    const calm = overridden(lawTree({ ...law, policy: {} }, deployed), theft, 'a', 9);
    const wordOf = (role: Role) =>
      bundleAt(calm)
        .approvals.filter((each) => each.role === role)
        .map(({ id }) => id);
    const vouch = (name: Person, role: Role) => reaffirm(wordOf(role), name, role, 10);
    // An operator who signed sits at another seat, and so does who vouches for both owners.
    expect(refusals(calm, vouch('kim', 'security-owner'))).toEqual([]);
    // Who is behind the request accepts it as its model owner, and as nothing else.
    const once = done(calm, vouch('mia', 'model-owner'));
    expect(refusals(once, vouch('mia', 'security-owner'))).toEqual(['REQUESTER_BARRED']);
    expect(refusals(once, vouch('kim', 'security-owner'))).toEqual([]);
  });

  it('a rule that makes the change riskier lets earlier approvals count no more', () => {
    const tree = done(start, yes('kim', 'operator'));
    const rules = [{ id: 'more', when: { line: '*' }, approvals: ['ml-manager'] }];
    const later = lawTree({ ...RISK, policy: { risk: { rules } } }, tree);
    const { blocked } = standingOf(worldOf(later), bundleAt(later), hour(20));
    expect(blocked.map(({ code }) => code)).toContain('APPROVAL_STALE');
  });

  it('high risk demands the risk assessment', () => {
    const bare = treeAt('artifact-exported', RISK);
    expect(refusals(bare, yes('kim', 'operator'))).toContain('EVIDENCE_MISSING');
    expect(refusals(start, yes('kim', 'operator'))).toEqual([]);
  });

  it('seats have rules of their own: an approval for one is none for another', () => {
    const { law } = worldOf(start);
    const seats = gateSeats(law, bundleAt(start), GATE);
    expect(new Set(seats.map(gateRuleDigest)).size).toBe(6);
    expect(gateSeats(law, bundleAt(start), 'domain-validation')).toHaveLength(1);
  });

  it('no approval of an owner is asked for where the policy does not speak of risk', () => {
    const tree = treeAt('artifact-exported');
    expect(pending(tree)).toEqual(['operator or team-lead']);
    expect(refusals(tree, yes('mia', 'model-owner'))).toContain('ROLE_CANNOT');
  });
});

describe('a law with rules of risk', () => {
  it('needs somebody who holds model-owner for every line, since every change asks for one', () => {
    const law = {
      ...RISK,
      people: { ...RISK.people, mia: owns('governance-approver'), may: owns('security-owner') },
    };
    expect(policyProblems(worldOf(lawTree(RISK)).law, hour(0))).toEqual([]);
    expect(policyProblems(worldOf(lawTree(law)).law, hour(0)).join()).toMatch(
      /1 of model-owner for operator-signoff/,
    );
  });
});

describe('a law that demands evidence no bundle can hold together', () => {
  const demanding = (extraEvidence: readonly string[], ...rules: readonly string[][]) => {
    const risk = { rules: rules.map((evidence, n) => ({ id: `r${n}`, when: { line: '*' }, evidence })) };
    const policy = rules.length === 0 ? {} : { risk };
    const law = { ...RISK, policy, gates: { 'governance-approval': { extraEvidence } } };
    return policyProblems(worldOf(lawTree(law)).law, hour(0)).join();
  };

  it('is none: a file is no folder, and names that differ by case are one on some file systems', () => {
    expect(demanding(['attachments/a', 'attachments/a/b'])).toMatch(/attachments\/a and attachments\/a\/b/);
    expect(demanding(['attachments/A', 'attachments/a'])).toMatch(/attachments\/A and attachments\/a/);
    expect(demanding(['attachments/A/x', 'attachments/a/y'])).toMatch(/no bundle can hold/);
    expect(demanding(['attachments/a'], ['attachments/a.md'], ['attachments/a/b'])).toMatch(/no bundle can/);
  });

  it('is one where all of it can lie side by side', () => {
    const files = ['attachments/a/b', 'attachments/a/c', 'attachments/ab', 'model-card.md'];
    expect(demanding(files, ['attachments/a/b'], ['attachments/a.md', 'attachments/b'])).toBe('');
  });
});

describe('a law under which no change could ever be approved', () => {
  const without = (line: object, rules: readonly object[] = []) => {
    const people = { may: owns('model-owner'), dan: owns('data-owner', 'domain-expert') };
    const tree = lawTree({
      policy: { risk: { rules } },
      people,
      line: { targets: [], jurisdictions: ['EU'], ...line },
    });
    return policyProblems(worldOf(tree).law, hour(0)).join();
  };

  it('is none: whoever every change of a line has to ask must be there', () => {
    expect(without({})).toBe('');
    expect(without({ targets: ['eu'] })).toMatch(/1 of release-owner for operator-signoff/);
    expect(without({ jurisdictions: undefined })).toMatch(/1 of security-owner/);
    const all = (when: object) => [{ id: 'all', when, approvals: ['ml-manager'] }];
    expect(without({}, all({ line: 'triage*' }))).toMatch(/1 of ml-manager/);
    expect(without({}, [{ id: 'high', when: { licenceTier: 'B' }, tier: 'high' }])).toMatch(
      /1 of security-owner/,
    );
    // These do not apply to every change.
    expect(without({}, all({ mutation: 'data' }))).toBe('');
    expect(without({}, all({ not: { permission: 'exec' } }))).toBe('');
    expect(without({}, all({ line: 'other' }))).toBe('');
  });
});

describe('a request', () => {
  const locked = treeAt('locked', RISK);
  const change = (more: object) => ({ change: { ...CHANGE, ...more } });

  it('that declares what the evidence shows to be wrong is refused where that decides who approves', () => {
    const denied = change({ flags: [{ name: 'affects-production-traffic', value: false }] });
    expect(refusals(locked, requestIt(denied))).toEqual(['FLAG_CONTRADICTED']);
    expect(refusals(treeAt('locked'), requestIt(denied))).toEqual([]);
    expect(
      refusals(locked, requestIt(change({ flags: [{ name: 'affects-production-traffic', value: true }] }))),
    ).toEqual([]);
  });

  it.each([
    ['the machine', 'ci'],
    ['its owner', 'mia'],
    ['the person it is for', 'may'],
  ])('is refused where %s can read the held-out items', (_who, reader) => {
    const tree = treeAt('locked', { line: { evidenceReaders: [reader] } });
    expect(refusals(tree, requestIt({ onBehalfOf: 'may' }))).toEqual(['READER_BARRED']);
  });

  it('is refused where another machine of the person can: he reads through it', () => {
    const tree = treeAt('locked', { line: { evidenceReaders: ['bot'] }, bot: ['checker:scan'] });
    expect(refusals(tree, requestIt())).toEqual(['READER_BARRED']);
    const other = { bot: { owner: 'may' } };
    const free = treeAt('locked', {
      line: { evidenceReaders: ['bot'] },
      bot: ['checker:scan'],
      people: other,
    });
    expect(refusals(free, requestIt())).toEqual([]);
    expect(refusals(free, requestIt({ onBehalfOf: 'may' }))).toEqual(['READER_BARRED']);
  });

  it('is not where somebody else can', () => {
    const tree = treeAt('locked', { line: { evidenceReaders: ['eva'] } });
    expect(refusals(tree, requestIt())).toEqual([]);
  });

  it.each<readonly [string, object, string, readonly string[]]>([
    ['one the line lists', { permissions: ['tool:*'] }, 'tool:search', []],
    ['one the line does not list', { permissions: ['tool:*'] }, 'network:a', ['PERMISSION_NOT_ALLOWED']],
    ['any where the line lists none', { permissions: [] }, 'tool:search', ['PERMISSION_NOT_ALLOWED']],
    [
      'one of those prohibited together',
      { prohibitedPermissions: ['network:*'] },
      'network:a',
      ['PERMISSION_PROHIBITED'],
    ],
    [
      'more than the one prohibited',
      { prohibitedPermissions: ['network:a'] },
      'network:*',
      ['PERMISSION_PROHIBITED'],
    ],
    ['another than the one prohibited', { prohibitedPermissions: ['network:a'] }, 'network:b', []],
  ])('may ask for %s: %j, %s', (_title, line, permission, codes) => {
    expect(refusals(treeAt('locked', { line }), requestIt(change({ permissions: [permission] })))).toEqual(
      codes,
    );
  });
});

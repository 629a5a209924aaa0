import { describe, expect, test } from 'vitest';
import { idsOfBundle } from '../../../src/machine/entries-in.ts';
import { standingOf } from '../../../src/machine/standing.ts';
import { statementOf } from '../../../src/machine/statement.ts';
import { gateRules } from '../../../src/machine/gate-rule.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { addEvidence } from '../support/acts.ts';
import { grants, overridden } from '../support/changes.ts';
import { comment, expedite } from '../support/conversation.ts';
import { keyOf, type LawChanges, type Person } from '../support/law-files.ts';
import { treeAt, type Stage } from '../support/stages.ts';
import {
  bundleAt,
  decision,
  done,
  hour,
  iterationOf,
  newestId,
  refusals,
  tryAct,
  withdrawal,
  worldOf,
} from '../support/world.ts';
import type { Role } from '../../../src/domain/roles.ts';

const MANAGED: LawChanges = {
  people: {
    may: { roles: grants(['ml-manager', 'model-owner']) },
    gil: { roles: grants(['auditor', 'governance-approver']) },
    dan: { roles: grants(['recovery']) },
  },
};
const exported = treeAt('artifact-exported', MANAGED);
const by = (name: Person, role: Role, hours = 7.5) => ({ name, role, hours });

describe('a comment', () => {
  test.each([
    ['operator', 'kim'],
    ['domain-expert', 'dana'],
    ['governance-approver', 'gus'],
    ['evaluation-owner', 'eva'],
    ['ml-manager', 'may'],
    ['recovery', 'dan'],
    ['pipeline', 'ci'],
  ] as const)('is made by anybody enrolled, such as %s', (role, name) => {
    expect(refusals(exported, comment([], by(name, role)))).toEqual([]);
  });

  test('is not an auditor’s, who says what he finds in another way', () => {
    expect(refusals(exported, comment([], by('gil', 'auditor')))).toEqual(['ROLE_CANNOT']);
    expect(refusals(exported, comment([], by('gil', 'governance-approver')))).toEqual([]);
  });

  test('is made in a role that its author holds, by who signs it', () => {
    expect(refusals(exported, comment([], by('kim', 'team-lead')))).toEqual(['ROLE_NOT_HELD']);
    expect(refusals(exported, comment([], by('kim', 'operator'), { principal: 'lee' }))).toEqual([
      'ENTRY_NOT_SIGNERS',
    ]);
  });

  test('speaks of the iteration, of any entry about it, and of earlier comments', () => {
    const tree = done(exported, decision('request-changes', 'operator-signoff', 'kim', 8));
    const { record, lock } = bundleAt(tree);
    const about = [
      lock.id,
      record.request.id,
      ...[...record.evidence, ...record.evaluations, ...record.transitions].map(({ id }) => id),
      record.export?.id ?? '',
      newestId(tree),
    ];
    const said = done(tree, comment(about, by('lee', 'operator', 9)));
    expect(bundleAt(said).comments).toHaveLength(1);
    const first = bundleAt(said).comments.map(({ id }) => id);
    expect(refusals(said, comment(first, by('kim', 'operator', 9)))).toEqual([]);
  });

  test('speaks of nothing that is not there, nor of another iteration', () => {
    expect(refusals(exported, comment(['f'.repeat(64)]))).toEqual(['ENTRY_UNKNOWN']);
    const other = { iteration: 'triage@1.0.1' };
    expect(refusals(exported, comment([], by('kim', 'operator'), other))).toEqual(['ENTRY_UNRELATED']);
    const { act } = comment()(exported);
    if (act.kind !== 'comment') throw new Error();
    const nowhere = { act: { ...act, iteration: iterationOf('2.0.0') }, by: by('kim', 'operator') };
    expect(refusals(exported, () => nowhere)).toEqual(['ITERATION_UNKNOWN']);
  });

  test('is added once and never again', () => {
    const made = comment()(exported);
    expect(
      refusals(
        done(exported, () => made),
        () => made,
      ),
    ).toEqual(['ENTRY_ALTERED']);
  });

  test('may follow the end of an iteration', () => {
    expect(refusals(treeAt('deprecated', MANAGED), comment([], by('kim', 'operator', 21)))).toEqual([]);
  });
});

describe('an expedite', () => {
  test('is a manager’s, and a person’s', () => {
    expect(refusals(exported, expedite(72))).toEqual([]);
    expect(refusals(exported, expedite(72, by('kim', 'operator')))).toEqual(['ROLE_CANNOT']);
    expect(refusals(exported, expedite(72, by('kim', 'ml-manager')))).toEqual(['ROLE_NOT_HELD']);
    expect(refusals(exported, expedite(72, by('ci', 'pipeline')))).toEqual(['HUMAN_REQUIRED']);
  });

  test('is of the whole iteration', () => {
    const { request } = bundleAt(exported).record;
    const about = { reliedOn: [request.id] };
    expect(refusals(exported, expedite(72, undefined, about))).toEqual(['RELIED_ON_FALSE']);
  });

  test('names a time that is still to come', () => {
    expect(refusals(exported, expedite(7.5))).toEqual(['DUE_NOT_AHEAD']);
    expect(refusals(exported, expedite(7))).toEqual(['DUE_NOT_AHEAD']);
  });

  test.each([
    ['candidate', []],
    ['eval-accepted', []],
    ['customer-deployed', []],
    ['production-validated', ['STATE_OTHER']],
    ['deprecated', ['STATE_OTHER']],
  ] as const)('of an iteration that is %s', (stage: Stage, codes) => {
    expect(refusals(treeAt(stage, MANAGED), expedite(72, by('may', 'ml-manager', 21)))).toEqual(codes);
  });
});

describe('what is said beside the decisions changes none', () => {
  const standing = (tree: TreeFolder) => standingOf(worldOf(tree), bundleAt(tree), hour(40));
  const statements = (tree: TreeFolder) =>
    gateRules(worldOf(tree).law, bundleAt(tree)).map((rule) =>
      statementOf(worldOf(tree).law, bundleAt(tree), rule),
    );
  const talk = (tree: TreeFolder) => {
    const { request } = bundleAt(tree).record;
    return done(
      tree,
      comment([request.id], by('kim', 'operator', 21)),
      comment([], by('ci', 'pipeline', 21)),
      ...(['production-validated', 'deprecated'].includes(bundleAt(tree).record.state)
        ? []
        : [expedite(22, by('may', 'ml-manager', 21))]),
    );
  };
  const objected = done(exported, decision('request-changes', 'operator-signoff', 'kim', 8));
  const approved = treeAt('signedOff', MANAGED);

  test.each([
    ['a candidate', treeAt('candidate', MANAGED)],
    ['what was exported', exported],
    ['what somebody objected to', objected],
    ['what was signed off', approved],
    ['what is validated', treeAt('validated', MANAGED)],
    ['what was deprecated', treeAt('deprecated', MANAGED)],
  ])('of %s: gates, objections and statements stay as they were', (_what, tree) => {
    expect(standing(talk(tree))).toEqual(standing(tree));
    expect(statements(talk(tree))).toEqual(statements(tree));
  });

  test('a step that is contested stays so, and one that is not does too', () => {
    const deployed = treeAt('customer-deployed', MANAGED);
    const contested = done(deployed, withdrawal(newestId(deployed), 'operator-signoff', 'kim', 9));
    expect(standing(contested).blocked).not.toEqual(standing(deployed).blocked);
    expect(standing(talk(contested))).toEqual(standing(contested));
  });

  test('an answer in a comment answers nothing: only decisions and evidence do', () => {
    const said = done(objected, comment([newestId(objected)], by('kim', 'operator', 9)));
    expect(standing(said)).toEqual(standing(objected));
    const card = addEvidence({ 'model-card.md': '# Better\n\nx\n' }, {}, 9);
    expect(refusals(said, card)).toEqual(['EVIDENCE_DECIDED']);
  });

  test('a stolen key that only talked holds nothing', () => {
    const theft = { act: 'revoke-signer', keys: [keyOf('may')], as: 'compromised' };
    const quiet = overridden(exported, theft);
    expect(standing(overridden(talk(exported), theft))).toEqual(standing(quiet));
  });

  test('the entries of an iteration are all there is of it', () => {
    const tree = talk(objected);
    const ids = idsOfBundle(bundleAt(tree));
    for (const { id } of [...bundleAt(tree).comments, ...bundleAt(tree).approvals]) expect(ids).toContain(id);
    expect(tryAct(tree, comment([...ids], by('lee', 'operator', 30))(tree))).toMatchObject({
      kind: 'allowed',
    });
  });
});

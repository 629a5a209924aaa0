import { describe, expect, test } from 'vitest';
import type { CommonOptions, Outcome } from '../../../src/commands/shared/command.ts';
import type { Context } from '../../../src/commands/shared/context.ts';
import { decideAtGates, type GateOrder } from '../../../src/commands/shared/gates/gate-decision.ts';
import { ownWork } from '../../../src/commands/shared/sharing/own-work.ts';
import type { Desk } from '../../../src/commands/shared/opening/write.ts';
import { takeTransition } from '../../../src/commands/promote/take-transition.ts';
import type { GateName } from '../../../src/domain/states.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { edgeBetween } from '../../../src/machine/edges.ts';
import type { LawChanges, Person } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { actorOf, bundleAt, decision, done, hour, iterationOf, newestId, worldOf } from '../support/world.ts';

const DRY: CommonOptions = {
  ...{ directory: '.', json: false, plain: false, root: null, branch: null, state: null },
  ...{ as: null, keyFile: null, role: null, dryRun: true },
};
const WAIVED: LawChanges = {
  separation: { productionGates: 'same-person', requesterBarredFrom: [], reason: 'a team of one' },
};

/** A desk over a tree in memory: a dry run goes the whole way to the signature and stops before it. */
function deskOf(tree: TreeFolder, name: Person, hours: number): Desk {
  const actor = actorOf(tree, name, hours);
  const signer = { primary: actor.key, sign: () => Promise.reject(new Error('signed')) };
  const terminal = { interactive: false, columns: 80, color: false };
  const verifier = { ended: () => Promise.resolve(new Set()) };
  const context = { now: () => hour(hours), terminal, verifier } as unknown as Context;
  const workspace = { world: worldOf(tree), valid: { clock: actor.clock } } as unknown as Desk['workspace'];
  return { context, workspace, who: { principal: actor.principal, signer }, now: hour(hours), actor };
}

function decide(
  tree: TreeFolder,
  name: Person,
  order: Partial<GateOrder> = {},
  common: Partial<CommonOptions> = {},
): Promise<Outcome> {
  const full: GateOrder = { act: 'approve', iteration: iterationOf(), gates: [], answers: [], ...order };
  return decideAtGates(deskOf(tree, name, 12), { ...DRY, ...common }, full);
}

const codes = (outcome: Outcome): readonly string[] =>
  outcome.kind === 'refused' ? outcome.reasons.map((why) => why.code) : [outcome.kind];
const json = (outcome: Outcome): object =>
  outcome.kind === 'refused' ? { refused: codes(outcome) } : outcome.json;

describe('without an iteration', () => {
  const listed = (tree: TreeFolder, name: Person, verb: 'approve' | 'promote'): object =>
    json(ownWork(deskOf(tree, name, 12), verb, DRY));

  test('a verb lists those that wait for the signer, with what to type', () => {
    const tree = treeAt('artifact-exported');
    expect(listed(tree, 'kim', 'approve')).toMatchObject({
      principal: 'kim',
      waiting: [{ gates: ['operator-signoff'], command: 'modelsmith approve triage@1.0.0' }],
    });
    expect(listed(tree, 'dana', 'approve')).toMatchObject({ waiting: [] });
    const outcome = ownWork(deskOf(tree, 'dana', 12), 'approve', DRY);
    expect(outcome.kind === 'refused' ? '' : outcome.text({ columns: 80, color: false })).toBe(
      'nothing waits for dana; next: modelsmith queue',
    );
  });

  test('what to type has the address in it where one was typed, without its password', () => {
    const desk = deskOf(treeAt('artifact-exported'), 'kim', 12);
    const from = (address: string): object => json(ownWork(desk, 'approve', { address }));
    expect(from('../the hub.git')).toMatchObject({
      waiting: [{ command: "modelsmith approve '../the hub.git' triage@1.0.0" }],
    });
    expect(JSON.stringify(from('https://kim:secret@git.example.org/e.git'))).not.toContain('secret');
  });

  test('promote lists what is signed and was not taken, too', () => {
    const signed = treeAt('signedOff');
    expect(listed(signed, 'kim', 'promote')).toMatchObject({
      waiting: [{ gates: [], command: 'modelsmith promote triage@1.0.0' }],
    });
    expect(listed(signed, 'kim', 'approve')).toMatchObject({ waiting: [] });
    expect(listed(signed, 'dana', 'promote')).toMatchObject({ waiting: [] });
  });
});

describe('approving', () => {
  const exported = treeAt('artifact-exported');
  const deployed = treeAt('customer-deployed');

  test('the last signature carries the transition and moves the alias', async () => {
    expect(json(await decide(exported, 'kim'))).toMatchObject({
      gates: ['operator-signoff'],
      moved: { to: 'customer-deployed', aliases: [{ alias: 'serving', from: null, to: '1.0.0' }] },
      missing: [],
      state: 'customer-deployed',
    });
  });

  test('one that does not complete the gates says what is missing and what to type', async () => {
    const outcome = await decide(deployed, 'dan');
    expect(json(outcome)).toMatchObject({
      gates: ['domain-validation'],
      moved: null,
      missing: [{ code: 'GATE_PENDING', facts: { gate: 'governance-approval' } }],
    });
    if (outcome.kind === 'refused') throw new Error('was refused');
    const text = outcome.text({ columns: 80, color: false });
    expect(text).toContain('still missing for customer-deployed → production-validated:');
    expect(text).toContain('modelsmith approve triage@1.0.0 --role governance-approver');
    expect(text).not.toContain('<iteration>');
  });

  test('where separation is waived one signature serves both gates, and says so', async () => {
    const outcome = await decide(treeAt('customer-deployed', WAIVED), 'kim');
    expect(json(outcome)).toMatchObject({
      gates: ['domain-validation', 'governance-approval'],
      moved: { to: 'production-validated' },
      separationWaived: 'a team of one',
    });
    if (outcome.kind === 'refused') throw new Error('was refused');
    expect(outcome.text({ columns: 80, color: false })).toContain('SEPARATION_WAIVED');
  });

  test('where the gates take two people the person must say which', async () => {
    await expect(decide(deployed, 'kim')).rejects.toMatchObject({ code: 'USAGE' });
    const gates: readonly GateName[] = ['domain-validation'];
    expect(json(await decide(deployed, 'kim', { gates }))).toMatchObject({ gates });
    expect(json(await decide(deployed, 'kim', {}, { role: 'domain-expert' }))).toMatchObject({ gates });
  });

  test('who signed at one of them is told why the other is closed', async () => {
    const tree = done(deployed, decision('approve', 'domain-validation', 'dana', 9));
    expect(codes(await decide(tree, 'dana'))).toEqual([
      'ALREADY_APPROVED',
      'SEPARATION_REQUIRED',
      'GATE_PENDING',
    ]);
  });

  test.each<[string, TreeFolder, Person, readonly string[]]>([
    ['the requester', deployed, 'mia', ['REQUESTER_BARRED', 'GATE_PENDING', 'GATE_PENDING']],
    ['somebody without the role', exported, 'dan', ['ROLE_NOT_HELD', 'GATE_PENDING']],
    ['an automation', exported, 'ci', ['HUMAN_REQUIRED', 'GATE_PENDING']],
    ['an iteration not evaluated', treeAt('candidate'), 'kim', ['STATE_OTHER', 'CRITERIA_NOT_MET']],
    ['one at the end of the road', treeAt('production-validated'), 'kim', ['STATE_OTHER']],
  ])('%s is refused with every reason', async (_what, tree, name, expected) => {
    expect(codes(await decide(tree, name))).toEqual(expected);
  });

  test('an objection is answered by the beginning of its id', async () => {
    const contra = done(deployed, decision('reject', 'governance-approval', 'gus', 9));
    const tree = done(contra, decision('approve', 'domain-validation', 'dan', 10));
    const start = newestId(contra).slice(0, 12);
    expect(json(await decide(tree, 'gus'))).toMatchObject({
      moved: null,
      missing: [{ code: 'GATE_OBJECTED' }],
    });
    expect(json(await decide(tree, 'gus', { answers: [start] }))).toMatchObject({
      moved: { to: 'production-validated' },
    });
    expect(codes(await decide(tree, 'gus', { answers: ['00000000'] }))).toEqual(['ANSWER_UNKNOWN']);
  });

  test('a role that opens no gate here is no role for this', async () => {
    await expect(decide(exported, 'kim', {}, { role: 'domain-expert' })).rejects.toMatchObject({
      code: 'USAGE',
    });
  });
});

describe('rejecting', () => {
  test('closes the gate ahead', async () => {
    const tree = treeAt('customer-deployed');
    expect(json(await decide(tree, 'dan', { act: 'reject' }))).toMatchObject({
      gates: ['domain-validation'],
      moved: null,
      missing: [{ code: 'GATE_PENDING' }, { code: 'GATE_OBJECTED' }, { code: 'GATE_PENDING' }],
    });
  });

  test('contests a gate that was passed, by somebody who holds no role ahead', async () => {
    const tree = treeAt('customer-deployed');
    expect(json(await decide(tree, 'lee', { act: 'reject' }))).toMatchObject({ gates: ['operator-signoff'] });
  });
});

describe('taking a transition whose gates are open', () => {
  const tree = treeAt('validated');
  const edge = edgeBetween('customer-deployed', 'production-validated');
  const take = (name: Person): Promise<Outcome> => {
    if (edge === null) throw new Error('no such edge');
    return takeTransition(deskOf(tree, name, 12), DRY, bundleAt(tree), edge);
  };

  test('anybody in a role of its gates may', async () => {
    expect(json(await take('dan'))).toMatchObject({ act: 'promote', moved: { to: 'production-validated' } });
  });

  test('nobody else may', async () => {
    expect(codes(await take('lee'))).toEqual(['ROLE_NOT_HELD']);
    expect(codes(await take('ci'))).toEqual(['HUMAN_REQUIRED']);
  });
});

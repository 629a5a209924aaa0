import { describe, expect, test } from 'vitest';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { idsOfBundle, entryIdsIn } from '../../../src/machine/entries-in.ts';
import { targetStandings } from '../../../src/machine/receipts.ts';
import { standingOf } from '../../../src/machine/standing.ts';
import { subjectOf } from '../../../src/machine/subject.ts';
import { deprecateIt, moveTo } from '../support/acts.ts';
import { reaffirm, taintedIds } from '../support/brakes.ts';
import { overridden } from '../support/changes.ts';
import { keyOf, lawTree } from '../support/law-files.ts';
import { receiptIt, TARGETS, withTargets, type ReceiptSpec } from '../support/receipts.ts';
import { treeAt } from '../support/stages.ts';
import { bundleAt, decision, done, hour, refusals, worldOf } from '../support/world.ts';

const BOTH = withTargets(['eu', 'us']);
const deployed = treeAt('customer-deployed', BOTH);
const yes = (hours = 9) => decision('approve', 'domain-validation', 'dana', hours);
const governance = (hours = 9) => decision('approve', 'governance-approval', 'gus', hours);
const validate = (hours = 10) =>
  moveTo('production-validated', { name: 'gus', role: 'governance-approver', hours });
const live = (target: string, hours = 8.2, more: ReceiptSpec = {}) => receiptIt({ target, hours, ...more });
const everywhere = done(deployed, live('eu'), live('us', 8.3));

const statusOf = (tree: TreeFolder): readonly string[] =>
  targetStandings(worldOf(tree), bundleAt(tree)).map(({ name, status }) => `${name} ${status}`);
const missingAt = (tree: TreeFolder, hours = 10): readonly string[] =>
  standingOf(worldOf(tree), bundleAt(tree), hour(hours)).blocked.flatMap((why) =>
    why.code === 'RECEIPT_MISSING' ? [`${why.facts.target} ${why.facts.status}`] : [],
  );
const stolen = (tree: TreeFolder, hours = 11) =>
  overridden(tree, { act: 'revoke-signer', keys: [keyOf('bot')], as: 'compromised' }, 'a', hours);

describe('a receipt', () => {
  test.each<[string, ReceiptSpec, readonly string[]]>([
    ['that it is live, by the machine', {}, []],
    ['that it was taken away, by the machine', { outcome: 'removed' }, []],
    ['of the place no machine reaches, by an operator', { target: 'us' }, []],
    ['of that place, by a team lead', { target: 'us', by: 'lee', role: 'team-lead' }, []],
    ['of that place, by the machine', { target: 'us', by: 'bot', role: 'reconciler' }, ['HUMAN_REQUIRED']],
    ['of that place, by the machine as an operator', { target: 'us', by: 'bot' }, ['HUMAN_REQUIRED']],
    ['of that place, by an expert', { target: 'us', by: 'dana', role: 'domain-expert' }, ['ROLE_CANNOT']],
    ['by the pipeline', { by: 'ci', role: 'pipeline' }, ['ROLE_CANNOT']],
    ['by the pipeline as if it reached targets', { by: 'ci' }, ['ROLE_NOT_HELD']],
    ['by a person, of what a machine reaches', { by: 'kim', role: 'operator' }, ['ROLE_CANNOT']],
    ['of a target nobody described', { target: 'moon' }, ['TARGET_UNKNOWN']],
    ['of a target called like what every object has', { target: 'constructor' }, ['TARGET_UNKNOWN']],
    ['of a target of other lines', { target: 'spare' }, ['TARGET_UNKNOWN']],
    ['that it is gone from a target of other lines', { target: 'spare', outcome: 'removed' }, []],
    ['of another artifact', { changes: { artifact: 'a'.repeat(64) } }, ['RECEIPT_DIFFERS']],
    ['of another export', { changes: { manifest: 'a'.repeat(64) } }, ['RECEIPT_DIFFERS']],
    ['of another place under the name', { changes: { place: 'a'.repeat(64) } }, ['RECEIPT_DIFFERS']],
    ['about another iteration', { changes: { iteration: 'triage@2.0.0' } }, ['ENTRY_UNRELATED']],
    ['that relies on nothing', { changes: { reliedOn: [] } }, ['RELIED_ON_FALSE']],
  ])('%s', (_what, spec, codes) => {
    expect(refusals(deployed, receiptIt(spec))).toEqual(codes);
  });

  test('comes once it went to customers, and says live no more once it is retired', () => {
    expect(refusals(treeAt('artifact-exported', BOTH), receiptIt())).toEqual(['STATE_OTHER']);
    expect(refusals(treeAt('candidate', BOTH), receiptIt())).toEqual(['RECEIPT_DIFFERS', 'STATE_OTHER']);
    const retired = done(deployed, deprecateIt({}, { name: 'lee', role: 'team-lead', hours: 9 }));
    expect(refusals(retired, receiptIt({ hours: 9.1 }))).toEqual(['STATE_OTHER']);
    expect(refusals(retired, receiptIt({ hours: 9.1, outcome: 'removed' }))).toEqual([]);
  });

  test('is written once', () => {
    const put = done(deployed, receiptIt());
    expect(refusals(put, () => receiptIt()(deployed))).toEqual(['ENTRY_ALTERED']);
  });

  test('is of an iteration that is there', () => {
    const strange = (tree: TreeFolder) => {
      const made = receiptIt()(tree);
      return {
        ...made,
        act: { ...made.act, iteration: { line: 'triage', version: '9.0.0' } } as never,
      };
    };
    expect(refusals(deployed, strange)).toEqual(['ITERATION_UNKNOWN']);
  });

  test('is an entry like others: comments can be about it, and a report of a theft can keep it', () => {
    const [receipt] = bundleAt(everywhere).receipts;
    expect(receipt).toMatchObject({ act: 'receipt', target: 'eu', outcome: 'live' });
    expect(idsOfBundle(bundleAt(everywhere))).toContain(receipt?.id);
    expect(entryIdsIn(everywhere)).toContain(receipt?.id);
  });
});

describe('an expert', () => {
  test('approves only what is known to be live at every target that follows what customers get', () => {
    expect(refusals(deployed, yes())).toEqual(['RECEIPT_MISSING']);
    expect(missingAt(deployed)).toEqual(['eu missing', 'us missing']);
    expect(missingAt(done(deployed, live('eu')))).toEqual(['us missing']);
    expect(refusals(everywhere, yes())).toEqual([]);
    expect(missingAt(everywhere)).toEqual([]);
  });

  test('is not kept waiting by a target that follows what is in production', () => {
    const batch = treeAt('customer-deployed', withTargets(['batch']));
    expect(statusOf(batch)).toEqual(['batch missing']);
    expect(refusals(batch, yes())).toEqual([]);
  });

  test('is not kept waiting where the policy only names targets', () => {
    const named = treeAt('customer-deployed', { line: { targets: ['eu', 'us'] } });
    expect(statusOf(named)).toEqual([]);
    expect(refusals(named, yes())).toEqual([]);
    const released = treeAt('production-validated', { bot: ['reconciler'] });
    expect(refusals(released, receiptIt())).toEqual(['TARGET_UNKNOWN']);
  });

  test('may reject and ask for changes without any receipt', () => {
    for (const act of ['reject', 'request-changes'] as const)
      expect(refusals(deployed, decision(act, 'domain-validation', 'dana', 9))).toEqual([]);
  });

  test('builds on the receipts that were there', () => {
    const ids = bundleAt(everywhere).receipts.map(({ id }) => id);
    const [approval] = bundleAt(done(everywhere, yes())).approvals.filter(
      ({ gate }) => gate === 'domain-validation',
    );
    expect(approval?.reliedOn).toEqual(expect.arrayContaining(ids));
    expect(
      refusals(everywhere, decision('approve', 'domain-validation', 'dana', 9, { reliedOn: [] })),
    ).toEqual(['RELIED_ON_FALSE']);
  });
});

describe('the gate of governance', () => {
  test('waits for no receipt; the step does', () => {
    expect(refusals(deployed, governance())).toEqual([]);
    const signed = done(everywhere, yes(), governance());
    const gone = done(signed, receiptIt({ outcome: 'removed', hours: 9.5 }));
    expect(missingAt(gone)).toEqual(['eu removed']);
    expect(refusals(gone, validate())).toEqual(['RECEIPT_MISSING']);
    expect(refusals(done(gone, live('eu', 9.6)), validate())).toEqual([]);
  });

  test('and the step relies on the receipts', () => {
    const after = bundleAt(done(everywhere, yes(), governance(), validate()));
    const ids = after.receipts.map(({ id }) => id);
    expect(after.record.transitions.at(-1)?.reliedOn).toEqual(expect.arrayContaining(ids));
  });
});

describe('what counts at a target', () => {
  test('is the newest word, and of two for one second the worse', () => {
    const removed = done(everywhere, receiptIt({ outcome: 'removed', hours: 8.5 }));
    expect(statusOf(removed)).toEqual(['eu removed', 'us live']);
    const again = done(removed, live('eu', 8.6));
    expect(statusOf(again)).toEqual(['eu live', 'us live']);
    for (const seen of ['a', 'b', 'c'])
      expect(
        statusOf(
          done(again, live('eu', 8.7, { changes: { seen } }), receiptIt({ outcome: 'removed', hours: 8.7 })),
        ),
      ).toEqual(['eu removed', 'us live']);
  });

  test('is a word about the place it is now: under another address nothing is known', () => {
    const moved = lawTree(
      withTargets(['eu', 'us'], {
        policy: { targets: { ...TARGETS, eu: { ...TARGETS.eu, address: 'https://other.example.com' } } },
      }),
      everywhere,
    );
    expect(statusOf(moved)).toEqual(['eu missing', 'us live']);
    expect(refusals(moved, receiptIt({ hours: 9 }))).toEqual([]);
  });

  test('asks for more where a later policy adds a target', () => {
    const more = lawTree(withTargets(['eu', 'us', 'spare']), done(everywhere, yes(), governance()));
    expect(missingAt(more)).toEqual(['spare missing']);
  });
});

describe('what people approve', () => {
  test('covers the targets as the policy describes them', () => {
    const subject = (tree: TreeFolder) => subjectOf(worldOf(tree).law, bundleAt(tree)) as object;
    expect(subject(deployed)).toMatchObject({
      targets: [
        { name: 'eu', kind: 'vllm', address: 'https://models.example.com:8000', follows: ['serving'] },
        { name: 'us', kind: 'external', description: 'Their own cluster' },
      ],
    });
    expect(subject(treeAt('customer-deployed'))).toMatchObject({ targets: ['eu', 'us'] });
  });

  test('is stale once a target is another', () => {
    const signed = done(everywhere, yes(), governance());
    const law = withTargets(['eu', 'us'], {
      policy: { targets: { ...TARGETS, us: { ...TARGETS.us, description: 'Somewhere else' } } },
    });
    const codes = standingOf(worldOf(lawTree(law, signed)), bundleAt(lawTree(law, signed)), hour(10)).blocked;
    expect(new Set(codes.map(({ code }) => code))).toEqual(
      new Set(['GATE_PENDING', 'APPROVAL_STALE', 'RECEIPT_MISSING']),
    );
  });
});

describe('a stolen key of the machine', () => {
  test('takes its receipts with it before anybody went on, and the word of who relied on them', () => {
    const signed = done(everywhere, yes(), governance());
    const after = stolen(signed);
    expect(statusOf(after)).toEqual(['eu tainted', 'us live']);
    expect(taintedIds(after)).toEqual([]);
    expect(refusals(after, validate(11.2))).toEqual(['APPROVAL_STALE', 'GATE_PENDING', 'RECEIPT_MISSING']);
  });

  test('holds what went on by its word, until an evaluation owner has looked', () => {
    const after = stolen(done(everywhere, yes(), governance(), validate()));
    const ids = taintedIds(after, 'receipt');
    expect(ids).toHaveLength(1);
    expect(refusals(after, reaffirm(ids, 'kim', 'operator', 12))).toEqual(['REAFFIRM_NOT_YOURS']);
    expect(taintedIds(done(after, reaffirm(ids, 'eva', 'evaluation-owner', 12)))).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import { bundleFolder, receiptFile } from '../../../src/domain/paths.ts';
import { receiptDocument } from '../../../src/domain/receipt.ts';
import { withoutFile, type TreeFolder } from '../../../src/domain/tree.ts';
import { moveTo } from '../support/acts.ts';
import { overridden } from '../support/changes.ts';
import { GUARDIANS, put, Story, type Made } from '../support/history.ts';
import { receiptIt, withTargets } from '../support/receipts.ts';
import { treeAt } from '../support/stages.ts';
import { bundleAt, decision, done, iterationOf } from '../support/world.ts';

const LAW = withTargets(['eu', 'us'], GUARDIANS);
const deployed = treeAt('customer-deployed', LAW);
const BUNDLE = bundleFolder(iterationOf());
const told = done(deployed, receiptIt());
const both = done(told, receiptIt({ target: 'us' }));

function codes(before: TreeFolder, tree: TreeFolder, by: readonly [string, number], made: Made = {}) {
  return new Story(before, ['mia', 0]).commit('c', 'root', { tree, by, ...made }).codes('c');
}

function written(): { readonly path: string; readonly text: string } {
  const [receipt] = bundleAt(told).receipts;
  if (receipt === undefined) throw new Error('no receipt');
  return { path: receiptFile(receipt.id), text: receiptDocument.print(receipt) };
}
const { path, text } = written();

describe('receipts in a commit', () => {
  test('are the machine’s, many in one signature', () => {
    expect(codes(deployed, told, ['bot', 8.2])).toEqual([]);
    const many = done(told, receiptIt({ outcome: 'removed', hours: 8.25 }), receiptIt({ hours: 8.3 }));
    expect(codes(deployed, many, ['bot', 8.25])).toEqual([]);
  });

  test('of an operator go together with what is no decision, and with no decision', () => {
    expect(codes(told, both, ['kim', 8.2])).toEqual([]);
    const mixed = done(both, decision('reject', 'domain-validation', 'kim', 8.2));
    expect(codes(told, mixed, ['kim', 8.2])).toEqual(['COMMIT_MIXES_DECISIONS']);
  });

  test('are their author’s, who signs them', () => {
    expect(codes(deployed, told, ['ci', 8.2])).toEqual([
      'ENTRY_NOT_SIGNERS',
      'ENTRY_OTHER_KEY',
      'ROLE_NOT_HELD',
      'SIGNATURE_LOST',
    ]);
  });

  test('are neither altered nor removed', () => {
    const other = put(told, `${BUNDLE}/${path}`, text.replace('answered', 'fell silent'));
    expect(codes(told, other, ['bot', 8.3])).toEqual(['ENTRY_ALTERED']);
    expect(codes(told, withoutFile(told, `${BUNDLE}/${path}`), ['bot', 8.3])).toEqual(['ENTRY_REMOVED']);
  });

  test.each([
    ['with other words under the same id', path, text.replace('answered', 'fell silent'), ['ENTRY_ID_FALSE']],
    ['under another name', `receipts/${'f'.repeat(64)}.json`, text, ['ENTRY_UNRELATED']],
    ['among the comments', `comments/${'f'.repeat(64)}.json`, text, ['DOCUMENT_UNSOUND']],
    ['in no file of its kind', 'receipts/notes.txt', text, ['PATH_UNKNOWN']],
    ['below another folder', `receipts/old/${'f'.repeat(64)}.json`, text, ['PATH_UNKNOWN']],
    ['in other spelling', path, `${text}\n`, ['DOCUMENT_UNSOUND']],
  ])('do not lie %s', (_what, where, content, expected) => {
    expect(codes(deployed, put(deployed, `${BUNDLE}/${where}`, content), ['bot', 8.2])).toEqual(expected);
  });
});

describe('receipts on branches', () => {
  const story = new Story(both, ['mia', 0]);
  const signed = done(
    both,
    decision('approve', 'domain-validation', 'dana', 9),
    decision('approve', 'governance-approval', 'gus', 9.5),
  );
  const validated = done(
    signed,
    moveTo('production-validated', { name: 'gus', role: 'governance-approver', hours: 9.5 }),
  );

  test('unite with whatever people did meanwhile', () => {
    const expert = done(both, decision('approve', 'domain-validation', 'dana', 9));
    const more = done(both, receiptIt({ outcome: 'removed', hours: 9.1 }));
    const merged = done(expert, () => receiptIt({ outcome: 'removed', hours: 9.1 })(both));
    story
      .commit('expert', 'root', { tree: expert, by: ['dana', 9] })
      .commit('more', 'root', { tree: more, by: ['bot', 9.1] })
      .merge('both', ['expert', 'more'], { tree: merged });
    expect(story.codes('both')).toEqual([]);
  });

  test('are held to an override that the other side brings', () => {
    const more = done(both, receiptIt({ outcome: 'removed', hours: 9.1 }));
    const stopped = overridden(both, { act: 'suspend-signer', signer: 'bot' }, 'd', 9);
    const merged = overridden(more, { act: 'suspend-signer', signer: 'bot' }, 'd', 9);
    const made = new Story(both, ['mia', 0])
      .commit('more', 'root', { tree: more, by: ['bot', 9.1] })
      .commit('stopped', 'root', { tree: stopped, by: ['mia', 9] })
      .merge('both', ['more', 'stopped'], { tree: merged });
    expect(made.codes('more')).toEqual([]);
    expect(made.codes('both')).toContain('ENDED_BEFORE_MERGE');
  });

  test('that say what nobody did carry no step', () => {
    const [own] = bundleAt(validated).record.transitions.slice(-1);
    expect(own?.reliedOn.length).toBe(4);
    const without = withoutFile(validated, `${BUNDLE}/${path}`);
    expect(codes(signed, without, ['gus', 9.5])).toContain('ENTRY_REMOVED');
  });
});

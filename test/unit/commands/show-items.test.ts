import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { jsonLineItems } from '../../../src/adapters/evals/items.ts';
import { itemLines } from '../../../src/commands/shared/intake/item-lines.ts';
import { itemsOf } from '../../../src/commands/shared/intake/run-items.ts';
import { styleOf } from '../../../src/commands/shared/terminal/style.ts';
import { showItems, type ItemChoice } from '../../../src/commands/show/bundle-items.ts';
import { erroredRun, evaluateIt } from '../support/acts.ts';
import { standIn } from '../support/confidential.ts';
import { treeAt } from '../support/stages.ts';
import { bundleAt, done } from '../support/world.ts';

const name = 'samples_claims_routing_2026-03-02T09-30-00.123456.jsonl';
const routing = readFileSync(new URL(`../../../fixtures/evals/${name}`, import.meta.url), 'utf8');
const hostile = JSON.stringify({
  id: 'h',
  input: `first\n\u001b[2J\u202e${'w'.repeat(300)}\n    indented`,
  output: ' ',
});
const bundle = bundleAt(
  done(
    treeAt('candidate'),
    erroredRun('run-0', 5.5, '{"id": 1, "input": "Q", "output": "A"}', 'part.jsonl'),
    evaluateIt({ beside: { [name]: routing, 'z.jsonl': `${hostile}\n[]\n[` } }),
  ),
);
const context = { items: jsonLineItems };
const all: ItemChoice = { run: null, task: null, item: null };
const view = { columns: 60, color: false };
const lines = (choice: Partial<ItemChoice> = {}, columns = 60) =>
  showItems(context, bundle, { ...all, ...choice }).lines({ ...view, columns });

describe('the items of an iteration', () => {
  test('come from the transcripts of each run, under a key of their own', () => {
    const [errored, complete] = bundle.record.evaluations.map((run) => itemsOf(context, bundle, run));
    expect(errored).toMatchObject({ run: 'run-0', status: 'errored', items: [{ key: 'run-0/part/1' }] });
    expect(complete?.items.map(({ key }) => key)).toEqual([
      'run-1/claims_routing/0',
      'run-1/claims_routing/1',
      'run-1/claims_routing/2',
      'run-1/z/h',
    ]);
    expect(complete?.unread).toMatchObject([{ file: 'eval-transcripts/run-1/raw/z.jsonl', lines: 2 }]);
  });

  test('are none where no transcripts came, which is told and is no mistake', () => {
    const bare = bundleAt(done(treeAt('candidate'), evaluateIt()));
    const asked = { ...all, iteration: 'claims-triage@1.4.0', items: true };
    expect(
      showItems(context, bare, asked)
        .lines({ ...view, columns: 80 })
        .at(-1),
    ).toMatch(/has no transcripts: none came with its runs$/);
  });

  test('are not all at hand where a transcript is sealed, however its name is spelled', () => {
    const sealed = bundleAt(done(treeAt('candidate'), evaluateIt({ beside: standIn('Z.JSONL') })));
    const [run] = sealed.record.evaluations.map((each) => itemsOf(context, sealed, each));
    expect(run?.closed).toEqual([{ file: 'eval-transcripts/run-1/raw/Z.JSONL', kept: 'sealed' }]);
  });

  test('are counted first, with what could not be read', () => {
    expect(lines({}, 200).slice(0, 3)).toEqual([
      'items of run-0: 1 of part',
      'items of run-1: 3 of claims_routing, 1 of z',
      'not read: 2 lines of eval-transcripts/run-1/raw/z.jsonl, the first of them 2, which is no object',
    ]);
  });

  test('are shown with what was asked, answered and expected, and where it is written', () => {
    const [item] = itemsOf(context, bundle, { run: 'run-1' as never, status: 'complete' }).items;
    if (item === undefined) throw new Error('there is no item');
    expect(itemLines(item, styleOf(false), 72)).toEqual([
      'run-1/claims_routing/0',
      '  asked',
      '    | Route the claim to one queue: motor, property, health or fraud.',
      '    |',
      '    | Claim: The windscreen was hit by a stone on the motorway near',
      '    | Graz.',
      '    | Queue:',
      '  answered',
      '    |  motor',
      '    |',
      '    | A stone chip is covered by partial cover.',
      '  expected',
      '    | motor',
      '  scores      exact_match,strict-match: 1.0',
      '              exact_match,flexible-extract: 1.0',
      expect.stringMatching(/^ {2}logged {6}line 1 of/),
      expect.stringContaining(name.slice(0, 20)),
      expect.stringMatching(/sha256 [0-9a-f]{12}…$/),
    ]);
  });

  test.each([80, 60, 40])('fit %i columns and drive no terminal', (columns) => {
    const shown = lines({}, columns);
    expect(shown.filter((line) => line.length > columns)).toEqual([]);
    // eslint-disable-next-line no-control-regex
    expect(shown.filter((line) => /[\u0000-\u001f\u007f\u202e]/.test(line))).toEqual([]);
    expect(shown).toContain('    |     indented');
    expect(shown).toContain('  answered nothing: the text is empty');
  });

  test('are chosen by run, task and name', () => {
    const keys = (choice: Partial<ItemChoice>) => lines(choice).filter((line) => /^run-\d\//.test(line));
    expect(keys({ task: 'claims_routing', item: '2' })).toEqual(['run-1/claims_routing/2']);
    expect(keys({ run: 'run-0' })).toEqual(['run-0/part/1']);
    expect(keys({ item: 'h' })).toEqual(['run-1/z/h']);
    const { json } = showItems(context, bundle, { ...all, run: 'run-1', task: 'z' });
    expect(json).toMatchObject({ runs: [{ run: 'run-1', items: [{ item: 'h' }], unread: [{ lines: 2 }] }] });
  });

  test('of a name that there is not are no answer', () => {
    expect(() => lines({ task: 'other' })).toThrow(
      expect.objectContaining({
        code: 'NO_INPUT',
        facts: expect.arrayContaining(['items of run-0: 1 of part']) as unknown,
      }) as Error,
    );
  });

  test('are none where no transcripts came', () => {
    const bare = bundleAt(done(treeAt('candidate'), evaluateIt()));
    const text = showItems(context, bare, all).lines({ ...view, columns: 100 });
    expect(text).toEqual(['triage@1.0.0 has no transcripts: none came with its runs']);
  });
});

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonLineItems } from '../../../src/adapters/evals/items.ts';
import { sha256 } from '../../../src/base/digest.ts';
import type { ItemOfRun, RawFile, ReadItems } from '../../../src/ports/evaluations.ts';

const itemsIn = (files: readonly RawFile[]): ReadItems => jsonLineItems.itemsIn(files);
const fixture = (name: string): RawFile => ({
  path: `raw/${name}`,
  bytes: readFileSync(new URL(`../../../fixtures/evals/${name}`, import.meta.url)),
});
const ROUTING = 'samples_claims_routing_2026-03-02T09-30-00.123456.jsonl';
const KNOWLEDGE = 'samples_claims_knowledge_2026-03-02T09-30-00.123456.jsonl';

const file = (text: string, path = 'raw/a.jsonl'): RawFile => ({
  path,
  bytes: new TextEncoder().encode(text),
});
const lines = (...objects: readonly unknown[]): ReadItems =>
  itemsIn([file(objects.map((object) => JSON.stringify(object)).join('\n'))]);
const only = (object: unknown): ItemOfRun => {
  const { items, unread } = lines(object);
  const [item] = items;
  if (item === undefined || items.length > 1) throw new Error(JSON.stringify(unread));
  return item;
};
const whyNot = (object: unknown): string | undefined => lines(object).unread[0]?.first.why;

describe('what lm-evaluation-harness logs', () => {
  test('an answer that was written is an item, with the scores of every filter', () => {
    const { items, unread } = itemsIn([fixture(ROUTING)]);
    expect(unread).toEqual([]);
    expect(items.map(({ task, item, line }) => [task, item, line])).toEqual([
      ['claims_routing', '0', 1],
      ['claims_routing', '1', 2],
      ['claims_routing', '2', 3],
    ]);
    expect(items[1]).toMatchObject({
      output: ' The damage is to the building, so property.',
      expected: 'property',
      scores: [
        { metric: 'exact_match,strict-match', value: '0.0' },
        { metric: 'exact_match,flexible-extract', value: '1.0' },
      ],
      file: `raw/${ROUTING}`,
    });
    expect(items[1]?.input).toContain('the tenant above left for “holidays”.');
    const [, second = ''] = new TextDecoder().decode(fixture(ROUTING).bytes).split('\n');
    expect(items[1]?.sha256).toBe(sha256(second));
  });

  test('a choice shows what was to choose from, what was likeliest and what was right', () => {
    const [first, second] = itemsIn([fixture(KNOWLEDGE)]).items;
    expect(first).toMatchObject({
      task: 'claims_knowledge',
      input: [
        'Question: Which loss does partial cover not pay?\nAnswer:',
        '',
        '[0] hail',
        '[1] theft',
        '[2] collision by one’s own fault',
        '[3] fire',
      ].join('\n'),
      output: '[2] collision by one’s own fault\n\nlog-likelihood [0] -7.25, [1] -6.5, [2] -2.125, [3] -9.0',
      expected: '[2] collision by one’s own fault',
      scores: [
        { metric: 'acc', value: '1.0' },
        { metric: 'acc_norm', value: '1.0' },
      ],
    });
    expect(second?.output).toMatch(/^\[0\] 14\n/);
    expect(second?.expected).toBe('[1] 30');
  });

  /** A line as earlier versions of 0.4 log it, before they named filters and metrics. */
  const early = (changes: object): object => ({
    ...{ doc_id: 4, doc: { n: 1 }, target: 1, acc: 0.5 },
    arguments: [
      ['Q', ' yes'],
      ['Q', ' no'],
    ],
    resps: [[[-1.5, false]], [[-0.5, true]]],
    filtered_resps: [],
    ...changes,
  });

  test('earlier versions wrote lists, numbers and no names of metrics', () => {
    expect(only(early({ passed: true }))).toMatchObject({
      ...{ task: 'a', item: '4', expected: '[1] no' },
      output: '[1] no\n\nlog-likelihood [0] -1.5, [1] -0.5',
      scores: [
        { metric: 'acc', value: '0.5' },
        { metric: 'passed', value: 'true' },
      ],
    });
  });

  test.each([
    ['a text is the choice that reads so', 'yes', '[0] yes'],
    ['a number counts the choices', '1', '[1] no'],
    ['any other text stays as it is', 'maybe', 'maybe'],
    ['a number beyond the choices stays as it is', '7', '7'],
  ])('of the target of a choice, %s', (_what, target, expected) => {
    expect(only(early({ target })).expected).toBe(expected);
  });

  test('a target that is the number of one choice and the text of another is not interpreted', () => {
    const numbers = [
      ['Q', ' 1'],
      ['Q', ' 0'],
    ];
    expect(only(early({ arguments: numbers, target: '1' })).expected).toBe('1');
    expect(only(early({ arguments: numbers, target: null })).expected).toBeNull();
  });

  test('a likelihood of nought is one, a missing one leaves no choice', () => {
    expect(only(early({ resps: [[['-inf', 'False']], [['-2', 'False']]] })).output).toMatch(/^\[1\] no\n/);
    expect(only(early({ resps: [[['-1', 'False']]] })).output).toBe(
      'no choice: a likelihood is missing\n\nlog-likelihood [0] -1, [1] ?',
    );
  });

  test('likelihoods without the question, to compare with, are no choices', () => {
    const pairs = ['Q', 'Q', '', ''].map((prompt, index) => [prompt, index % 2 === 0 ? ' yes' : ' no']);
    const resps = ['-2', '-1', '-9', '-3'].map((value) => [[value, 'False']]);
    expect(only(early({ arguments: pairs, resps })).output).toBe('[1] no\n\nlog-likelihood [0] -2, [1] -1');
  });

  test('where the beginnings are to choose from, they are the choices', () => {
    const pairs = [
      ['Ann thanked Ben because Ann', ' was helped.'],
      ['Ann thanked Ben because Ben', ' was helped.'],
    ];
    expect(only(early({ arguments: pairs }))).toMatchObject({
      input: '… was helped.\n\n[0] Ann thanked Ben because Ann\n[1] Ann thanked Ben because Ben',
      expected: '[1] Ann thanked Ben because Ben',
    });
  });

  test('one likelihood alone is told as such', () => {
    const alone = { arguments: [['Q', ' word']], target: ' word' };
    expect(only(early({ ...alone, resps: [[['-0.25', 'True']]] })).output).toBe(
      'log-likelihood of “word”: -0.25',
    );
    expect(only(early({ ...alone, resps: [] })).output).toBe('log-likelihood of “word”: not told');
    expect(only(early({ arguments: [['a whole text']], resps: [[-312.5]] }))).toMatchObject({
      input: 'a whole text',
      output: '-312.5',
    });
  });

  test('several answers to one prompt are numbered', () => {
    expect(only(early({ arguments: [['Q', {}]], resps: [['a', 'b']] })).output).toBe('(1) a\n\n(2) b');
  });

  test('a chat is shown message by message', () => {
    const chat = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: 'Why?' }] },
    ];
    const asked = (prompt: string) =>
      only(early({ arguments: { gen_args_0: { arg_0: [prompt], arg_1: {} } }, resps: [['So.']] })).input;
    expect(asked(JSON.stringify(chat))).toBe('system: Be brief.\n\nuser: [{"text":"Why?","type":"text"}]');
    for (const other of ['[1] is a footnote', '["a", "b"]', '[]']) expect(asked(other)).toBe(other);
  });

  test('the arguments are read in the order of their numbers', () => {
    const args = (index: number) => [`gen_args_${index}`, { arg_1: ` c${index}`, arg_0: 'Q' }] as const;
    const told = Object.fromEntries([10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map(args));
    const resps = Array.from({ length: 11 }, (_none, index) => [[`-${20 - index}`, 'False']]);
    expect(only(early({ arguments: told, resps })).output).toMatch(/^\[10\] c10\n/);
  });

  test.each([
    ['without requests', { arguments: [] }],
    ['with requests that are none', { arguments: { gen_args_0: 'Q', other: ['Q'] } }],
    ['with responses that are no list', { resps: 'yes' }],
  ])('a line %s is no item', (_what, changes) => {
    expect(whyNot(early(changes))).toBe('has no requests and responses');
  });
});

describe('what other pipelines log', () => {
  test('an object with an input and an output is an item', () => {
    expect(
      only({
        ...{ id: 'c-7', task: 'tone', input: 'Hello', output: '', expected: ['Hi'] },
        scores: { polite: 1, kind: true, judged: 'well', rest: null },
      }),
    ).toMatchObject({
      ...{ task: 'tone', item: 'c-7', input: 'Hello', output: '', expected: '["Hi"]' },
      scores: [
        { metric: 'polite', value: '1' },
        { metric: 'kind', value: 'true' },
      ],
    });
  });

  test.each([
    ['prompt', 'completion', 'target', 'item'],
    ['question', 'response', 'reference', 'doc_id'],
  ])('it may say %s, %s, %s and %s', (input, output, expected, name) => {
    const line = { [input]: 'Q', [output]: 'A', [expected]: 'B', [name]: 3 };
    expect(only(line)).toMatchObject({ input: 'Q', output: 'A', expected: 'B', item: '3', scores: [] });
  });

  test('without a name, or with one that could not stand in a key, it is called by its line', () => {
    const asked = { input: 'Q', output: 'A' };
    const named = lines(
      asked,
      { ...asked, id: 'a/b' },
      { ...asked, id: 'a\nb', task: '../x' },
      { ...asked, id: {} },
    );
    expect(named.items.map(({ task, item }) => `${task}/${item}`)).toEqual([
      ...['a/line-1', 'a/line-2', 'a/line-3', 'a/line-4'],
    ]);
    expect(itemsIn([file('{"input":"Q","output":"A"}', 'raw/ .jsonl')]).items[0]?.task).toMatch(
      /^[0-9a-f]{12}$/,
    );
  });

  test('two items of one name are told apart, and the same one twice is one', () => {
    const asked = { id: 1, input: 'Q', output: 'A' };
    const { items } = lines(asked, asked, { ...asked, output: 'B' }, { ...asked, output: 'C' }, asked);
    expect(items.map(({ item, output }) => `${item} ${output}`)).toEqual(['1 A', '1#2 B', '1#3 C']);
  });

  test.each([
    ['no input', { output: 'A' }, 'has no text under input, prompt, question'],
    ['an input that is no text', { input: ['Q'], output: 'A' }, 'has no text under input, prompt, question'],
    ['no output', { input: 'Q' }, 'has no text under output, response, completion'],
    ['a list', [], 'is no object'],
  ])('%s is none', (_what, object, why) => {
    expect(whyNot(object)).toBe(why);
  });
});

describe('files', () => {
  test('other than transcripts are not read, and those in the order of their paths', () => {
    const line = (id: string) => JSON.stringify({ id, input: 'Q', output: 'A' });
    const read = itemsIn([
      file(line('z'), 'raw/z.jsonl'),
      file(line('a'), 'raw/a.JSONL'),
      file('{}', 'raw/results.json'),
    ]);
    expect(read.items.map(({ item }) => item)).toEqual(['a', 'z']);
    expect(read.unread).toEqual([]);
  });

  test('what cannot be read is counted, and the first of it is named', () => {
    const good = '{"input":"Q","output":"A"}';
    const read = itemsIn([file(`\n ${good}\r\n\n{"a":1,"a":2}\nNaN\n${good}`), file('[', 'raw/b.jsonl')]);
    expect(read.items.map(({ line }) => line)).toEqual([2, 6]);
    expect(read.unread).toEqual([
      { file: 'raw/a.jsonl', lines: 2, first: { line: 4, why: expect.stringContaining('twice') as string } },
      { file: 'raw/b.jsonl', lines: 1, first: { line: 1, why: expect.stringContaining('JSON') as string } },
    ]);
  });

  test('a long text loses its middle, and says how much', () => {
    const { input, scores } = only({
      input: `begin${'😀'.repeat(30_000)}end`,
      output: 'A',
      scores: { ['m'.repeat(5000)]: 1 },
    });
    expect(input.length).toBeLessThan(20_100);
    expect(input).toMatch(/^begin[^]*… 40008 characters are left out here …[^]*end$/);
    expect(input.isWellFormed()).toBe(true);
    expect(scores[0]?.metric.length).toBeLessThan(300);
  });

  test('more scores, items or lines than anybody looks at are not kept', () => {
    const many = Object.fromEntries(Array.from({ length: 80 }, (_none, index) => [`m${index}`, index]));
    expect(only({ input: 'Q', output: 'A', scores: many }).scores).toHaveLength(50);
    const full = itemsIn([file('{"input":"","output":""}\n'.repeat(100_003))]);
    expect(full.items).toHaveLength(100_000);
    expect(full.unread).toEqual([
      {
        file: 'raw/a.jsonl',
        lines: 3,
        first: { line: 100_001, why: 'comes after the first 100000 items of the run' },
      },
    ]);
    const endless = itemsIn([
      file('1\n'.repeat(600_000)),
      file('1\n2', 'raw/b.jsonl'),
      file('', 'raw/c.jsonl'),
    ]);
    expect(endless.unread.map(({ lines: count }) => count)).toEqual([600_000, 2]);
    expect(endless.unread[1]?.first.why).toBe(
      'comes after the first 134217728 bytes or 500000 lines of the run',
    );
  });
});

describe('whatever is in the files', () => {
  const text = fc.string({ unit: 'binary', maxLength: 20 });
  const names = fc.constantFrom(
    ...['doc_id', 'arguments', 'resps', 'filter', 'metrics', 'target', 'acc', 'gen_args_0', 'arg_0', 'arg_1'],
    ...['input', 'output', 'prompt', 'response', 'id', 'task', 'scores', 'role', 'content', '__proto__'],
  );
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      ...[text, names, fc.double(), fc.integer(), fc.boolean(), fc.constant(null)],
      fc.array(tie('json'), { maxLength: 4 }),
      fc.array(fc.tuple(names, tie('json')), { maxLength: 6 }).map((pairs) => Object.fromEntries(pairs)),
    ),
  }));
  const logged = fc.record({
    doc_id: json,
    arguments: fc.oneof(json, fc.array(fc.array(fc.oneof(text, json), { maxLength: 3 }), { maxLength: 4 })),
    resps: fc.oneof(
      json,
      fc.array(fc.array(fc.array(json, { maxLength: 2 }), { maxLength: 2 }), { maxLength: 4 }),
    ),
    target: json,
    metrics: fc.oneof(json, fc.array(text, { maxLength: 3 })),
  });
  const line = fc.oneof(
    fc.oneof(json, logged).map((value) => JSON.stringify(value)),
    fc.string({ unit: 'binary' }),
    fc.json(),
  );

  test('each line is an item or counted, no two items have one name, and nothing is thrown', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (written) => {
        const bytes = new TextEncoder().encode(written.join('\n'));
        const { items, unread } = itemsIn([{ path: 'raw/a.jsonl', bytes }]);
        const keys = items.map(({ task, item }) => `${task}/${item}`);
        expect(new Set(keys).size).toBe(keys.length);
        expect(keys.filter((key) => key.split('/').length !== 2 || /[\s\p{Cc}]/u.test(key))).toEqual([]);
        const count = new TextDecoder().decode(bytes).split('\n').length;
        expect(items.length + (unread[0]?.lines ?? 0)).toBeLessThanOrEqual(count);
        for (const item of items) expect(item.input.isWellFormed() && item.output.isWellFormed()).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('bytes that are no text are counted', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(itemsIn([{ path: 'x.jsonl', bytes }]).items).toEqual([]);
      }),
    );
  });

  test('depth, width and length cost no more than what is read', () => {
    const hostile = [
      '['.repeat(3_000_000),
      `{"input":"${'\\u0000'.repeat(600_000)}","output":"x"}`,
      `{"doc_id":1,"arguments":[${'["",""],'.repeat(400_000)}["",""]],"resps":[]}`,
      `{"doc_id":1,"arguments":[["${'['.repeat(900_000)}",{}]],"resps":[["x"]]}`,
      'x'.repeat(5_000_000),
    ];
    const { items, unread } = itemsIn([file(hostile.join('\n'))]);
    expect(items.length + (unread[0]?.lines ?? 0)).toBe(hostile.length);
    for (const { input, output } of items) expect(input.length + output.length).toBeLessThan(41_000);
  });
});

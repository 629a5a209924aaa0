import { sampleSeed } from '../../../src/machine/sample-check.ts';
import { describe, expect, test } from 'vitest';
import { jsonLineItems } from '../../../src/adapters/evals/items.ts';
import type { LoggedAct } from '../../../src/commands/log/acts.ts';
import { conversationLines } from '../../../src/commands/log/conversation.ts';
import { lookAgain } from '../../../src/commands/respond/look-again.ts';
import { recordLines } from '../../../src/commands/show/record-text.ts';
import { openRequests } from '../../../src/commands/shared/gates/open-requests.ts';
import { standingView } from '../../../src/commands/shared/views/standing-view.ts';
import { detailJson, detailText } from '../../../src/commands/status/detail.ts';
import { askReason, wordsOf } from '../../../src/commands/shared/terminal/prompts.ts';
import type { Context } from '../../../src/commands/shared/context.ts';
import { checkSamples } from '../../../src/commands/verify/sample-content.ts';
import { drawSample } from '../../../src/domain/draw-sample.ts';
import { withFile } from '../../../src/domain/tree.ts';
import { standingObjections } from '../../../src/machine/objections.ts';
import { addEvidence } from '../support/acts.ts';
import { encode } from '../support/law-files.ts';
import { treeAt } from '../support/stages.ts';
import { bundleAt, decision, done, hour, newestId, worldOf } from '../support/world.ts';

describe('the log of one iteration', () => {
  const act = (entry: string, name: string, by: string, more: Partial<LoggedAct> = {}): LoggedAct => ({
    ...{
      commit: 'c'.repeat(40),
      time: '2026-03-01T10:00:00Z' as LoggedAct['time'],
      signer: by,
      role: 'operator',
    },
    ...{
      act: name,
      line: 'triage',
      iteration: 'triage@1.0.0',
      what: 'it',
      reason: null,
      entry: entry.repeat(64),
    },
    ...{ about: [], answers: [], withdraws: null, due: null, sample: null },
    ...more,
  });
  const told = (acts: readonly LoggedAct[], columns = 80) =>
    conversationLines(acts, { columns, color: false });

  test('puts a comment under the latest of what it is about, and a reply under that', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(64)) as [string, string, string];
    const lines = told([
      act('a', 'request-changes', 'kim', { reason: 'Name the dialects.' }),
      act('b', 'evidence', 'ci', { what: 'model-card.md', answers: [a] }),
      act('f', 'approve', 'lee'),
      act('c', 'comment', 'ci', { about: [a, b], reason: 'Done.' }),
      act('d', 'comment', 'kim', { about: [c], reason: 'Thanks.' }),
    ]);
    const short = (digit: string): string => digit.repeat(12);
    expect(lines).toEqual([
      `2026-03-01T10:00:00Z  ${short('a')}  kim (operator): request-changes`,
      '    it',
      '    | Name the dialects.',
      `2026-03-01T10:00:00Z  ${short('b')}  ci (operator): evidence`,
      '    model-card.md',
      `    answers ${short('a')} (request-changes by kim)`,
      `    2026-03-01T10:00:00Z  ${short('c')}  ci (operator): comment`,
      `        about ${short('a')} (request-changes by kim), ${short('b')} (evidence by`,
      '        ci)',
      '        | Done.',
      `        2026-03-01T10:00:00Z  ${short('d')}  kim (operator): comment`,
      `            about ${short('c')} (comment by ci)`,
      '            | Thanks.',
      `2026-03-01T10:00:00Z  ${short('f')}  lee (operator): approve`,
      '    it',
    ]);
  });

  test('stays within the screen, however deep the talk goes', () => {
    const digits = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
    const deep = digits.map((digit, index) =>
      act(digit, 'comment', 'kim', {
        about: index === 0 ? [] : [String(index - 1).repeat(64)],
        reason: 'word '.repeat(40).trim(),
      }),
    );
    for (const line of told(deep)) expect(line.length).toBeLessThanOrEqual(80);
    expect(told(deep)).toHaveLength(told(deep).filter((line) => !line.includes('\u001b')).length);
  });

  test('escapes what a name or a reason would do to the screen', () => {
    const text = told([act('a', 'evidence', 'ci', { what: 'x\u001b[2J', reason: '\u202egnp' })]).join('\n');
    for (const hidden of ['\u001b', '\u202e']) expect(text).not.toContain(hidden);
  });
});

test('of an open change request status and show tell whose turn it is, in a sentence', () => {
  const tree = done(treeAt('artifact-exported'), decision('request-changes', 'operator-signoff', 'kim', 8));
  const at = (now: typeof tree): readonly string[] => openRequests(worldOf(now), bundleAt(now), hour(12));
  const asked = 'kim asked for changes at operator-signoff on 2026-03-01';
  expect(at(treeAt('artifact-exported'))).toEqual([]);
  expect(at(tree)).toEqual([`${asked}; nobody has answered yet (modelsmith log triage@1.0.0)`]);
  const world = worldOf(tree);
  const detail = detailJson(world, bundleAt(tree), hour(12), new Set());
  const view = { columns: 80, color: false };
  expect(detailText(bundleAt(tree), detail, view).join('\n')).toContain(
    'conversation  kim asked for changes',
  );
  const standing = { ...standingView(world, bundleAt(tree), hour(12)), conversation: at(tree) };
  expect(recordLines(bundleAt(tree), standing, view).join('\n')).toContain('conversation  kim asked for');
});

test('an answer says whose approval it makes stale, and who has to look again', () => {
  const two = { gates: { 'operator-signoff': { quorum: 2 } } };
  const asked = done(
    treeAt('artifact-exported', two),
    decision('approve', 'operator-signoff', 'lee', 8),
    decision('request-changes', 'operator-signoff', 'kim', 8.5),
  );
  const bundle = bundleAt(asked);
  const [request] = standingObjections(worldOf(asked), bundle);
  if (request === undefined) throw new Error();
  const card = addEvidence({ 'model-card.md': '# Better\n\nx\n' }, { answers: [newestId(asked)] }, 9);
  const after = worldOf(done(asked, card));
  expect(lookAgain(worldOf(asked), after, bundle, request, hour(9))).toMatchObject({
    stale: [{ principal: 'lee', gate: 'operator-signoff', why: { code: 'APPROVAL_STALE' } }],
    lookAgain: ['kim', 'lee'],
  });
  expect(lookAgain(worldOf(asked), worldOf(asked), bundle, request, hour(9))).toEqual({
    stale: [],
    lookAgain: ['kim'],
  });
});

describe('a reason that is asked for', () => {
  const person = (answers: readonly string[], edits?: readonly string[]) => {
    const asked: string[] = [];
    const left = { answers: [...answers], edits: [...(edits ?? [])] };
    const terminal = {
      interactive: true,
      ask: (question: string) => {
        asked.push(question);
        return Promise.resolve(left.answers.shift() ?? 'end');
      },
      say: (text: string) => void asked.push(text),
      ...(edits !== undefined && { edit: () => Promise.resolve(left.edits.shift() ?? '') }),
    };
    return { context: { terminal } as unknown as Context, asked };
  };

  test('is a line, or what Enter alone opens an editor for', async () => {
    expect(await askReason(person([' because ']).context, 'why?')).toBe('because');
    const { context, asked } = person([''], ['one\r\n\r\ntwo\n']);
    expect(await askReason(context, 'why?')).toBe('one\n\ntwo');
    expect(asked).toEqual(['why? (Enter alone opens your editor)']);
  });

  test('is asked for again where it is empty or cannot be recorded', async () => {
    const { context, asked } = person(['', 'because']);
    expect(await askReason(context, 'why?')).toBe('because');
    expect(asked).toEqual(['why?', 'the text must not be empty', 'why?']);
  });

  test('is what was given where nobody can be asked', async () => {
    const nobody = { terminal: { interactive: false } } as unknown as Context;
    expect(await wordsOf(nobody, 'given', 'why?')).toBe('given');
    await expect(wordsOf(nobody, undefined, 'why?')).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('samples drawn again', () => {
  const line = (id: number): string =>
    JSON.stringify({ task: 'task-a', id: String(id), input: 'q', output: 'a' });
  const lines = Array.from({ length: 6 }, (_none, index) => line(index));
  const place = 'promotions/triage/1.0.0/eval-transcripts/run-1/raw/items.jsonl';
  const deployed = withFile(treeAt('customer-deployed'), place, encode(`${lines.join('\n')}\n`));
  const seed = sampleSeed(bundleAt(deployed), 'dana' as never) ?? ('' as never);
  const { items: all } = jsonLineItems.itemsIn([
    { path: 'items.jsonl', bytes: encode(`${lines.join('\n')}\n`) },
  ]);
  const keys = all.map(({ task, item }) => `run-1/${task}/${item}`);
  const itemOf = (key: string): object => {
    const found = all[keys.indexOf(key)];
    return { run: 'run-1', task: found?.task, item: found?.item, sha256: found?.sha256, verdict: 'met' };
  };
  const drawn = drawSample(keys, 3, seed);
  const judged = (sample: object) => {
    const tree = done(deployed, decision('approve', 'domain-validation', 'dana', 9, { sample }));
    return checkSamples(tree, { items: jsonLineItems }).findings.map(({ reason: { facts } }) =>
      'message' in facts ? facts.message : '',
    );
  };
  const random = (chosen: readonly string[], population = 6): object => ({
    ...{ method: 'random', seed, population },
    items: [...chosen].sort().map(itemOf),
  });

  test('are those the seed draws', () => {
    expect(keys).toHaveLength(6);
    expect(judged(random(drawn))).toEqual([]);
    const nicer = keys.filter((key) => !drawn.includes(key)).slice(0, 1);
    expect(judged(random([...drawn.slice(0, 2), ...nicer]))).toEqual([
      `judges ${nicer.join('')}, which its seed does not draw`,
    ]);
  });

  test('are of as many items as there are, each as it is in the transcripts', () => {
    expect(judged(random(drawn, 7))).toEqual(['says there are 7 items, and the transcripts hold 6']);
    const [first = ''] = drawn;
    const other = { ...itemOf(first), sha256: '0'.repeat(64) };
    expect(judged({ method: 'listed', items: [other] })).toEqual([
      `judges another ${first} than the transcripts hold`,
    ]);
    const nowhere = { ...itemOf(first), item: 'nowhere' };
    expect(judged({ method: 'listed', items: [nowhere] })).toEqual([
      'judges run-1/task-a/nowhere, which is not in the transcripts',
    ]);
    expect(judged({ method: 'all', population: 6, items: [...keys].sort().map(itemOf) })).toEqual([]);
  });
});

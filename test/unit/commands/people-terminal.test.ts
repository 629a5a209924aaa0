import { describe, expect, test } from 'vitest';
import type { Context } from '../../../src/commands/shared/context.ts';
import { gateScreen } from '../../../src/commands/shared/gates/gate-screen.ts';
import {
  askChoice,
  askReason,
  demandYes,
  needPerson,
  typeBack,
} from '../../../src/commands/shared/terminal/prompts.ts';
import { field, quoted, styleOf, wrap } from '../../../src/commands/shared/terminal/style.ts';
import { gateRules } from '../../../src/machine/gate-rule.ts';
import { addEvidence, requestIt, ROLLBACK } from '../support/acts.ts';
import { treeAt } from '../support/stages.ts';
import { actorOf, bundleAt, done, worldOf } from '../support/world.ts';

/** Somebody who gives these answers in turn. */
function person(...answers: readonly (string | ((question: string) => string))[]) {
  const asked: string[] = [];
  const said: string[] = [];
  const terminal = {
    interactive: true,
    say: (text: string) => said.push(text),
    ask: (question: string) => {
      const answer = answers[asked.push(question) - 1] ?? '';
      return Promise.resolve(typeof answer === 'string' ? answer : answer(question));
    },
    confirm: (question: string) => Promise.resolve(answers[asked.push(question) - 1] === 'yes'),
  };
  let next = 0;
  const random = (bytes: number) => Uint8Array.from({ length: bytes }, () => (next += 37) % 256);
  return { asked, said, context: { terminal, random } as unknown as Context };
}

const codeIn = (question: string): string => /type ([A-HJ-NP-Z2-9]{8}) to/.exec(question)?.[1] ?? 'no code';

describe('prompts', () => {
  test('there must be a person', () => {
    const { context } = person();
    expect(() => needPerson(context, 'approve')).not.toThrow();
    const alone = { ...context, terminal: { ...context.terminal, interactive: false } };
    expect(() => needPerson(alone, 'approve')).toThrow(expect.objectContaining({ code: 'NOT_PERMITTED' }));
  });

  test('the code is typed back in either case, also after a mistake', async () => {
    const somebody = person('WRONG222', (question) => codeIn(question).toLowerCase());
    await typeBack(somebody.context, 'approve it');
    expect(somebody.asked).toHaveLength(2);
  });

  test('three other answers end it', async () => {
    const somebody = person('', 'no', 'yes', codeIn);
    await expect(typeBack(somebody.context, 'approve it')).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
    expect(somebody.asked).toHaveLength(3);
  });

  test('each code is another', async () => {
    const somebody = person(codeIn, codeIn);
    await typeBack(somebody.context, 'x');
    await typeBack(somebody.context, 'x');
    expect(somebody.asked[0]).not.toBe(somebody.asked[1]);
  });

  test('a reason that cannot be recorded is asked for again', async () => {
    const somebody = person('  ', 'hidden \u202e text', ' the outputs are fine ');
    await expect(askReason(somebody.context, 'why?')).resolves.toBe('the outputs are fine');
    expect(somebody.said).toHaveLength(2);
  });

  test('what is not acknowledged is not signed', async () => {
    await demandYes(person('yes').context, 'so?', 'not acknowledged');
    await expect(demandYes(person('').context, 'so?', 'not acknowledged')).rejects.toMatchObject({
      code: 'NOT_PERMITTED',
      message: 'not acknowledged; nothing was changed',
    });
  });

  test('who does not acknowledge is told what else can be said', async () => {
    await expect(demandYes(person('').context, 'so?', 'not acknowledged', 'reject it')).rejects.toMatchObject(
      {
        remedy: 'reject it',
      },
    );
  });

  test('q ends a choice as it ends the reading', async () => {
    await expect(askChoice(person('q').context, 'what?', ['approve', 'nothing'])).rejects.toMatchObject({
      code: 'NOT_PERMITTED',
      message: 'broken off; nothing was changed',
    });
  });

  test('a choice is taken by its beginning', async () => {
    const gates = ['domain-validation', 'governance-approval'];
    await expect(askChoice(person('', 'gov').context, 'which?', gates)).resolves.toBe('governance-approval');
    await expect(askChoice(person('x', 'y', 'z', 'gov').context, 'which?', gates)).rejects.toThrow('nothing');
  });
});

test('a word as long as a file is broken too', () => {
  const lines = wrap('x'.repeat(3_000_010), 30);
  expect(lines).toHaveLength(100_001);
  expect(lines.at(-1)).toBe('x'.repeat(10));
});

describe('the screen', () => {
  const hostile = `# Card\n\n\u001b[2Jclaims ${'w'.repeat(200)}\n${'a line\n'.repeat(60)}`;
  const tree = done(
    treeAt('locked'),
    requestIt(),
    addEvidence({ 'model-card.md': hostile, 'rollback-procedure.md': ROLLBACK }),
  );
  const screen = (columns: number, brief = false): string => {
    const world = worldOf(tree);
    const bundle = bundleAt(tree);
    const actor = actorOf(tree, 'kim', 9);
    const desk = { workspace: { world }, who: { principal: actor.principal }, actor } as never;
    const rules = gateRules(world.law, bundle).slice(0, 1);
    return gateScreen({ act: 'approve', desk, bundle, rules, brief, style: styleOf(false), columns });
  };

  test.each([80, 60, 40])('fits %i columns and drives no terminal', (columns) => {
    const lines = screen(columns).split('\n');
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
    // eslint-disable-next-line no-control-regex
    expect(lines.filter((line) => /[\u0000-\u001f\u007f]/.test(line))).toEqual([]);
  });

  test('shows what is decided', () => {
    const text = screen(100);
    const { request } = bundleAt(tree).record;
    expect(text).toContain(request.artifact.digest);
    const parts = [
      'operator-signoff',
      'b'.repeat(40),
      'more claims',
      'nobody has signed yet',
      '23 more lines',
    ];
    for (const part of [...parts, '## Trigger']) expect(text).toContain(part);
    expect(screen(100, true)).not.toContain('## Trigger');
  });

  test('words are wrapped, and longer ones broken', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
    expect(field('label', 'a b', 80)).toEqual(['label         a b']);
    expect(quoted('a\tb\n\n', 80)).toEqual(['  a    b', '']);
  });
});

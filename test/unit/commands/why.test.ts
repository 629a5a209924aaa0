import { expect, test } from 'vitest';
import { askReason } from '../../../src/commands/shared/terminal/prompts.ts';
import { Why } from '../../../src/commands/shared/terminal/why.ts';

test.each(['y', 'Y', 'yes', 'Yes!', 'ok', 'n', '...', '42', '', '  '])('%j is no reason', (text) => {
  expect(Why.safeParse(text).success).toBe(false);
});

test.each(['It misreads the new forms.', 'Ticket 4711', '误读新表格', 'Сбой'])('%j is one', (text) => {
  expect(Why.safeParse(text).success).toBe(true);
});

test('who answers with yes where a reason is asked for is asked again, and told why', async () => {
  const answers = ['y', 'It misreads the new forms.'];
  const said: string[] = [];
  const terminal = {
    ask: () => Promise.resolve(answers.shift() ?? ''),
    say: (text: string) => void said.push(text),
  };
  expect(await askReason({ terminal } as never, 'why?')).toBe('It misreads the new forms.');
  expect(said).toEqual(['the text must say in words what others can read later']);
});

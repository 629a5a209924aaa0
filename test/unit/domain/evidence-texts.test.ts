import { describe, expect, it } from 'vitest';
import { modelCardProblems } from '../../../src/domain/model-card.ts';
import { rollbackProblems } from '../../../src/domain/rollback-procedure.ts';

const CARD =
  '# Claims triage\n\n## Intended use\n\nRouting of claims. The method todo-lists is not covered.\n';

describe('a model card', () => {
  it('is sound when a section says something', () => {
    expect(modelCardProblems(CARD)).toEqual([]);
  });
  it.each([
    '[More Information Needed]',
    '[optional]',
    '{{ model_name }}',
    '<!-- Provide a summary -->',
    'TODO',
    'TBD: numbers',
    'FIXME later',
    '[insert licence here]',
    '[ your name ]',
    'Lorem ipsum dolor',
  ])('is refused for the placeholder %s, with its line', (placeholder) => {
    expect(modelCardProblems(`${CARD}\n${placeholder}\n`)).toMatchObject([{ line: 7 }]);
  });
  it.each(['', ' \n\n', '# Only a title\n', 'no heading at all\n', '```\n# in code\n```\ntext\n'])(
    'is refused when it says nothing: %j',
    (text) => {
      expect(modelCardProblems(text)).toHaveLength(1);
    },
  );
});

const PARTS = {
  Trigger: 'Complaints above 2 %.',
  Steps: '1. Point the alias back.',
  Who: 'The operator on duty.',
  'Check afterwards': 'The smoke test passes.',
};
const procedure = (parts: object): string =>
  `# Rollback\n\n${Object.entries(parts)
    .map(([title, text]) => `## ${title}\n\n${String(text)}\n`)
    .join('\n')}`;

describe('a rollback procedure', () => {
  it('is sound with its four parts', () => {
    expect(rollbackProblems(procedure(PARTS))).toEqual([]);
  });
  it.each(Object.keys(PARTS))('is refused without %s', (missing) => {
    const parts = Object.fromEntries(Object.entries(PARTS).filter(([title]) => title !== missing));
    expect(rollbackProblems(procedure(parts))).toEqual([expect.stringContaining(`"## ${missing}"`)]);
  });
  it.each(Object.keys(PARTS))('is refused with nothing under %s', (empty) => {
    expect(rollbackProblems(procedure({ ...PARTS, [empty]: '' }))).toEqual([
      `has nothing below the heading "${empty}"`,
    ]);
  });
  it('does not take headings in code for parts', () => {
    expect(rollbackProblems(`\`\`\`\n${procedure(PARTS)}\n\`\`\`\n`)).toHaveLength(4);
    expect(rollbackProblems(' \n')).toEqual(['is empty']);
  });
});

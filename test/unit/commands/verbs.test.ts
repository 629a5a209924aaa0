import { describe, expect, it } from 'vitest';
import { VERBS } from '../../../src/commands/verbs.ts';

describe('a verb', () => {
  it.each(VERBS.map((verb) => [verb.name, verb] as const))(
    '%s is what is loaded under its name',
    async (name, verb) => {
      expect((await verb.load()).name).toBe(name);
    },
  );

  it('is listed once', () => {
    expect(new Set(VERBS.map(({ name }) => name)).size).toBe(VERBS.length);
  });
});

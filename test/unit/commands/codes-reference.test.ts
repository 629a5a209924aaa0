import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { codesReference } from '../../../src/commands/shared/explaining/codes-reference.ts';
import { REASON_CODES } from '../../../src/commands/shared/explaining/explain.ts';

const written = readFileSync(new URL('../../../docs/codes.md', import.meta.url), 'utf8');

test('docs/codes.md is what `npm run schemas` writes', () => {
  expect(written).toBe(codesReference());
});

test.each(REASON_CODES)('the reference lists %s', (code) => {
  expect(written).toContain(`| \`${code}\` | `);
});

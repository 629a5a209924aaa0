import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where files lie that nobody made for this tool: named by the environment, else beside the checkout. */
export const TEST_DATA =
  process.env['MODELSMITH_TEST_DATA'] ?? join(import.meta.dirname, '../../../../shared/data');

/** Whether they are absent, said once; tests that need them are skipped. */
export function withoutTestData(): boolean {
  const absent = !existsSync(TEST_DATA);
  if (absent) console.warn('skipped: no files made by others; MODELSMITH_TEST_DATA names their folder');
  return absent;
}

import { expect, test } from 'vitest';
import { nearName } from '../../../src/domain/near-name.ts';

test.each([
  ['a letter left out', 'claims-triag', 'claims-triage'],
  ['a letter too many', 'claims-triagee', 'claims-triage'],
  ['another letter', 'clains-triage', 'claims-triage'],
  ['two letters in the wrong order', 'claism-triage', 'claims-triage'],
  ['two slips', 'clims-triagge', 'claims-triage'],
  ['three slips', 'clms-triagge', null],
  ['the same name', 'claims-triage', null],
  ['another name of as few letters', 'ab', null],
  ['nothing', '', null],
])('of %s the name that was meant is found: %s', (_, typed, meant) =>
  expect(nearName(typed, ['claims-triage', 'cd'])).toBe(meant),
);

test('the nearest of several is meant', () =>
  expect(nearName('claim-triages', ['claims-triage', 'claim-triage'])).toBe('claim-triage'));

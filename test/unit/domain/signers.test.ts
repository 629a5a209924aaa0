import { describe, expect, test } from 'vitest';
import { Signers } from '../../../src/domain/signers.ts';

const read = (roles: readonly object[], kind: 'human' | 'automation' = 'human') =>
  Signers.safeParse({
    schema: 'modelsmith/signers/v1',
    principals: [
      {
        ...{ kind: 'human', id: 'kim', name: 'Kim', keys: [{ fingerprint: 'A'.repeat(40) }] },
        roles: kind === 'human' ? roles : [],
      },
      ...(kind === 'human'
        ? []
        : [{ kind, id: 'ci', name: 'CI', owner: 'kim', keys: [{ fingerprint: 'B'.repeat(40) }], roles }]),
    ],
  });
const complaints = (...parameters: Parameters<typeof read>): readonly string[] =>
  read(...parameters).error?.issues.map(({ message }) => message) ?? [];

describe('a grant', () => {
  test('of a role for some lines is fine where the role is about lines', () => {
    expect(complaints([{ role: 'operator', lines: ['claims-*'] }])).toEqual([]);
    expect(complaints([{ role: 'policy-approver', lines: ['claims-*'] }])).toEqual([]);
  });

  test.each(['override', 'recovery'])('of %s is for every line', (role) => {
    expect(complaints([{ role, lines: ['*'] }])).toEqual([]);
    expect(complaints([{ role, lines: ['claims-*'] }])).toEqual([
      `holds ${role} for some lines; it concerns all of them, so its lines are "*"`,
    ]);
  });

  test('of recovery stands alone', () => {
    const roles = ['recovery', 'operator'].map((role) => ({ role, lines: ['*'] }));
    expect(complaints(roles)).toEqual(['holds the role recovery beside others; it must be held alone']);
  });

  test('of a role of people is none for a machine, nor the other way round', () => {
    const [person, machine] = ['operator', 'pipeline'].map((role) => [{ role, lines: ['*'] }]);
    expect(complaints(machine ?? [])).toEqual(['holds pipeline, which is no role of a human']);
    expect(complaints(person ?? [], 'automation')).toEqual([
      'holds operator, which is no role of an automation',
    ]);
  });
});

import type { Observation } from './observation.ts';
import { isWithin, type Window } from './window.ts';

/** Governed commits as they were judged. */
export interface JudgedCommits {
  /** When each valid one is dated, in seconds since 1970. */
  readonly valid: readonly number[];
  /** Those with a finding of their own. */
  readonly violations: readonly Violation[];
}

interface Violation {
  readonly commit: string;
  /** When it was set aside; now, while it is not. */
  readonly time: number;
  readonly codes: readonly string[];
}

export function policyViolations(
  { valid, violations }: JudgedCommits,
  window: Window,
): readonly Observation[] {
  const nowhere = { metric: 'policy-violations', line: null, role: null } as const;
  return [
    {
      ...nowhere,
      counted: 0,
      of: valid.filter((time) => isWithin(window, time)).length,
      named: [],
    },
    ...violations
      .filter(({ time }) => isWithin(window, time))
      .map(({ commit, codes }) => ({
        ...nowhere,
        counted: 1,
        of: 1,
        named: [{ about: commit, what: codes.join(', ') }],
      })),
  ];
}

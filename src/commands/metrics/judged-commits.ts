import type { Verification } from '../../evidence/verification.ts';
import type { JudgedCommits } from '../../metrics/policy-violations.ts';

/**
 * Every governed commit with its date: a valid one by its clock, one with findings by what set it aside, since what it says
 * of itself is not believed. @param now seconds since 1970: the date of what nothing has set aside.
 */
export function judgedCommits(
  { commits, findings, settled, history }: Pick<Verification, 'commits' | 'findings' | 'settled' | 'history'>,
  now: number,
): JudgedCommits {
  const codes = new Map<string, Set<string>>();
  for (const { commit, reason } of [...findings, ...settled])
    if (reason.code !== 'PARENT_VOID') codes.set(commit, (codes.get(commit) ?? new Set()).add(reason.code));
  const setAside = new Map<string, number>();
  for (const { void: isVoid, parents, clock } of commits) {
    if (isVoid) continue;
    for (const parent of parents)
      for (const { id } of history.voidAncestry(parent))
        setAside.set(id, Math.min(clock, setAside.get(id) ?? Infinity));
  }
  return {
    valid: commits
      .filter(
        ({ id, void: isVoid, judgement }) => !isVoid && judgement.kind !== 'ungoverned' && !codes.has(id),
      )
      .map(({ clock }) => clock),
    violations: [...codes].map(([commit, found]) => ({
      commit,
      time: setAside.get(commit) ?? now,
      codes: [...found].sort(),
    })),
  };
}

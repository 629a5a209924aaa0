import { describe, expect, test } from 'vitest';
import { judgedCommits } from '../../../src/commands/metrics/judged-commits.ts';
import type { Finding } from '../../../src/evidence/verification.ts';
import { lawTree } from '../support/law-files.ts';
import { GUARDIANS, idOf, put, repairOf, Story } from '../support/history.ts';
import { materialOf, measured, told, type Hours } from '../support/metrics.ts';
import { hour } from '../support/world.ts';

const root = lawTree(GUARDIANS);
const NOW = 50;

/** What a verification tells of a story. */
function commitsOf(story: Story, more: readonly Finding[] = []) {
  const commits = [...story.lineage.judged.values()];
  const findings = commits.flatMap(({ id, judgement }) =>
    judgement.reasons.map((reason) => ({ commit: id, reason, signer: null })),
  );
  const told = { commits, history: story.lineage, findings: [...findings, ...more], settled: [] };
  return judgedCommits(told, hour(NOW));
}

const violations = (story: Story, hours: Hours = {}, more: readonly Finding[] = []) =>
  told(measured('policy-violations', materialOf(root, hours), commitsOf(story, more)));

const broken = () =>
  new Story(root, ['mia', 0])
    .commit('bad', 'root', { tree: put(root, 'promotions/x', 'y'), by: ['mia', 1] })
    .commit('on it', 'bad', { by: ['mia', 2] });

describe('policy violations', () => {
  test('are none in a valid history, each commit of which has its date', () => {
    const story = new Story(root, ['mia', 0]);
    expect(violations(story)).toEqual(['0/1']);
    expect(violations(story, { from: 1 })).toEqual(['0/0']);
  });

  test('are commits with a finding of their own, dated now, whatever they say of themselves', () => {
    const [share, codes] = violations(broken());
    expect(share).toBe('1/2');
    expect(codes).toMatch(/^[A-Z_]+(, [A-Z_]+)*$/);
    expect(violations(broken(), { to: NOW })).toEqual(['0/1']);
    expect(violations(broken(), { from: NOW })[0]).toBe('1/1');
  });

  test('are dated by the repair, once there is one', () => {
    const story = broken();
    const { tree, guarded } = repairOf(story, 'on it', { by: ['lee', 9], role: 'policy-approver' });
    story.commit('repair', 'on it', { tree, guarded, by: ['lee', 9] });
    expect(story.codes('repair')).toEqual([]);
    expect(violations(story, { from: 9, to: 9 + 1 / 3600 })[0]).toBe('1/2');
    expect(violations(story, { from: 10 })).toEqual(['0/0']);
  });

  test('are findings about valid commits and such beside the history too, each commit once', () => {
    const story = new Story(root, ['mia', 0]);
    const about = (commit: string, code: string): Finding =>
      ({ commit: idOf(commit), reason: { code, facts: {} }, signer: null }) as unknown as Finding;
    const more = [
      about('root', 'NOT_DESCENDED'),
      about('beside', 'OUTSIDE_ROOT'),
      about('beside', 'OBJECT_CORRUPT'),
    ];
    expect(violations(story, {}, more)).toEqual(['2/2', 'NOT_DESCENDED', 'OBJECT_CORRUPT, OUTSIDE_ROOT']);
  });
});

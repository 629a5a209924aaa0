import { describe, expect, it } from 'vitest';
import { unheldRoles } from '../../../src/machine/unheld-roles.ts';
import { unheldSentences } from '../../../src/commands/shared/views/unheld-lines.ts';
import { keyOf, lawTree, type LawChanges } from '../support/law-files.ts';
import { hour, worldOf } from '../support/world.ts';

const unheld = (changes: LawChanges, hours = 0) =>
  unheldRoles(worldOf(lawTree(changes)).law, hour(hours)).map(
    ({ role, line, blocks }) => `${role} ${line} ${blocks}`,
  );
const holds = (...roles: readonly object[]) => ({ roles });

describe('a role nobody holds is told before it blocks anybody', () => {
  it('where no rules of risk are: those that changes of the policy take', () => {
    expect(unheld({})).toEqual([
      'ml-manager triage* changes of the policy',
      'security-owner triage* changes of the policy',
      'software-owner triage* changes of the policy',
    ]);
  });

  it('where there are: those that a risky iteration takes, and those that the rules name', () => {
    expect(unheld({ policy: { risk: {} } })).toEqual([
      'data-owner triage* risky iterations',
      'ml-manager triage* changes of the policy',
      'release-owner triage* risky iterations',
      'security-owner triage* both',
      'software-owner triage* both',
    ]);
    const rules = [{ id: 'all', when: { line: '*' }, approvals: ['ml-manager'] }];
    expect(unheld({ policy: { risk: { rules } } })).toContain('ml-manager triage* both');
  });

  it('so is a check that no machine may record', () => {
    const law = (bot?: readonly string[], more: object = {}): LawChanges => ({
      policy: { risk: { checks: [{ name: 'scan' }, { name: 'probe', from: 'high' }] } },
      ...(bot !== undefined && { bot }),
      ...more,
    });
    const checkers = (changes: LawChanges) => unheld(changes).filter((words) => words.startsWith('checker:'));
    const [probe, scan] = ['checker:probe triage* iterations', 'checker:scan triage* iterations'];
    expect(checkers(law())).toEqual([probe, scan]);
    expect(checkers(law(['checker:scan']))).toEqual([probe]);
    const ended = {
      people: { bot: { keys: [{ fingerprint: keyOf('bot'), retired: { reason: 'replaced' } }] } },
    };
    expect(checkers(law(['checker:scan'], ended))).toEqual([probe, scan]);
    expect(unheldSentences(unheldRoles(worldOf(lawTree(law())).law, hour(0))).join()).toMatch(
      /nobody holds checker:scan for triage\*: iterations that need one would wait for ever; next: .* --role checker:scan@triage\* /,
    );
  });

  it('a grant for other lines, or one that has ended, holds nothing', () => {
    const until = '2026-03-02T00:00:00Z';
    const people = {
      dan: holds(
        { role: 'data-owner', lines: ['intake'] },
        { role: 'release-owner', lines: ['triage*'], until },
      ),
    };
    const law = { policy: { risk: {} }, people };
    expect(unheld(law)).toContain('data-owner triage* risky iterations');
    expect(unheld(law).join()).not.toContain('release-owner');
    expect(unheld(law, 48)).toContain('release-owner triage* risky iterations');
  });
});

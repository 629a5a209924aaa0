import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lacking } from './support/command.ts';
import { DAY, Emergency, IT } from './support/emergency.ts';

/** One exception from the emergency to its review. */
describe.skipIf(lacking('gpg'))('an exception', () => {
  let team: Emergency;
  beforeAll(async () => {
    team = new Emergency();
    await team.found();
  }, 300_000);
  afterAll(() => team.box.dispose());

  it('is opened, approved by somebody it does not concern, and lets in what was refused', async () => {
    await team.lock();
    expect(await team.refused('trainer', ...team.request())).toMatch(
      /INTAKE_FAILED[\s\S]*modelsmith exception open/,
    );
    expect(await team.refused('omar', ...team.open('--waive', 'data-stated'))).toContain(
      'EXCEPTION_NOT_WAIVABLE',
    );
    expect(await team.refused('trainer', ...team.open())).toContain('HUMAN_REQUIRED');
    expect(await team.done('omar', ...team.open('--versions', '1.0.*'))).toMatch(
      /security-owner: none yet; sam can/,
    );
    const [id = ''] = team.exceptions();
    expect(await team.done('sam', 'queue', '--mine')).toContain(
      `modelsmith exception approve ${id.slice(0, 12)}`,
    );
    expect(await team.refused('trainer', ...team.request('--exception', id.slice(0, 8)))).toContain(
      'EXCEPTION_PENDING',
    );
    expect(await team.refused('ana', 'exception', 'approve')).toContain('ROLE_NOT_HELD');
    expect(await team.done('sam', 'exception', 'approve')).toMatch(/Omar answers every call[\s\S]*open/);
    expect(await team.refused('sam', 'exception', 'approve')).toContain('EXCEPTION_ALREADY_APPROVED');
    await team.done('trainer', ...team.request('--exception', id.slice(0, 8)));
    expect(await team.done('mia', 'exception', 'show', id)).toMatch(new RegExp(`used by +${IT}`));
    await team.verified();
  }, 300_000);

  it('is shown with its controls to who signs, and has to be renewed where it takes longer', async () => {
    expect(await team.done('omar', 'approve', IT)).toMatch(
      /Exceptions it needs[\s\S]*Omar answers every call/,
    );
    team.later(3 * DAY);
    const [id = ''] = team.exceptions();
    await team.done('dora', 'approve', IT);
    expect(await team.done('gus', 'approve', IT, '--gate', 'governance-approval')).toMatch(
      /has\s+ended: expired/,
    );
    expect(await team.done('mia', 'queue')).toMatch(new RegExp(`the review of exception ${id.slice(0, 12)}`));
    await team.done('omar', ...team.open('--versions', '1.0.*', '--renews', id.slice(0, 8)));
    const renewal = team.exceptions().find((other) => other !== id) ?? '';
    await team.done('sam', 'exception', 'approve', renewal);
    expect(await team.done('gus', 'promote', IT)).toContain('production-validated');
    await team.verified();
  }, 300_000);

  it('is reviewed: told before, enforced once that is overdue, and clean when it is written', async () => {
    const told = await team.done('mia', 'status');
    expect(told).toMatch(/the review of exception [0-9a-f]{12} on claims-triage is due/);
    team.later(9 * DAY);
    expect(await team.done('mia', 'status')).toContain('EXCEPTION_REVIEW_OVERDUE');
    expect(await team.verified()).toContain('EXCEPTION_REVIEW_OVERDUE');
    const all = await team.done('mia', 'exception', 'list', '--json');
    const { exceptions: listed } = JSON.parse(all) as {
      exceptions: { exception: string; review: { state: string } }[];
    };
    expect(listed.map(({ review }) => review.state)).toEqual(['overdue', 'overdue']);
    const [first = '', second = ''] = listed.map(({ exception }) => exception);
    expect(await team.refused('omar', ...team.open('--versions', '1.0.*', '--renews', second))).toContain(
      'EXCEPTION_REVIEW_OVERDUE',
    );
    const template = await team.done('omar', 'exception', 'review', '--template');
    const text = template.replaceAll(/^(## .*)$/gm, '$1\nAs planned.');
    team.box.write(team.path('empty.md'), template);
    expect(
      await team.refused('omar', 'exception', 'review', first, '--file', team.path('empty.md')),
    ).toContain('EVIDENCE_UNSOUND');
    team.box.write(team.path('review.md'), text);
    await team.done('omar', 'exception', 'review', first, '--file', team.path('review.md'));
    await team.done('sam', 'exception', 'review', second, '--file', team.path('review.md'));
    expect(await team.verified()).not.toContain('EXCEPTION_REVIEW_OVERDUE');
    expect(await team.done('mia', 'exception', 'list')).toContain('no exceptions');
    expect(await team.done('mia', 'log')).toContain('review-exception');
  }, 300_000);

  it('is meant without its id where it is the only one that waits; a time that is no number of days is told so', async () => {
    await team.done('omar', ...team.open('--versions', '2.0.0'));
    await team.done('sam', 'exception', 'approve');
    await team.done('omar', ...team.open('--versions', '2.1.*'));
    expect(await team.done('sam', 'exception', 'approve')).toMatch(
      /for claims-triage@2\.1\.\*: open\nnext: modelsmith request claims-triage@<version> --exception/,
    );
    expect(await team.done('mia', 'exception', 'list')).toMatch(
      /next: modelsmith request claims-triage@2\.0\.0 --exception/,
    );
    const { code, stderr } = await team.as('omar', team.open('--days', 'few'));
    expect([code, stderr]).toEqual([64, expect.stringContaining('--days must be a whole number of days')]);
  }, 300_000);
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lacking } from './support/command.ts';
import { DAY, Emergency, IT } from './support/emergency.ts';

interface Told {
  readonly metrics: readonly {
    readonly name: string;
    readonly numerator: number;
    readonly denominator: number;
  }[];
}

/** One release from an emergency to a clean slate: excepted, deployed, robbed, looked at again, reviewed – and counted. */
describe.skipIf(lacking('gpg'))('a release with an exception and a stolen key', () => {
  let team: Emergency;
  beforeAll(async () => {
    team = new Emergency();
    await team.found({ sam: ['domain-expert'] });
    await team.lock();
  }, 300_000);
  afterAll(() => team.box.dispose());

  const status = (): Promise<string> => team.done('mia', 'status', IT);
  const numbers = async (): Promise<ReadonlyMap<string, string>> => {
    const { metrics } = JSON.parse(
      (await team.as('mia', ['metrics', '--since', '2023-12-31', '--json'])).stdout,
    ) as Told;
    return new Map(metrics.map(({ name, numerator, denominator }) => [name, `${numerator}/${denominator}`]));
  };

  it('is let in by an exception with controls, and goes to production', async () => {
    await team.done('omar', ...team.open('--versions', '1.0.*'));
    const [id = ''] = team.exceptions();
    await team.done('sam', 'exception', 'approve');
    await team.done('trainer', ...team.request('--exception', id));
    expect(await team.done('omar', 'approve', IT)).toContain('moved artifact-exported → customer-deployed');
    await team.done('dora', 'approve', IT);
    expect(await team.done('gus', 'approve', IT)).toContain('moved customer-deployed → production-validated');
    await team.verified();
    const told = await numbers();
    expect(told.get('exception-use')).toBe('1/1');
    expect(told.get('approval-latency')).toMatch(/\/3$/);
    expect(told.get('policy-violations')).toMatch(/^0\//);
  }, 300_000);

  it('is tainted when the key of an expert is stolen, and its aliases are held until somebody looks again', async () => {
    await team.done(
      'mia',
      'override',
      'revoke-signer',
      'dora',
      '--as',
      'compromised',
      '--reason',
      'Her laptop is gone.',
    );
    expect(await status()).toContain('TAINTED');
    expect(await team.verified()).toMatch(/held/i);
    expect((await numbers()).get('approval-latency')).toMatch(/\/2$/);
    await team.refused('gus', 'reaffirm', IT, '--reason', 'It is as I remember it.');
    await team.done('sam', 'reaffirm', IT, '--reason', 'I judged the outputs myself.');
    expect(await status()).not.toContain('TAINTED');
    expect(await team.verified()).not.toContain('TAINTED');
  }, 300_000);

  it('is held to the review of its exception, which is told, enforced, and written', async () => {
    const [id = ''] = team.exceptions();
    team.later(10 * DAY);
    expect(await team.done('mia', 'status')).toContain('EXCEPTION_REVIEW_OVERDUE');
    expect(await team.verified()).toContain('EXCEPTION_REVIEW_OVERDUE');
    expect(await team.refused('omar', ...team.open('--versions', '1.0.*', '--renews', id))).toContain(
      'EXCEPTION_REVIEW_OVERDUE',
    );
    const template = await team.as('omar', ['exception', 'review', '--template']);
    const file = team.box.write(
      team.path('review.md'),
      template.stdout.replaceAll(/^(## .*)$/gm, '$1\nAs planned, and the key was found.'),
    );
    await team.done('omar', 'exception', 'review', id, '--file', file);
    expect(await team.verified()).not.toContain('EXCEPTION_REVIEW_OVERDUE');
    expect(await team.done('mia', 'status')).not.toContain('EXCEPTION_REVIEW_OVERDUE');
    const told = await numbers();
    expect(told.get('exception-use')).toBe('1/1');
    expect(told.get('policy-violations')).toMatch(/^0\//);
    expect(told.get('complete-lineage')).toBe('1/1');
  }, 300_000);
});

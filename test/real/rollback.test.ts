import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { toTime } from '../../src/domain/names.ts';
import { workshop, type Workshop } from '../attacks/bench.ts';
import type { Site } from '../attacks/site.ts';
import { IT, NEXT } from '../attacks/world.ts';
import { acting } from './support/acting.ts';
import { modelsmith, succeed, type Where } from './support/command.ts';

const LINE = 'claims-triage';

describe('the second iteration of a line turns out to be bad', () => {
  let shop: Workshop;
  let site: Site;
  beforeAll(async () => {
    shop = workshop(inject('shared'));
    site = await shop.bench('sha1').site('succession');
  }, 600_000);
  afterAll(() => shop.dispose());

  const as = (who: string): Where => ({
    env: {
      ...shop.box.env,
      MODELSMITH_ROOT: site.root,
      MODELSMITH_KEY_FILE: join(site.world.directory, `../people/${who}.asc`),
    },
    cwd: site.directory,
  });
  const read = (args: readonly string[]): unknown => JSON.parse(succeed(as('omar'), [...args, '--json']));
  const act = async (who: string, ...words: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await acting(as(who), words);
    expect(code, stderr).toBe(0);
    return stdout;
  };

  it('and an operator goes back, ends it, and lets promotions move the alias again', async () => {
    const alone = modelsmith(as('omar'), ['rollback', LINE]);
    expect([alone.code, alone.stderr]).toEqual([77, expect.stringContaining('takes a person at a terminal')]);

    const { stderr } = await acting(as('omar'), ['rollback', LINE]);
    expect(stderr).toContain('Rollback procedure of claims-triage@1.1.0');
    expect(stderr).toContain('serving: 1.1.0 → 1.0.0, and pinned there');
    expect(succeed(as('omar'), ['status'])).toMatch(/serving is pinned at 1\.0\.0 since .* by omar: Looked/);

    const kept = await acting(as('omar'), ['deprecate', IT, '--retire', '--reason', 'Old.']);
    expect([kept.code, kept.stderr]).toEqual([3, expect.stringContaining('ALIAS_PINNED')]);
    expect(await act('omar', 'deprecate', NEXT, '--retire', '--reason', 'Bad.')).toContain(
      `deprecated ${NEXT}`,
    );

    expect(await act('gus', 'unpin', LINE)).toContain('unpinned serving of claims-triage; it stays at 1.0.0');
    expect(read(['status'])).toMatchObject({ lines: [{ aliases: { serving: '1.0.0' }, pins: [] }] });
    expect(succeed(as('omar'), ['verify'])).toContain('no findings');

    const now = await acting(as('gus'), ['unpin', LINE]);
    expect([now.code, now.stderr]).toEqual([3, expect.stringContaining('NOT_PINNED')]);
    const nowhere = await acting(as('gus'), ['rollback', LINE]);
    expect([nowhere.code, nowhere.stderr]).toEqual([3, expect.stringContaining('NO_WAY_BACK')]);
    const other = modelsmith(as('gus'), ['rollback', 'letters', '--dry-run']);
    expect([other.code, other.stderr]).toEqual([3, expect.stringContaining('lines here: claims-triage')]);
  }, 120_000);

  it('and who looks back sees what served when, and by whose word', () => {
    const then = (hours: number) => toTime(site.after('deployed', hours));
    const show = (of: string, ...words: readonly string[]) => read(['show', of, ...words]);
    const [first, second] = [then(0.5), then(2.5)];
    expect(show(LINE, '--at', first)).toMatchObject({
      aliases: [
        { alias: 'serving', to: '1.0.0', by: { cause: 'transition', principal: 'omar' } },
        { to: null },
      ],
    });
    expect(show(LINE, '--at', second)).toMatchObject({ aliases: [{ to: '1.1.0', pinned: null }, {}] });
    expect(show(LINE)).toMatchObject({ aliases: [{ to: '1.0.0', by: { cause: 'pin' }, pinned: null }, {}] });
    expect(show(NEXT, '--at', second)).toMatchObject({
      state: 'customer-deployed',
      aliases: [{ to: '1.1.0' }],
    });
    expect(show(NEXT, '--at', first)).toMatchObject({ state: null, aliases: [] });
    expect(succeed(as('omar'), ['show', NEXT, '--at', first])).toContain('not asked for yet');
    const ahead = modelsmith(as('omar'), ['show', LINE, '--at', '2099-01-01']);
    expect([ahead.code, ahead.stderr]).toEqual([64, expect.stringContaining('lies ahead')]);
    const parts = modelsmith(as('omar'), ['show', LINE, '--items']);
    expect(parts.code).toBe(64);
  });
});

import { join } from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { approval, approvalFiles, BUNDLE, signOff } from '../attacks/acts.ts';
import { workshop } from '../attacks/bench.ts';
import { brake, filesBetween } from '../attacks/brakes.ts';
import type { Person } from '../attacks/people.ts';
import type { Site } from '../attacks/site.ts';
import { bomb, graft, TEN } from '../attacks/trees.ts';
import { acting, type Acted } from './support/acting.ts';
import { LINE } from '../../src/commands/demo/material.ts';

const shop = workshop(inject('shared'));
const bench = shop.bench('sha1');
afterAll(() => shop.dispose());

const CARD = `${BUNDLE}/model-card.md`;
const IT = `${LINE}@1.0.0`;

/** A site whose branch and work tree are at a commit. */
async function at(commit: (site: Site) => Promise<string>, law: 'team' | 'guarded' = 'team'): Promise<Site> {
  const site = await bench.site(law);
  site.git(['checkout', '-q', '-f', '-B', 'main', await commit(site)]);
  return site;
}

/** Somebody runs the command with the key of the honest history, and answers every prompt. */
const run = (site: Site, who: Person, ...argv: string[]): Promise<Acted> => {
  const keyFile = join(site.world.directory, `../people/${who}.asc`);
  const env = { ...shop.box.env, MODELSMITH_KEY_FILE: keyFile, MODELSMITH_ROOT: site.root };
  return acting({ env, cwd: site.directory }, argv);
};

const json = ({ stdout }: Acted): Record<string, unknown> => JSON.parse(stdout) as Record<string, unknown>;
const clean = (site: Site): string => site.git(['status', '--porcelain']);

describe('repair', () => {
  it('restores files, removes what does not belong, keeps brakes, and leaves the rest alone', async () => {
    const site = await at(async (own) => {
      const bad = await own.commit({
        ...{ on: 'validated', by: null },
        put: { [CARD]: 'x\n', 'promotions/stray.txt': 'x\n', 'src/train.py': 'print(1)\n' },
        remove: [`${BUNDLE}/rollback-procedure.md`],
      });
      return await brake(own, bad, { brake: { act: 'freeze', line: LINE, alias: 'production' } });
    });
    const planned = await run(site, 'dora', 'repair', '--dry-run', '--json');
    expect(json(planned)).toMatchObject({ repaired: false, takesTwo: false, lost: [] });
    expect(clean(site)).toBe('');
    const done = await run(site, 'dora', 'repair', '--reason', 'somebody edited by hand');
    expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('repaired: 2 commits set aside')]);
    expect(done.stderr).toContain('the override it brought stays in force');
    expect(clean(site)).toBe('');
    expect(site.git(['ls-tree', '-r', '--name-only', 'HEAD'])).toContain('src/train.py');
    expect(
      site.git(['diff', '--stat', site.at('validated'), 'HEAD', '--', 'promotions', 'locks', 'policy']),
    ).toBe('');
    const told = await run(site, 'dora', 'verify');
    expect(told.code).toBe(0);
    for (const words of ['incident', 'set aside', 'held: production']) expect(told.stdout).toContain(words);
    expect((await run(site, 'dora', 'log')).stdout).toContain('2 commits set aside');
    const again = await run(site, 'dora', 'repair', '--reason', 'To see it.');
    expect([again.code, again.stdout]).toEqual([3, 'nothing to repair: the tip is valid\n']);
  });

  it('sets a billion files aside, where no work tree has to follow', { timeout: 240_000 }, async () => {
    const site = await bench.site();
    const tree = graft(site, site.treeOf(site.at('validated')), ['exceptions'], bomb(site, TEN, 9), 'tree');
    const bombed = await site.commit({ on: 'validated', by: null, tree });
    site.git(['update-ref', 'refs/heads/main', bombed]);
    const refused = await run(site, 'dora', 'repair', '--reason', 'a bomb');
    expect([refused.code, refused.stderr]).toEqual([65, expect.stringContaining('git clone --bare')]);
    expect(site.git(['rev-parse', 'main'])).toBe(bombed);
    site.git(['config', 'core.bare', 'true']);
    const done = await run(site, 'dora', 'repair', '--reason', 'a bomb');
    expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('repaired: 1 commit set aside')]);
    site.git(['config', 'core.bare', 'false']);
    expect((await run(site, 'dora', 'verify')).code).toBe(0);
  });

  it('restores everything where nobody can read what the branch holds', async () => {
    const site = await bench.site();
    const id = Buffer.from(site.blob('x'), 'hex');
    const entry = Buffer.concat([Buffer.from('100644 README.md\0'), id]);
    const tree = site.raw('tree', Buffer.concat([entry, entry]));
    const odd = await site.commit({ on: 'validated', by: null, tree });
    site.git(['update-ref', 'refs/heads/main', odd]);
    site.git(['config', 'core.bare', 'true']);
    const done = await run(site, 'dora', 'repair', '--reason', 'a broken tool');
    expect([done.code, done.stderr]).toEqual([0, expect.anything()]);
    site.git(['config', 'core.bare', 'false']);
    expect((await run(site, 'dora', 'verify')).code).toBe(0);
  });

  it('restores what a malformed tree hides, and links and names that only look governed', async () => {
    const site = await at(async (own) => {
      const entries = own.git(['ls-tree', own.at('validated')]).split('\n');
      const link = `120000 blob ${own.blob('/etc/passwd')}\tLocks`;
      const tree = own.git(['mktree'], `${[...entries, link].join('\n')}\n`);
      const odd = await own.commit({
        ...{ on: 'validated', by: null, tree },
        object: (text) => text.replace('\ncommitter ', '\nauthor x <x> 1 +0000\ncommitter '),
      });
      return await own.commit({ on: odd, by: null, put: { 'locks/x/y.txt': 'x\n' } });
    });
    const done = await run(site, 'gus', 'repair', '--reason', 'a broken tool');
    expect([done.code, done.stderr]).toEqual([0, expect.stringContaining('removes Locks')]);
    expect((await run(site, 'gus', 'verify')).code).toBe(0);
  });

  it('restores guarded files and folders as they were', async () => {
    const site = await at(async (own) => {
      const put = { '.gitattributes': '* -text\n# ours\n', 'ci/a.yml': 'a\n', 'ci/run.sh': 'b\n' };
      const good = await own.commit({ on: 'deployed', by: 'mia', put });
      return await own.commit({
        ...{ on: good, by: null, put: { '.gitattributes': '* text\n', ci: 'now a file\n' } },
        remove: ['ci/a.yml', 'ci/run.sh'],
      });
    }, 'guarded');
    const done = await run(site, 'omar', 'repair', '--reason', 'CI was switched off');
    expect([done.code, done.stderr]).toEqual([0, expect.stringContaining('restores ci (guarded)')]);
    expect(clean(site)).toBe('');
    expect(site.git(['diff', '--stat', 'HEAD~2', 'HEAD', '--', 'ci', '.gitattributes'])).toBe('');
    expect((await run(site, 'omar', 'verify')).code).toBe(0);
  });

  it('lets a policy approver choose between branches that do not go together, and a second person agree', async () => {
    const site = await at(async (own) => {
      const one = await own.commit({ on: 'exported', by: 'omar', put: await signOff(own) });
      const two = await own.commit({ on: 'exported', by: 'otto', put: await signOff(own, { who: 'otto' }) });
      const tree = own.git(['rev-parse', `${one}^{tree}`]);
      return await own.commit({ on: [one, two], by: null, tree });
    });
    const [one = '', two = ''] = site.git(['show', '-s', '--format=%P', 'HEAD']).split(' ');
    const seen = json(await run(site, 'mia', 'repair', '--dry-run', '--json'));
    expect(seen).toMatchObject({
      takesTwo: true,
      disputed: [
        { strand: `aliases of ${LINE}`, sides: [one, two].sort() },
        { strand: IT, sides: [one, two].sort() },
      ],
    });
    expect((await run(site, 'dora', 'repair', '--dry-run')).code).toBe(67);
    expect((await run(site, 'otto', 'repair', '--second')).code).toBe(64);
    expect((await run(site, 'mia', 'repair', '--stands', `${IT}=abc`)).code).toBe(64);
    const stands = [`aliases of ${LINE}`, IT].flatMap((strand) => [
      '--stands',
      `${strand}=${two.slice(0, 12)}`,
    ]);
    const chosen = await run(site, 'mia', 'repair', '--reason', 'otto was first', ...stands);
    expect([chosen.code, chosen.stdout]).toEqual([0, expect.stringContaining('a second person runs')]);
    expect((await run(site, 'mia', 'verify')).code).toBe(3);
    expect((await run(site, 'mia', 'repair', '--second')).code).toBe(3);
    expect((await run(site, 'mia', 'repair', '--second', '--dry-run')).code).toBe(3);
    expect((await run(site, 'otto', 'repair', '--second', '--dry-run')).code).toBe(0);
    const agreed = await run(site, 'otto', 'repair', '--second', '--reason', 'so it was');
    expect(agreed.code).toBe(0);
    const verified = await run(site, 'otto', 'verify');
    expect([verified.code, verified.stdout]).toEqual([
      0,
      expect.stringContaining('repaired by mia and otto'),
    ]);
    expect(verified.stdout).toContain('entries lost');
    expect((await run(site, 'otto', 'log')).stdout).toMatch(/otto \(policy-approver\): second/);
  });

  it('lets two people say which branch stands as a whole, and keeps the brakes of both', async () => {
    let stopped = '';
    const site = await at(async (own) => {
      stopped = await brake(own, 'exported', { brake: { act: 'suspend-signer', signer: 'omar' } });
      const tree = await own.treeWith(own.at('deployed'), filesBetween(own, 'exported', stopped));
      return await own.commit({ on: [stopped, own.at('deployed')], by: null, tree });
    });
    expect(json(await run(site, 'mia', 'repair', '--dry-run', '--json'))).toMatchObject({
      takesTwo: true,
      disputed: [{ strand: 'everything', sides: [stopped, site.at('deployed')].sort() }],
    });
    const stands = ['--stands', `everything=${stopped.slice(0, 12)}`];
    const chosen = await run(site, 'mia', 'repair', '--reason', 'he was suspended', ...stands);
    expect([chosen.code, chosen.stdout]).toEqual([0, expect.stringContaining('a second person runs')]);
    expect((await run(site, 'otto', 'repair', '--second', '--reason', 'he was')).code).toBe(0);
    expect(clean(site)).toBe('');
    const verified = await run(site, 'otto', 'verify');
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('suspend-signer')]);
    expect((await run(site, 'otto', 'status', IT)).stdout).toContain('artifact-exported → customer-deployed');
  });
});

describe('reaffirm', () => {
  it('vouches for what a stolen key signed, and lets people go on', async () => {
    const site = await at((own) =>
      brake(own, 'expert', {
        brake: {
          act: 'revoke-signer',
          keys: [own.world.people.key('omar').fingerprint],
          as: 'compromised',
        },
      }),
    );
    expect((await run(site, 'gus', 'status', IT)).stdout).toContain('TAINTED');
    const governance = ['--gate', 'governance-approval'];
    expect((await run(site, 'gus', 'approve', IT, ...governance, '--dry-run', '--json')).stdout).toContain(
      'TAINTED',
    );
    const refused = await run(site, 'dora', 'reaffirm', IT, '--reason', 'To see it.');
    expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('REAFFIRM_NOT_YOURS')]);
    const done = await run(site, 'otto', 'reaffirm', IT, '--reason', 'looked at the logs of the registry');
    expect([done.code, done.stdout]).toEqual([0, expect.stringContaining('re-affirmed 2 of 2 entries')]);
    expect((await run(site, 'otto', 'reaffirm', IT, '--reason', 'again')).code).toBe(3);
    expect((await run(site, 'gus', 'approve', IT, ...governance)).code).toBe(0);
    const told = await run(site, 'gus', 'verify');
    expect([told.code, told.stdout]).toEqual([0, expect.not.stringContaining('held:')]);
  });
});

describe('overrides', () => {
  it('are proposed to be lifted, and cannot be where a key was stolen', async () => {
    const site = await at((own) =>
      brake(own, 'validated', { brake: { act: 'stop-candidates', lines: ['*'] } }),
    );
    const listed = json(await run(site, 'gus', 'override', 'list', '--json')) as {
      overrides: { id: string }[];
    };
    const id = listed.overrides[0]?.id ?? '';
    const lifted = await run(
      site,
      'gus',
      'override',
      'lift',
      id.slice(0, 12),
      '--reason',
      'the leak is closed',
    );
    expect([lifted.code, lifted.stdout]).toEqual([0, expect.stringContaining('policy approve')]);
    expect(lifted.stdout).not.toContain('one of them is enough');
    const again = await run(site, 'mia', 'override', 'lift', id, '--reason', 'so I heard');
    const [, first = ''] = /change ([0-9a-f]{12})/.exec(lifted.stdout) ?? [];
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining(`change ${first} says the same`)]);
    expect((await run(site, 'gus', 'override', 'lift', '0'.repeat(64), '--reason', 'To see it.')).code).toBe(
      66,
    );
    const stolen = ['override', 'revoke-signer', 'uwe', '--as', 'compromised', '--reason', 'a thief'];
    expect((await run(site, 'mia', ...stolen)).code).toBe(0);
    const both = json(await run(site, 'gus', 'override', 'list', '--json')) as {
      overrides: { id: string; act: string }[];
    };
    const theft = both.overrides.find(({ act }) => act === 'revoke-signer')?.id ?? '';
    const no = await run(site, 'gus', 'override', 'lift', theft, '--reason', 'To see it.');
    expect([no.code, no.stderr]).toEqual([3, expect.stringContaining('LIFT_IMPOSSIBLE')]);
  });

  it('say why they are not imposed, and what nobody of that name is', async () => {
    const site = await at((own) => Promise.resolve(own.at('validated')));
    const freeze = ['override', 'freeze', LINE, 'production', '--reason', 'To see it.'];
    const no = await run(site, 'omar', ...freeze);
    expect([no.code, no.stderr]).toEqual([3, expect.stringContaining('ROLE_NOT_HELD')]);
    const dry = await run(
      site,
      'mia',
      'override',
      'suspend-signer',
      'nobody',
      '--reason',
      'To see it.',
      '--dry-run',
    );
    expect([dry.code, dry.stdout]).toEqual([0, expect.stringContaining('nobody is enrolled as nobody')]);
    const revoke = ['override', 'revoke-signer', 'nobody', '--as', 'retired', '--reason', 'To see it.'];
    expect((await run(site, 'mia', ...revoke)).code).toBe(64);
    const keeps = ['override', 'revoke-signer', 'omar', '--as', 'compromised', '--keeps', 'f'.repeat(12)];
    expect((await run(site, 'mia', ...keeps, '--reason', 'To see it.')).code).toBe(64);
    const retired = ['override', 'revoke-signer', 'omar', '--as', 'retired', '--keeps', 'f'.repeat(12)];
    expect((await run(site, 'mia', ...retired, '--reason', 'To see it.')).code).toBe(64);
    expect(site.git(['rev-parse', 'HEAD'])).toBe(site.at('validated'));
    site.git(['checkout', '-q', '--detach']);
    expect((await run(site, 'mia', ...freeze)).code).toBe(64);
    expect((await run(site, 'mia', ...freeze, '--ref')).code).toBe(0);
    expect(site.git(['rev-parse', 'HEAD'])).toBe(site.at('validated'));
  });

  it('from refs of their own bind those who write here, too', async () => {
    const site = await at((own) => Promise.resolve(own.at('lock')));
    const stop = ['override', 'stop-candidates', '*', '--reason', 'the test set has leaked', '--ref'];
    expect((await run(site, 'mia', ...stop)).code).toBe(0);
    const refused = await run(site, 'trainer', 'lock', LINE);
    expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('CANDIDATES_STOPPED')]);
    expect((await run(site, 'mia', 'status')).stdout.replace(/\s+/g, ' ')).toContain('not merged yet');
  });

  it('keep what somebody vouches for', async () => {
    const site = await at((own) => Promise.resolve(own.at('expert')));
    const world = await site.load(site.at('expert'));
    const entry = approval(site, world, {
      who: 'gus',
      gate: 'governance-approval',
      time: site.after('expert'),
    });
    expect(Object.keys(approvalFiles(entry))).toHaveLength(1);
    const files = Object.keys(filesBetween(site, 'exported', 'deployed'));
    const [id = ''] = files.flatMap((path) => /approvals\/([0-9a-f]{64})\.json$/.exec(path)?.[1] ?? []);
    const words = ['override', 'revoke-signer', 'omar', '--as', 'compromised', '--reason', 'To see it.'];
    expect((await run(site, 'mia', ...words, '--keeps', id.slice(0, 10))).code).toBe(0);
    const left = await run(site, 'otto', 'reaffirm', IT, '--reason', 'To see it.', '--dry-run', '--json');
    expect((json(left)['entries'] as string[]).includes(id)).toBe(false);
  });
});

import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { LINE } from '../../src/commands/demo/material.ts';
import { BUNDLE } from '../attacks/acts.ts';
import { workshop, type Workshop } from '../attacks/bench.ts';
import { lacking, succeed } from './support/command.ts';
import { stepsOf } from './support/guide.ts';
import { Host, type Platform } from './support/host.ts';
import { gpgKey } from './support/keys.ts';
import { runnerOf } from './support/runner.ts';
import { person, walk } from './support/walk.ts';

const none = lacking('gpg');
let shop: Workshop;
let platform: Platform;
let made = 0;
beforeAll(() => {
  shop = workshop(inject('shared'));
  if (none) return;
  const key = gpgKey(shop.box, 'web-flow', { algorithm: 'rsa3072' });
  platform = { name: 'GitHub', email: 'noreply@github.com', key };
});
afterAll(() => shop.dispose());

/** GitHub as people see it: it takes any ref but `main`, which moves by a button alone. */
class GitHub {
  readonly host: Host;
  readonly folder: string;

  private constructor(host: Host) {
    this.host = host;
    made += 1;
    this.folder = join(shop.box.root, `github-${made}.git`);
  }

  /** @param press what somebody did to `main` before it was published. */
  static async open(press: (host: Host) => unknown): Promise<GitHub> {
    const hub = new GitHub(await Host.open(await shop.bench('sha1').site(), platform));
    await press(hub.host);
    shop.box.git(shop.box.root, ['init', '-q', '--bare', hub.folder]);
    hub.host.git('push', '-q', hub.folder, 'main', 'both:refs/pull/1/head');
    const refuse = '#!/bin/sh\nwhile read -r old new ref; do [ "$ref" != refs/heads/main ] || exit 1; done\n';
    shop.box.write(join(hub.folder, 'hooks/pre-receive'), refuse, 0o755);
    return hub;
  }

  get site(): Host['site'] {
    return this.host.site;
  }

  clone(): string {
    made += 1;
    const folder = join(shop.box.root, `clone-${made}`);
    shop.box.git(shop.box.root, ['clone', '-q', this.folder, folder]);
    return folder;
  }

  /** The button “Create a merge commit”, of a branch that was pushed. */
  press(branch: string): string {
    this.host.git('fetch', '-q', this.folder, `+refs/heads/${branch}:refs/heads/${branch}`);
    const merged = this.host.merge(branch);
    // The platform moves its own branch; its rules are for those who push.
    shop.box.git(this.folder, ['fetch', '-q', this.site.directory, '+main:main']);
    return merged;
  }

  check(ref: string): string {
    const { code, stdout } = runnerOf(shop.box, this.folder, this.site.root, ref);
    return code === 0 ? 'green' : `red ${[...new Set(stdout.match(/\b[A-Z]+_[A-Z_]+\b/g))].sort().join(' ')}`;
  }

  /** What `verify` tells whoever cloned it. */
  told(cwd: string, ...more: readonly string[]): Told {
    const where = { env: { ...shop.box.env, MODELSMITH_ROOT: this.site.root }, cwd };
    return JSON.parse(succeed(where, ['verify', '--json', ...more])) as Told;
  }
}

interface Told {
  readonly incidents: readonly { readonly setAside: readonly { readonly commit: string }[] }[];
  readonly overrides: readonly { readonly id: string; readonly ref: string | null }[];
  readonly standing: readonly { readonly state: string }[];
}

const setAside = ({ incidents }: Told): readonly string[] =>
  incidents.flatMap((incident) => incident.setAside.map(({ commit }) => commit));

/** Two branches lock the line anew, each green by itself, and are merged. */
async function lockTwice(host: Host): Promise<void> {
  for (const branch of ['lock-1', 'lock-2']) {
    // Two locks of one second by one key are the same lock, and go together.
    await setTimeout(1000);
    host.git('checkout', '-q', '-b', branch, 'main');
    const key = join(host.site.world.directory, '../people/trainer.asc');
    const env = { ...shop.box.env, MODELSMITH_KEY_FILE: key, MODELSMITH_ROOT: host.site.root };
    succeed({ env, cwd: host.site.directory }, ['lock', LINE]);
  }
  host.merge('lock-1');
  host.merge('lock-2');
}

describe.skipIf(none)('the walk through a repair', () => {
  it('leads from a squash back to green, and what was signed comes in as it is', async () => {
    const hub = await GitHub.open((host) => host.squash('both'));
    const squashed = hub.host.git('rev-parse', 'main');
    expect(hub.check('refs/heads/main')).toMatch(/^red .*SIGNATURE_LOST/);
    const mine = hub.clone();
    for (const nth of [0, 1, 2])
      await walk(hub.site, 'omar', mine, stepsOf('## Repair', nth, { '<number>': '1' }));
    expect(hub.check('refs/heads/mend')).toBe('green');
    hub.press('mend');
    expect(hub.check('refs/heads/main')).toBe('green');
    const told = hub.told(hub.clone(), '--expect-descends', squashed);
    expect(setAside(told)).toEqual([squashed]);
    expect(told.standing.map(({ state }) => state)).toEqual(['production-validated']);
  });

  it('leads from an edit in the browser back to what is in force', async () => {
    const hub = await GitHub.open((host) => host.edit('main', { [`${BUNDLE}/model-card.md`]: '# Better\n' }));
    const edited = hub.host.git('rev-parse', 'main');
    const mine = hub.clone();
    for (const nth of [0, 2]) await walk(hub.site, 'dora', mine, stepsOf('## Repair', nth));
    hub.press('mend');
    expect(hub.check('refs/heads/main')).toBe('green');
    expect(setAside(hub.told(hub.clone()))).toEqual([edited]);
    expect(hub.host.git('diff', '--name-only', hub.site.at('deployed'), 'main')).toMatch(
      /^incidents\/[0-9a-f]{64}\.json$/,
    );
  });

  it('takes two people where two branches do not go together: red with one, green with both', async () => {
    const hub = await GitHub.open(lockTwice);
    expect(hub.check('refs/heads/main')).toBe('red MERGE_CONFLICT');
    const [mine, yours] = [hub.clone(), hub.clone()];
    const dry = await person(hub.site, 'mia', mine, ['repair', '--dry-run', '--json']);
    const { disputed } = JSON.parse(dry.stdout) as { disputed: { strand: string; sides: string[] }[] };
    expect(disputed).toHaveLength(1);
    const [{ strand, sides } = { strand: '', sides: [] }] = disputed;
    const two = '### When two people sign';
    await walk(hub.site, 'mia', mine, stepsOf(two, 0, { '<strand>': strand, '<commit>': sides[0] ?? '' }));
    expect(hub.check('refs/heads/mend')).toBe('red MERGE_CONFLICT REPAIR_UNSECONDED');
    const steps = stepsOf(two, 1);
    await walk(hub.site, 'otto', yours, steps.slice(0, -1));
    expect(hub.check('refs/heads/mend')).toBe('green');
    await expect(walk(hub.site, 'otto', yours, steps.slice(-1))).rejects.toThrow('pre-receive hook declined');
    hub.press('mend');
    expect(hub.check('refs/heads/main')).toBe('green');
    expect(hub.told(hub.clone()).incidents).toHaveLength(1);
  });
});

describe.skipIf(none)('the walk through an override', () => {
  it.each([
    ['is in force', () => undefined],
    ['is broken', (host: Host) => host.edit('main', { [`${BUNDLE}/model-card.md`]: '# Better\n' })],
  ])('binds everybody who fetches its ref, while a branch that takes no pushes %s', async (_is, press) => {
    const hub = await GitHub.open(press);
    const broken = hub.check('refs/heads/main') !== 'green';
    const mine = hub.clone();
    const straight = await person(hub.site, 'mia', mine, [
      ...['override', 'freeze', LINE, 'production', '--reason', 'incident 4711'],
    ]);
    expect([straight.code, shop.box.tryGit(mine, ['push', 'origin', 'main']).code]).toEqual([0, 1]);
    shop.box.git(mine, ['reset', '-q', '--hard', 'origin/main']);

    const [make = [], ...push] = stepsOf('## Overrides', 0, { '<id>': 'ID' });
    await walk(hub.site, 'mia', mine, [make]);
    const [ref = '', ...others] = shop.box
      .git(mine, ['for-each-ref', '--format=%(refname)', 'refs/modelsmith'])
      .split('\n');
    expect(others).toEqual([]);
    const id = ref.slice('refs/modelsmith/overrides/'.length);
    await walk(
      hub.site,
      'mia',
      mine,
      push.map((words) => words.map((word) => word.replaceAll('ID', id))),
    );

    const yours = hub.clone();
    await walk(hub.site, 'gus', yours, stepsOf('## Overrides', 1));
    const seen = await person(hub.site, 'gus', yours, ['override', 'list', '--json']);
    expect((JSON.parse(seen.stdout) as Told).overrides.map((each) => [each.id, each.ref])).toEqual([
      [id, ref],
    ]);

    if (broken) await walk(hub.site, 'dora', yours, [...stepsOf('## Repair', 0), ...stepsOf('## Repair', 2)]);
    if (broken) hub.press('mend');
    await walk(hub.site, 'mia', mine, stepsOf('## Overrides', 2, { '<id>': id }));
    hub.press('brake');
    expect(hub.check('refs/heads/main')).toBe('green');
    shop.box.git(yours, ['push', '-q', 'origin', `:${ref}`]);
    expect(hub.told(hub.clone()).overrides.map((each) => [each.id, each.ref])).toEqual([[id, null]]);
  });
});

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { LINE } from '../../src/commands/demo/material.ts';
import { BUNDLE, bundleIn } from '../attacks/acts.ts';
import { workshop, type Workshop } from '../attacks/bench.ts';
import { repositoryOf } from '../attacks/brakes.ts';
import { warmCommand } from '../attacks/command.ts';
import type { Person } from '../attacks/people.ts';
import type { Site } from '../attacks/site.ts';
import { bomb, graft, TEN } from '../attacks/trees.ts';
import type { Label } from '../attacks/world.ts';
import { lacking } from './support/command.ts';
import { sandbox, type Ended, type Sandbox } from './support/sandbox.ts';
import { person } from './support/walk.ts';

const CARD = readFileSync(new URL('../../docs/overrides.md', import.meta.url), 'utf8');
const [SCRIPT = '', ASIDE = '', BACK = ''] = [...CARD.matchAll(/^```\n([^]*?)^```$/gm)].map(
  ([, block = '']) => block,
);
const STOP = '"act": "stop-candidates", "lines": ["*"]';
/** For each row of the table of other acts what it has in `code`. */
const ROWS = [...CARD.matchAll(/^\| ([a-z ]+) \| (`.*) \|$/gm)].map(
  ([, what = '', members = '']) =>
    [what, [...members.matchAll(/`([^`]*)`/g)].map(([, code = '']) => code)] as const,
);
const row = (what: string): readonly string[] => ROWS.find(([name]) => name === what)?.[1] ?? [];

const none = lacking('gpg', 'openssl');
let shop: Workshop;
let site: Site;
let warm: ReturnType<typeof warmCommand>;
/** Mia's own machine: a home and a keyring with nothing but her key, and no modelsmith. */
let mia: Sandbox;
let made = 0;
beforeAll(async () => {
  shop = workshop(inject('shared'));
  warm = warmCommand(shop.box.env);
  site = await shop.bench('sha1').site();
  mia = sandbox();
  if (none) return;
  const { fingerprint, privateArmored } = site.world.people.key('mia');
  mia.gpg(['--import'], privateArmored);
  mia.git(mia.root, ['config', '--global', 'user.signingkey', fingerprint]);
});
afterAll(() => {
  warm.stop();
  mia.dispose();
  shop.dispose();
});

interface Scene {
  /** Of the server, and of mia's clone. */
  readonly server: string;
  readonly clone: string;
  readonly tip: string;
}

/** A server with the finished history, or with somebody's edit on top, and mia's clone of it. */
async function scene(tip: 'honest' | 'void', from: Label = 'validated'): Promise<Scene> {
  made += 1;
  const [server, clone] = [join(mia.root, `server-${made}.git`), join(mia.root, `clone-${made}`)];
  const put = { [`${BUNDLE}/model-card.md`]: 'changed by hand\n' };
  const commit = tip === 'honest' ? site.at(from) : await site.commit({ on: from, by: null, put });
  mia.git(mia.root, ['init', '-q', '--bare', server]);
  site.git(['push', '-q', server, `${commit}:refs/heads/main`]);
  mia.git(mia.root, ['clone', '-q', server, clone]);
  return { server, clone, tip: commit };
}

/** What mia types, with the gaps of the card filled in. */
async function typed(script: string, members = STOP): Promise<string> {
  const filled = script
    .replace(STOP, () => members)
    .replace('<id: in modelsmith.yaml>', await repositoryOf(site))
    .replace('<your name in policy/signers.yaml>', 'mia')
    .replace('<fingerprint of your primary key, 40 digits>', site.world.people.key('mia').fingerprint)
    .replace('<why>', 'The test set has leaked.');
  expect(filled.replace(/<<END/, '')).not.toMatch(/<\w/);
  return filled;
}

function shell(cwd: string, script: string): Ended {
  const ended = spawnSync('sh', ['-eu'], { cwd, env: mia.env, input: script });
  return { code: ended.status, stdout: ended.stdout.toString(), stderr: ended.stderr.toString() };
}

interface Told {
  readonly findings: readonly { readonly code: string; readonly commit: string }[];
  readonly overrides: readonly { readonly id: string; readonly act: string; readonly ref: string | null }[];
  readonly heldAliases: readonly { readonly alias: string }[];
  readonly standing: readonly { readonly tainted: readonly { readonly facts?: object }[] }[];
}

/** What `verify` tells of `main` somewhere. */
async function told(directory: string): Promise<{ exit: number | null; told: Told }> {
  const words = ['verify', '-C', directory, '--root', site.root, '--branch', 'refs/heads/main', '--json'];
  const { exit, output } = await warm.ask(words);
  return { exit, told: JSON.parse(output) as Told };
}

/** People do things on top of what is on the server, one after the other. @returns what the last of them is told. */
async function trying(server: string, ...acts: readonly (readonly [Person, ...string[]])[]): Promise<string> {
  made += 1;
  const folder = join(shop.box.root, `other-${made}`);
  shop.box.git(shop.box.root, ['clone', '-q', server, folder]);
  shop.box.git(folder, ['remote', 'remove', 'origin']); // what they try stays with them
  let said = '';
  for (const [who, ...argv] of acts) {
    const { code, stdout, stderr } = await person(site, who, folder, argv);
    said = code === 0 ? 'done' : `${stdout}${stderr}`;
  }
  return said;
}

const IT = `${LINE}@1.0.0`;
const OMAR_GOES = ['omar', 'deprecate', IT, '--reason', 'The product is gone.', '--retire'] as const;
const entriesOfOmar = async (): Promise<readonly string[]> => {
  const { approvals, record } = bundleIn(await site.load(site.at('validated')));
  return [...approvals, ...record.transitions]
    .filter(({ principal }) => principal === 'omar')
    .map(({ id }) => id);
};

interface Row {
  readonly act: string;
  readonly members: () => Promise<string> | string;
  /** What the server has; the finished history where not given. */
  readonly from?: Label;
  /** Whether it is obeyed. @returns null, or what is wrong. */
  readonly obeyed: (scene: Scene, told: Told) => unknown;
  readonly expected: unknown;
}

const revoked = (as: string): string => {
  const [retired = ''] = row('end a key');
  const { fingerprint } = site.world.people.key('omar');
  return retired.replace('<fingerprint>', fingerprint).replace('"retired"', as);
};
const isTainted = (_: Scene, { standing, heldAliases }: Told): unknown => [
  (standing[0]?.tainted.length ?? 0) > 0,
  heldAliases.length,
];

const ACTS: Readonly<Record<string, Row>> = {
  'the card itself': {
    act: 'stop-candidates',
    members: () => STOP,
    obeyed: ({ server }) => trying(server, ['trainer', 'lock', LINE]),
    expected: expect.stringContaining('CANDIDATES_STOPPED'),
  },
  'hold an alias': {
    act: 'freeze',
    members: () => row('hold an alias')[0] ?? '',
    obeyed: (_, { heldAliases }) => heldAliases.map(({ alias }) => alias),
    expected: ['production'],
  },
  'switch a capability off': {
    act: 'disable',
    // The honest history has no model that can browse.
    members: () => (row('switch a capability off')[0] ?? '').replace('browse', 'triage'),
    from: 'expert',
    obeyed: ({ server }) =>
      trying(server, ['gus', 'approve', IT, '--gate', 'governance-approval'], ['gus', 'promote', IT]),
    expected: expect.stringContaining('CAPABILITY_DISABLED'),
  },
  'suspend a person': {
    act: 'suspend-signer',
    members: () => row('suspend a person')[0] ?? '',
    obeyed: ({ server }) => trying(server, OMAR_GOES),
    expected: expect.stringContaining('ROLE_NOT_HELD'),
  },
  'end a key': {
    act: 'revoke-signer',
    members: () => revoked('"retired"'),
    obeyed: ({ server }) => trying(server, OMAR_GOES),
    expected: expect.stringContaining('retired'),
  },
  'end a key, as compromised': {
    act: 'revoke-signer',
    members: () => revoked(row('end a key')[1] ?? ''),
    obeyed: isTainted,
    expected: [true, 2],
  },
  'end a key, as compromised, and keep what it made': {
    act: 'revoke-signer',
    members: async () => {
      const [, compromised = '', keeps = ''] = row('end a key');
      const list = JSON.stringify(await entriesOfOmar());
      return `${revoked(compromised)}, ${keeps.replace('[...]', list)}`;
    },
    obeyed: isTainted,
    expected: [false, 0],
  },
};

describe.skipIf(none)('the card for overrides by hand', () => {
  it('has every row tried here', () => {
    expect(SCRIPT).toContain(`${STOP},\n`);
    expect(ROWS.map(([what]) => what)).toEqual(
      Object.keys(ACTS).filter((what) => what !== 'the card itself' && !what.includes(',')),
    );
  });

  it.each(Object.entries(ACTS))(
    '%s: on an honest tip verify accepts it, and it is obeyed',
    async (_what, row) => {
      const on = await scene('honest', row.from);
      const ended = shell(on.clone, await typed(SCRIPT, await row.members()));
      expect(ended.code, ended.stderr).toBe(0);
      const { exit, told: seen } = await told(on.server);
      expect([exit, seen.findings, seen.overrides.map(({ act }) => act)]).toEqual([0, [], [row.act]]);
      expect(await row.obeyed(on, seen)).toEqual(row.expected);
    },
  );

  it.each(Object.entries(ACTS))(
    '%s: on a void tip it is in force, and the tip stays void',
    async (_what, row) => {
      const on = await scene('void', row.from);
      const ended = shell(on.clone, await typed(SCRIPT, await row.members()));
      expect(ended.code, ended.stderr).toBe(0);
      const brake = mia.git(on.server, ['rev-parse', 'main']);
      const { exit, told: seen } = await told(on.server);
      expect([exit, seen.overrides.map(({ act }) => act)]).toEqual([3, [row.act]]);
      expect(seen.findings.filter(({ commit }) => commit === brake).map(({ code }) => code)).toEqual([
        'PARENT_VOID',
      ]);
      // After the repair it is still there, and then it bites.
      const [dora, repaired] = [join(shop.box.root, `dora-${made}`), join(mia.root, `repaired-${made}.git`)];
      shop.box.git(shop.box.root, ['clone', '-q', on.server, dora]);
      expect((await person(site, 'dora', dora, ['repair', '--reason', 'an edit by hand'])).code).toBe(0);
      shop.box.git(shop.box.root, ['clone', '-q', '--bare', dora, repaired]);
      const after = await told(repaired);
      expect([after.exit, after.told.overrides.map(({ act }) => act)]).toEqual([0, [row.act]]);
      expect(await row.obeyed({ ...on, server: repaired }, after.told)).toEqual(row.expected);
    },
  );

  it('goes into a ref of its own where the branch refuses pushes, and holds whoever fetches that', async () => {
    const on = await scene('honest');
    const refuse = '#!/bin/sh\nwhile read -r old new ref; do [ "$ref" != refs/heads/main ] || exit 1; done\n';
    mia.write(join(on.server, 'hooks/pre-receive'), refuse, 0o755);
    const freeze = row('hold an alias')[0] ?? '';
    const straight = (await typed(SCRIPT, freeze)).replace(
      /^git push origin HEAD$/m,
      'if git push origin HEAD; then exit 9; fi',
    );
    const ended = shell(on.clone, `${straight}${await typed(ASIDE)}`);
    expect(ended.code, ended.stderr).toBe(0);
    expect(mia.git(on.server, ['rev-parse', 'main'])).toBe(on.tip);
    const [ref = '', ...others] = mia
      .git(on.server, ['for-each-ref', '--format=%(refname)', 'refs/modelsmith'])
      .split('\n');
    expect(others).toEqual([]);

    const other = join(shop.box.root, 'fetched.git');
    shop.box.git(shop.box.root, ['clone', '-q', '--bare', on.server, other]);
    expect((await told(other)).told.heldAliases).toEqual([]);
    shop.box.git(other, ['fetch', '-q', on.server, `${ref}:${ref}`]);
    const { exit, told: seen } = await told(other);
    expect([exit, seen.overrides.map((each) => each.ref)]).toEqual([0, [ref]]);
    expect(seen.heldAliases.map(({ alias }) => alias)).toEqual(['production']);
  });

  it.each([
    ['by hand', null],
    ['by the command', ['override', 'freeze', LINE, 'production', '--reason', 'incident 4711', '--ref']],
  ])('%s: works from the last valid commit where the tip cannot be checked out', async (_how, command) => {
    const on = await scene('honest');
    const honest = site.git(['rev-parse', `${on.tip}^{tree}`]);
    const tree = graft(site, honest, ['overrides'], bomb(site, TEN, 9), 'tree');
    const bombed = await site.commit({ on: 'validated', by: null, tree });
    site.git(['push', '-q', on.server, `${bombed}:refs/heads/main`]);
    mia.git(on.clone, ['fetch', '-q']);
    const back = BACK.replace('<last valid>', on.tip);
    if (command === null) {
      const freeze = row('hold an alias')[0] ?? '';
      const script = (await typed(SCRIPT, freeze)).replace(/^git push origin HEAD$/m, '');
      const ended = shell(on.clone, `${back}${script}${await typed(ASIDE)}`);
      expect(ended.code, ended.stderr).toBe(0);
    } else {
      expect(shell(on.clone, back).code).toBe(0);
      expect((await person(site, 'mia', on.clone, command)).code).toBe(0);
      mia.git(on.clone, ['push', '-q', 'origin', 'refs/modelsmith/overrides/*:refs/modelsmith/overrides/*']);
    }
    const { exit, told: seen } = await told(on.server);
    expect([exit, seen.overrides.map(({ act }) => act)]).toEqual([3, ['freeze']]);
    expect(seen.heldAliases.map(({ alias }) => alias)).toEqual(['production']);
  });

  it('is not needed with the command, which makes the ref beside a tip that git cannot even list', async () => {
    const on = await scene('honest');
    const honest = site.git(['rev-parse', `${on.tip}^{tree}`]);
    const tree = graft(site, honest, ['overrides'], bomb(site, TEN, 9), 'tree');
    const bombed = await site.commit({ on: 'validated', by: null, tree });
    site.git(['push', '-q', on.server, `${bombed}:refs/heads/main`]);
    mia.git(on.clone, ['fetch', '-q', 'origin', 'main:bombed']);
    mia.git(on.clone, ['symbolic-ref', 'HEAD', 'refs/heads/bombed']);
    const command = ['override', 'freeze', LINE, 'production', '--reason', 'incident 4711', '--ref'];
    const { code, stdout } = await person(site, 'mia', on.clone, command);
    expect([code, stdout]).toEqual([0, expect.stringContaining('in force all the same')]);
    mia.git(on.clone, ['push', '-q', 'origin', 'refs/modelsmith/overrides/*:refs/modelsmith/overrides/*']);
    const { exit, told: seen } = await told(on.server);
    expect([exit, seen.overrides.map(({ act }) => act)]).toEqual([3, ['freeze']]);
  });

  it('commits nothing along that somebody had staged', async () => {
    const on = await scene('honest');
    writeFileSync(join(on.clone, `${BUNDLE}/model-card.md`), 'half an edit\n');
    mia.git(on.clone, ['add', '-A']);
    expect(shell(on.clone, await typed(SCRIPT)).code).toBe(0);
    const { exit, told: seen } = await told(on.server);
    expect([exit, seen.overrides.length]).toEqual([0, 1]);
  });
});

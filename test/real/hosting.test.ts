import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { LINE } from '../../src/commands/demo/material.ts';
import { BUNDLE, signOff } from '../attacks/acts.ts';
import { workshop, type Workshop } from '../attacks/bench.ts';
import { warmCommand } from '../attacks/command.ts';
import { lacking, modelsmith, succeed, type Where } from './support/command.ts';
import { blockOf, rowsOf, sectionOf, stepsOf, verdictOf } from './support/guide.ts';
import { Host, type Platform } from './support/host.ts';
import { gpgKey } from './support/keys.ts';
import { runnerOf } from './support/runner.ts';
import { until } from './support/team.ts';

/** What somebody presses; `main` is judged afterwards. */
type Press = (host: Host) => unknown;

const CARD = `${BUNDLE}/model-card.md`;
/** Somebody else's README came onto main meanwhile. */
const moveMain = (host: Host): string => host.edit('main', { 'README.md': '# Evidence\n' });

const GITHUB: Readonly<Record<string, Press>> = {
  '“Create a merge commit”': (host) => [host.merge('dora'), host.merge('gus')],
  'the same, of two that move one line, each green by itself': async (host) => {
    for (const branch of ['lock-1', 'lock-2']) {
      host.git('checkout', '-q', '-b', branch, 'main');
      lock(host);
      expect((await judge(host, host.merge(branch, host.git('rev-parse', 'main')))).codes).toEqual([]);
      // In one second it would be the same lock.
      await until(Math.floor(Date.now() / 1000));
    }
    host.merge('lock-1');
    host.merge('lock-2');
  },
  '“Squash and merge”': (host) => host.squash('dora'),
  '“Rebase and merge”': (host) => [host.rebase('dora'), host.forward('dora')],
  '“Update branch”, with a merge commit': (host) => [
    moveMain(host),
    host.merge('main', 'dora'),
    host.merge('dora'),
  ],
  '“Update branch”, with rebase': (host) => [moveMain(host), host.rebase('dora'), host.merge('dora')],
  'merge queue, method “merge”': (host) => {
    // Each group is built on a branch of its own, on top of the one before it; then main moves to the last.
    host.git('branch', 'gh-readonly-queue/main/pr-1', 'main');
    host.merge('dora', 'gh-readonly-queue/main/pr-1');
    host.git('branch', 'gh-readonly-queue/main/pr-2', 'gh-readonly-queue/main/pr-1');
    host.merge('gus', 'gh-readonly-queue/main/pr-2');
    host.forward('gh-readonly-queue/main/pr-2');
  },
  'merge queue, method “squash”': (host) => {
    host.git('branch', 'gh-readonly-queue/main/pr-1', 'main');
    host.squash('dora', 'gh-readonly-queue/main/pr-1');
    host.forward('gh-readonly-queue/main/pr-1');
  },
  '“Revert”, of a decision': (host) => {
    host.revert(host.merge('dora'), '-m', '1');
    host.merge('revert-1');
  },
  '“Resolve conflicts”, of two sign-offs of one move': async (host) => {
    const { site } = host;
    const put = await signOff(site, { who: 'otto' });
    host.git('branch', 'otto', await site.commit({ on: 'exported', by: 'otto', put }));
    host.merge('main', 'otto', '-X', 'ours');
    host.merge('otto');
  },
  'web editor, upload or “Commit suggestion”, on a governed file': (host) =>
    host.edit('main', { [CARD]: '# Better\n' }),
  'the same on any other file': (host) => {
    const message = 'Apply suggestion\n\nCo-authored-by: gus <gus@example.org>';
    host.edit('docs', { 'README.md': '# Better\n', CODEOWNERS: '/policy/ @owners\n' }, message);
    host.merge('docs');
  },
  'a bot’s pull request on other files': (host) => {
    host.edit('bump', { 'package.json': '{}\n' }, 'Bump things', 'dependabot[bot]');
    host.squash('bump', 'main', 'dependabot[bot]');
  },
};

const GITLAB: Readonly<Record<string, Press>> = {
  'method “Merge commit”': (host) => [host.merge('dora'), host.merge('gus')],
  'the same with “Squash commits”': (host) => {
    host.git('branch', 'squashed', 'main');
    host.squash('both', 'squashed');
    host.merge('squashed');
  },
  'method “Merge commit with semi-linear history”, the branch on top of the target': (host) =>
    host.merge('dora'),
  'the same, the target merged into the branch': (host) => [
    moveMain(host),
    host.merge('main', 'dora'),
    host.merge('dora'),
  ],
  'the same, “Rebase” or automatic rebase': (host) => [
    moveMain(host),
    host.rebase('dora'),
    host.merge('dora'),
  ],
  'method “Fast-forward merge”, the branch on top of the target': (host) => host.forward('dora'),
  'the same, “Rebase”': (host) => [moveMain(host), host.rebase('dora'), host.forward('dora')],
  'merge train, method “Merge commit”': (host) => {
    host.git('branch', 'train', 'main');
    host.merge('dora', 'train');
    host.merge('gus', 'train');
    host.forward('train');
  },
  '“Revert”, of a decision': (host) => {
    host.revert(host.merge('dora'), '-m', '1');
    host.merge('revert-1');
  },
  '“Cherry-pick”, of a decision': (host) => {
    host.cherryPick('dora');
    host.merge('pick');
  },
  'Web IDE or suggestion, on a governed file': (host) => host.edit('main', { [CARD]: '# Better\n' }),
  'the same on any other file': (host) => {
    host.edit('docs', { 'README.md': '# Better\n' });
    host.squash('docs');
  },
};

const file = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const none = lacking('gpg');
let shop: Workshop;
let warm: ReturnType<typeof warmCommand>;
const platforms = new Map<string, Platform>();
beforeAll(() => {
  shop = workshop(inject('shared'));
  warm = warmCommand(shop.box.env);
  if (none) return;
  const key = gpgKey(shop.box, 'web-flow', { algorithm: 'rsa3072' });
  platforms.set('## GitHub.com', { name: 'GitHub', email: 'noreply@github.com', key });
  platforms.set('## GitLab', { name: 'GitLab', email: 'noreply@gitlab.com', key: null });
});
afterAll(() => {
  warm.stop();
  shop.dispose();
});

const open = async (heading: string): Promise<Host> => {
  const platform = platforms.get(heading);
  if (platform === undefined) throw new Error(`no platform ${heading}`);
  return await Host.open(await shop.bench('sha1').site(), platform);
};

const where = ({ site }: Host): Where => ({ env: shop.box.env, cwd: site.directory });

/** The pipeline locks the line anew, on what is checked out. */
function lock({ site }: Host): void {
  const key = join(dirname(site.world.directory), 'people/trainer.asc');
  const env = { ...shop.box.env, MODELSMITH_KEY_FILE: key, MODELSMITH_ROOT: site.root };
  succeed({ env, cwd: site.directory }, ['lock', LINE]);
}

/** Codes the real command finds, each once; and what it prints for people. */
async function judge({ site }: Host, tip: string): Promise<{ codes: readonly string[]; text: string }> {
  const words = ['verify', '-C', site.directory, '--root', site.root, '--branch', tip];
  const { exit, output } = await warm.ask([...words, '--json']);
  const { findings } = JSON.parse(output) as { findings: readonly { code: string }[] };
  expect(exit).toBe(findings.length === 0 ? 0 : 3);
  const text = (await warm.ask(words)).output;
  return { codes: [...new Set(findings.map(({ code }) => code))].sort(), text };
}

describe.skipIf(none).each([
  ['## GitHub.com', GITHUB],
  ['## GitLab', GITLAB],
])('%s', (heading, presses) => {
  const guide = new Map(rowsOf(heading));

  it('the guide lists what is tried here', () => {
    expect([...guide.keys()]).toEqual(Object.keys(presses));
  });

  it.each(Object.entries(presses))('%s', async (press, imitate) => {
    const host = await open(heading);
    await imitate(host);
    expect(verdictOf((await judge(host, 'refs/heads/main')).codes)).toBe(guide.get(press));
  });
});

describe.skipIf(none)('somebody squashed', () => {
  /** Ids and keys differ from run to run; the guide has those of one squash, and GitHub's key. */
  const alike = (text: string): string =>
    text
      .replaceAll(/^[0-9a-f]{12}/gm, '3f9c2a71b0de')
      .replaceAll(/\b[0-9A-F]{16,40}\b/g, 'B5690EEEBB952194')
      .replaceAll(/\b[0-9A-F]{12}…/g, 'B5690EEEBB95…');
  const check = (from: string, root: string, ref: string): number | null =>
    runnerOf(shop.box, from, root, ref).code;

  it('people read what the guide shows', async () => {
    const host = await open('## GitHub.com');
    host.squash('both');
    const { text } = await judge(host, 'refs/heads/main');
    const [, findings = ''] = /^(not verified[^]*?\n)\nstanding/m.exec(text) ?? [];
    expect(alike(findings)).toBe(blockOf('## Somebody squashed', ''));
  });

  it('a platform that signs its own squash is told apart by its key alone', async () => {
    const key = platforms.get('## GitHub.com')?.key ?? null;
    const host = await Host.open(await shop.bench('sha1').site(), {
      name: 'GitLab',
      email: 'noreply@gitlab.com',
      key,
    });
    host.squash('both');
    expect((await judge(host, 'refs/heads/main')).codes).toEqual(['SIGNATURE_LOST', 'SIGNATURE_REFUSED']);
  });

  it('the check was green before, and the guide leads back to green', async () => {
    const host = await open('## GitHub.com');
    const { site } = host;
    const github = join(shop.box.root, 'github.git');
    const admin = join(shop.box.root, 'admin');
    host.git('clone', '-q', '--bare', site.directory, github);
    const at = (folder: string, ...args: readonly string[]) => shop.box.git(folder, args);
    at(github, 'update-ref', 'refs/pull/1/head', 'refs/heads/both');
    const merged = host.merge('both');
    host.git('push', '-q', github, `${merged}:refs/pull/1/merge`);
    expect(check(github, site.root, 'refs/pull/1/merge')).toBe(0);

    host.git('checkout', '-q', '-B', 'main', site.at('deployed'));
    const squashed = host.squash('both');
    host.git('push', '-q', github, 'main', ':both');
    expect(check(github, site.root, 'refs/heads/main')).toBe(3);
    host.git('clone', '-q', github, admin);
    const ask = (...more: readonly string[]) =>
      modelsmith({ ...where(host), cwd: admin }, ['verify', '--root', site.root, '--json', ...more]);
    const broken = ask();
    expect(broken.code).toBe(3);
    const { shown } = JSON.parse(broken.stdout) as { shown: string };
    expect(shown).toBe(site.at('deployed'));

    const filled = { '<squash>': squashed, '<last valid>': shown, '<number>': '1' };
    for (const [program, ...args] of stepsOf('## Somebody squashed', 0, filled)) {
      expect(program).toBe('git');
      at(admin, ...args);
    }
    const mended = ask();
    expect(mended.stdout).toContain('"answer": "yes"');
    expect(mended.stdout).toContain('production-validated');
    expect(check(github, site.root, 'refs/heads/main')).toBe(0);
    expect(ask('--expect-descends', squashed).stdout).toContain('NOT_DESCENDED');
    expect(at(github, 'rev-parse', 'main')).toBe(at(admin, 'rev-parse', 'HEAD'));
  });
});

describe('the guide and the jobs beside it', () => {
  it('has the check run before a merge, in a queue, and on what came of it', () => {
    const [, yaml = ''] = /```yaml\n([^]*?)```/.exec(sectionOf('## GitHub.com')) ?? [];
    expect(parse(yaml)).toEqual({
      on: { pull_request: null, merge_group: null, push: { branches: ['main'] } },
    });
    const jobs = parse(readFileSync(file('docs/ci/gitlab-ci.yml'), 'utf8')) as Record<
      string,
      { rules: { if: string }[] }
    >;
    expect(jobs['verify-evidence']?.rules.map((rule) => rule.if)).toEqual([
      '$CI_PIPELINE_SOURCE == "merge_request_event"',
      '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH',
    ]);
  });

  it('links to what is there', () => {
    const links = [...readFileSync(file('docs/hosting.md'), 'utf8').matchAll(/\]\(([^)#]+)/g)].map(
      ([, path = '']) => path,
    );
    expect(links.length).toBeGreaterThan(2);
    expect(links.filter((path) => !existsSync(file(`docs/${path}`)))).toEqual([]);
  });
});

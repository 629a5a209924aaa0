import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifiedTips } from '../../../src/adapters/config/verified-tips.ts';
import { toTime } from '../../../src/domain/names.ts';
import { attack, honest, undecidable, type Bench, type AttackCase, type Target } from '../case.ts';
import { startCommand } from '../command.ts';
import type { Site } from '../site.ts';

const MAIN = 'refs/heads/main';

/** Remembers what a person saw of a branch, in a state folder beside the repository. @returns that folder. */
async function seen(site: Site, commit: string, branch = 'main'): Promise<string> {
  const folder = `${site.directory}-state`;
  const memory = await verifiedTips('/', {}, () => 'a build')({ folder, outside: [site.directory] });
  const { id: repository } = (await site.load(site.at('root'))).law.repository;
  const { commit: start, signer } = site.world.root;
  const tip = { commit, root: { commit: start, signer }, verified: toTime(site.after('validated')) };
  await memory.remember({ repository, branch }, tip, []);
  return folder;
}

/** The same law and the same id in another first commit. */
const rootAgain = (site: Site): Promise<string> => {
  const tree = site.treeOf(site.at('root'));
  return site.commit({ on: [], by: 'mia', tree, time: site.world.start });
};

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());

/** Somebody saw the whole history; then something is done to the branch or to the memory. */
const afterwards =
  (revision: string, act: (site: Site, state: string) => Partial<Target> | undefined) =>
  async (bench: Bench): Promise<Target> => {
    const site = await bench.site();
    const state = await seen(site, site.at('validated'));
    const more = act(site, state) ?? {};
    return site.target(revision, { options: ['--state', state], ...more });
  };

const back = (site: Site, ref = MAIN): undefined => {
  site.git(['update-ref', ref, site.at('exported')]);
};

const hostile = (harm: (file: string, state: string) => void) =>
  afterwards(MAIN, (site, state) => {
    back(site);
    const [file = ''] = filesIn(state);
    harm(file, state);
    return undefined;
  });

/** Demands that the tip comes from something. */
const expecting = (what: (site: Site) => string | Promise<string>) => async (bench: Bench) => {
  const site = await bench.site();
  return site.target('main', { options: ['--expect-descends', await what(site)] });
};

export const REWIND_CASES: readonly AttackCase[] = [
  attack('H1.rewound', 'the branch is rewound to an older valid commit', 'NOT_DESCENDED', async (bench) => {
    const site = await bench.site();
    return site.target(site.at('exported'), { options: ['--expect-descends', site.at('validated')] });
  }),
  honest(
    'H1.expected',
    'the expected commit comes before the tip',
    expecting((site) => site.at('lock')),
  ),
  attack(
    'H1.expected-elsewhere',
    'the expected commit is on another branch',
    'NOT_DESCENDED',
    expecting((site) => site.commit({ on: 'exported', by: null, put: { 'src/x.py': 'x\n' } })),
  ),
  attack(
    'H1.expected-unknown',
    'the expected commit is nowhere',
    'NOT_DESCENDED',
    expecting((site) => 'e'.repeat(site.at('root').length)),
  ),
  undecidable(
    'H1.expected-short',
    'the expected commit is abbreviated',
    64,
    expecting((site) => site.at('lock').slice(0, 12)),
  ),
  undecidable(
    'H1.expected-other-format',
    'the expected id has another length than those of the repository',
    64,
    expecting((site) => 'e'.repeat(site.format === 'sha1' ? 64 : 40)),
  ),
  undecidable(
    'H1.expected-tree',
    'the expected id is that of a tree',
    65,
    expecting((site) => site.treeOf(site.at('lock'))),
  ),
  undecidable(
    'H1.expected-tag',
    'the expected id is that of a tag on the right commit',
    65,
    expecting((site) => {
      const who = { GIT_COMMITTER_NAME: 'x', GIT_COMMITTER_EMAIL: 'x@example.org' };
      site.git(['tag', '-a', '-m', 'x', 'a-tag', site.at('lock')], undefined, who);
      return site.git(['rev-parse', 'refs/tags/a-tag']);
    }),
  ),
  honest('H1.seen-forward', 'the branch goes on from where it was seen', async (bench): Promise<Target> => {
    const site = await bench.site();
    const state = await seen(site, site.at('exported'));
    return site.target(MAIN, { options: ['--state', state] });
  }),
  attack(
    'H1.seen',
    'the branch was seen further on',
    'NOT_DESCENDED',
    afterwards(MAIN, (site) => back(site)),
  ),
  attack(
    'H1.seen-environment',
    'the same, with the memory named by the environment',
    'NOT_DESCENDED',
    afterwards(MAIN, (site, state) => {
      back(site);
      return { options: [], env: { ...site.box.env, MODELSMITH_STATE: state } };
    }),
  ),
  attack(
    'H1.seen-gone',
    'the commits that were seen are gone from the clone',
    'NOT_DESCENDED',
    afterwards(MAIN, (site) => {
      const to = `${site.directory}-clone`;
      back(site);
      site.git(['clone', '-q', '--single-branch', '--branch', 'main', `file://${site.directory}`, to]);
      return { directory: to };
    }),
  ),
  attack(
    'H1.seen-aside',
    'the branch goes on beside what was seen',
    'NOT_DESCENDED',
    async (bench): Promise<Target> => {
      const site = await bench.site();
      const state = await seen(site, site.at('validated'));
      const side = await site.commit({ on: 'expert', by: null, put: { 'src/x.py': 'x\n' } });
      site.git(['update-ref', MAIN, side]);
      return site.target(MAIN, { options: ['--state', state] });
    },
  ),
  attack(
    'H1.seen-remote',
    'the branch of a remote with another name was seen further on',
    'NOT_DESCENDED',
    afterwards('refs/remotes/other/main', (site) => back(site, 'refs/remotes/other/main')),
  ),
  attack(
    'H1.seen-upstream',
    'a clone whose configuration says that main tracks something else',
    'NOT_DESCENDED',
    afterwards(MAIN, (site) => {
      back(site);
      site.git(['config', 'branch.main.remote', '.']);
      site.git(['config', 'branch.main.merge', 'refs/heads/never-seen']);
      return undefined;
    }),
  ),
  attack(
    'H1.seen-symbolic',
    'a branch that stands for a rewound one',
    'NOT_DESCENDED',
    afterwards('refs/remotes/origin/HEAD', (site) => {
      back(site, 'refs/remotes/origin/main');
      site.git(['symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main']);
      return undefined;
    }),
  ),
  honest(
    'H1.pull-request',
    'a pull request starts from before what was seen of the branch',
    afterwards('refs/pull/7/head', (site) => back(site, 'refs/pull/7/head')),
  ),
  honest(
    'H1.other-branch',
    'another branch starts from before what was seen of this one',
    afterwards('refs/heads/topic', (site) => back(site, 'refs/heads/topic')),
  ),
  undecidable(
    'H1.memory-half',
    'half a file in the memory',
    65,
    hostile((file) => writeFileSync(file, '{ "schema": "modelsmith/ver')),
  ),
  undecidable(
    'H1.memory-other-branch',
    'a file in the memory speaks of another branch',
    65,
    hostile((file) => writeFileSync(file, readFileSync(file, 'utf8').replace('"main"', '"topic"'))),
  ),
  undecidable(
    'H1.memory-writable',
    'a file in the memory can be written by others',
    77,
    hostile((file) => chmodSync(file, 0o666)),
  ),
  undecidable(
    'H1.memory-folder-writable',
    'the folder of the memory can be written by others',
    77,
    hostile((_file, state) => chmodSync(state, 0o777)),
  ),
  undecidable(
    'H1.memory-inside',
    'the memory lies in the repository it guards',
    64,
    afterwards(MAIN, (site) => ({ options: ['--state', join(site.directory, '.git', 'modelsmith')] })),
  ),
  undecidable(
    'H1.accepted-by-nobody',
    'a rewind is accepted without a person',
    77,
    afterwards(MAIN, (site, state) => {
      back(site);
      return { options: ['--state', state, '--accept-rewind'] };
    }),
  ),
  attack(
    'H1.seen-other-root',
    'a repository of the same id with a root of its own',
    'NOT_DESCENDED',
    async (bench): Promise<Target> => {
      const [first, second] = [await bench.site(), await bench.site()];
      const state = await seen(first, first.at('validated'));
      const root = await rootAgain(second);
      second.git(['update-ref', MAIN, root]);
      const signer = second.world.people.key('mia').fingerprint;
      return second.target(MAIN, { root: `${root}:${signer}`, options: ['--state', state] });
    },
  ),
  undecidable(
    'H1.other-root',
    'a repository of the same id with another root than the pinned one',
    78,
    async (bench): Promise<Target> => {
      const [first, second] = [await bench.site(), await bench.site()];
      const env = { ...first.box.env, XDG_CONFIG_HOME: `${first.directory}-config` };
      const pin = ['verify', '-C', first.directory, '--root', first.root, '--pin'];
      const { exit, errors } = await startCommand(pin, env);
      if (exit !== 0) throw new Error(`not pinned: ${errors}`);
      const root = await rootAgain(second);
      return second.target(root, { root: `${root}:${second.world.people.key('mia').fingerprint}`, env });
    },
  ),
];

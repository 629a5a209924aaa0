import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { approval, approvalFiles, BUNDLE, signOff } from '../acts.ts';
import { attack, honest, notBare, undecidable, type AttackCase, type Bench } from '../case.ts';
import { swapLoose, swapPacked } from '../objects.ts';
import type { Site } from '../site.ts';
import { folder, graft } from '../trees.ts';

type Swap = typeof swapLoose;

/** Other bytes under the id of an object of the honest history. */
const swapped =
  (swap: Swap, what: (site: Site) => { id: string; type: 'commit' | 'tree' | 'blob' }) =>
  async (bench: Bench) => {
    const site = await bench.site();
    const { id, type } = what(site);
    const honestBytes = site.git(['cat-file', type, id]);
    // Another object of the same kind: git hands it out under the id without complaint.
    const other =
      type === 'blob' ? honestBytes.replace(/[a-z]/, 'Z') : type === 'commit' ? `${honestBytes}!\n` : '';
    swap(site, id, type, other);
    const shown = site.git(['cat-file', '-s', id]);
    if (Number(shown) !== Buffer.byteLength(other)) throw new Error('git noticed by itself');
    return site.target('main');
  };

const tip = (site: Site) => ({ id: site.git(['rev-parse', 'main']), type: 'commit' as const });
const middle = (site: Site) => ({ id: site.at('deployed'), type: 'commit' as const });
const tree = (site: Site) => ({
  id: site.git(['rev-parse', `main:${BUNDLE}/approvals`]),
  type: 'tree' as const,
});
const blob = (site: Site) => ({
  id: site.git(['rev-parse', 'main:policy/policy.yaml']),
  type: 'blob' as const,
});
const card = (site: Site) => ({
  id: site.git(['rev-parse', `main:${BUNDLE}/model-card.md`]),
  type: 'blob' as const,
});

/** A signed commit with one more file. */
const withFile =
  (path: string, content = 'x\n') =>
  async (bench: Bench) => {
    const site = await bench.site();
    return site.target(await site.commit({ on: 'evidenced', by: 'trainer', put: { [path]: content } }));
  };

/** An unsigned commit with something more at the top, under a name that git itself might not take. */
const atTop = (name: string) => async (bench: Bench) => {
  const site = await bench.site();
  const below = folder(site, [['policy.yaml', site.blob('other: yes\n'), 'blob']]);
  const tree = graft(site, site.git(['rev-parse', 'main^{tree}']), [name], below, 'tree');
  return site.target(await site.commit({ on: [site.git(['rev-parse', 'main'])], by: null, tree }));
};

const withReason = (reason: string) => async (bench: Bench) => {
  const site = await bench.site();
  const world = await site.load(site.at('exported'));
  const time = site.after('exported');
  const honestEntry = approval(site, world, { who: 'omar', gate: 'operator-signoff', time });
  const text = approvalFiles(honestEntry)[`${BUNDLE}/approvals/${honestEntry.id}.json`];
  const put = {
    [`${BUNDLE}/approvals/${honestEntry.id}.json`]: String(text).replace('Looked at it all.', reason),
  };
  const commit = await site.commit({ on: 'exported', by: 'omar', time, put });
  return site.target(commit, {
    check: (output) =>
      /[\p{Cc}\u202e]/u.test(output.replaceAll('\n', '')) ? 'a control character was printed' : null,
  });
};

export const ENVIRONMENT_CASES: readonly AttackCase[] = [
  attack(
    'T1.non-ascii',
    'a governed path that is not ASCII',
    'PATH_NOT_PLAIN',
    withFile(`${BUNDLE}/attachments/übersicht.md`),
  ),
  attack(
    'T1.newline',
    'a governed path with a newline',
    'PATH_NOT_PLAIN',
    withFile(`${BUNDLE}/attachments/a\nb.md`),
  ),
  attack(
    'T1.quote',
    'a governed path with a quote',
    'PATH_NOT_PLAIN',
    withFile(`${BUNDLE}/attachments/a"b.md`),
  ),
  attack(
    'T1.case',
    'two governed paths that differ in case only',
    'PATH_NOT_PLAIN',
    withFile(`${BUNDLE}/Model-Card.md`),
  ),
  attack('T1.top-case', 'a folder `Policy` beside `policy`', 'PATH_NOT_PLAIN', atTop('Policy')),
  attack('T1.short-name', 'a folder with the short name of another', 'PATH_NOT_PLAIN', atTop('LOCKS~1')),
  attack('T1.short-name-cut', 'a short name that is cut off', 'PATH_NOT_PLAIN', atTop('PROMOT~1')),
  attack('T1.short-name-git', 'the short name of git’s own folder', 'PATH_NOT_PLAIN', atTop('GIT~1')),
  attack('T1.stream', 'a stream of a governed folder', 'PATH_NOT_PLAIN', atTop('overrides:x')),
  attack(
    'T1.stream-of-folder',
    'a governed folder named by its stream',
    'PATH_NOT_PLAIN',
    atTop('policy::$INDEX_ALLOCATION'),
  ),
  attack(
    'T1.ignorable',
    'a governed name with a character that HFS+ ignores',
    'PATH_NOT_PLAIN',
    atTop('pol\u200cicy'),
  ),
  attack('T1.backslash', 'a governed path with a backslash', 'PATH_NOT_PLAIN', atTop('policy\\keys')),
  honest('T1.tilde', 'names that only look like short ones', atTop('notes~1')),
  attack('T1.unknown', 'a governed path without a meaning', 'PATH_UNKNOWN', withFile(`${BUNDLE}/notes.md`)),
  attack(
    'T1.future-folder',
    'a governed folder that this version does not know',
    'PATH_UNKNOWN',
    withFile('overrides/x.json', '{}\n'),
  ),
  attack('T1.submodule', 'a submodule inside a bundle', 'PATH_NOT_PLAIN', async (bench) => {
    const site = await bench.site();
    const env = { GIT_INDEX_FILE: `${site.directory}/.git/forging` };
    site.git(['read-tree', site.at('evidenced')], undefined, env);
    site.git(
      ['update-index', '--add', '--cacheinfo', `160000,${site.at('root')},${BUNDLE}/attachments`],
      undefined,
      env,
    );
    return site.target(
      await site.commit({ on: 'evidenced', by: 'trainer', tree: site.git(['write-tree'], undefined, env) }),
    );
  }),
  attack('T1.executable', 'an executable file in a bundle', 'PATH_NOT_PLAIN', async (bench) => {
    const site = await bench.site();
    const env = { GIT_INDEX_FILE: `${site.directory}/.git/forging` };
    site.git(['read-tree', site.at('evidenced')], undefined, env);
    site.git(['update-index', '--chmod=+x', `${BUNDLE}/model-card.md`], undefined, env);
    return site.target(
      await site.commit({ on: 'evidenced', by: null, tree: site.git(['write-tree'], undefined, env) }),
    );
  }),
  notBare(
    'work tree',
    honest(
      'T2.work-tree',
      'attributes and a work tree that differ from what was committed',
      async (bench) => {
        const site = await bench.site();
        mkdirSync(`${site.directory}/.git/info`, { recursive: true });
        writeFileSync(`${site.directory}/.git/info/attributes`, '* text=auto eol=crlf ident filter=evil\n');
        writeFileSync(`${site.directory}/policy/policy.yaml`, 'nonsense\n');
        return site.target('main');
      },
    ),
  ),
  honest('T2.committed-attributes', 'a committed .gitattributes with a filter', async (bench) => {
    const site = await bench.site();
    return site.target(
      await site.commit({
        on: 'validated',
        by: null,
        put: { '.gitattributes': '* text eol=crlf filter=evil\n' },
      }),
    );
  }),
  honest(
    'T3.repository-config',
    'programs in the repository’s configuration and hooks are never run',
    async (bench) => {
      const site = await bench.site();
      const trap = `${site.directory}-sprung`;
      const program = `${site.directory}-trap.sh`;
      writeFileSync(program, `#!/bin/sh\ntouch ${trap}\nexit 0\n`);
      chmodSync(program, 0o755);
      for (const name of [
        'gpg.program',
        'gpg.openpgp.program',
        'core.fsmonitor',
        'core.pager',
        'diff.external',
        'core.sshCommand',
        'core.editor',
        'credential.helper',
        'filter.evil.smudge',
        'core.gitProxy',
        'core.askPass',
        'core.alternateRefsCommand',
        'uploadpack.packObjectsHook',
      ])
        site.git(['config', name, program]);
      for (const name of ['core.excludesFile', 'core.attributesFile'])
        site.git(['config', name, `${site.directory}-nothing`]);
      site.git(['config', `url.ext::${program}.insteadOf`, 'https://']);
      for (const name of ['alias.cat-file', 'alias.rev-parse']) site.git(['config', name, `!${program}`]);
      site.git(['config', 'core.hooksPath', `${site.directory}-hooks`]);
      mkdirSync(`${site.directory}-hooks`);
      for (const hook of [
        'post-checkout',
        'reference-transaction',
        'post-index-change',
        'fsmonitor-watchman',
      ])
        writeFileSync(`${site.directory}-hooks/${hook}`, `#!/bin/sh\ntouch ${trap}\n`, { mode: 0o755 });
      return site.target('main', {
        check: () => (existsSync(trap) ? 'a program of the repository was run' : null),
      });
    },
  ),
  notBare(
    'work tree',
    undecidable('T3.work-tree', 'the configuration puts the files into another folder', 65, async (bench) => {
      const site = await bench.site();
      mkdirSync(`${site.directory}-elsewhere`);
      site.git(['config', 'core.worktree', `${site.directory}-elsewhere`]);
      return site.target('main');
    }),
  ),
  notBare(
    'work tree',
    undecidable('T3.work-tree-included', 'the same in a file that it includes', 65, async (bench) => {
      const site = await bench.site();
      mkdirSync(`${site.directory}-elsewhere`);
      writeFileSync(`${site.directory}/.git/more`, `[core]\n\tworktree = ${site.directory}-elsewhere\n`);
      site.git(['config', 'include.path', 'more']);
      return site.target('main');
    }),
  ),
  undecidable('T3.common-folder', 'the repository takes its branches from another one', 65, async (bench) => {
    const site = await bench.site();
    const other = await bench.site();
    writeFileSync(`${site.directory}/.git/commondir`, `${other.directory}/.git\n`);
    return site.target('main');
  }),
  notBare(
    'work tree',
    honest('T3.bare', 'the configuration calls a repository with files bare', async (bench) => {
      const site = await bench.site();
      site.git(['config', 'core.bare', 'true']);
      return site.target('main');
    }),
  ),
  attack(
    'T4.ambient-keyring',
    'the outsider’s key is in the ambient keyring, ultimately trusted',
    'SIGNATURE_REFUSED',
    async (bench) => {
      const site = await bench.site();
      const { publicArmored, fingerprint } = site.world.people.key('mallory');
      site.box.tryGpg(['--import'], publicArmored);
      site.box.tryGpg(['--import-ownertrust'], `${fingerprint}:6:\n`);
      const put = await signOff(site, { key: 'mallory' });
      return site.target(await site.commit({ on: 'exported', by: 'mallory', put }));
    },
  ),
  attack('T5b.loose-tip', 'other bytes under the tip’s id, loose', 'OBJECT_CORRUPT', swapped(swapLoose, tip)),
  attack(
    'T5b.loose-commit',
    'other bytes under a commit’s id, loose',
    'OBJECT_CORRUPT',
    swapped(swapLoose, middle),
  ),
  attack(
    'T5b.loose-tree',
    'other bytes under a folder’s id, loose',
    'OBJECT_CORRUPT',
    swapped(swapLoose, tree),
  ),
  attack(
    'T5b.loose-policy',
    'other bytes under the policy’s id, loose',
    'OBJECT_CORRUPT',
    swapped(swapLoose, blob),
  ),
  attack(
    'T5b.loose-card',
    'other bytes under the model card’s id, loose',
    'OBJECT_CORRUPT',
    swapped(swapLoose, card),
  ),
  attack(
    'T5b.packed-commit',
    'other bytes under a commit’s id, packed',
    'OBJECT_CORRUPT',
    swapped(swapPacked, middle),
  ),
  attack(
    'T5b.packed-tree',
    'other bytes under a folder’s id, packed',
    'OBJECT_CORRUPT',
    swapped(swapPacked, tree),
  ),
  attack(
    'T5b.packed-card',
    'other bytes under the model card’s id, packed',
    'OBJECT_CORRUPT',
    swapped(swapPacked, card),
  ),
  attack(
    'T7.escape',
    'an escape sequence in a reason',
    'DOCUMENT_UNSOUND',
    withReason(String.raw`\u001b[2Jall good`),
  ),
  attack('T7.bidi', 'a direction override in a reason', 'DOCUMENT_UNSOUND', withReason('all \u202e good')),
];

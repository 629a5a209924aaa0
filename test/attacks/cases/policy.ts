import { BUNDLE, signOff } from '../acts.ts';
import { attack, honest, type AttackCase, type Bench } from '../case.ts';
import { foundedBy, foundedWith } from '../founding.ts';
import type { KeyName } from '../people.ts';
import type { Files, Site } from '../site.ts';

const POLICY = 'policy/policy.yaml';

/** The signers with the outsider in the operator's place or beside him, and the outsider's certificate. */
function enrolled(site: Site): Files {
  const { fingerprint, publicArmored } = site.world.people.key('mallory');
  const omar = site.world.people.key('omar').fingerprint;
  const text = site.git(['show', `${site.at('root')}:policy/signers.yaml`]) + '\n';
  return {
    'policy/signers.yaml': text.replace(
      `fingerprint: ${omar}`,
      `fingerprint: ${omar}\n      - fingerprint: ${fingerprint}`,
    ),
    [`policy/keys/${fingerprint}.asc`]: publicArmored,
  };
}

const changed = (by: KeyName | null, put: (site: Site) => Files | Promise<Files>) => async (bench: Bench) => {
  const site = await bench.site();
  return site.target(
    await site.commit({ on: 'exported', by, put: await put(site), time: site.after('exported') }),
  );
};

const lowered = (site: Site): Files => ({
  [POLICY]: (site.git(['show', `${site.at('root')}:${POLICY}`]) + '\n').replace(/core: .*/, 'core: "0.1"'),
});

/** A commit, then an outsider's use of what it brought. */
const thenUsed = (by: KeyName) => async (bench: Bench) => {
  const site = await bench.site();
  const time = site.after('exported');
  const on = await site.commit({ on: 'exported', by, time, put: enrolled(site) });
  const put = await signOff(site, { key: 'mallory', time: time + 60 });
  return site.target(await site.commit({ on, by: 'mallory', time: time + 60, put }));
};

/** A tree whose `policy` is something else than a folder of plain files. */
const policyEntry = (line: (site: Site) => string) => async (bench: Bench) => {
  const site = await bench.site();
  const old = site.git(['ls-tree', site.at('exported')]);
  const kept = old.split('\n').filter((entry) => !entry.endsWith('\tpolicy'));
  const tree = site.git(['mktree'], [...kept, line(site)].join('\n') + '\n');
  return site.target(await site.commit({ on: 'exported', by: 'mia', tree }));
};

const yaml = (change: (text: string) => string | Uint8Array) => async (bench: Bench) =>
  await foundedWith(await bench.site(), POLICY, change);

export const POLICY_CASES: readonly AttackCase[] = [
  attack(
    'P1.same-commit',
    'an outsider adds the own key and uses it in the same commit',
    'SIGNATURE_REFUSED',
    changed('mallory', async (site) => ({ ...enrolled(site), ...(await signOff(site, { key: 'mallory' })) })),
  ),
  attack(
    'P1.insider-same-commit',
    'an insider adds a key and acts in the same commit',
    'LAW_CHANGED',
    changed('omar', async (site) => ({ ...enrolled(site), ...(await signOff(site)) })),
  ),
  attack(
    'P1.next-commit',
    'a key is added without approvals and used in the next commit',
    'LAW_CHANGED',
    thenUsed('omar'),
  ),
  attack('P1.next-commit-by-approver', 'the same by a policy approver', 'LAW_CHANGED', thenUsed('mia')),
  attack(
    'P1.outsider-next-commit',
    'an outsider enrols himself and acts in the next commit',
    'SIGNATURE_REFUSED',
    thenUsed('mallory'),
  ),
  attack(
    'P2.used-at-once',
    'a threshold is lowered and used in one commit',
    'LAW_CHANGED',
    changed('mia', async (site) => ({ ...lowered(site), ...(await signOff(site)) })),
  ),
  attack(
    'P2.lowered',
    'a threshold is lowered after the training lock',
    'LAW_CHANGED',
    changed('mia', lowered),
  ),
  attack(
    'P2.bundle-rubric',
    'the rubric in the bundle is changed after the lock',
    'NO_ACT',
    changed('trainer', () => ({ [`${BUNDLE}/rubric.json`]: '{}\n' })),
  ),
  attack(
    'P2.repository-id',
    'the repository’s identity is changed',
    'LAW_CHANGED',
    changed('mia', () => ({
      'modelsmith.yaml': 'schema: modelsmith/repository/v1\nlaw: 1\nid: 0123456789abcdefghjkmnpqrs\n',
    })),
  ),
  attack('P3.deleted', 'the policy is deleted', 'LAW_CHANGED', async (bench) => {
    const site = await bench.site();
    return site.target(await site.commit({ on: 'exported', by: 'mia', remove: [POLICY] }));
  }),
  attack(
    'P3.symlink',
    'the policy is a symbolic link',
    'PATH_NOT_PLAIN',
    policyEntry((site) => `120000 blob ${site.blob('elsewhere')}\tpolicy`),
  ),
  attack(
    'P3.submodule',
    'the policy is a submodule',
    'PATH_NOT_PLAIN',
    policyEntry((site) => `160000 commit ${site.at('root')}\tpolicy`),
  ),
  attack(
    'P3.file',
    'the policy is a file',
    'LAW_CHANGED',
    policyEntry((site) => `100644 blob ${site.blob('x')}\tpolicy`),
  ),
  attack(
    'P3.twin',
    'a second top folder that is the policy on some systems',
    'PATH_NOT_PLAIN',
    async (bench) => {
      const site = await bench.site();
      return site.target(
        await site.commit({ on: 'exported', by: null, put: { 'Policy/policy.yaml': 'x\n' } }),
      );
    },
  ),
  attack('P3.duplicate', 'two tree entries for the policy file', 'TREE_MALFORMED', async (bench) => {
    const site = await bench.site();
    const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
    const entry = (mode: string, name: string, id: string): Buffer =>
      Buffer.concat([Buffer.from(`${mode} ${name}\0`), bytes(id)]);
    const lines = site.git(['ls-tree', `${site.at('exported')}:policy`]).split('\n');
    const entries = lines.flatMap((line) => {
      const [, mode = '', id = '', name = ''] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/.exec(line) ?? [];
      const own = entry(mode.replace(/^0/, ''), name, id);
      return name === 'policy.yaml' ? [own, entry('100644', name, site.blob('evil\n'))] : [own];
    });
    const policy = site.raw('tree', Buffer.concat(entries));
    const top = site
      .git(['ls-tree', site.at('exported')])
      .split('\n')
      .map((line) => {
        const [, mode = '', id = '', name = ''] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/.exec(line) ?? [];
        return entry(mode.replace(/^0/, ''), name, name === 'policy' ? policy : id);
      });
    return site.target(
      await site.commit({ on: 'exported', by: 'mia', tree: site.raw('tree', Buffer.concat(top)) }),
    );
  }),
  honest(
    'P4.control',
    'the law of the honest history as a root of its own',
    yaml((text) => text),
  ),
  attack(
    'P4.duplicate-key',
    'YAML with a key twice',
    'DOCUMENT_UNSOUND',
    yaml((text) => `${text}version: 1\n`),
  ),
  attack(
    'P4.anchor',
    'YAML with an anchor',
    'DOCUMENT_UNSOUND',
    yaml((text) => text.replace('version: 1', 'version: &v 1')),
  ),
  attack(
    'P4.tag',
    'YAML with a tag',
    'DOCUMENT_UNSOUND',
    yaml((text) => text.replace('version: 1', 'version: !!int 1')),
  ),
  attack(
    'P4.documents',
    'YAML with two documents',
    'DOCUMENT_UNSOUND',
    yaml((text) => `${text}---\nversion: 1\n`),
  ),
  attack(
    'P4.no',
    'YAML 1.1’s no where a truth value belongs',
    'DOCUMENT_UNSOUND',
    yaml((text) => text.replace('productionGates: distinct', 'productionGates: no')),
  ),
  attack(
    'P4.bom',
    'YAML with a byte order mark',
    'DOCUMENT_UNSOUND',
    yaml((text) => `\ufeff${text}`),
  ),
  attack(
    'P4.utf8',
    'YAML that is not UTF-8',
    'DOCUMENT_UNSOUND',
    yaml((text) => Buffer.concat([Buffer.from(text), Buffer.from([0x23, 0xff, 0xfe, 0x0a])])),
  ),
  attack(
    'P4.unknown-key',
    'YAML with a key nobody knows',
    'DOCUMENT_UNSOUND',
    yaml((text) => `${text}trustEverybody: true\n`),
  ),
  attack(
    'P4.many-keys',
    'YAML of tens of thousands of keys',
    'DOCUMENT_UNSOUND',
    yaml((text) => text + Array.from({ length: 60_000 }, (_, index) => `k${index}: 1\n`).join('')),
  ),
  attack(
    'P4.nested',
    'YAML of lists inside lists inside lists',
    'DOCUMENT_UNSOUND',
    yaml((text) => `${text}more: ${'['.repeat(50_000)}\n`),
  ),
  attack(
    'P4.stray-file',
    'a file the policy folder does not know',
    'DOCUMENT_UNSOUND',
    async (bench) =>
      await foundedBy(await bench.site(), (files) => ({ ...files, 'policy/more.yaml': 'x: 1\n' })),
  ),
  attack(
    'P7.automation',
    'the pipeline’s key changes the policy',
    'LAW_CHANGED',
    changed('trainer', lowered),
  ),
  attack(
    'P7.root',
    'a root that holds more than the law',
    'ROOT_NOT_BARE',
    async (bench) =>
      await foundedBy(await bench.site(), (files) => ({
        ...files,
        'promotions/x/1.0.0/model-card.md': 'x\n',
      })),
  ),
];

import { basename } from 'node:path';
import { at, exported, gpgKey, gpgSign } from '../../real/support/keys.ts';
import { signOff } from '../acts.ts';
import { attack, honest, type AttackCase, type Bench, type Target } from '../case.ts';
import type { KeyName } from '../people.ts';
import { foundedBy } from '../founding.ts';
import type { Forgery, Site } from '../site.ts';

type Change = Partial<Forgery> | ((site: Site) => Partial<Forgery>);

/** An operator's sign-off, right in everything but what `change` makes wrong with the commit around it. */
function around(change: Change, who: KeyName | null = 'omar') {
  return async (bench: Bench): Promise<Target> => {
    const site = await bench.site();
    const forgery = typeof change === 'function' ? change(site) : change;
    const time = forgery.time ?? site.after('exported');
    const commit = await site.commit({
      on: 'exported',
      by: who,
      put: await signOff(site, { time }),
      time,
      ...forgery,
    });
    return site.target(commit);
  };
}

const decoder = new TextDecoder();

/** Omar's own key in gpg, which signs in more ways than it should. */
function byGpg(site: Site, payload: Uint8Array, time: number, more: readonly string[]): string {
  const { privateArmored, fingerprint } = site.world.people.key('omar');
  site.box.tryGpg(['--import'], privateArmored);
  return gpgSign(site.box, fingerprint, payload, time, more);
}

const gpgWith = (...more: readonly string[]) =>
  around((site) => ({ sign: (payload, time) => byGpg(site, payload, time, more) }));

/** gpg refuses a second key for a name, and a case may be built more than once. */
const keyName = (site: Site): string => `weak-${basename(site.directory)}`;

/** A key of a kind the law refuses, which nobody enrolled. */
const weakKey = (algorithm: string) =>
  around((site) => ({
    sign: (payload, time) => {
      const fingerprint = gpgKey(site.box, keyName(site), { algorithm, time: site.world.start });
      return gpgSign(site.box, fingerprint, payload, time);
    },
  }));

const enrolledWeakKey = (algorithm: string) => async (bench: Bench) => {
  const site = await bench.site();
  const fingerprint = gpgKey(site.box, keyName(site), { algorithm, time: site.world.start });
  const omar = site.world.people.key('omar').fingerprint;
  return await foundedBy(
    site,
    (files) => {
      const signers = String(files['policy/signers.yaml']).replace(omar, fingerprint);
      const certificate = exported(site.box, fingerprint);
      return { ...files, 'policy/signers.yaml': signers, [`policy/keys/${fingerprint}.asc`]: certificate };
    },
    [`policy/keys/${omar}.asc`],
  );
};

const header = (text: string, name: string): string => {
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  if (line === undefined) throw new Error(`no ${name}`);
  return line;
};
const twice = (name: string) => (text: string) => {
  const line = header(text, name);
  return text.replace(`${line}\n`, `${line}\n${line}\n`);
};

export const SIGNATURE_CASES: readonly AttackCase[] = [
  honest('S0.control', 'an operator’s sign-off made by hand, right in everything', around({})),
  attack('S1.unsigned', 'gate commit without a signature', 'UNSIGNED', around({}, null)),
  attack(
    'S1.outsider',
    'signed by a key outside the law, whose user id names a colleague',
    'SIGNATURE_REFUSED',
    around({ author: 'omar' }, 'mallory'),
  ),
  attack(
    'S1.outsider-own-entry',
    'the outsider’s entry names the outsider’s own key',
    'SIGNATURE_REFUSED',
    async (bench) => {
      const site = await bench.site();
      const put = await signOff(site, { key: 'mallory' });
      return site.target(await site.commit({ on: 'exported', by: 'mallory', put, author: 'omar' }));
    },
  ),
  attack(
    'S1.author',
    'unsigned; author and committer say it was the operator',
    'UNSIGNED',
    around({ author: 'omar' }, null),
  ),
  attack(
    'S2.message',
    'message changed after signing',
    'SIGNATURE_REFUSED',
    around({ object: (text) => text.replace('Nothing to see', 'Everything to see') }),
  ),
  attack(
    'S2.tree',
    'tree changed after signing',
    'SIGNATURE_REFUSED',
    around((site) => ({
      object: (text) => text.replace(header(text, 'tree'), `tree ${site.treeOf(site.at('accepted'))}`),
    })),
  ),
  attack(
    'S2.parent',
    'parent changed after signing',
    'SIGNATURE_REFUSED',
    around((site) => ({
      object: (text) => text.replace(site.at('exported'), site.at('accepted')),
    })),
  ),
  attack(
    'S2.moved',
    'signature moved over from the person’s real commit',
    'SIGNATURE_REFUSED',
    around((site) => ({
      sign: () => {
        const text = site.git(['cat-file', 'commit', site.at('deployed')]);
        const [, folded = ''] = /\ngpgsig(?:-sha256)? ([^]*?)\n\n/.exec(text) ?? [];
        return folded.replaceAll('\n ', '\n');
      },
    })),
  ),
  attack(
    'S3.two-headers',
    'two signature headers',
    'COMMIT_MALFORMED',
    around({
      object: (text) => {
        const [block = ''] = /\ngpgsig[^]*?-----END PGP SIGNATURE-----/.exec(text) ?? [];
        return text.replace(block, block + block);
      },
    }),
  ),
  attack(
    'S3.two-blocks',
    'two armor blocks in one header',
    'SIGNATURE_REFUSED',
    around((site) => ({
      sign: async (payload, time) =>
        (await site.signAs('mallory', payload, time)).trimEnd() +
        '\n' +
        (await site.signAs('omar', payload, time)),
    })),
  ),
  attack(
    'S3.two-packets',
    'two signatures in one armor block',
    'SIGNATURE_REFUSED',
    around((site) => ({
      sign: (payload, time) => {
        const { privateArmored } = site.world.people.key('omar2');
        site.box.tryGpg(['--import'], privateArmored);
        return byGpg(site, payload, time, ['-u', site.world.people.key('omar2').fingerprint]);
      },
    })),
  ),
  attack(
    'S3.text-around',
    'text before the armor block',
    'SIGNATURE_REFUSED',
    around((site) => ({
      sign: async (payload, time) => `hello\n${await site.signAs('omar', payload, time)}`,
    })),
  ),
  attack(
    'S4.other-header',
    'a second signature under the header of the other object format',
    'COMMIT_MALFORMED',
    around((site) => ({
      object: (text) => {
        const name = site.format === 'sha1' ? 'gpgsig-sha256' : 'gpgsig';
        return site.withHeader(text, name, '-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----');
      },
    })),
  ),
  attack(
    'S4.unknown-header',
    'an unknown header on a governed commit',
    'COMMIT_MALFORMED',
    around((site) => ({
      payload: (text) => site.withHeader(text, 'x-note', 'hello'),
    })),
  ),
  honest(
    'S4b.comment',
    'an armor comment makes a twin of a commit under another id',
    around((site) => ({
      sign: async (payload, time) =>
        (await site.signAs('omar', payload, time)).replace(
          'SIGNATURE-----\n',
          'SIGNATURE-----\nComment: twin\n',
        ),
    })),
  ),
  honest('S4b.merged-twin', 'the twin is merged with the original', async (bench) => {
    const site = await bench.site();
    const put = await signOff(site);
    const forgery = { on: 'exported', by: 'omar', put } as const;
    const one = await site.commit(forgery);
    const two = await site.commit({
      ...forgery,
      sign: async (payload, time) =>
        (await site.signAs('omar', payload, time)).replace(
          'SIGNATURE-----\n',
          'SIGNATURE-----\nComment: twin\n',
        ),
    });
    return site.target(await site.commit({ on: [one, two], by: null }));
  }),
  attack('S5.tree', 'two tree headers', 'COMMIT_MALFORMED', around({ payload: twice('tree') })),
  attack(
    'S5.parent-late',
    'a parent after the author',
    'COMMIT_MALFORMED',
    around((site) => ({
      payload: (text) => text.replace('\ncommitter ', `\nparent ${site.at('root')}\ncommitter `),
    })),
  ),
  attack('S5.parent', 'the same parent twice', 'MERGE_NOT_MECHANICAL', around({ payload: twice('parent') })),
  attack('S5.author', 'two authors', 'COMMIT_MALFORMED', around({ payload: twice('author') })),
  attack('S5.committer', 'two committers', 'COMMIT_MALFORMED', around({ payload: twice('committer') })),
  attack(
    'S5.nul',
    'a NUL in the message of a governed commit',
    'COMMIT_MALFORMED',
    around({ message: 'a\0b' }),
  ),
  attack('S6.text-mode', 'a text-mode signature', 'SIGNATURE_REFUSED', gpgWith('--textmode')),
  attack(
    'S6.cr',
    'a text-mode signature, then CRs put into the message',
    'SIGNATURE_REFUSED',
    around((site) => ({
      sign: (payload, time) => byGpg(site, payload, time, ['--textmode']),
      object: (text) => text.replace('to see here\n', 'to see here\r\n'),
    })),
  ),
  attack('S7.sha1', 'a SHA-1 digest', 'SIGNATURE_REFUSED', gpgWith('--digest-algo', 'SHA1')),
  attack('S7.ripemd', 'a RIPEMD-160 digest', 'SIGNATURE_REFUSED', gpgWith('--digest-algo', 'RIPEMD160')),
  attack('S7.rsa1024', 'signed with RSA-1024', 'SIGNATURE_REFUSED', weakKey('rsa1024')),
  attack('S7.rsa1024-enrolled', 'a law that enrols RSA-1024', 'DOCUMENT_UNSOUND', enrolledWeakKey('rsa1024')),
  attack('S7.rsa2048-enrolled', 'a law that enrols RSA-2048', 'DOCUMENT_UNSOUND', enrolledWeakKey('rsa2048')),
  attack('S7.dsa-enrolled', 'a law that enrols DSA', 'DOCUMENT_UNSOUND', enrolledWeakKey('dsa1024')),
  attack(
    'S8.ssh',
    'an SSH signature',
    'SIGNATURE_REFUSED',
    around({
      sign: () => '-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAQ==\n-----END SSH SIGNATURE-----\n',
    }),
  ),
  attack(
    'S8.x509',
    'an X.509 signature',
    'SIGNATURE_REFUSED',
    around({
      sign: () => '-----BEGIN SIGNED MESSAGE-----\nMIIB\n-----END SIGNED MESSAGE-----\n',
    }),
  ),
  attack(
    'S8.inline',
    'an inline message instead of a detached signature',
    'SIGNATURE_REFUSED',
    around((site) => ({
      sign: (payload, time) => {
        const { privateArmored, fingerprint } = site.world.people.key('omar');
        site.box.tryGpg(['--import'], privateArmored);
        return `${site.box.gpg([...at(time), '-u', fingerprint, '--armor', '--sign'], decoder.decode(payload))}\n`;
      },
    })),
  ),
  attack('S9.future', 'signed tomorrow', 'FROM_THE_FUTURE', async (bench) => {
    const site = await bench.site();
    const time = Math.floor(Date.now() / 1000) + 86_400;
    return site.target(
      await site.commit({ on: 'exported', by: 'omar', put: await signOff(site, { time }), time }),
    );
  }),
];

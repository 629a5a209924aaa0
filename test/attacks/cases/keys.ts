import { approval, approvalFiles, signOff } from '../acts.ts';
import { attack, honest, type AttackCase, type Bench } from '../case.ts';
import { foundedBy, foundedWith } from '../founding.ts';
import { EMIL_EXPIRES, type KeyName, type Person } from '../people.ts';
import { forgedSignature, gpgSign } from '../../real/support/keys.ts';
import type { Forgery, Site } from '../site.ts';

const HOUR = 3600;

/** An operator's sign-off at a time of choice, with a tool that asks the key nothing. */
const signedAt =
  (who: Person, time: (site: Site) => number, more: (site: Site) => Partial<Forgery> = () => ({})) =>
  async (bench: Bench) => {
    const site = await bench.site();
    const when = time(site);
    const { privateArmored } = site.world.people.key(who);
    const put = await signOff(site, { who, time: when });
    const sign = (payload: Uint8Array): Promise<string> => forgedSignature(privateArmored, payload, when);
    return site.target(await site.commit({ on: 'exported', by: who, put, time: when, sign, ...more(site) }));
  };

const expired = (site: Site): number => site.world.start + (EMIL_EXPIRES + 5) * HOUR;

/** Somebody else signs at the first time, then the key that expires at the second. */
const revived = (times: (site: Site) => readonly [number, number]) => async (bench: Bench) => {
  const site = await bench.site();
  const [before, time] = times(site);
  const gate = 'operator-signoff';
  const asked = approval(site, await site.load(site.at('exported')), {
    who: 'otto',
    gate,
    act: 'request-changes',
    time: before,
  });
  const on = await site.commit({ on: 'exported', by: 'otto', time: before, put: approvalFiles(asked) });
  const entry = approval(site, await site.load(on), { who: 'emil', gate, time });
  const { privateArmored } = site.world.people.key('emil');
  const sign = (payload: Uint8Array): Promise<string> => forgedSignature(privateArmored, payload, time);
  return site.target(await site.commit({ on, by: 'emil', time, put: approvalFiles(entry), sign }));
};

/** Sue's signing subkey by gpg, as her git would. */
const bySubkey = async (bench: Bench) => {
  const site = await bench.site();
  const time = site.after('exported');
  const put = await signOff(site, { who: 'sue', time });
  const sign = (payload: Uint8Array): string =>
    gpgSign(site.box, site.world.people.key('sue').fingerprint, payload, time);
  return site.target(await site.commit({ on: 'exported', by: 'sue', put, time, sign }));
};

/** A signature by Sue's key of a place: 0 is the primary, which only certifies; 2 only encrypts. */
const byPart = (place: number) => async (bench: Bench) => {
  const site = await bench.site();
  const time = site.after('exported');
  const put = await signOff(site, { who: 'sue', time });
  const { privateArmored } = site.world.people.key('sue');
  const sign = (payload: Uint8Array): Promise<string> =>
    forgedSignature(privateArmored, payload, time, place);
  return site.target(await site.commit({ on: 'exported', by: 'sue', put, time, sign }));
};

const signers = (change: (text: string, site: Site) => string) => async (bench: Bench) => {
  const site = await bench.site();
  return await foundedWith(site, 'policy/signers.yaml', (text) => change(text, site));
};

const keyFile =
  (change: (site: Site) => string, of: KeyName = 'omar') =>
  async (bench: Bench) => {
    const site = await bench.site();
    return await foundedWith(site, `policy/keys/${site.world.people.key(of).fingerprint}.asc`, () =>
      change(site),
    );
  };

export const KEY_CASES: readonly AttackCase[] = [
  honest(
    'K1.expired-since',
    'the key has expired since, the signature was made while it was valid',
    signedAt('emil', (site) => site.after('exported')),
  ),
  attack(
    'K2.after-expiry',
    'a signature made after the key expired',
    'SIGNATURE_REFUSED',
    signedAt('emil', expired),
  ),
  attack(
    'K2.set-back',
    'the clock is set back into the key’s life, behind the parent’s',
    'TIME_BACKWARDS',
    revived((site) => [site.after('validated', 20), site.after('exported')]),
  ),
  attack(
    'K2.set-back-by-minutes',
    'a clock set back by minutes revives a key that had expired when the parent was signed',
    'SIGNATURE_REFUSED',
    revived(({ world }) => {
      const end = world.start + EMIL_EXPIRES * HOUR;
      return [end + 240, end - 240];
    }),
  ),
  attack(
    'K2.backwards',
    'a signature much older than its parent’s',
    'TIME_BACKWARDS',
    signedAt('omar', (site) => site.after('lock')),
  ),
  attack(
    'K2.before-made',
    'a signature from before the key was made',
    'SIGNATURE_REFUSED',
    signedAt('omar', (site) => site.world.start - 5 * HOUR),
  ),
  honest(
    'K2c.slow',
    'a laptop clock eight minutes slow',
    signedAt('omar', (site) => site.after('exported', 0) - 480),
  ),
  honest(
    'K2c.fast',
    'a laptop clock eight minutes fast',
    signedAt('omar', () => Math.floor(Date.now() / 1000) + 480),
  ),
  attack(
    'K2c.eleven-slow',
    'eleven minutes slow',
    'TIME_BACKWARDS',
    signedAt('omar', (site) => site.after('exported', 0) - 660),
  ),
  attack('K2c.entry-time', 'an entry dated an hour before its signature', 'ENTRY_TIME', async (bench) => {
    const site = await bench.site();
    const put = await signOff(site, { time: site.after('exported', 0) });
    return site.target(
      await site.commit({ on: 'exported', by: 'omar', put, time: site.after('exported', 1) }),
    );
  }),
  attack(
    'K4.retired',
    'a retired key signs',
    'KEY_ENDED',
    signedAt('rita', (site) => site.after('exported')),
  ),
  honest('K5.subkey', 'a signing subkey, where the law names the primary', bySubkey),
  attack('K5.certify-only', 'a primary that may only certify signs', 'SIGNATURE_REFUSED', byPart(0)),
  attack(
    'K6.short-id',
    'a law that names a key by 16 digits',
    'DOCUMENT_UNSOUND',
    signers((text, site) =>
      text.replace(
        site.world.people.key('omar').fingerprint,
        site.world.people.key('omar').fingerprint.slice(-16),
      ),
    ),
  ),
  attack(
    'K6.file-name',
    'a certificate under another key’s name',
    'DOCUMENT_UNSOUND',
    keyFile((site) => site.world.people.key('mallory').publicArmored),
  ),
  attack(
    'K6.secret',
    'a secret key in the law',
    'DOCUMENT_UNSOUND',
    keyFile((site) => site.world.people.key('omar').privateArmored),
  ),
  attack(
    'K6.two-certificates',
    'two certificates in one file',
    'DOCUMENT_UNSOUND',
    keyFile(
      (site) => site.world.people.key('omar').publicArmored + site.world.people.key('mallory').publicArmored,
    ),
  ),
  attack(
    'K6.shared',
    'one key listed for two people',
    'DOCUMENT_UNSOUND',
    signers((text, site) =>
      text.replace(site.world.people.key('dora').fingerprint, site.world.people.key('omar').fingerprint),
    ),
  ),
  attack('K6.unlisted', 'a certificate that belongs to nobody', 'DOCUMENT_UNSOUND', async (bench) => {
    const site = await bench.site();
    const { fingerprint, publicArmored } = site.world.people.key('mallory');
    return await foundedBy(site, (files) => ({
      ...files,
      [`policy/keys/${fingerprint}.asc`]: publicArmored,
    }));
  }),
  attack('K7.encryption-only', 'a subkey that may only encrypt signs', 'SIGNATURE_REFUSED', byPart(2)),
];

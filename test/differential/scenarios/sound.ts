import { DAY, ENDED, KIND_NAMES, LATER, SIGNED, STRONG, type Member } from '../crew.ts';
import { oneOf, scenario, withHeader, type Scenario } from '../scenario.ts';
import { START } from '../../real/support/sandbox.ts';

/** Signatures as gpg makes them, by keys of every kind and at every time. */

const by =
  (member: Member, time = SIGNED): Scenario['make'] =>
  async (desk) => {
    const payload = desk.payload();
    return withHeader(payload, await desk.gpg(member, payload, time));
  };

/** What gpg would not sign. */
const forged =
  (member: Member, time: number, part = 0): Scenario['make'] =>
  async (desk) => {
    const payload = desk.payload();
    return withHeader(payload, await desk.forged(member, payload, time, part));
  };

const DIGESTS = ['SHA256', 'SHA384', 'SHA512'] as const;
/** gpg takes DSA keys only with a digest as long as they ask for. */
const WEAK_DIGESTS = ['SHA1', 'RIPEMD160', 'SHA224'] as const;

export const SOUND: readonly Scenario[] = [
  ...KIND_NAMES.map((kind) => scenario(`key ${kind}`, by(kind), 3)),
  ...DIGESTS.map((digest) =>
    scenario(
      `digest ${digest}`,
      async (desk, round) => {
        const payload = desk.payload();
        const member = oneOf(['rsa3072', 'ed25519', 'nistp256'] as const, round);
        return withHeader(payload, await desk.gpg(member, payload, SIGNED, ['--digest-algo', digest]));
      },
      3,
    ),
  ),
  ...[...WEAK_DIGESTS, 'MD5'].map((digest) =>
    scenario(
      `digest ${digest}`,
      async (desk, round) => {
        const payload = desk.payload();
        const more = ['--allow-weak-digest-algos', '--digest-algo', digest];
        const member = oneOf(['rsa3072', 'ed25519'] as const, round);
        return withHeader(payload, await desk.gpg(member, payload, SIGNED, more));
      },
      2,
    ),
  ),
  ...(['subkey', 'subkey-nistp384', 'subkey-beside', 'two-names', 'certified-sha1'] as const).map((member) =>
    scenario(`key ${member}`, by(member)),
  ),
  scenario('key subkey-rsa2048', by('subkey-rsa2048')),
  scenario('the primary beside a signing subkey', forged('subkey-beside', SIGNED)),
  scenario('a primary that only certifies', forged('subkey', SIGNED), 2),
  scenario('a subkey that only encrypts', forged('encrypt-subkey', SIGNED, 1), 2),
  scenario('a key the reader lacks', by('stranger'), 2),

  scenario('before the key expired', by('expires')),
  scenario('after the key expired', forged('expires', LATER)),
  scenario('the second in which the key expires', forged('expires', ENDED)),
  scenario('before the subkey expired', by('subkey-expires')),
  scenario('after the subkey expired', forged('subkey-expires', LATER, 1)),
  scenario('before the expiry was put off', by('renewed')),
  scenario('between expiry and its putting off', forged('renewed', ENDED + 3600)),
  scenario('after the expiry was put off', by('renewed', LATER)),
  ...(['retired', 'superseded', 'compromised', 'revoked-without-reason'] as const).flatMap((member) => [
    scenario(`before the key was revoked: ${member}`, forged(member, SIGNED)),
    scenario(`after the key was revoked: ${member}`, forged(member, LATER)),
  ]),
  scenario('before the subkey was revoked', forged('subkey-revoked', SIGNED, 1)),
  scenario('after the subkey was revoked', forged('subkey-revoked', LATER, 1)),
  scenario('before the key was made', forged('ed25519', START - DAY)),
  scenario('in the year 1970', forged('nistp256', 1)),
  scenario('long after gpg’s clock', forged('ed25519', START + 1000 * DAY)),

  scenario('a signature that expires', async (desk, round) => {
    const payload = desk.payload();
    return withHeader(
      payload,
      await desk.gpg(oneOf(STRONG, round), payload, SIGNED, ['--default-sig-expire', '1d']),
    );
  }),
  scenario('a policy address', async (desk, round) => {
    const payload = desk.payload();
    const more = ['--sig-policy-url', 'https://example.org/policy'];
    return withHeader(payload, await desk.gpg(oneOf(STRONG, round), payload, SIGNED, more));
  }),
  scenario('a notation', async (desk, round) => {
    const payload = desk.payload();
    const more = ['--sig-notation', 'note@example.org=hello'];
    return withHeader(payload, await desk.gpg(oneOf(STRONG, round), payload, SIGNED, more));
  }),
  scenario('a critical notation', async (desk, round) => {
    const payload = desk.payload();
    const more = ['--sig-notation', '!note@example.org=hello'];
    return withHeader(payload, await desk.gpg(oneOf(STRONG, round), payload, SIGNED, more));
  }),
];

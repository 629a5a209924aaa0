import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { armor, createMessage, enums, readKey, readPrivateKey, revokeKey, sign } from 'openpgp';
import { unarmor } from '../../src/adapters/openpgp/armor.ts';
import { signerOf } from '../../src/adapters/openpgp/keyfile.ts';
import { openpgpVerifier } from '../../src/adapters/openpgp/verify.ts';
import type { Fingerprint } from '../../src/domain/names.ts';
import type { SignatureVerdict } from '../../src/domain/signature.ts';
import type { Certificate } from '../../src/ports/signatures.ts';
import {
  at,
  certificateOf,
  exported,
  forgedSignature,
  gpgCertificate,
  gpgKey,
  gpgSign,
  keyOf,
} from './support/keys.ts';
import { newPacket } from './support/packet-bytes.ts';
import { handSigner, subpacket, uint32, type HandSigner } from './support/rsa-by-hand.ts';
import { sandbox, START, type Sandbox } from './support/sandbox.ts';

const DAY = 86_400;
const PAYLOAD = Buffer.from('tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\nApprove\n');
const verifier = openpgpVerifier();
let box: Sandbox;
let alice: Fingerprint;

beforeAll(() => {
  box = sandbox();
  alice = gpgKey(box, 'alice');
});
afterAll(() => box.dispose());

async function faultOf(armored: string, ...keyring: Certificate[]): Promise<string> {
  const verdict = await verifier.verify(PAYLOAD, armored, keyring);
  return verdict.kind === 'good' ? 'good' : verdict.fault;
}

function rearmored(...parts: Uint8Array[]): string {
  return armor(enums.armor.signature, Buffer.concat(parts));
}

describe('a signature by gpg', () => {
  it.each(['ed25519', 'rsa3072', 'nistp256', 'nistp384', 'nistp521'])(
    'verifies with %s',
    async (algorithm) => {
      const fingerprint = gpgKey(box, `some-${algorithm}`, { algorithm });
      const verdict = await verifier.verify(PAYLOAD, gpgSign(box, fingerprint, PAYLOAD, START + DAY), [
        gpgCertificate(box, fingerprint),
      ]);
      expect(verdict).toMatchObject({
        kind: 'good',
        primary: fingerprint,
        key: fingerprint,
        time: START + DAY,
      });
    },
  );

  it('is false over other bytes and unknown without the certificate', async () => {
    const signature = gpgSign(box, alice, PAYLOAD, START + DAY);
    const certificate = gpgCertificate(box, alice);
    expect(await faultOf(signature, certificate)).toBe('good');
    const other = await verifier.verify(Buffer.from('another payload'), signature, [certificate]);
    expect(other).toMatchObject({ kind: 'bad', fault: 'SIGNATURE_FALSE' });
    expect(await faultOf(signature)).toBe('SIGNER_UNKNOWN');
    expect(await faultOf(signature, { ...certificate, fingerprint: '0'.repeat(40) as Fingerprint })).toBe(
      'SIGNER_UNKNOWN',
    );
  });

  it.each([
    ['SHA-1', ['--digest-algo', 'SHA1'], 'SIGNATURE_WEAK'],
    ['SHA-224', ['--digest-algo', 'SHA224'], 'SIGNATURE_WEAK'],
    ['RIPEMD-160', ['--digest-algo', 'RIPEMD160'], 'SIGNATURE_WEAK'],
    ['text mode', ['--textmode'], 'SIGNATURE_WRONG_TYPE'],
    ['SHA-384', ['--digest-algo', 'SHA384'], 'good'],
  ])('made with %s', async (_what, options, fault) => {
    expect(await faultOf(gpgSign(box, alice, PAYLOAD, START, options), gpgCertificate(box, alice))).toBe(
      fault,
    );
  });

  it.each(['rsa2048', 'dsa2048', 'brainpoolP256r1'])(
    'is too weak with %s, whose certificate is unusable',
    async (algorithm) => {
      const fingerprint = gpgKey(box, `weak-${algorithm}`, { algorithm });
      const certificate = gpgCertificate(box, fingerprint);
      expect(
        await faultOf(
          gpgSign(box, fingerprint, PAYLOAD, START + 1, ['--digest-algo', 'SHA256']),
          certificate,
        ),
      ).toBe('SIGNATURE_WEAK');
      expect(await verifier.inspect(certificate.armored)).toMatchObject({ kind: 'unusable' });
    },
  );
});

describe('the armor and the packets in it', () => {
  let good: string;
  let packet: Uint8Array;
  let certificate: Certificate;
  beforeAll(() => {
    good = gpgSign(box, alice, PAYLOAD, START + DAY);
    packet = unarmor(good, 'PGP SIGNATURE') ?? new Uint8Array();
    certificate = gpgCertificate(box, alice);
  });

  it('may carry a comment, carriage returns and no checksum', async () => {
    const commented = good.replace('\n', '\nComment: a twin of another commit\n');
    expect(await faultOf(commented, certificate)).toBe('good');
    expect(await faultOf(good.replaceAll('\n', '\r\n'), certificate)).toBe('good');
    expect(await faultOf(rearmored(packet), certificate)).toBe('good');
  });

  it.each<[string, () => string]>([
    ['nothing', () => ''],
    ['two blocks', () => good + good],
    ['words before the block', () => `hello\n${good}`],
    ['words after the block', () => `${good}hello\n`],
    ['another armor', () => good.replaceAll('PGP SIGNATURE', 'PGP MESSAGE')],
    ['an SSH signature', () => good.replaceAll('PGP SIGNATURE', 'SSH SIGNATURE')],
    ['two signatures in one block', () => rearmored(packet, packet)],
    ['half a signature', () => rearmored(packet.subarray(0, packet.length - 20))],
    ['a byte after the signature', () => rearmored(packet, new Uint8Array(1))],
    ['a version 3 signature', () => rearmored(Buffer.from(packet).fill(3, 2, 3))],
    ['a page of comments', () => good.replace('\n', `\n${'Comment: x\n'.repeat(2000)}`)],
    ['an inline message', () => `${box.gpg(['-u', alice, '--armor', '--sign'], PAYLOAD)}\n`],
  ])('%s is malformed', async (_what, text) => {
    expect(await faultOf(text(), certificate)).toBe('SIGNATURE_MALFORMED');
  });

  it('never throws, whatever byte is flipped, and is good with no byte of its signed part changed', async () => {
    const signedPart = 2 + 6 + (packet[6] ?? 0) * 256 + (packet[7] ?? 0);
    for (let index = 0; index < packet.length; index += 1) {
      const flipped = Buffer.from(packet);
      flipped[index] = (flipped[index] ?? 0) ^ 0x01;
      const fault = await faultOf(rearmored(flipped), certificate);
      if (index < signedPart) expect(fault, `byte ${index}`).not.toBe('good');
    }
  });
});

describe('a signature made octet by octet with an RSA key', () => {
  let signer: HandSigner;
  let certificate: Certificate;
  beforeAll(async () => {
    const fingerprint = gpgKey(box, 'by-hand', { algorithm: 'rsa3072' });
    signer = await handSigner(box.gpg(['--armor', '--export-secret-keys', fingerprint]));
    certificate = gpgCertificate(box, fingerprint);
  });
  const inPacket = (body: Uint8Array): string => rearmored(newPacket(2, body));
  const made = subpacket(2, uint32(START + DAY));
  const keyId = (): Buffer => subpacket(16, signer.fingerprint.subarray(-8));
  const named = (): Buffer => subpacket(33, Buffer.concat([Buffer.from([4]), signer.fingerprint]));

  it.each([
    ['leading zero bits', (value: Uint8Array) => (value[0] ?? 0) > 0 && (value[0] ?? 0) < 128],
    ['a leading zero octet', (value: Uint8Array) => value[0] === 0],
  ])('is good where its value has %s, as GitHub writes them', async (_what, has) => {
    for (let time = START + 1; ; time += 1) {
      const body = signer.sign(PAYLOAD, { version: 4, time, unhashed: keyId() });
      if (!has(body.subarray(-384))) continue;
      expect(body.readUInt16BE(body.length - 386)).toBe(3072);
      expect(await faultOf(inPacket(body), certificate)).toBe('good');
      return;
    }
  });

  it.each<[string, () => { hashed: Buffer; unhashed: Buffer }, string]>([
    ['the key id where nothing is signed', () => ({ hashed: made, unhashed: keyId() }), 'good'],
    ['the key id where it is signed', () => ({ hashed: joined(made, keyId()), unhashed: NOTHING }), 'good'],
    ['the fingerprint alone', () => ({ hashed: joined(made, named()), unhashed: NOTHING }), 'good'],
    ['nobody', () => ({ hashed: made, unhashed: NOTHING }), 'SIGNER_UNKNOWN'],
    ['no time', () => ({ hashed: named(), unhashed: made }), 'SIGNATURE_MALFORMED'],
    [
      'two times',
      () => ({ hashed: joined(made, named(), subpacket(2, uint32(START))), unhashed: NOTHING }),
      'SIGNATURE_MALFORMED',
    ],
    ['a critical time', () => ({ hashed: joined(critical(made), named()), unhashed: NOTHING }), 'good'],
    [
      'something critical',
      () => ({ hashed: joined(made, named(), ODD), unhashed: NOTHING }),
      'SIGNATURE_MALFORMED',
    ],
    [
      'something critical, not signed',
      () => ({ hashed: joined(made, named()), unhashed: ODD }),
      'SIGNATURE_MALFORMED',
    ],
    [
      'an end of its own',
      () => ({ hashed: joined(made, named(), subpacket(3, uint32(60))), unhashed: NOTHING }),
      'good',
    ],
  ])('that names %s', async (_what, parts, fault) => {
    const body = signer.sign(PAYLOAD, { version: 4, time: START + DAY, ...parts() });
    expect(await faultOf(inPacket(body), certificate)).toBe(fault);
  });

  it('is not read in the form of version 3', async () => {
    const body = signer.sign(PAYLOAD, { version: 3, time: START + DAY });
    expect(await faultOf(inPacket(body), certificate)).toBe('SIGNATURE_MALFORMED');
  });
});

const NOTHING = Buffer.alloc(0);
const ODD = subpacket(0x80 | 99, Buffer.from('hello'));
const joined = (...parts: Buffer[]): Buffer => Buffer.concat(parts);
const critical = (part: Buffer): Buffer =>
  joined(part.subarray(0, 1), Buffer.from([(part[1] ?? 0) | 0x80]), part.subarray(2));

describe('the key at the time of the signature', () => {
  it('may have expired since, but not before', async () => {
    const fingerprint = gpgKey(box, 'mayfly', { expires: '10d' });
    const certificate = gpgCertificate(box, fingerprint);
    const secret = box.gpg(['--armor', '--export-secret-keys', fingerprint]);
    const signedAt = (time: number): Promise<string> => forgedSignature(secret, PAYLOAD, time);
    expect(await faultOf(await signedAt(START + 9 * DAY), certificate)).toBe('good');
    expect(await faultOf(await signedAt(START + 10 * DAY), certificate)).toBe('KEY_EXPIRED');
    expect(await faultOf(await signedAt(START - DAY), certificate)).toBe('KEY_CANNOT_SIGN');
  });

  it('is judged by the certificate of its day after the expiry was renewed', async () => {
    const fingerprint = gpgKey(box, 'renewed', { expires: '10d' });
    const original = exported(box, fingerprint);
    const early = gpgSign(box, fingerprint, PAYLOAD, START + DAY);
    box.gpg([...at(START + 5 * DAY), '--quick-set-expire', fingerprint, '100d']);
    const renewed = exported(box, fingerprint);
    const late = gpgSign(box, fingerprint, PAYLOAD, START + 50 * DAY);
    const first: Certificate = { fingerprint, armored: original, refreshes: [] };
    const both: Certificate = { fingerprint, armored: original, refreshes: [renewed] };
    const later: Certificate = { fingerprint, armored: renewed, refreshes: [] };
    expect(await faultOf(early, first)).toBe('good');
    expect(await faultOf(late, first)).toBe('KEY_EXPIRED');
    expect(await Promise.all([early, late].map((each) => faultOf(each, both)))).toEqual(['good', 'good']);
    expect(await Promise.all([early, late].map((each) => faultOf(each, later)))).toEqual(['good', 'good']);
  });

  it('may be a bound subkey; a refresh brings no new one', async () => {
    const fingerprint = gpgKey(box, 'carol', { usage: 'cert' });
    const bare = exported(box, fingerprint);
    box.gpg([...at(START), '--quick-add-key', fingerprint, 'ed25519', 'sign', 'never']);
    const full = exported(box, fingerprint);
    const signature = gpgSign(box, fingerprint, PAYLOAD, START + DAY);
    const verdict: SignatureVerdict = await verifier.verify(PAYLOAD, signature, [
      gpgCertificate(box, fingerprint),
    ]);
    expect(verdict).toMatchObject({ kind: 'good', primary: fingerprint });
    expect(verdict.key).not.toBe(fingerprint);
    expect(await faultOf(signature, { fingerprint, armored: bare, refreshes: [full] })).toBe(
      'SIGNER_UNKNOWN',
    );
  });

  it('must be meant for signing', async () => {
    const sneaky = await keyOf('sneaky');
    const fingerprint = gpgKey(box, 'certifier', { usage: 'cert' });
    box.gpg([...at(START), '--quick-add-key', fingerprint, 'rsa3072', 'encr', 'never']);
    const key = await readPrivateKey({
      armoredKey: box.gpg(['--armor', '--export-secret-keys', fingerprint]),
    });
    const message = await createMessage({ binary: PAYLOAD });
    const date = new Date((START + DAY) * 1000);
    for (const signingKey of [key, key.subkeys[0]]) {
      key.getSigningKey = () => Promise.resolve(signingKey as never);
      const signature: unknown = await sign({ message, signingKeys: key, detached: true, date });
      expect(await faultOf(String(signature), gpgCertificate(box, fingerprint), certificateOf(sneaky))).toBe(
        'KEY_CANNOT_SIGN',
      );
    }
  });

  it.each([
    ['retired', enums.reasonForRevocation.keyRetired, 'good', 'KEY_REVOKED'],
    ['superseded', enums.reasonForRevocation.keySuperseded, 'good', 'KEY_REVOKED'],
    ['compromised', enums.reasonForRevocation.keyCompromised, 'KEY_REVOKED', 'KEY_REVOKED'],
    ['revoked without a reason', enums.reasonForRevocation.noReason, 'KEY_REVOKED', 'KEY_REVOKED'],
  ])('when %s by its owner', async (_what, flag, before, after) => {
    const key = await keyOf('dana');
    const date = new Date((START + 10 * DAY) * 1000);
    const { publicKey } = await revokeKey({
      key: await readPrivateKey({ armoredKey: key.privateArmored }),
      reasonForRevocation: { flag },
      date,
      format: 'armored',
    });
    const refreshed = certificateOf(key, [publicKey]);
    const signedAt = async (now: number): Promise<string> =>
      (await signerOf(key.privateArmored, { now })).sign(PAYLOAD);
    expect(await faultOf(await signedAt(START + 9 * DAY), certificateOf(key))).toBe('good');
    expect(await faultOf(await signedAt(START + 9 * DAY), refreshed)).toBe(before);
    expect(await faultOf(await signedAt(START + 11 * DAY), refreshed)).toBe(after);
    const end = before === 'good' ? START + 10 * DAY : 0;
    expect([...(await verifier.ends([refreshed]))]).toEqual([[key.fingerprint, end]]);
    expect([...(await verifier.ends([certificateOf(key)]))]).toEqual([]);
  });

  it('hears nothing that others signed onto the certificate', async () => {
    const [victim, stranger] = await Promise.all([keyOf('victim'), keyOf('stranger')]);
    const signature = await (await signerOf(victim.privateArmored, { now: START + DAY })).sign(PAYLOAD);
    const { publicKey } = await revokeKey({
      key: await readPrivateKey({ armoredKey: stranger.privateArmored }),
      reasonForRevocation: { flag: enums.reasonForRevocation.keyCompromised },
      date: new Date(START * 1000),
      format: 'object',
    });
    const key = await readKey({ armoredKey: victim.publicArmored });
    key.revocationSignatures.push(...publicKey.revocationSignatures);
    expect(await faultOf(signature, certificateOf(victim, [key.armor()]))).toBe('good');
    expect(await faultOf(signature, certificateOf(victim, [publicKey.armor()]))).toBe('good');
  });
});

describe('a certificate file', () => {
  it('tells who it is', async () => {
    const facts = await verifier.inspect(exported(box, alice));
    expect(facts).toEqual({
      kind: 'certificate',
      primary: alice,
      keys: [alice],
      userIds: ['alice <alice@example.org>'],
      algorithm: 'Ed25519',
      expires: null,
      canSign: true,
    });
  });

  it.each<[string, () => string | Promise<string>]>([
    ['a secret key', () => box.gpg(['--armor', '--export-secret-keys', alice])],
    [
      'a secret key in public armor',
      () => box.gpg(['--armor', '--export-secret-keys', alice]).replaceAll('PRIVATE', 'PUBLIC'),
    ],
    ['two blocks', async () => exported(box, alice) + (await keyOf('dana')).publicArmored],
    ['two certificates in one block', () => `${box.gpg(['--armor', '--export'])}\n`],
    ['a signature', () => gpgSign(box, alice, PAYLOAD, START)],
    ['nothing', () => ''],
  ])('that holds %s is unusable', async (_what, text) => {
    expect(await verifier.inspect(await text())).toMatchObject({ kind: 'unusable' });
  });
});

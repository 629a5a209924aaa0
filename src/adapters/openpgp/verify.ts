import { enums, LiteralDataPacket, type SignaturePacket } from 'openpgp';
import type { Fingerprint } from '../../domain/names.ts';
import type { BadSignature, SignatureFault, SignatureVerdict } from '../../domain/signature.ts';
import type { Certificate, SignatureVerifier } from '../../ports/signatures.ts';
import { unarmor } from './armor.ts';
import { inspectCertificate } from './inspect.ts';
import { Keyrings, type KnownKey } from './keyring.ts';
import { hashedIssuers, isCriticallyUnknown, isMadeBy, readSignature, secondsOf } from './packet-read.ts';
import { splitPackets, TAG } from './packets.ts';
import { algorithmOf, isSigningAlgorithm, isStrongDigest, weaknessOf } from './strength.ts';
import { keepsAll, refreshFault } from './refresh.ts';
import { canSignAt, endOf, expiryOf, faultAt } from './validity.ts';

/** A signature with a page of armor comments is not a signature anybody needs. */
export const MAX_SIGNATURE_CHARACTERS = 16 * 1024;

/** Verifies in this process; no keyring, agent or configuration of the machine has a say. */
export function openpgpVerifier(): SignatureVerifier {
  const keyrings = new Keyrings();
  return {
    verify: (payload, armored, keyring, clock = 0, at = null) =>
      verify(keyrings, payload, armored, keyring, { clock, at }),
    inspect: inspectCertificate,
    refreshFault,
    keepsAll,
    async ended(keyring, time) {
      const found = await Promise.all(
        keyring.map(async (certificate) => {
          const known = (await keyrings.of([certificate])).find(certificate.fingerprint);
          return known.some((key) => canSignAt(key.certificate, time)) ? [] : [certificate.fingerprint];
        }),
      );
      return new Set(found.flat());
    },
    async ends(keyring) {
      const found = new Map<Fingerprint, number>();
      const known = await keyrings.of(keyring);
      for (const { fingerprint } of keyring)
        for (const { certificate } of known.find(fingerprint))
          for (const key of [certificate.primary, ...certificate.subkeys]) {
            const end = endOf(certificate, key);
            if (end !== null) found.set(key.fingerprint, end);
          }
      return found;
    },
  };
}

interface When {
  /** Seconds since 1970: when the commits before were signed. */
  readonly clock: number;
  /** The one time to judge the key at, whatever the signature says; null: the later of its own and the clock. */
  readonly at: number | null;
}

async function verify(
  keyrings: Keyrings,
  payload: Uint8Array,
  armored: string,
  certificates: readonly Certificate[],
  when: When,
): Promise<SignatureVerdict> {
  const packet = onlySignatureIn(armored);
  if (typeof packet === 'string') return bad('SIGNATURE_MALFORMED', packet);
  const issuer = issuerOf(packet);
  if (packet.signatureType !== enums.signature.binary) {
    return bad(
      'SIGNATURE_WRONG_TYPE',
      `type 0x${(packet.signatureType ?? 0).toString(16).padStart(2, '0')}`,
      issuer,
    );
  }
  if (!isStrongDigest(packet.hashAlgorithm)) {
    return bad('SIGNATURE_WEAK', `made over a ${digestName(packet)} digest`, issuer);
  }
  const known = (await keyrings.of(certificates)).find(issuer);
  if (known.length === 0) return bad('SIGNER_UNKNOWN', issuer, issuer);
  const verdicts = await Promise.all(known.map((key) => verifyWith(key, payload, packet, issuer, when)));
  // A subkey found under two people's certificates is a matter of policy; here the first that holds answers.
  return verdicts.find(({ kind }) => kind === 'good') ?? verdicts[0] ?? bad('SIGNER_UNKNOWN', issuer, issuer);
}

async function verifyWith(
  { certificate, key }: KnownKey,
  payload: Uint8Array,
  packet: SignaturePacket,
  issuer: string,
  { clock, at }: When,
): Promise<SignatureVerdict> {
  const { fingerprint } = key;
  const weakness = weaknessOf(key.key);
  // An encryption key cannot sign at all; calling it weak would send people looking for the wrong remedy.
  if (weakness !== null && isSigningAlgorithm(key.key)) return bad('SIGNATURE_WEAK', weakness, fingerprint);
  const time = packet.created === null ? 0 : secondsOf(packet.created);
  // A clock set back by minutes must not revive a key that had ended when the commit before was signed.
  const own = faultAt(certificate, key, time) ?? (clock > time ? faultAt(certificate, key, clock) : null);
  const fault = at === null ? own : faultAt(certificate, key, at);
  if (fault === 'KEY_CANNOT_SIGN') return bad(fault, fingerprint, fingerprint);
  const claims = hashedIssuers(packet);
  if (claims.some((claim) => claim !== fingerprint)) {
    return bad('SIGNATURE_FALSE', `signed as ${claims.join(' and ')}, but presented as ${issuer}`, issuer);
  }
  if (!(await isMadeBy(packet, key.key, enums.signature.binary, literal(payload)))) {
    return bad('SIGNATURE_FALSE', fingerprint, fingerprint);
  }
  if (fault !== null) return bad(fault, fingerprint, fingerprint);
  const primary = certificate.primary.fingerprint;
  const ends = [expiryOf(certificate.primary), expiryOf(key)].filter((end) => end !== null);
  const expires = ends.length === 0 ? null : Math.min(...ends);
  return { kind: 'good', primary, key: fingerprint, time, algorithm: algorithmOf(key.key), expires };
}

/** The one signature in the text, or what is wrong with it. */
function onlySignatureIn(armored: string): SignaturePacket | string {
  if (armored.length > MAX_SIGNATURE_CHARACTERS) return `larger than ${MAX_SIGNATURE_CHARACTERS} characters`;
  const bytes = unarmor(armored, 'PGP SIGNATURE');
  if (bytes === null) return 'not exactly one armored PGP SIGNATURE block';
  const packets = splitPackets(bytes);
  const [first, second] = packets ?? [];
  if (first === undefined) return 'its packets cannot be read';
  if (second !== undefined) return 'more than one packet in the block';
  if (first.tag !== TAG.signature) return `a packet of type ${first.tag} instead of a signature`;
  const packet = readSignature(first.body);
  if (packet === null) return 'not a readable version 4 signature packet';
  return isCriticallyUnknown(packet) ? 'it demands something this tool does not know' : packet;
}

/** The full fingerprint where the packet names it, else the 64-bit key id. */
function issuerOf(packet: SignaturePacket): string {
  const full = packet.issuerFingerprint;
  if (full?.length === 20) return Buffer.from(full).toString('hex').toUpperCase();
  return packet.issuerKeyID.toHex().toUpperCase();
}

function digestName(packet: SignaturePacket): string {
  const name = Object.entries(enums.hash).find(([, value]) => value === packet.hashAlgorithm)?.[0];
  return name?.toUpperCase() ?? `number ${String(packet.hashAlgorithm)}`;
}

/** The form in which openpgp.js takes bytes to verify; it declares the setter private. */
function literal(payload: Uint8Array): LiteralDataPacket {
  const packet = new LiteralDataPacket();
  (packet as unknown as { setBytes(bytes: Uint8Array, format: enums.literal): void }).setBytes(
    payload,
    enums.literal.binary,
  );
  return packet;
}

function bad(fault: SignatureFault, detail: string, key?: string): BadSignature {
  return { kind: 'bad', fault, detail, ...(key !== undefined && { key }) };
}

import { enums, LiteralDataPacket } from 'openpgp';
import type { Fingerprint } from '../../domain/names.ts';
import type { BadSignature, SignatureFault, SignatureVerdict } from '../../domain/signature.ts';
import type { Certificate, SignatureVerifier } from '../../ports/signatures.ts';
import { claimIn, signatureIn, type Claim } from './claim.ts';
import { keyName, type Foresight } from './foresight.ts';
import { inspectCertificate } from './inspect.ts';
import { Keyrings, type KnownKey } from './keyring.ts';
import { isPlainlyMadeBy } from './node-verify.ts';
import { isMadeBy } from './packet-read.ts';
import { algorithmOf, isSigningAlgorithm, isStrongDigest, weaknessOf } from './strength.ts';
import { keepsAll, refreshFault } from './refresh.ts';
import { canSignAt, endOf, expiryOf, faultAt } from './validity.ts';

/**
 * Verifies in this process; no keyring, agent or configuration of the machine has a say.
 * @param foresight looks at signatures before they are asked about.
 */
export function openpgpVerifier(foresight: Foresight | null = null): SignatureVerifier {
  const keyrings = new Keyrings((certificate) => foresight?.meet(certificate));
  const verifying: Verifying = { keyrings, foresight };
  return {
    verify: (payload, armored, keyring, clock = 0, at = null) =>
      verify(verifying, payload, armored, keyring, { clock, at }),
    ...(foresight !== null && { foresee: (payload, armored) => foresight.look(payload, armored) }),
    claimedTime: (armored) => {
      const claim = claimIn(armored);
      return typeof claim === 'string' ? null : claim.time;
    },
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

/** RFC 9580 section 5.2.1. */
const OVER_BYTES: number = enums.signature.binary;

interface Verifying {
  readonly keyrings: Keyrings;
  readonly foresight: Foresight | null;
}

interface When {
  /** Seconds since 1970: when the commits before were signed. */
  readonly clock: number;
  /** The one time to judge the key at, whatever the signature says; null: the later of its own and the clock. */
  readonly at: number | null;
}

async function verify(
  { keyrings, foresight }: Verifying,
  payload: Uint8Array,
  armored: string,
  certificates: readonly Certificate[],
  when: When,
): Promise<SignatureVerdict> {
  const foreseen = await foresight?.of(payload, armored);
  const claim = foreseen?.claim ?? claimIn(armored);
  if (typeof claim === 'string') return bad('SIGNATURE_MALFORMED', claim);
  const { issuer } = claim;
  if (claim.type !== OVER_BYTES) {
    return bad('SIGNATURE_WRONG_TYPE', `type 0x${claim.type.toString(16).padStart(2, '0')}`, issuer);
  }
  if (!isStrongDigest(claim.digest)) {
    return bad('SIGNATURE_WEAK', `made over a ${digestName(claim.digest)} digest`, issuer);
  }
  const known = (await keyrings.of(certificates)).find(issuer);
  if (known.length === 0) return bad('SIGNER_UNKNOWN', issuer, issuer);
  const isMadeWith = async ({ key }: KnownKey): Promise<boolean> => {
    if (foreseen?.keys.includes(keyName(key.key)) === true) return true;
    const packet = signatureIn(armored);
    if (typeof packet === 'string') return false;
    const isMade = isPlainlyMadeBy(packet, key.key, payload);
    return isMade ?? (await isMadeBy(packet, key.key, enums.signature.binary, literal(payload)));
  };
  const verdicts = await Promise.all(known.map((key) => verifyWith(key, claim, when, isMadeWith)));
  // A subkey found under two people's certificates is a matter of policy; here the first that holds answers.
  return verdicts.find(({ kind }) => kind === 'good') ?? verdicts[0] ?? bad('SIGNER_UNKNOWN', issuer, issuer);
}

async function verifyWith(
  known: KnownKey,
  { issuer, time, issuers }: Claim,
  { clock, at }: When,
  isMadeWith: (key: KnownKey) => Promise<boolean>,
): Promise<SignatureVerdict> {
  const { certificate, key } = known;
  const { fingerprint } = key;
  const weakness = weaknessOf(key.key);
  // An encryption key cannot sign at all; calling it weak would send people looking for the wrong remedy.
  if (weakness !== null && isSigningAlgorithm(key.key)) return bad('SIGNATURE_WEAK', weakness, fingerprint);
  // A clock set back by minutes must not revive a key that had ended when the commit before was signed.
  const own = faultAt(certificate, key, time) ?? (clock > time ? faultAt(certificate, key, clock) : null);
  const fault = at === null ? own : faultAt(certificate, key, at);
  if (fault === 'KEY_CANNOT_SIGN') return bad(fault, fingerprint, fingerprint);
  if (issuers.some((claimed) => claimed !== fingerprint)) {
    return bad('SIGNATURE_FALSE', `signed as ${issuers.join(' and ')}, but presented as ${issuer}`, issuer);
  }
  if (!(await isMadeWith(known))) return bad('SIGNATURE_FALSE', fingerprint, fingerprint);
  if (fault !== null) return bad(fault, fingerprint, fingerprint);
  const primary = certificate.primary.fingerprint;
  const ends = [expiryOf(certificate.primary), expiryOf(key)].filter((end) => end !== null);
  const expires = ends.length === 0 ? null : Math.min(...ends);
  return { kind: 'good', primary, key: fingerprint, time, algorithm: algorithmOf(key.key), expires };
}

function digestName(digest: number | null): string {
  const name = Object.entries(enums.hash).find(([, value]) => value === digest)?.[0];
  return name?.toUpperCase() ?? `number ${String(digest)}`;
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

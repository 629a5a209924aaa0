import { enums, type SignaturePacket } from 'openpgp';
import type { Fingerprint } from '../../domain/names.ts';
import type { SignatureFault } from '../../domain/signature.ts';
import type { CertificateParts, KeyPart, UserIdPart } from './certificate.ts';
import { fingerprintOf, isMadeBy, secondsOf, type KeyPacket } from './packet-read.ts';
import { isSigningAlgorithm } from './strength.ts';

/**
 * What a certificate says about its own keys, verified once; asking about a moment is then plain arithmetic.
 * Only what the primary key itself signed is heard. Times are whole seconds since 1970.
 */

/** One verified self-signature: from `from` on, until a later one, the key may do this until `expires`. */
interface Binding {
  readonly from: number;
  readonly signs: boolean;
  readonly expires: number | null;
}

interface Revocation {
  readonly at: number;
  /** Whatever the key signed is in doubt, also before. */
  readonly backwards: boolean;
}

export interface KeyHistory {
  readonly fingerprint: Fingerprint;
  readonly key: KeyPacket;
  readonly created: number;
  /** Oldest first. */
  readonly bindings: readonly Binding[];
  readonly revocations: readonly Revocation[];
}

export interface CertificateHistory {
  readonly primary: KeyHistory;
  readonly subkeys: readonly KeyHistory[];
  readonly userIds: readonly string[];
}

const SIGN_FLAG = 0x02;
const CERTIFICATIONS = [
  enums.signature.certGeneric,
  enums.signature.certPersona,
  enums.signature.certCasual,
  enums.signature.certPositive,
];

export async function historyOf(parts: CertificateParts): Promise<CertificateHistory> {
  const { key } = parts.primary;
  const certified = await Promise.all(parts.userIds.map((part) => certificationsOf(part, key)));
  const direct = await only(parts.primary.signatures, (signature) =>
    isMadeBy(signature, key, enums.signature.key, { key }),
  );
  const revoked = await only(parts.primary.signatures, (signature) =>
    isMadeBy(signature, key, enums.signature.keyRevocation, { key }),
  );
  const about = [...direct, ...certified.flat()];
  // A signature that does not speak of what the key is for (one naming a revoker, say) does not change it.
  const outspoken = about.filter(({ keyFlags }) => keyFlags !== null);
  return {
    primary: {
      ...identityOf(key),
      bindings: inOrder(
        (outspoken.length > 0 ? outspoken : about).map((signature) => bindingOf(signature, key)),
      ),
      revocations: revoked.map(revocationOf),
    },
    subkeys: await Promise.all(parts.subkeys.map((part) => subkeyHistory(part, key))),
    userIds: parts.userIds.filter((_, index) => (certified[index]?.length ?? 0) > 0).map(({ text }) => text),
  };
}

/** @returns null where the key may sign at that time, else why not. */
export function faultAt(
  certificate: CertificateHistory,
  key: KeyHistory,
  time: number,
): SignatureFault | null {
  const { primary } = certificate;
  const both = key === primary ? [primary] : [primary, key];
  if (both.some(({ revocations }) => revocations.some(({ at, backwards }) => backwards || at <= time))) {
    return 'KEY_REVOKED';
  }
  for (const each of both) {
    const binding = bindingAt(each, time);
    if (binding === undefined || time < each.created) return 'KEY_CANNOT_SIGN';
    if (each === key && !binding.signs) return 'KEY_CANNOT_SIGN';
    if (binding.expires !== null && time >= binding.expires) return 'KEY_EXPIRED';
  }
  return null;
}

/** Whether some key of the certificate may sign at that time. */
export function canSignAt(certificate: CertificateHistory, time: number): boolean {
  return [certificate.primary, ...certificate.subkeys].some(
    (key) => faultAt(certificate, key, time) === null,
  );
}

/**
 * From when on the key may not sign, by its newest self-signature and everything that revokes it; null for never. A revocation
 * that leaves nothing of what the key signed gives 0.
 */
export function endOf({ primary }: CertificateHistory, key: KeyHistory): number | null {
  const both = key === primary ? [primary] : [primary, key];
  const ends = both.flatMap((each) => [
    ...each.revocations.map(({ at, backwards }) => (backwards ? 0 : at)),
    ...[expiryOf(each)].filter((end) => end !== null),
  ]);
  return ends.length === 0 ? null : Math.min(...ends);
}

/** When the key expires by its newest self-signature; null for never. */
export function expiryOf(key: KeyHistory): number | null {
  return key.bindings.at(-1)?.expires ?? null;
}

export function mayEverSign(key: KeyHistory): boolean {
  return key.bindings.at(-1)?.signs ?? false;
}

/**
 * The self-signature in force: the newest one not younger than the time asked about. Where every one is younger (only
 * renewed ones were ever exported) the oldest stands for the lost original.
 */
function bindingAt(key: KeyHistory, time: number): Binding | undefined {
  return key.bindings.findLast(({ from }) => from <= time) ?? key.bindings[0];
}

async function certificationsOf(part: UserIdPart, key: KeyPacket): Promise<readonly SignaturePacket[]> {
  const data = { key, userID: part.packet };
  const revocations = await only(part.signatures, (signature) =>
    isMadeBy(signature, key, enums.signature.certRevocation, data),
  );
  const lastRevoked = Math.max(-1, ...revocations.map(createdOf));
  const certifications = await only(part.signatures, async (signature) => {
    const type = CERTIFICATIONS.find((each) => each === signature.signatureType);
    return type !== undefined && (await isMadeBy(signature, key, type, data));
  });
  // A withdrawn user id stops speaking for the key only if another one does: names are no reason to lose a key.
  const standing = certifications.filter((signature) => createdOf(signature) > lastRevoked);
  return standing.length > 0 ? standing : certifications;
}

async function subkeyHistory(part: KeyPart, primary: KeyPacket): Promise<KeyHistory> {
  const data = { key: primary, bind: part.key };
  const bound = await only(part.signatures, (signature) =>
    isMadeBy(signature, primary, enums.signature.subkeyBinding, data),
  );
  const revoked = await only(part.signatures, (signature) =>
    isMadeBy(signature, primary, enums.signature.subkeyRevocation, data),
  );
  const bindings = await Promise.all(
    bound.map(async (signature): Promise<Binding> => {
      const binding = bindingOf(signature, part.key);
      const back = signature.embeddedSignature;
      // Without the subkey's own consent anybody could claim another person's signing key as his subkey.
      const consents = back !== null && (await isMadeBy(back, part.key, enums.signature.keyBinding, data));
      return { ...binding, signs: binding.signs && consents };
    }),
  );
  return { ...identityOf(part.key), bindings: inOrder(bindings), revocations: revoked.map(revocationOf) };
}

function identityOf(key: KeyPacket): Pick<KeyHistory, 'fingerprint' | 'key' | 'created'> {
  return { fingerprint: fingerprintOf(key), key, created: secondsOf(key.getCreationTime()) };
}

function bindingOf(signature: SignaturePacket, key: KeyPacket): Binding {
  const flags = signature.keyFlags?.[0];
  const lifetime = signature.keyExpirationTime ?? 0;
  return {
    from: createdOf(signature),
    signs: isSigningAlgorithm(key) && (flags === undefined || (flags & SIGN_FLAG) !== 0),
    expires: lifetime === 0 ? null : secondsOf(key.getCreationTime()) + lifetime,
  };
}

/**
 * Only who says that the key was retired or superseded vouches for what it signed before (RFC 9580 section 5.2.3.31).
 * The revocation that GnuPG lays by for every new key gives no reason, and is what people reach for when it is stolen.
 */
function revocationOf(signature: SignaturePacket): Revocation {
  const { keyRetired, keySuperseded } = enums.reasonForRevocation;
  const reason = signature.reasonForRevocationFlag;
  return { at: createdOf(signature), backwards: reason !== keyRetired && reason !== keySuperseded };
}

function createdOf(signature: SignaturePacket): number {
  return signature.created === null ? 0 : secondsOf(signature.created);
}

function inOrder(bindings: readonly Binding[]): readonly Binding[] {
  return bindings.toSorted((a, b) => a.from - b.from);
}

async function only(
  signatures: readonly SignaturePacket[],
  holds: (signature: SignaturePacket) => Promise<boolean>,
): Promise<readonly SignaturePacket[]> {
  const kept = await Promise.all(signatures.map(holds));
  return signatures.filter((_, index) => kept[index] === true);
}

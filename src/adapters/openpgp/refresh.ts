import { enums, type SignaturePacket } from 'openpgp';
import type { Certificate } from '../../ports/signatures.ts';
import { readCertificate, unite, type CertificateParts, type KeyPart } from './certificate.ts';
import { fingerprintOf, isMadeBy, type KeyPacket } from './packet-read.ts';

const ON_USER_ID = [
  enums.signature.certGeneric,
  enums.signature.certPersona,
  enums.signature.certCasual,
  enums.signature.certPositive,
  enums.signature.certRevocation,
];
const ON_PRIMARY = [enums.signature.key, enums.signature.keyRevocation];
const ON_SUBKEY = [enums.signature.subkeyBinding, enums.signature.subkeyRevocation];

/**
 * Why a text is no later version of a certificate, in words; null where it is one: the same primary key, no subkey that was
 * not there before, and nothing but what the primary key itself signed.
 */
export async function refreshFault(certificate: Certificate, armored: string): Promise<string | null> {
  const fresh = await readCertificate(armored);
  if (fresh.kind === 'unreadable') return fresh.reason;
  const base = await readCertificate(certificate.armored);
  if (base.kind === 'unreadable') return 'the certificate it belongs to cannot be read';
  const { primary } = fresh.parts;
  const fingerprint = fingerprintOf(primary.key);
  if (fingerprint !== fingerprintOf(base.parts.primary.key)) return `it holds another key, ${fingerprint}`;
  const known = new Set(base.parts.subkeys.map(({ key }) => fingerprintOf(key)));
  const stranger = fresh.parts.subkeys.find(({ key }) => !known.has(fingerprintOf(key)));
  if (stranger !== undefined)
    return `it brings the subkey ${fingerprintOf(stranger.key)}; a new key takes an approved change`;
  const foreign = await foreignSignature(fresh.parts);
  if (foreign)
    return 'it holds signatures that are not its own (export it with --export-options export-minimal)';
  return (await addsNothing(certificate, base.parts, fresh.parts)) ? 'it says nothing new' : null;
}

/** Whether a certificate that takes another's place says all that the other said: a revocation must not get lost. */
export async function keepsAll(before: string, after: string): Promise<boolean> {
  const [old, fresh] = [await readCertificate(before), await readCertificate(after)];
  if (old.kind === 'unreadable' || fresh.kind === 'unreadable') return old.kind === 'unreadable';
  const keys = new Set(fresh.parts.subkeys.map(({ key }) => fingerprintOf(key)));
  return (
    old.parts.subkeys.every(({ key }) => keys.has(fingerprintOf(key))) &&
    count(unite(fresh.parts, [old.parts])) === count(fresh.parts)
  );
}

async function foreignSignature({ primary, userIds, subkeys }: CertificateParts): Promise<boolean> {
  const { key } = primary;
  const own = await Promise.all([
    ...primary.signatures.map((signature) => isOwn(signature, key, ON_PRIMARY, { key })),
    ...userIds.flatMap(({ packet, signatures }) =>
      signatures.map((signature) => isOwn(signature, key, ON_USER_ID, { key, userID: packet })),
    ),
    ...subkeys.flatMap((part: KeyPart) =>
      part.signatures.map((signature) => isOwn(signature, key, ON_SUBKEY, { key, bind: part.key })),
    ),
  ]);
  return own.includes(false);
}

async function isOwn(
  signature: SignaturePacket,
  key: KeyPacket,
  types: readonly enums.signature[],
  data: object,
): Promise<boolean> {
  const type = types.find((each) => each === signature.signatureType);
  return type !== undefined && (await isMadeBy(signature, key, type, data));
}

/** Whether all its signatures are in the certificate and the refreshes before it already. */
async function addsNothing(
  { refreshes }: Certificate,
  base: CertificateParts,
  fresh: CertificateParts,
): Promise<boolean> {
  const later: CertificateParts[] = [];
  for (const refresh of refreshes) {
    const read = await readCertificate(refresh);
    if (read.kind === 'parts') later.push(read.parts);
  }
  return count(unite(base, [...later, fresh])) === count(unite(base, later));
}

function count({ primary, userIds, subkeys }: CertificateParts): number {
  const lists = [primary, ...userIds, ...subkeys].map(({ signatures }) => signatures.length);
  return lists.reduce((sum, length) => sum + length, 0);
}

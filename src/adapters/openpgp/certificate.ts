import { UserIDPacket, type SignaturePacket } from 'openpgp';
import { unarmor } from './armor.ts';
import { fingerprintOf, readKey, readSignature, type KeyPacket } from './packet-read.ts';
import { splitPackets, TAG, type Packet } from './packets.ts';

/** The packets of one certificate, grouped as RFC 9580 section 10.1 orders them, nothing verified yet. */

export interface UserIdPart {
  readonly text: string;
  readonly packet: UserIDPacket;
  readonly signatures: readonly SignaturePacket[];
}

export interface KeyPart {
  readonly key: KeyPacket;
  readonly signatures: readonly SignaturePacket[];
}

export interface CertificateParts {
  readonly primary: KeyPart;
  readonly userIds: readonly UserIdPart[];
  readonly subkeys: readonly KeyPart[];
}

export type ReadCertificate =
  | { readonly kind: 'parts'; readonly parts: CertificateParts }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Larger certificates are refused unread (many third-party signatures, or a flood of them). */
export const MAX_CERTIFICATE_CHARACTERS = 1024 * 1024;
const MAX_PACKETS = 5000;

/** Reads one armored public certificate; everything but one whole version 4 certificate is unreadable. */
export async function readCertificate(armored: string): Promise<ReadCertificate> {
  if (armored.length > MAX_CERTIFICATE_CHARACTERS) return unreadable('it is larger than 1 MiB');
  if (armored.includes('PGP PRIVATE KEY BLOCK'))
    return unreadable('it holds secret key material; it must be taken out of use');
  const bytes = unarmor(armored, 'PGP PUBLIC KEY BLOCK');
  if (bytes === null) return unreadable('it is not exactly one armored PGP PUBLIC KEY BLOCK');
  const packets = splitPackets(bytes);
  if (packets === null || packets.length === 0) return unreadable('its packets cannot be read');
  if (packets.length > MAX_PACKETS) return unreadable(`it has more than ${MAX_PACKETS} packets`);
  if (packets.some(({ tag }) => tag === TAG.secretKey || tag === TAG.secretSubkey)) {
    return unreadable('it holds secret key material; it must be taken out of use');
  }
  if (packets.filter(({ tag }) => tag === TAG.publicKey).length !== 1 || packets[0]?.tag !== TAG.publicKey) {
    return unreadable('it does not hold exactly one certificate');
  }
  return await group(packets);
}

async function group(packets: readonly Packet[]): Promise<ReadCertificate> {
  const keys: { key: KeyPacket; signatures: SignaturePacket[] }[] = [];
  const userIds: { text: string; packet: UserIDPacket; signatures: SignaturePacket[] }[] = [];
  let current: SignaturePacket[] = [];
  for (const { tag, body } of packets) {
    switch (tag) {
      case TAG.publicKey:
      case TAG.publicSubkey: {
        const key = await readKey(body, tag === TAG.publicKey ? 'primary' : 'subkey');
        if (key === null) return unreadable('a key in it is not an OpenPGP version 4 key this tool can read');
        current = [];
        keys.push({ key, signatures: current });
        break;
      }
      case TAG.userId: {
        const packet = new UserIDPacket();
        try {
          packet.read(body);
        } catch {
          return unreadable('a user id in it cannot be read');
        }
        current = [];
        userIds.push({ text: packet.userID, packet, signatures: current });
        break;
      }
      case TAG.signature: {
        const signature = readSignature(body);
        if (signature !== null) current.push(signature); // others (version 3, unknown) say nothing about the key itself
        break;
      }
      default:
        // A photo and its signatures; trust, marker and padding packets.
        if (tag === TAG.userAttribute) current = [];
    }
  }
  const [primary, ...subkeys] = keys;
  if (primary === undefined) return unreadable('it holds no key');
  return { kind: 'parts', parts: { primary, userIds, subkeys } };
}

/**
 * Unites a certificate with later versions of itself. Only signatures are taken over, and only those on the primary
 * key, on subkeys already there and on user ids: nothing is ever dropped, and no subkey can come in this way.
 * Versions of another primary key add nothing.
 */
export function unite(base: CertificateParts, later: readonly CertificateParts[]): CertificateParts {
  const primary = fingerprintOf(base.primary.key);
  const versions = [base, ...later.filter((parts) => fingerprintOf(parts.primary.key) === primary)];
  const texts = new Set(versions.flatMap((parts) => parts.userIds.map(({ text }) => text)));
  const withSubkey = (fingerprint: string): readonly KeyPart[] =>
    versions.flatMap((parts) => parts.subkeys.filter(({ key }) => fingerprintOf(key) === fingerprint));
  const fingerprints = new Set(base.subkeys.map(({ key }) => fingerprintOf(key)));
  return {
    primary: { key: base.primary.key, signatures: together(versions.map((parts) => parts.primary)) },
    userIds: [...texts].flatMap((text) => {
      const same = versions.flatMap((parts) => parts.userIds.filter((part) => part.text === text));
      return same[0] === undefined ? [] : [{ text, packet: same[0].packet, signatures: together(same) }];
    }),
    subkeys: [...fingerprints].flatMap((fingerprint) => {
      const same = withSubkey(fingerprint);
      return same[0] === undefined ? [] : [{ key: same[0].key, signatures: together(same) }];
    }),
  };
}

/** Each signature once, by what it signs and says. */
function together(
  parts: readonly { readonly signatures: readonly SignaturePacket[] }[],
): readonly SignaturePacket[] {
  const seen = new Map<string, SignaturePacket>();
  for (const signature of parts.flatMap((part) => part.signatures)) {
    seen.set(Buffer.from(signature.write()).toString('latin1'), signature);
  }
  return [...seen.values()];
}

function unreadable(reason: string): ReadCertificate {
  return { kind: 'unreadable', reason };
}

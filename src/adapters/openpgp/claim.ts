import type { SignaturePacket } from 'openpgp';
import { unarmor } from './armor.ts';
import { hashedIssuers, isCriticallyUnknown, readSignature, secondsOf } from './packet-read.ts';
import { splitPackets, TAG } from './packets.ts';

/** A signature with a page of armor comments is not a signature anybody needs. */
export const MAX_SIGNATURE_CHARACTERS = 16 * 1024;

/** What a signature says about itself; whether it is true is another question. */
export interface Claim {
  /** RFC 9580 section 5.2.1. */
  readonly type: number;
  /** Number of the digest algorithm. */
  readonly digest: number | null;
  /** The full fingerprint where the packet names it, else the 64-bit key id. */
  readonly issuer: string;
  /** The fingerprints in the part that is signed itself. */
  readonly issuers: readonly string[];
  /** When it says it was made, seconds since 1970. */
  readonly time: number;
}

/** What the one signature in the text says, or what is wrong with it. */
export function claimIn(armored: string): Claim | string {
  const packet = signatureIn(armored);
  return typeof packet === 'string' ? packet : claimOf(packet);
}

export function claimOf(packet: SignaturePacket): Claim {
  return {
    type: packet.signatureType ?? 0,
    digest: packet.hashAlgorithm,
    issuer: issuerOf(packet),
    issuers: hashedIssuers(packet),
    time: packet.created === null ? 0 : secondsOf(packet.created),
  };
}

/** The one signature in the text, or what is wrong with it. */
export function signatureIn(armored: string): SignaturePacket | string {
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

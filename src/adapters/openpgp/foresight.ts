import { createHash } from 'node:crypto';
import type { Certificate } from '../../ports/signatures.ts';
import type { Claim } from './claim.ts';
import type { KeyPacket } from './packet-read.ts';

/** What was found about a signature before anybody asked. */
export interface Foreseen {
  readonly claim: Claim | string;
  /** Names of the keys that made it. Others may have made it too, as long as nobody looked. */
  readonly keys: readonly string[];
}

/** Looks at signatures elsewhere while this thread does something else. Who does not wait for it finds the same. */
export interface Foresight {
  /** From now on signatures of the keys in this certificate can be checked. */
  meet(certificate: Certificate): void;
  look(payload: Uint8Array, armored: string): void;
  /** What was found about a signature that was looked at, once; null about any other. */
  of(payload: Uint8Array, armored: string): Promise<Foreseen | null>;
}

const names = new WeakMap<KeyPacket, string>();

/** A key by everything it consists of; a fingerprint is a SHA-1, and two keys may be made to share one. */
export function keyName(key: KeyPacket): string {
  const known = names.get(key);
  if (known !== undefined) return known;
  const name = createHash('sha256').update(key.write()).digest('hex');
  names.set(key, name);
  return name;
}

/** What passes between the threads. */
export type ToWorker =
  | { readonly kind: 'meet'; readonly certificate: Certificate }
  | {
      readonly kind: 'look';
      readonly batch: number;
      readonly payloads: readonly Uint8Array[];
      readonly armored: readonly string[];
    };
export interface FromWorker {
  readonly batch: number;
  readonly found: readonly Foreseen[];
}

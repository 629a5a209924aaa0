import { createPublicKey, verify, X509Certificate, type KeyObject } from 'node:crypto';
import { sha256 } from '../../base/digest.ts';
import { derOf, digestFor } from '../../base/ecdsa.ts';
import { CannotTell } from '../../base/errors.ts';
import type { ModelTrust } from '../../ports/model-signatures.ts';
import type { Bundle } from './model-bundle.ts';

export function keyHintOf(key: KeyObject): string {
  return sha256(key.export({ type: 'spki', format: 'pem' }));
}

/**
 * Whether a bundle was signed by whom it has to be.
 * @param now seconds. @returns the key in DER, or why not. @throws CannotTell BAD_DATA for trust that is none.
 */
export function checkSigner(
  bundle: Bundle,
  trust: ModelTrust,
  now: number,
): { readonly key: Uint8Array } | string {
  const key = trust.kind === 'key' ? keyOf(bundle, trust.pem) : certifiedKey(bundle, trust.pem, now);
  if (typeof key === 'string') return key;
  const digest = digestFor(key);
  if (digest === null) return 'is signed with a key that is none of the curves P-256, P-384 and P-521';
  if (!verify(digest, bundle.signedBytes, key, bundle.signature))
    return 'has a signature that is not of that key over that statement';
  return { key: derOf(key) };
}

function keyOf(bundle: Bundle, pem: Uint8Array): KeyObject | string {
  const key = publicKeyIn(pem);
  if (bundle.certificates.length > 0)
    return 'is signed with a certificate; name the authority that issued it: --model-ca';
  if (bundle.keyHint !== null && bundle.keyHint !== keyHintOf(key)) return 'is signed with another key';
  return key;
}

/** @throws CannotTell BAD_DATA where nothing could ever be by that key, or by these authorities any more. */
export function demandTrust({ kind, pem }: ModelTrust, now: number): void {
  if (kind === 'key') {
    publicKeyIn(pem);
    return;
  }
  if (authoritiesIn(pem).some((each) => isInForce(each, now))) return;
  throw new CannotTell('BAD_DATA', 'None of these authorities is in force now.');
}

function publicKeyIn(pem: Uint8Array): KeyObject {
  return trusted(() => createPublicKey(Buffer.from(pem)), 'public key');
}

function authoritiesIn(pem: Uint8Array): readonly X509Certificate[] {
  return trusted(() => {
    const texts = Buffer.from(pem).toString('latin1').match(PEM) ?? [];
    if (texts.length === 0) throw new Error('no certificate');
    return texts.map((text) => new X509Certificate(text));
  }, 'certificate of an authority');
}

const MOST_STEPS = 10;
const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The key of the first certificate, where a way of certificates in force leads from it to an authority. */
function certifiedKey(bundle: Bundle, pem: Uint8Array, now: number): KeyObject | string {
  const authorities = authoritiesIn(pem);
  let chain: readonly X509Certificate[];
  try {
    chain = bundle.certificates.map((der) => new X509Certificate(Buffer.from(der)));
  } catch {
    return 'holds a certificate that is none';
  }
  const [leaf, ...between] = chain;
  if (leaf === undefined) return 'is signed with a key; name it: --model-key';
  if (!maySign(leaf)) return 'is signed with a certificate that is not for signing';
  let current = leaf;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    if (!isInForce(current, now))
      return `is signed by a certificate that is not in force now: ${oneLine(current.subject)}`;
    const authority = authorities.find((each) => issued(each, current));
    if (authority !== undefined)
      return isInForce(authority, now)
        ? leaf.publicKey
        : `rests on an authority that is not in force now: ${oneLine(authority.subject)}`;
    const next = between.find((each) => each.ca && each !== current && issued(each, current));
    if (next === undefined) break;
    current = next;
  }
  return 'is signed with a certificate that none of the named authorities issued';
}

function issued(issuer: X509Certificate, subject: X509Certificate): boolean {
  return (
    subject.checkIssued(issuer) &&
    (issuer.ca || issuer.raw.equals(subject.raw)) &&
    subject.verify(issuer.publicKey)
  );
}

function isInForce(certificate: X509Certificate, now: number): boolean {
  return Date.parse(certificate.validFrom) <= now * 1000 && now * 1000 <= Date.parse(certificate.validTo);
}

const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
const KEY_USAGE = Buffer.from('0603551d0f', 'hex');

/** By its key usage (digital signature), which Node does not tell, or for signing code. */
function maySign(certificate: X509Certificate): boolean {
  const extended = (certificate as { readonly keyUsage?: readonly string[] }).keyUsage ?? [];
  if (extended.includes(CODE_SIGNING)) return true;
  const at = certificate.raw.indexOf(KEY_USAGE);
  if (at < 0) return false;
  // OCTET STRING { BIT STRING, its unused bits, its first byte }, with "critical" before it where it is so.
  const value = certificate.raw.subarray(at + KEY_USAGE.length);
  const octets = value[0] === 0x01 ? value.subarray(3) : value;
  return octets[0] === 0x04 && octets[2] === 0x03 && ((octets[5] ?? 0) & 0x80) !== 0;
}

function oneLine(subject: string): string {
  return subject.replaceAll('\n', ', ').slice(0, 200);
}

function trusted<T>(read: () => T, what: string): T {
  try {
    return read();
  } catch (cause) {
    throw new CannotTell('BAD_DATA', `This is no ${what} in PEM.`, { cause });
  }
}

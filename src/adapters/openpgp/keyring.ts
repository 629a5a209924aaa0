import type { Fingerprint } from '../../domain/names.ts';
import type { Certificate } from '../../ports/signatures.ts';
import { readCertificate, unite, type CertificateParts } from './certificate.ts';
import { historyOf, type CertificateHistory, type KeyHistory } from './validity.ts';

/** Certificates by the keys in them. Each text is read and its self-signatures verified once. */

export interface KnownKey {
  readonly certificate: CertificateHistory;
  readonly key: KeyHistory;
}

export interface Keyring {
  /** All keys of that fingerprint or, given 16 digits, of that key id. */
  find(issuer: string): readonly KnownKey[];
}

const MAX_CACHED = 2000;

export class Keyrings {
  private readonly histories = new Map<string, Promise<CertificateHistory | null>>();
  private readonly keyrings = new WeakMap<readonly Certificate[], Promise<Keyring>>();
  private readonly onMet: (certificate: Certificate) => void;

  /** @param onMet told of each certificate when it is first seen. */
  constructor(onMet: (certificate: Certificate) => void = () => undefined) {
    this.onMet = onMet;
  }

  /** A list of certificates must not be changed once it was given here. */
  of(certificates: readonly Certificate[]): Promise<Keyring> {
    const known = this.keyrings.get(certificates) ?? this.build(certificates);
    this.keyrings.set(certificates, known);
    return known;
  }

  private async build(certificates: readonly Certificate[]): Promise<Keyring> {
    const histories = await Promise.all(certificates.map((certificate) => this.history(certificate)));
    const keys = new Map<string, KnownKey[]>();
    histories.forEach((history, index) => {
      if (history === null || history.primary.fingerprint !== certificates[index]?.fingerprint) return;
      for (const key of [history.primary, ...history.subkeys]) {
        for (const name of [key.fingerprint, keyIdOf(key.fingerprint)]) {
          keys.set(name, [...(keys.get(name) ?? []), { certificate: history, key }]);
        }
      }
    });
    return { find: (issuer) => keys.get(issuer) ?? [] };
  }

  private history(certificate: Certificate): Promise<CertificateHistory | null> {
    const text = [certificate.armored, ...certificate.refreshes].join('\0');
    const known = this.histories.get(text);
    if (known !== undefined) return known;
    if (this.histories.size >= MAX_CACHED) this.histories.clear();
    this.onMet(certificate);
    const fresh = united(certificate);
    this.histories.set(text, fresh);
    return fresh;
  }
}

export async function partsOf(certificate: Certificate): Promise<CertificateParts | null> {
  const base = await readCertificate(certificate.armored);
  if (base.kind === 'unreadable') return null;
  const later: CertificateParts[] = [];
  for (const refresh of certificate.refreshes) {
    const read = await readCertificate(refresh);
    if (read.kind === 'parts') later.push(read.parts);
  }
  return unite(base.parts, later);
}

async function united(certificate: Certificate): Promise<CertificateHistory | null> {
  const parts = await partsOf(certificate);
  return parts === null ? null : await historyOf(parts);
}

function keyIdOf(fingerprint: Fingerprint): string {
  return fingerprint.slice(-16);
}

import { toTime } from '../../domain/names.ts';
import type { SignatureVerifier } from '../../ports/signatures.ts';
import type { KeyringFile } from './keyring-file.ts';
import type { WalkedCommit } from './walk.ts';

/** What the signature of one commit is worth, whoever may have been allowed to make it. */
export interface SignatureLine {
  readonly commit: string;
  /** `unknown`: the keyring does not hold the key, so nobody can say. */
  readonly verdict: 'good' | 'bad' | 'unknown' | 'unsigned';
  /** Null for a good signature and for none. */
  readonly code: string | null;
  /** Fingerprint of the key that signed; of a bad signature what it names, which may be a key id of 16 digits. */
  readonly key: string | null;
  /** Null where the keyring does not hold the key. */
  readonly primary: string | null;
  /** Of the key, and when the signature says it was made; known of good signatures. */
  readonly algorithm: string | null;
  readonly time: string | null;
}

const NOTHING = { code: null, key: null, primary: null, algorithm: null, time: null } as const;

export async function lineOf(
  verifier: SignatureVerifier,
  { id, commit, fault }: WalkedCommit,
  { certificates, primaries }: KeyringFile,
): Promise<SignatureLine> {
  if (commit === null) return { ...NOTHING, commit: id, verdict: 'bad', code: fault };
  if (commit.signature === null) return { ...NOTHING, commit: id, verdict: 'unsigned' };
  const verdict = await verifier.verify(commit.payload, commit.signature, certificates);
  if (verdict.kind === 'bad') {
    const key = verdict.key ?? null;
    const primary = key === null ? null : (primaries.get(key) ?? null);
    const word = verdict.fault === 'SIGNER_UNKNOWN' ? 'unknown' : 'bad';
    return { ...NOTHING, commit: id, verdict: word, code: verdict.fault, key, primary };
  }
  const { key, primary, algorithm, time } = verdict;
  return { commit: id, verdict: 'good', code: null, key, primary, algorithm, time: toTime(time) };
}

/** Fields with one space between them, `-` for what is not known; every field is one word. */
export function lineText(line: SignatureLine): string {
  const { commit, verdict, code, key, primary, algorithm, time } = line;
  return [commit, verdict, code, key, primary, algorithm, time].map((field) => field ?? '-').join(' ');
}

/** One object on one line, the commit first. */
export function lineJson({ commit, verdict, ...known }: SignatureLine): string {
  return JSON.stringify({ commit, verdict, ...known });
}

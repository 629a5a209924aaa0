import type { Problem } from '../base/problem.ts';
import type { Fingerprint } from '../domain/names.ts';
import { differencesBelow, nodeAt, type TreeFolder } from '../domain/tree.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { changeFolder, keyFile, locate } from '../domain/paths.ts';
import { proposedLaw } from '../machine/changes.ts';
import { parseLaw, type Law } from '../machine/law.ts';
import type { RefreshFacts } from '../judge/recognise-law.ts';
import type { Certificate, SignatureVerifier } from '../ports/signatures.ts';

/**
 * What is wrong with the certificates of a law: each must be what its file name says, public, strong enough to sign,
 * and no key or subkey may occur twice – else one person's signature could count as another's.
 */
export async function certificateProblems(
  verifier: SignatureVerifier,
  law: Law,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  const owners = new Map<string, string>();
  for (const [fingerprint, armored] of law.certificates) {
    const place = { file: keyFile(fingerprint) };
    const facts = await verifier.inspect(armored);
    if (facts.kind === 'unusable')
      problems.push({ place, message: `is no usable certificate: ${facts.reason}` });
    else {
      if (facts.primary !== fingerprint)
        problems.push({ place, message: `holds the key ${facts.primary}; name the file after it` });
      if (!facts.canSign) problems.push({ place, message: 'holds no key that may sign' });
      for (const key of facts.keys) {
        const other = owners.get(key);
        if (other !== undefined)
          problems.push({ place, message: `holds the key ${key}, which is in ${other} too` });
        owners.set(key, keyFile(fingerprint));
      }
    }
  }
  return problems;
}

const keyrings = new WeakMap<Law, readonly Certificate[]>();

/** The certificates in force in a tree, with their refreshes; none where it holds no law. */
export function keyringOf(tree: TreeFolder): readonly Certificate[] {
  const law = parseLaw(tree);
  if (!law.ok) return [];
  const known =
    keyrings.get(law.value) ??
    [...law.value.certificates].map(([fingerprint, armored]) => ({
      fingerprint,
      armored,
      refreshes: law.value.refreshes.get(fingerprint) ?? [],
    }));
  keyrings.set(law.value, known);
  return known;
}

/** What is wrong with the certificates of every policy that a commit proposes or puts in force. */
export async function broughtProblems(
  verifier: SignatureVerifier,
  before: TreeFolder,
  after: TreeFolder,
): Promise<readonly Reason[]> {
  const laws: Law[] = [];
  if (nodeAt(before, 'policy')?.id !== nodeAt(after, 'policy')?.id) {
    const law = parseLaw(after);
    if (law.ok) laws.push(law.value);
  }
  for (const { path, after: file } of differencesBelow('changes', before, after)) {
    const location = file === null ? null : locate(path);
    if (location?.kind !== 'change' || nodeAt(after, `${changeFolder(location.change)}/proposed`) === null)
      continue;
    const law = proposedLaw(after, location.change);
    if (law.ok) laws.push(law.value);
  }
  const present = parseLaw(before);
  const problems: Problem[] = [];
  for (const law of laws) {
    problems.push(...(await certificateProblems(verifier, law)));
    if (present.ok) problems.push(...(await lossProblems(verifier, present.value, law)));
  }
  return problems.map(({ place, message }) =>
    reason('DOCUMENT_UNSOUND', { path: place.file, message, place }),
  );
}

/** A certificate in force may be replaced by one that says more, never by one that says less. */
async function lossProblems(
  verifier: SignatureVerifier,
  present: Law,
  law: Law,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const [fingerprint, armored] of law.certificates) {
    const old = present.certificates.get(fingerprint);
    if (old === undefined || old === armored || (await verifier.keepsAll(old, armored))) continue;
    const place = { file: keyFile(fingerprint) };
    problems.push({ place, message: 'leaves out signatures or subkeys of the certificate in force' });
  }
  return problems;
}

/** What refreshes that a commit brings are, by the certificates in force before. @param clock seconds since 1970. */
export async function refreshFacts(
  verifier: SignatureVerifier,
  before: TreeFolder,
  after: TreeFolder,
  clock: number,
): Promise<RefreshFacts> {
  const facts = new Map<
    string,
    { readonly fault: string | null; readonly expired: ReadonlySet<Fingerprint> }
  >();
  if (nodeAt(before, 'refreshes')?.id === nodeAt(after, 'refreshes')?.id) return facts;
  const keyring = keyringOf(before);
  for (const { path, after: file } of differencesBelow('refreshes', before, after)) {
    const location = file === null ? null : locate(path);
    if (file === null || location?.kind !== 'refresh') continue;
    const certificate = keyring.find(({ fingerprint }) => fingerprint === location.key);
    const fault =
      certificate === undefined
        ? 'its key is not enrolled'
        : await verifier.refreshFault(certificate, new TextDecoder().decode(file.bytes));
    facts.set(path, { fault, expired: await verifier.ended(keyring, clock) });
  }
  return facts;
}

import type { Problem } from '../base/problem.ts';
import { keyFile } from '../domain/paths.ts';
import type { Law } from '../machine/law.ts';
import type { SignatureVerifier } from '../ports/signatures.ts';

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

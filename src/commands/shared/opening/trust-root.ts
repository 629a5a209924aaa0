import { CannotTell } from '../../../base/errors.ts';
import { Fingerprint } from '../../../domain/names.ts';
import type { TrustRoot } from '../../../evidence/trust-root.ts';
import type { Context } from '../context.ts';

const WRITTEN = /^([0-9a-f]{40}|[0-9a-f]{64}):([0-9A-Fa-f]{40})$/;

/** Reads `<commit>:<fingerprint>`. @throws CannotTell USAGE. */
export function parseTrustRoot(text: string, origin: string): TrustRoot {
  const [, commit, signer] = WRITTEN.exec(text.trim()) ?? [];
  if (commit !== undefined && signer !== undefined)
    return { commit, signer: Fingerprint.parse(signer.toUpperCase()) };
  throw new CannotTell('USAGE', `${origin} must be <full commit id>:<full fingerprint>`, {
    facts: [text],
    remedy: 'ask the person who ran `modelsmith init` for the line it printed',
  });
}

export function printTrustRoot({ commit, signer }: TrustRoot): string {
  return `${commit}:${signer}`;
}

/**
 * The root to judge by: from `--root`, the environment, or the user's own configuration – never from the repository.
 * A root that contradicts the pinned one is refused rather than believed. @returns null where none is known.
 */
export async function knownTrustRoot(
  context: Context,
  given: string | null,
  repository: string | null,
): Promise<TrustRoot | null> {
  const pinned = repository === null ? null : await context.trust.rootOf(repository);
  const variable = context.environment['MODELSMITH_ROOT'];
  const stated =
    given !== null
      ? parseTrustRoot(given, '--root')
      : variable !== undefined
        ? parseTrustRoot(variable, 'MODELSMITH_ROOT')
        : null;
  if (stated !== null && pinned !== null && printTrustRoot(stated) !== printTrustRoot(pinned)) {
    throw new CannotTell('NO_TRUST_ROOT', 'the trust root given is not the one pinned for this repository', {
      facts: [
        `given:  ${printTrustRoot(stated)}`,
        `pinned: ${printTrustRoot(pinned)} in ${context.trust.file}`,
      ],
      remedy: 'find out which of the two is right before you go on; a forged repository would look like this',
    });
  }
  return stated ?? pinned;
}

export function noTrustRoot(): CannotTell {
  return new CannotTell(
    'NO_TRUST_ROOT',
    'no trust root is known for this repository, so nothing in it can be believed',
    {
      remedy:
        'modelsmith verify --root <commit>:<fingerprint>   (the line that `modelsmith init` printed; add --pin to remember it)',
    },
  );
}

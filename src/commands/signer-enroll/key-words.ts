import { toTime } from '../../domain/names.ts';
import type { CertificateFacts } from '../../ports/signatures.ts';
import { escapeShown } from '../shared/terminal/escape.ts';

/** `Kim Novak <kim@example.org>, Ed25519, ends 2028-11-28, …1A2B3C4D5E6F7081`. Escaped. */
export function keyLine(
  {
    primary,
    userIds,
    card,
  }: { readonly primary: string; readonly userIds: readonly string[]; readonly card: string | null },
  facts: CertificateFacts,
): string {
  return [
    escapeShown(userIds[0] ?? 'no name'),
    facts.kind === 'unusable' ? `cannot be enrolled: ${facts.reason}` : facts.algorithm,
    ...(facts.kind === 'unusable' ? [] : [endWords(facts.expires)]),
    ...(card === null ? [] : ['on a smartcard']),
    `…${primary.slice(-16)}`,
  ].join(', ');
}

export function endWords(expires: number | null): string {
  return expires === null ? 'never ends' : `ends ${toTime(expires).slice(0, 10)}`;
}

import type { PrincipalName } from '../domain/names.ts';
import type { PromotionRecord } from '../domain/record.ts';
import { principalNamed, type Law } from './law.ts';

/** The people behind a request: who signed it, for whom, and who answers for the automation that signed it. */
export function requestersOf(
  { record }: { readonly record: Pick<PromotionRecord, 'request'> },
  law: Law,
): ReadonlySet<PrincipalName> {
  const people = new Set([record.request.principal, record.request.onBehalfOf]);
  const signer = principalNamed(law, record.request.principal);
  if (signer?.kind === 'automation') people.add(signer.owner);
  return people;
}

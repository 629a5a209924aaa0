import type { WaivedRule } from '../domain/exception.ts';
import type { WaivedKind } from '../domain/exception-rules.ts';
import { INTAKE_RULES } from '../domain/intake-rules.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { Law } from './law.ts';

const CHECK = 'check:';

/** What waives the demand for a check. */
export function checkRule(name: string): WaivedRule {
  return `${CHECK}${name}` as WaivedRule;
}

/**
 * What rules are about, all of them, as it decides who approves; else every reason why they cannot be waived together.
 * What no rule here names – thresholds, runs, regressions, digests, gates, separation – nobody waives.
 */
export function waivedKind(
  law: Law,
  rules: readonly WaivedRule[],
): { readonly kind: WaivedKind } | { readonly reasons: readonly Reason[] } {
  const each = rules.map((rule) => ({ rule, found: kindOf(law, rule) }));
  const refused = each.flatMap(({ rule, found }) =>
    'why' in found ? [reason('EXCEPTION_NOT_WAIVABLE', { rule, why: found.why })] : [],
  );
  const kinds = [...new Set(each.flatMap(({ found }) => ('kind' in found ? [found.kind] : [])))];
  const [kind, ...others] = kinds;
  if (refused.length > 0 || kind === undefined) return { reasons: refused };
  return others.length === 0
    ? { kind }
    : { reasons: [reason('EXCEPTION_MIXED', { kinds: [...kinds].sort() })] };
}

function kindOf({ policy }: Law, rule: WaivedRule): { readonly kind: WaivedKind } | { readonly why: string } {
  if (rule.startsWith(CHECK)) {
    const check = policy.risk?.checks.find(({ name }) => checkRule(name) === rule);
    if (check === undefined) return { why: 'the policy asks for no such check' };
    return check.waivable === undefined
      ? { why: 'the policy does not mark this check as waivable' }
      : { kind: check.waivable };
  }
  const known = Object.entries(INTAKE_RULES).find(([id]) => id === rule)?.[1];
  if (known === undefined) return { why: 'no rule that can be waived is called so' };
  return known.waivable ? { kind: known.about } : { why: 'rules of privacy are never waived' };
}

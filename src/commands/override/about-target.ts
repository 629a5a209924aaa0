import { coversPattern, type LinePattern } from '../../domain/line-pattern.ts';
import type { Law } from '../../machine/law.ts';

/** What somebody in a hurry may have mistyped. Nothing of it keeps the brake from working. */
export function aboutLines({ policy }: Law, lines: readonly LinePattern[]): readonly string[] {
  return lines
    .filter(
      (line) => !policy.lines.some(({ match }) => coversPattern(match, line) || coversPattern(line, match)),
    )
    .map((line) => `no rule of the policy is for ${line}; is it spelled so?`);
}

/** The same for a capability. One that is not allowed any more may still be had by iterations. */
export function aboutCapability({ policy }: Law, capability: string): readonly string[] {
  const known: readonly string[] = policy.lines.flatMap(({ capabilities }) => capabilities);
  return known.includes(capability) ? [] : [`no line of the policy allows ${capability}; is it spelled so?`];
}

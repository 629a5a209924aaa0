import { coversPattern } from '../domain/line-pattern.ts';
import { RISK_TIERS, type RiskTier } from '../domain/tiers.ts';
import type { Law } from '../machine/law.ts';
import type { Cases } from './cases.ts';
import type { LineClass } from './line-classes.ts';

/** A rule that changes nothing, and why. */
export interface IdleRule {
  readonly kind: 'line' | 'risk' | 'check';
  /** A pattern, or the name of the rule. */
  readonly rule: string;
  readonly why: string;
}

/** Rules that never apply, or never add anything to others. @param cases of every line; a rule about which they cannot tell is left out. */
export function idleRules(
  law: Law,
  classes: readonly LineClass[],
  cases: readonly Cases[],
): readonly IdleRule[] {
  return [
    ...idleLines(law, classes),
    ...(cases.every(({ complete }) => complete) ? idleRisk(law, cases) : []),
  ];
}

function idleLines({ policy: { lines } }: Law, classes: readonly LineClass[]): readonly IdleRule[] {
  const first = new Set(classes.map(({ index }) => index));
  return lines.flatMap(({ match }, index): readonly IdleRule[] => {
    if (first.has(index)) return [];
    const earlier = lines.slice(0, index).find((each) => coversPattern(each.match, match));
    const by =
      earlier === undefined
        ? 'the rules before it take all its lines'
        : `${earlier.match} stands before it and takes its lines`;
    return [{ kind: 'line', rule: match, why: by }];
  });
}

function idleRisk({ policy: { risk } }: Law, cases: readonly Cases[]): readonly IdleRule[] {
  const applying = new Set(cases.flatMap((each) => [...each.applying]));
  const adding = new Set(cases.flatMap((each) => [...each.adding]));
  const tiers = cases.flatMap(({ outcomes }) => outcomes.flatMap(({ tier }) => tier ?? []));
  const isReached = (from: RiskTier): boolean =>
    tiers.some((tier) => RISK_TIERS.indexOf(tier) >= RISK_TIERS.indexOf(from));
  return [
    ...(risk?.rules ?? []).flatMap(({ id }): readonly IdleRule[] => {
      if (!applying.has(id))
        return [{ kind: 'risk', rule: id, why: 'no change of any line can meet its condition' }];
      const why = 'wherever it applies, the tier, the owners and the evidence are the same without it';
      return adding.has(id) ? [] : [{ kind: 'risk', rule: id, why }];
    }),
    ...(risk?.checks ?? []).flatMap(({ name, from }): readonly IdleRule[] =>
      isReached(from) ? [] : [{ kind: 'check', rule: name, why: `no change of any line is of ${from} risk` }],
    ),
  ];
}

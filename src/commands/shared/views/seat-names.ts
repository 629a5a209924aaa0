import type { GateRule } from '../../../machine/gate-rule.ts';

/** A seat in words: the gate, and whose it is where it is an owner's. */
export function seatName({ gate, owner }: Pick<GateRule, 'gate' | 'owner'>): string {
  return owner === null ? gate : `${gate} as ${owner}`;
}

/** Several of them, each gate once. */
export function seatNames(rules: readonly GateRule[]): string {
  return rules.map(seatName).join(' and ');
}

import type { GateRule } from '../machine/gate-rule.ts';
import type { Law } from '../machine/law.ts';

/** What an analysis may take, counted and not timed, so that everybody gets the same answer. */
export class Budget {
  /** How often rules of risk may still be held against changes. */
  rules: number;
  /** People times seats that may still be held against each other. */
  private people: number;

  constructor({ rules = 3_000_000, people = 20_000_000 } = {}) {
    this.rules = rules;
    this.people = people;
  }

  /** False where there is nothing left for it. */
  spend({ signers }: Law, seats: readonly GateRule[]): boolean {
    this.people -= signers.principals.length * seats.reduce((sum, { quorum }) => sum + quorum, 0);
    return this.people >= 0;
  }
}

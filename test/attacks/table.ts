import type { AttackCase } from './case.ts';

export function attacksTable(cases: readonly AttackCase[]): string {
  return cases.length.toString();
}

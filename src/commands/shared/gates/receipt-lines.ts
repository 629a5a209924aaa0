import type { TargetStanding } from '../../../machine/receipts.ts';
import { escapeShown } from '../terminal/escape.ts';

/** For `--json`: what evidence says about one target. */
export interface TargetView {
  readonly target: string;
  readonly kind: TargetStanding['target']['kind'];
  readonly follows: readonly string[];
  readonly status: TargetStanding['status'];
  /** Its newest receipt that counts. */
  readonly entry: string | null;
  readonly since: string | null;
  readonly by: string | null;
}

export function targetViews(standings: readonly TargetStanding[]): readonly TargetView[] {
  return standings.map(({ name, target, status, receipt }) => ({
    target: name,
    kind: target.kind,
    follows: target.follows,
    status,
    entry: receipt?.id ?? null,
    since: receipt?.time ?? null,
    by: receipt?.principal ?? null,
  }));
}

/** One target in a few words. */
export function targetWords({ target, kind, status, since, by }: TargetView): string {
  const told = since === null || by === null ? '' : ` since ${since} by ${by}`;
  const words = {
    live: `live${told}`,
    removed: `taken away${told}`,
    missing: 'nothing is known to be there',
    tainted: 'every receipt was made with a stolen key',
  }[status];
  return escapeShown(`${target} (${kind}): ${words}`);
}

import { isDemonstration } from '../../domain/repository.ts';
import { isSeparationWaived } from '../../machine/separation.ts';
import type { Bundle, World } from '../../machine/world.ts';
import type { Context } from './context.ts';
import { escapeShown } from './escape.ts';
import type { Workspace } from './workspace.ts';

/** What every reading verb says about the ground it stands on. */
export interface Ground {
  /** `no` where the history has findings: what is shown is the last valid state, not the tip. */
  readonly kind: 'yes' | 'no';
  /** For the head of `--json`. */
  readonly json: {
    readonly demonstration: boolean;
    readonly tip: string;
    /** The commit whose state is shown. */
    readonly shown: string;
    readonly findings: number;
  };
  /** First lines of every text. */
  readonly head: readonly string[];
}

/** Warns of findings, and says what everything printed is based on. */
export function groundOf(context: Context, workspace: Workspace): Ground {
  const { verification, valid, world } = workspace;
  const findings = verification.findings.length;
  const demonstration = isDemonstration(world.law.repository);
  if (findings > 0) {
    context.terminal.say(
      `not verified: ${counted(findings, 'finding')}; showing the last valid state (${valid.id.slice(0, 12)}); modelsmith verify shows them`,
    );
  }
  return {
    kind: findings === 0 ? 'yes' : 'no',
    json: { demonstration, tip: verification.tip, shown: valid.id, findings },
    head: demonstration ? ['DEMONSTRATION'] : [],
  };
}

/** Why separation of duties is waived for what is shown; null where it is not. */
export function separationWaiver(world: World, bundles: readonly Pick<Bundle, 'iteration'>[]): string | null {
  if (!bundles.some((bundle) => isSeparationWaived(world.law, bundle))) return null;
  return world.law.policy.separation.reason ?? 'the policy gives no reason';
}

export function separationLines(waiver: string | null): readonly string[] {
  return waiver === null ? [] : [`SEPARATION_WAIVED  ${escapeShown(waiver)}`];
}

export function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

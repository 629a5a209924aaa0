import { isDemonstration } from '../../../domain/repository.ts';
import { heldAliases } from '../../../machine/held-aliases.ts';
import { isSeparationWaived } from '../../../machine/separation.ts';
import type { Bundle, World } from '../../../machine/world.ts';
import type { Context } from '../context.ts';
import { escapeShown } from '../terminal/escape.ts';
import { heldSentence, heldView, type HeldView } from './held-view.ts';
import { incidentSentences, incidentView, type IncidentView } from './incident-view.ts';
import { notObeyedSentence, overrideSentence } from './override-view.ts';
import { reviewDueSentence, reviewsDue, type ReviewDueView } from './review-due-view.ts';
import type { BrakesView } from '../opening/shown.ts';
import { hanging } from '../terminal/style.ts';
import type { Tip } from '../opening/workspace.ts';

/** What every reading verb says about the ground it stands on. */
export interface Ground {
  /** `no` where the history has findings: what is shown is what is in force, not the tip. */
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
export function groundOf(context: Context, workspace: Tip): Ground {
  const { verification, valid, world } = workspace;
  const findings = verification.findings.length;
  const demonstration = isDemonstration(world.law.repository);
  if (findings > 0) {
    context.terminal.say(
      `not verified: ${counted(findings, 'finding')}; showing what is in force (from ${valid.id.slice(0, 12)}); modelsmith verify shows them`,
    );
  }
  return {
    kind: findings === 0 ? 'yes' : 'no',
    json: { demonstration, tip: verification.tip, shown: valid.id, findings },
    head: demonstration ? ['DEMONSTRATION'] : [],
  };
}

/** Repairs, brakes, what is held and which reviews are due: told by everything that shows where things stand. */
export function troublesAt({ verification, world, brakes, valid }: Tip, now: number): Troubles {
  const at = Math.max(now, valid.clock);
  const held = heldAliases(world, at).map(heldView);
  const incidents = verification.incidents.map((incident) =>
    incidentView(incident, world.tree, verification.settled),
  );
  return { incidents, ...brakes, heldAliases: held, exceptionReviews: reviewsDue(world, at) };
}

export interface Troubles extends BrakesView {
  readonly incidents: readonly IncidentView[];
  readonly heldAliases: readonly HeldView[];
  readonly exceptionReviews: readonly ReviewDueView[];
}

/** One sentence each, escaped. */
export function troubleSentences({
  incidents,
  overrides,
  notObeyed,
  heldAliases: held,
  exceptionReviews: reviews,
}: Troubles): readonly string[] {
  return [
    ...incidents.flatMap(incidentSentences),
    ...overrides.map(overrideSentence),
    ...notObeyed.map(notObeyedSentence),
    ...held.map(heldSentence),
    ...reviews.map(reviewDueSentence),
  ];
}

/** The same as people read them, each wrapped and followed by an empty line where there are any. */
export function troubleLines(troubles: Troubles, columns: number): readonly string[] {
  const lines = troubleSentences(troubles).flatMap((text) => hanging(text, columns));
  return lines.length === 0 ? [] : [...lines, ''];
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

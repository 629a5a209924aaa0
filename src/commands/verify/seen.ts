import type { Iteration } from '../../domain/names.ts';
import type { JudgedCommit } from '../../evidence/lineage.ts';
import { drillStandings } from '../../machine/drills.ts';
import { heldAliases } from '../../machine/held-aliases.ts';
import { iterationsByRest } from '../../machine/at-rest.ts';
import { bundleOf, linesOf, type World } from '../../machine/world.ts';
import type { Context } from '../shared/context.ts';
import { shownOf, type BrakesView } from '../shared/opening/shown.ts';
import type { Judged } from '../shared/opening/workspace.ts';
import { drillViews } from '../shared/views/drill-view.ts';
import { heldView } from '../shared/views/held-view.ts';
import { incidentView } from '../shared/views/incident-view.ts';
import { separationWaiver } from '../shared/views/notices.ts';
import { reviewsDue } from '../shared/views/review-due-view.ts';
import { standingView } from '../shared/views/standing-view.ts';

/** What was judged, and what is told of where things stand there. Of a history in which not even the root is valid, nothing. */
export interface Seen {
  readonly judged: Judged;
  readonly valid: JudgedCommit | null;
  readonly world: World | null;
  readonly brakes: BrakesView | null;
  readonly told: ReturnType<typeof tell>;
  readonly counts: { readonly iterations: number; readonly retired: number };
}

export function see(context: Context, judged: Judged): Seen {
  const { valid = null, world = null, brakes = null } = shownOf(judged.verification) ?? {};
  const at = Math.max(context.now(), valid?.clock ?? 0);
  const lines = world === null ? [] : linesOf(world.tree).map((line) => iterationsByRest(world.tree, line));
  const inMotion = lines.flatMap((line) => line.inMotion);
  const atRest = lines.flatMap((line) => line.atRest);
  const counts = { iterations: inMotion.length + atRest.length, retired: atRest.length };
  return { judged, valid, world, brakes, counts, told: tell(judged, world, at, { inMotion, atRest }) };
}

/** @param at seconds since 1970. */
function tell(
  { verification: { incidents, settled, tree } }: Judged,
  world: World | null,
  at: number,
  { inMotion, atRest }: { readonly inMotion: readonly Iteration[]; readonly atRest: readonly Iteration[] },
) {
  const iterations = [...inMotion, ...atRest].map((iteration) => ({ iteration }));
  const bundles =
    world === null ? [] : inMotion.flatMap((iteration) => bundleOf(world.tree, iteration) ?? []);
  return {
    incidents: incidents.map((incident) => incidentView(incident, world?.tree ?? tree, settled)),
    heldAliases: world === null ? [] : heldAliases(world, at).map(heldView),
    exceptionReviews: world === null ? [] : reviewsDue(world, at),
    drills: world === null ? [] : drillViews(drillStandings(world, at)),
    separationWaived: world === null ? null : separationWaiver(world, iterations),
    standing: world === null ? [] : bundles.map((bundle) => standingView(world, bundle, at)),
  };
}

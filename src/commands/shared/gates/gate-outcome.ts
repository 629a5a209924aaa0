import { pinOf } from '../../../domain/aliases.ts';
import { isDemonstration } from '../../../domain/repository.ts';
import { toIterationId } from '../../../domain/names.ts';
import type { Edge } from '../../../machine/edges.ts';
import type { GateRule } from '../../../machine/gate-rule.ts';
import { standingOf } from '../../../machine/standing.ts';
import { aliasesOf, bundleOf, type Bundle } from '../../../machine/world.ts';
import type { Outcome } from '../command.ts';
import { endedPeopleAt, namingOnlyAble } from '../views/ended-people.ts';
import { explain } from '../explaining/explain.ts';
import { ITERATION } from '../explaining/explained.ts';
import type { GateAct } from './gate-entry.ts';
import { waiverLines } from './gate-screen.ts';
import { separationWaiver } from '../views/notices.ts';
import { nextSteps, reasonsJson } from '../explaining/refusal.ts';
import { seatName } from '../views/seat-names.ts';
import { styleOf, wrap } from '../terminal/style.ts';
import type { Desk, land, Plan } from '../opening/write.ts';

export interface Done {
  readonly bundle: Bundle;
  readonly rules: readonly GateRule[];
  readonly act: GateAct | 'promote' | 'withdraw';
  /** The edge that was taken along; null where something is still missing. */
  readonly edge: Edge | null;
}

/** What was signed, whether it moved anything, else what is still missing, who can sign it and what to type. */
export async function gateOutcome(
  desk: Desk,
  plan: Plan,
  report: Awaited<ReturnType<typeof land>>,
  { bundle, rules, act, edge }: Done,
): Promise<Outcome> {
  if (!('commit' in report)) return report;
  const id = toIterationId(bundle.iteration);
  const after = bundleOf(plan.world.tree, bundle.iteration) ?? bundle;
  const standing = standingOf(plan.world, after, desk.actor.clock);
  const ended = await endedPeopleAt(desk.context.verifier, plan.world, desk.actor.clock);
  const missing = edge === null ? standing.blocked.map((why) => namingOnlyAble(why, ended)) : [];
  const moves = edge === null ? [] : aliasMoves(plan, bundle);
  const pin =
    edge?.opens === 'gates' && 'moves' in edge
      ? pinOf(aliasesOf(plan.world.tree, bundle.iteration.line), edge.moves)
      : null;
  const { law } = desk.workspace.world;
  const entries = plan.acts.flatMap((done) => (done.kind === 'decide' ? [done.approval.id] : []));
  const would = report.dryRun ? 'would be ' : '';
  return {
    kind: 'yes',
    json: {
      iteration: id,
      act,
      gates: [...new Set(rules.map((rule) => rule.gate))],
      owners: rules.flatMap(({ owner }) => owner ?? []),
      entries,
      state: after.record.state,
      moved:
        edge === null ? null : { from: edge.from, to: edge.to, aliases: moves, pinned: pin?.version ?? null },
      missing: reasonsJson(missing).map((why) => ({
        ...why,
        remedy: why.remedy?.replaceAll(ITERATION, id) ?? null,
      })),
      separationWaived: separationWaiver(plan.world, [after]),
      ...report,
    },
    text: ({ columns, color }) => {
      const style = styleOf(color);
      const sentences = missing.flatMap((why) =>
        wrap(explain(why).sentence, columns - 4).map(
          (line, index) => `${index === 0 ? '  ' : '    '}${line}`,
        ),
      );
      const next = nextSteps({ headline: id, reasons: missing }).map(
        (step, index) => `${index === 0 ? 'next: ' : '      '}${step}`,
      );
      return [
        ...(isDemonstration(law.repository) ? ['DEMONSTRATION'] : []),
        ...rules.map((rule) => `${would}${PAST[act]} at ${seatName(rule)}: ${id}`),
        ...(edge === null ? [] : [style.bold(`${would}moved ${edge.from} → ${edge.to}: ${id}`)]),
        ...moves.map(
          (move) => `${would}alias ${move.alias}: ${move.from ?? 'nothing'} → ${move.to ?? 'nothing'}`,
        ),
        ...(pin === null
          ? []
          : [
              `alias ${pin.signed.alias} stays: pinned at ${pin.version} since ${pin.time} by ${pin.signed.principal}`,
              `to go on to this one: modelsmith rollback ${bundle.iteration.line} --to ${bundle.iteration.version} --alias ${pin.signed.alias}`,
            ]),
        ...waiverLines(plan.world, after, style, columns),
        ...(missing.length === 0 || standing.edge === null
          ? []
          : [`still missing for ${standing.edge.from} → ${standing.edge.to}:`, ...sentences, ...next]),
        report.commit === null
          ? `dry run: nothing was written; it would write\n${report.files.map((file) => `  ${file}`).join('\n')}`
          : `signed by ${report.signer} in commit ${report.commit}`,
      ].join('\n');
    },
  };
}

const PAST = {
  approve: 'approved',
  reject: 'rejected',
  'request-changes': 'sent back for changes',
  promote: 'promoted',
  withdraw: 'taken back',
} as const;

function aliasMoves({ world }: Pick<Plan, 'world'>, { iteration }: Pick<Bundle, 'iteration'>) {
  return aliasesOf(world.tree, iteration.line)?.steps.at(-1)?.moves ?? [];
}

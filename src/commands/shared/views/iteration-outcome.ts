import { isDemonstration } from '../../../domain/repository.ts';
import { toIterationId, type Iteration } from '../../../domain/names.ts';
import { edgeOnward } from '../../../machine/edges.ts';
import { standingOf } from '../../../machine/standing.ts';
import { runsVerdict } from '../../../machine/verdict.ts';
import { bundleOf, type Bundle } from '../../../machine/world.ts';
import type { Outcome } from '../command.ts';
import { counted, separationLines, separationWaiver } from './notices.ts';
import { nextSteps } from '../explaining/refusal.ts';
import { styleOf, wrap, type Style } from '../terminal/style.ts';
import type { Desk, land, Plan, WriteReport } from '../opening/write.ts';

/** What one verb adds to the end that all verbs of the pipeline share. */
export interface IterationWords {
  readonly json: object;
  readonly lines: (after: Bundle, style: Style, columns: number) => readonly string[];
}

/** What became of an iteration: what the verb did, the state it is in, what comes next, and who signed. */
export function iterationOutcome(
  desk: Desk,
  plan: Plan,
  iteration: Iteration,
  report: Awaited<ReturnType<typeof land>>,
  { json, lines }: IterationWords,
): Outcome {
  if (!('commit' in report)) return report;
  const after = bundleOf(plan.world.tree, iteration);
  if (after === null) throw new Error('the iteration is not in the plan');
  const it = toIterationId(iteration);
  const { state } = after.record;
  const waiver = separationWaiver(plan.world, [after]);
  const moves = plan.acts.flatMap((act) => (act.kind === 'transition' ? [act.step] : []));
  const { evidence, blocked } = standingOf(plan.world, after, desk.actor.clock);
  const asked = blocked.filter(({ code }) => code.startsWith('CHECK_') || code === 'RECEIPT_MISSING');
  const next = report.dryRun
    ? []
    : [...nextSteps({ headline: it, reasons: [...evidence, ...asked] }), ...nextCommands(after, it)];
  return {
    kind: 'yes',
    json: {
      iteration: it,
      ...json,
      state,
      moved: moves.map(({ from, to }) => ({ from, to })),
      runs: runsVerdict(after),
      separationWaived: waiver,
      ...report,
      next,
    },
    text: ({ columns, color }) => {
      const style = styleOf(color);
      return [
        ...(isDemonstration(desk.workspace.world.law.repository) ? ['DEMONSTRATION'] : []),
        ...lines(after, style, columns),
        ...moves.map(({ from, to }) => `${report.dryRun ? 'would move' : 'moved'} ${from} → ${to}`),
        style.bold(`${it} ${report.dryRun ? 'would be' : 'is'} ${words(after)}`),
        ...separationLines(waiver).flatMap((line) => wrap(line, columns)),
        reportWords(report),
        ...next.map((command, index) => `${index === 0 ? 'next: ' : '      '}${command}`),
      ].join('\n');
    },
  };
}

function reportWords({ commit, files, signer }: WriteReport): string {
  if (commit !== null) return `signed by ${signer} in commit ${commit}`;
  if (files.length === 0) return 'nothing is to be signed: evidence says it already';
  return `dry run: nothing was written; it would write\n${files.map((file) => `  ${file}`).join('\n')}`;
}

function words(bundle: Bundle): string {
  const { record, lock } = bundle;
  if (record.state !== 'candidate') return record.state;
  const complete = record.evaluations.filter((run) => run.status === 'complete').length;
  return runsVerdict(bundle) === 'fail'
    ? 'candidate and stays it: its evaluation failed'
    : `candidate: ${complete} of ${counted(lock.runs, 'run')} made`;
}

/** What is typed next, by whomever. */
function nextCommands(bundle: Bundle, it: string): readonly string[] {
  switch (edgeOnward(bundle.record.state)?.opens) {
    case 'evaluation':
      return runsVerdict(bundle) === 'fail'
        ? []
        : [`modelsmith eval ${it} <results> --run run-${bundle.record.evaluations.length + 1}`];
    case 'export':
      return [`modelsmith export ${it} --adapter <folder>`];
    case 'gates':
      return [`modelsmith approve ${it}`];
    case 'deprecation':
    case undefined:
      return [];
  }
}

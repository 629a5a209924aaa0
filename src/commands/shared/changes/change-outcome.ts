import type { ChangeApproval } from '../../../domain/change.ts';
import { isDemonstration } from '../../../domain/repository.ts';
import { lawOf } from '../../../machine/law.ts';
import { changeNamed, type ChangeCase } from '../../../machine/changes.ts';
import type { ChangeAct } from './change-entry.ts';
import { changeName } from './change-pick.ts';
import { neededLines } from '../views/change-summary.ts';
import { changeView } from '../views/change-view.ts';
import type { Outcome } from '../command.ts';
import { styleOf } from '../terminal/style.ts';
import type { Desk, land, Plan } from '../opening/write.ts';

interface Done {
  readonly plan: Plan;
  readonly entries: readonly ChangeApproval[];
  readonly applies: boolean;
}

/** What was signed, whether it came into force, else what is still missing and who can sign it. */
export function changeOutcome(
  desk: Desk,
  each: ChangeCase,
  act: ChangeAct,
  { plan, entries, applies }: Done,
  report: Awaited<ReturnType<typeof land>>,
): Outcome {
  if (!('commit' in report)) return report;
  const { tree } = plan.world;
  const law = lawOf(tree);
  const view = changeView({ law, tree }, changeNamed(tree, each.change.id) ?? each, desk.actor.clock);
  const would = report.dryRun ? 'would be ' : '';
  const name = changeName(each.change.id);
  return {
    kind: 'yes',
    json: {
      change: each.change.id,
      act,
      entries: entries.map(({ id }) => id),
      roles: entries.map(({ role }) => role),
      applied: applies,
      version: law.policy.version,
      needed: view.needed,
      missing: view.missing,
      ...report,
    },
    text: ({ columns, color }) =>
      [
        ...(isDemonstration(law.repository) ? ['DEMONSTRATION'] : []),
        ...entries.map(({ role }) => `${would}${PAST[act]} as ${role}: ${name}`),
        ...(applies
          ? [
              styleOf(color).bold(
                each.change.kind === 'policy'
                  ? `${would}in force: policy version ${law.policy.version}`
                  : `${would}in force: ${name}`,
              ),
            ]
          : []),
        ...(view.needed.length === 0 ? [] : ['needed:', ...neededLines(view.needed, columns)]),
        ...view.next.map((step, index) => `${index === 0 ? 'next: ' : '      '}${step}`),
        report.commit === null
          ? `dry run: nothing was written; it would write\n${report.files.map((file) => `  ${file}`).join('\n')}`
          : `signed by ${report.signer} in commit ${report.commit}`,
      ].join('\n'),
  };
}

const PAST = { approve: 'approved', reject: 'rejected', withdraw: 'taken back' } as const;

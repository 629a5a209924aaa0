import { CannotTell } from '../../base/errors.ts';
import { seal } from '../../domain/document.ts';
import { Incident, incidentDocument } from '../../domain/incident.ts';
import { incidentFile } from '../../domain/paths.ts';
import { isDemonstration } from '../../domain/repository.ts';
import { putText } from '../../machine/act.ts';
import type { CommonOptions, Outcome } from '../shared/command.ts';
import { brief } from '../shared/terminal/layout.ts';
import { counted } from '../shared/views/notices.ts';
import { askChoice, demandYes, needPerson, typeBack } from '../shared/terminal/prompts.ts';
import type { TipDesk } from '../shared/opening/tip-desk.ts';
import type { Who } from '../shared/opening/who.ts';
import { landRepair, reasonFor, repairEntry, repairRole } from './land-repair.ts';
import { repairLines } from './lines.ts';
import { planRepair, readStands } from './plan.ts';

export interface RepairInput {
  readonly reason?: string | undefined;
  readonly stands: readonly string[];
}

/** Shows what is set aside and what is restored, and signs that. */
export async function repairTip(
  desk: TipDesk,
  common: CommonOptions,
  who: Who,
  input: RepairInput,
): Promise<Outcome> {
  const { context, tip } = desk;
  const { terminal } = context;
  const stands = await chosen(desk, common, readStands(input.stands, desk));
  const plan = planRepair(desk, stands);
  const role = repairRole(desk, common, who, plan.takesTwo ? 'policy-approver' : null);
  const lines = repairLines(plan, terminal.columns);
  const json = {
    base: plan.base,
    setAside: plan.setAside,
    disputed: plan.disputed,
    stands: plan.stands,
    lost: plan.lost,
    files: [...plan.puts, ...plan.restore].map(({ path }) => path),
    takesTwo: plan.takesTwo,
    signer: who.principal.id,
    role,
    dryRun: common.dryRun,
  };
  if (common.dryRun)
    return {
      kind: 'yes',
      json: {
        repaired: false,
        ...json,
        commit: null,
        demonstration: isDemonstration(desk.world.law.repository),
      },
      text: () => [...lines, 'dry run: nothing was written'].join('\n'),
    };
  if (plan.takesTwo) needPerson(context, 'repair');
  for (const line of lines) terminal.say(line);
  const reason = await reasonFor(desk, input.reason);
  if (plan.takesTwo) await typeBack(context, 'give up what is set aside');
  else if (terminal.interactive) await demandYes(context, 'repair?', 'it was not repaired');
  const now = context.now();
  const incident = seal(Incident, {
    schema: 'modelsmith/incident/v1',
    ...repairEntry(desk, who, 'repair', role, [], now),
    base: plan.base as Incident['base'],
    setAside: plan.setAside,
    stands: plan.stands,
    lost: plan.lost,
    reason,
  });
  const put = putText(incidentFile(incident.id), incidentDocument.print(incident));
  return await landRepair(desk, who, now, {
    puts: [...plan.puts, put],
    restore: plan.restore,
    message: `Repair what is not valid since ${tip.force.bases.map(brief).join(' and ')}`,
    json: { ...json, incident: incident.id },
    done: `repaired: ${counted(plan.setAside.length, 'commit')} set aside`,
    plan,
  });
}

/** Asks at a terminal for each strand in dispute that nothing was said about. */
async function chosen(
  desk: TipDesk,
  common: CommonOptions,
  given: Incident['stands'],
): Promise<Incident['stands']> {
  const { context } = desk;
  const stands = [...given];
  // A choice may bring another to light; each is asked once.
  for (;;) {
    const { disputed } = planRepair(desk, stands);
    const open = disputed.find(({ strand }) => !stands.some((each) => each.strand === strand));
    if (open === undefined || common.dryRun) break;
    if (!context.terminal.interactive)
      throw new CannotTell('USAGE', 'valid branches do not go together, so it must be said which stands', {
        facts: disputed.map(({ strand, sides }) => `${strand}: ${sides.join(' or ')}`),
        remedy: `modelsmith repair --stands "${open.strand}=${open.sides[0]?.slice(0, 12) ?? '<commit>'}"`,
      });
    const commit = await askChoice(context, `which commit stands for ${open.strand}`, open.sides);
    stands.push({ strand: open.strand, commit: commit as Incident['stands'][number]['commit'] });
  }
  return stands.sort((a, b) => (a.strand < b.strand ? -1 : 1));
}

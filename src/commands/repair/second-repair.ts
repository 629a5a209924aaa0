import { CannotTell } from '../../base/errors.ts';
import { seal } from '../../domain/document.ts';
import { SecondedIncident, secondedIncidentDocument } from '../../domain/incident.ts';
import type { EntryId } from '../../domain/names.ts';
import { secondedFile } from '../../domain/paths.ts';
import { reason } from '../../domain/reason.ts';
import { isDemonstration } from '../../domain/repository.ts';
import { hasOtherApprover } from '../../judge/second-person.ts';
import { putText } from '../../machine/act.ts';
import type { CommonOptions, Outcome } from '../shared/command.ts';
import { brief } from '../shared/terminal/layout.ts';
import { needPerson, typeBack } from '../shared/terminal/prompts.ts';
import type { TipDesk } from '../shared/opening/tip-desk.ts';
import type { Who } from '../shared/opening/who.ts';
import { landRepair, reasonFor, repairEntry, repairRole } from './land-repair.ts';

/** The second person's word on a repair that gives up what was validly signed. */
export async function secondRepair(
  desk: TipDesk,
  common: CommonOptions,
  who: Who,
  given: string | undefined,
): Promise<Outcome> {
  const { context, tip, laws } = desk;
  const waiting = tip.unseconded;
  if (waiting == null)
    throw new CannotTell('USAGE', 'the tip is no repair that waits for a second person', {
      remedy: 'modelsmith repair   (shows what a repair would do)',
    });
  // Said before anybody is asked, and in a dry run too.
  if (waiting.by.principal.id === who.principal.id)
    return {
      kind: 'refused',
      headline: `${who.principal.id} made this repair, so somebody else agrees to it`,
      reasons: [reason('REPAIR_UNSECONDED', { incident: waiting.incident })],
    };
  const clock = Math.max(tip.clock, desk.now);
  const approver = hasOtherApprover(laws, waiting.by.principal.id, clock);
  const role = repairRole(desk, common, who, approver ? 'policy-approver' : null);
  const incident = waiting.incident as EntryId;
  const json = { incident, signer: who.principal.id, role, dryRun: common.dryRun };
  const about = `the repair ${brief(incident)} by ${waiting.by.principal.id}`;
  if (common.dryRun)
    return {
      kind: 'yes',
      json: {
        repaired: false,
        ...json,
        files: [secondedFile(incident)],
        commit: null,
        demonstration: isDemonstration(desk.world.law.repository),
      },
      text: () => `dry run: would agree to ${about}`,
    };
  needPerson(context, 'repair --second');
  context.terminal.say(`You agree to ${about}; modelsmith verify shows what it sets aside.`);
  const why = await reasonFor(desk, given);
  await typeBack(context, 'agree to it');
  const now = context.now();
  const entry = seal(SecondedIncident, {
    schema: 'modelsmith/incident-seconded/v1',
    ...repairEntry(desk, who, 'second', role, [incident], now),
    incident,
    reason: why,
  });
  return await landRepair(desk, who, now, {
    puts: [putText(secondedFile(incident), secondedIncidentDocument.print(entry))],
    restore: [],
    message: `Agree to the repair ${brief(incident)}`,
    json: { ...json, files: [secondedFile(incident)] },
    done: `agreed to ${about}`,
    plan: null,
  });
}

import * as z from 'zod';
import { isNonEmpty } from '../../base/nonempty.ts';
import { Reaffirmation } from '../../domain/approval.ts';
import { seal } from '../../domain/document.ts';
import { toIdSet, type EntryHeader } from '../../domain/entry.ts';
import { IterationId, toIterationId } from '../../domain/names.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import type { Role } from '../../domain/roles.ts';
import { voucherRole } from '../../machine/acts/reaffirm.ts';
import { holdsRole } from '../../machine/law.ts';
import { taintedPins } from '../../machine/pins.ts';
import { taintedEntries } from '../../machine/taint.ts';
import type { Bundle } from '../../machine/world.ts';
import type { Command, CommonOptions } from '../shared/command.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { later } from '../shared/gates/gate-decision.ts';
import { brief } from '../shared/terminal/layout.ts';
import { pickBundle } from '../shared/views/pick.ts';
import { needPerson, typeBack } from '../shared/terminal/prompts.ts';
import { entryBy, land, openDesk, Plan, written, type Desk } from '../shared/opening/write.ts';
import { Why } from '../shared/terminal/why.ts';

const Input = z.object({ iteration: IterationId, reason: Why });

/** Somebody with a clean key answers for what a stolen one signed. */
export const reaffirm: Command<z.infer<typeof Input>> = {
  name: 'reaffirm',
  group: 'emergency',
  summary: 'vouch for what a stolen key signed, after looking at it',
  description:
    'Lists the entries that an iteration stands on and that a key reported as compromised made, and vouches for those that\n' +
    'are yours to vouch for: another holder of the role for what a person did, an evaluation owner for what a machine did.\n' +
    'A pin, or the end of one, is vouched for at the iteration it is about. Vouching for an approval takes its seat at the gate. Needs a terminal; no option answers for you.',
  arguments: [{ name: '<iteration>', description: 'line@version' }],
  options: [{ flags: '--reason <text>', description: 'what you looked at; recorded and signed' }],
  examples: [
    'modelsmith reaffirm claims-triage@1.4.0 --reason "ran the evaluation again from the raw files"',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { iteration, reason: why }, common) => {
    if (!common.dryRun) needPerson(context, 'reaffirm');
    const desk = await openDesk(context, common);
    const { world } = desk.workspace;
    const picked = pickBundle(world, iteration);
    if ('kind' in picked) return picked;
    const { bundle } = picked;
    const tainted = [...taintedEntries(world, bundle), ...taintedPins(world, bundle.iteration)];
    if (tainted.length === 0)
      return {
        kind: 'no',
        json: { iteration, entries: [] },
        text: () => `${iteration} stands on nothing that a stolen key signed`,
      };
    const { mine, reasons } = yours(desk, common, bundle, tainted, why);
    const headline = `${iteration} cannot be re-affirmed by ${desk.who.principal.id}`;
    if (mine.length === 0 && isNonEmpty(reasons)) return { kind: 'refused', headline, reasons };
    if (!common.dryRun) {
      for (const line of linesOf(tainted, mine)) context.terminal.say(line);
      await typeBack(context, `vouch for ${mine.length} of ${tainted.length} entries of ${iteration}`);
    }
    const at = common.dryRun ? desk : later(desk);
    const plan = planned(at, bundle, mine, why);
    if (!(plan instanceof Plan)) return { kind: 'refused', headline, reasons: plan };
    const report = await land(at, common, plan, `Re-affirm ${iteration}`);
    const left = tainted.filter((entry) => !mine.includes(entry));
    return written(
      report,
      [
        `re-affirmed ${mine.length} of ${tainted.length} entries of ${iteration}`,
        ...left.map(
          (entry) => `still tainted: ${entry.act} by ${escapeShown(entry.principal)}, ${brief(entry.id)}`,
        ),
      ],
      { iteration, entries: mine.map(({ id }) => id), left: left.map(({ id }) => id) },
    );
  },
};

/** The entries the signer may vouch for together; and why not for the others. */
function yours(
  desk: Desk,
  common: CommonOptions,
  bundle: Bundle,
  tainted: readonly EntryHeader[],
  why: string,
): { readonly mine: readonly EntryHeader[]; readonly reasons: readonly Reason[] } {
  const mine: EntryHeader[] = [];
  const reasons: Reason[] = [];
  for (const entry of tainted) {
    const role = voucherRole(entry);
    if (common.role !== null && common.role !== role) continue;
    if (!holdsRole(desk.who.principal, role, bundle.iteration.line, desk.actor.clock)) {
      reasons.push(reason('REAFFIRM_NOT_YOURS', { entry: entry.id, act: entry.act, needed: role }));
      continue;
    }
    const trial = planned(desk, bundle, [...mine, entry], why);
    if (trial instanceof Plan) mine.push(entry);
    else reasons.push(...trial);
  }
  return { mine, reasons };
}

/** One entry for each role, all in one commit; the reasons where that is refused. */
function planned(desk: Desk, bundle: Bundle, entries: readonly EntryHeader[], why: string) {
  const plan = new Plan(desk);
  const roles = new Map<Role, EntryHeader[]>();
  for (const entry of entries)
    roles.set(voucherRole(entry), [...(roles.get(voucherRole(entry)) ?? []), entry]);
  const sealed = [...roles].map(([role, list]) => {
    const ids = toIdSet(list.map(({ id }) => id));
    return seal(Reaffirmation, {
      schema: 'modelsmith/approval/v1',
      ...entryBy(desk, 'reaffirm', role, ids),
      iteration: toIterationId(bundle.iteration),
      entries: ids,
      reason: why,
    });
  });
  // As the judge does them again: by path, which is by id.
  for (const reaffirmation of sealed.sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const { iteration } = bundle;
    const no = plan.add('', { kind: 'reaffirm', iteration, reaffirmation });
    if (no !== null) return no.reasons;
  }
  return plan;
}

function linesOf(tainted: readonly EntryHeader[], mine: readonly EntryHeader[]): readonly string[] {
  return tainted.map((entry) => {
    const yes = mine.includes(entry) ? 'you vouch for' : 'not yours    ';
    const { act, principal, role, time, id, key } = entry;
    return escapeShown(`${yes}  ${act} by ${principal} (${role}), ${time}, ${brief(id)}, key ${brief(key)}`);
  });
}

import { z } from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { isNonEmpty } from '../../base/nonempty.ts';
import { seal } from '../../domain/document.ts';
import {
  Incident,
  incidentDocument,
  SecondedIncident,
  secondedIncidentDocument,
} from '../../domain/incident.ts';
import { toTime, type EntryId } from '../../domain/names.ts';
import { incidentFile, secondedFile } from '../../domain/paths.ts';
import { isDemonstration } from '../../domain/repository.ts';
import type { Role } from '../../domain/roles.ts';
import { Text } from '../../domain/text.ts';
import { writeCommit } from '../../evidence/write-commit.ts';
import { hasOtherApprover } from '../../judge/second-person.ts';
import { putText, type Put } from '../../machine/act.ts';
import { holdsRole, principalNamed } from '../../machine/law.ts';
import type { StoredObject } from '../../ports/repository.ts';
import type { Command, CommonOptions, Outcome } from '../shared/command.ts';
import { askChoice, askReason, demandYes, needPerson, typeBack } from '../shared/prompts.ts';
import { brief } from '../shared/layout.ts';
import { branchOf, openTipDesk, type TipDesk } from '../shared/tip-desk.ts';
import { findWho, type Who } from '../shared/who.ts';
import { repairLines } from './lines.ts';
import { planRepair, readStands, type RepairPlan } from './plan.ts';

const Input = z.object({
  reason: Text.optional(),
  second: z.boolean().default(false),
  stands: z.array(z.string()).default([]),
});
type Input = z.infer<typeof Input>;

/** Puts a history that is not valid right again, without losing what was valid and without forgetting what was not. */
export const repair: Command<Input> = {
  name: 'repair',
  group: 'emergency',
  summary: 'restore what is in force on a branch that is not valid, and record what was set aside',
  description:
    'Restores the files that are in force, byte for byte, overrides included, and adds a record of what is set aside.\n' +
    'Anybody enrolled may do that. Where valid branches were merged that do not go together, it has to be said which stands;\n' +
    'then a policy approver signs, and a second person agrees with --second. Verification tells of it every time.',
  arguments: [],
  options: [
    { flags: '--reason <text>', description: 'what happened; recorded and signed (asked for at a terminal)' },
    {
      flags: '--stands <strand=commit>',
      description: 'for a strand in dispute the valid commit whose side stands; may be given again',
      repeat: true,
    },
    { flags: '--second', description: 'agree to the repair at the tip, which waits for a second person' },
  ],
  examples: [
    'modelsmith repair --dry-run',
    'modelsmith repair --reason "somebody edited a record by hand"',
    'modelsmith repair --second --reason "the sign-off of omar came first"',
  ],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, input, common) => {
    const desk = await openTipDesk(context, common);
    if (!desk.tip.void)
      return {
        kind: 'no',
        json: { repaired: false, tip: desk.tip.id },
        text: () => 'nothing to repair: the tip is valid',
      };
    const who = await findWho(context, desk.world.law, common);
    return input.second ? await second(desk, common, who, input) : await first(desk, common, who, input);
  },
};

async function first(desk: TipDesk, common: CommonOptions, who: Who, input: Input): Promise<Outcome> {
  const { context, tip } = desk;
  const { terminal } = context;
  const stands = await chosen(desk, common, readStands(input.stands, desk));
  const plan = planRepair(desk, stands);
  const role = roleOf(desk, common, who, plan.takesTwo ? 'policy-approver' : null);
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
      json: { repaired: false, ...json },
      text: () => [...lines, 'dry run: nothing was written'].join('\n'),
    };
  if (plan.takesTwo) needPerson(context, 'repair');
  for (const line of lines) terminal.say(line);
  const reason = await reasonFor(desk, input);
  if (plan.takesTwo) await typeBack(context, 'give up what is set aside');
  else if (terminal.interactive) await demandYes(context, 'repair?', 'it was not repaired');
  const now = context.now();
  const incident = seal(Incident, {
    schema: 'modelsmith/incident/v1',
    ...headerOf(desk, who, 'repair', role, [], now),
    base: plan.base as Incident['base'],
    setAside: plan.setAside,
    stands: plan.stands,
    lost: plan.lost,
    reason,
  });
  const put = putText(incidentFile(incident.id), incidentDocument.print(incident));
  return await write(desk, who, now, {
    puts: [...plan.puts, put],
    restore: plan.restore,
    message: `Repair what is not valid since ${tip.force.bases.map(brief).join(' and ')}`,
    json: { ...json, incident: incident.id },
    done: `repaired: ${plan.setAside.length} commits set aside`,
    plan,
  });
}

async function second(desk: TipDesk, common: CommonOptions, who: Who, input: Input): Promise<Outcome> {
  const { context, tip, laws } = desk;
  const waiting = tip.unseconded;
  if (waiting == null)
    throw new CannotTell('USAGE', 'the tip is no repair that waits for a second person', {
      remedy: 'modelsmith repair   (shows what a repair would do)',
    });
  const clock = Math.max(tip.clock, desk.now);
  const approver = hasOtherApprover(laws, waiting.by.principal.id, clock);
  const role = roleOf(desk, common, who, approver ? 'policy-approver' : null);
  const incident = waiting.incident as EntryId;
  const json = { incident, signer: who.principal.id, role, dryRun: common.dryRun };
  const about = `the repair ${brief(incident)} by ${waiting.by.principal.id}`;
  if (common.dryRun)
    return {
      kind: 'yes',
      json: { repaired: false, ...json, files: [secondedFile(incident)] },
      text: () => `dry run: would agree to ${about}`,
    };
  needPerson(context, 'repair --second');
  context.terminal.say(`You agree to ${about}; modelsmith verify shows what it sets aside.`);
  const reason = await reasonFor(desk, input);
  await typeBack(context, 'agree to it');
  const now = context.now();
  const entry = seal(SecondedIncident, {
    schema: 'modelsmith/incident-seconded/v1',
    ...headerOf(desk, who, 'second', role, [incident], now),
    incident,
    reason,
  });
  return await write(desk, who, now, {
    puts: [putText(secondedFile(incident), secondedIncidentDocument.print(entry))],
    restore: [],
    message: `Agree to the repair ${brief(incident)}`,
    json: { ...json, files: [secondedFile(incident)] },
    done: `agreed to ${about}`,
    plan: null,
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

async function reasonFor({ context }: TipDesk, { reason }: Input): Promise<string> {
  if (reason !== undefined) return reason;
  if (context.terminal.interactive) return await askReason(context, 'what happened?');
  throw new CannotTell('USAGE', '--reason must be given: what happened', {
    remedy: 'modelsmith repair --help',
  });
}

/** The role asked for, else the first that does; it must be held under every law in force. */
function roleOf(
  { laws, tip, now }: TipDesk,
  common: CommonOptions,
  { principal }: Who,
  needed: Role | null,
): Role {
  const clock = Math.max(tip.force.clock, now);
  const held = principal.roles
    .map((grant) => grant.role)
    .filter((role) => role !== 'auditor' && role !== 'recovery')
    .filter((role) =>
      laws.every((law) => {
        const person = principalNamed(law, principal.id);
        return person !== null && holdsRole(person, role, null, clock);
      }),
    );
  const wanted = needed ?? common.role;
  const found = held.find((role) => wanted === null || role === wanted);
  if (found !== undefined) return found;
  throw new CannotTell('NO_SIGNER', `${principal.id} cannot do this as ${wanted ?? 'anything'}`, {
    facts: held.length === 0 ? [] : [`roles held: ${held.join(', ')}`],
    remedy: needed === null ? 'have anybody else who is enrolled run it' : `have a ${needed} run it`,
  });
}

function headerOf<A extends string>(
  { world }: TipDesk,
  { principal, signer }: Who,
  act: A,
  role: Role,
  reliedOn: readonly EntryId[],
  now: number,
) {
  return {
    act,
    repository: world.law.repository.id,
    principal: principal.id,
    role,
    key: signer.primary,
    time: toTime(now),
    reliedOn,
  } as const;
}

interface Written {
  readonly puts: readonly Put[];
  readonly restore: readonly StoredObject[];
  readonly message: string;
  readonly json: object;
  readonly done: string;
  readonly plan: RepairPlan | null;
}

async function write(
  desk: TipDesk,
  { principal, signer }: Who,
  now: number,
  { puts, restore, message, json, done, plan }: Written,
): Promise<Outcome> {
  const { context, judged, tip, world } = desk;
  const result = await writeCommit(judged.repository, context.verifier, signer, {
    ref: branchOf(desk),
    parent: tip,
    lineage: judged.verification.history,
    accept: new Set(['REPAIR_UNSECONDED']),
    puts,
    restore,
    message,
    author: { name: principal.name, email: principal.email ?? `${principal.id}@modelsmith.invalid` },
    now,
  });
  if (result.kind === 'refused') {
    if (!isNonEmpty(result.reasons)) throw new Error('refused without a reason');
    return { kind: 'refused', headline: 'the branch is not repaired', reasons: result.reasons };
  }
  for (const path of result.leftAlone)
    context.terminal.say(`left alone, because you changed it meanwhile: ${path}`);
  const waits = result.judgement.reasons.length > 0;
  const demonstration = isDemonstration(world.law.repository);
  const again = plan?.onTop ?? [];
  return {
    kind: 'yes',
    json: { repaired: !waits, waitsForSecond: waits, ...json, commit: result.commit, demonstration },
    text: () =>
      [
        ...(demonstration ? ['DEMONSTRATION'] : []),
        done,
        `signed by ${principal.id} in commit ${result.commit}`,
        ...(again.length === 0 ? [] : [`people make again what was in ${again.map(brief).join(', ')}`]),
        waits
          ? 'next: a second person runs: modelsmith repair --second'
          : 'next: modelsmith verify   (tells of the incident every time)',
      ].join('\n'),
  };
}

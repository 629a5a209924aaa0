import { CannotTell } from '../../base/errors.ts';
import { isNonEmpty } from '../../base/nonempty.ts';
import { toTime, type EntryId } from '../../domain/names.ts';
import { isDemonstration } from '../../domain/repository.ts';
import type { Role } from '../../domain/roles.ts';
import { holdsFor } from '../../judge/second-person.ts';
import { writeCommit } from '../../evidence/write-commit.ts';
import type { Put } from '../../machine/act.ts';
import { principalNamed } from '../../machine/law.ts';
import type { StoredObject } from '../../ports/repository.ts';
import type { CommonOptions, Outcome } from '../shared/command.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import { brief } from '../shared/terminal/layout.ts';
import { askReason } from '../shared/terminal/prompts.ts';
import { branchOf, type TipDesk } from '../shared/opening/tip-desk.ts';
import type { Who } from '../shared/opening/who.ts';
import type { RepairPlan } from './plan.ts';

/** The reason given, else asked for. @throws CannotTell USAGE without a terminal. */
export async function reasonFor({ context }: TipDesk, reason: string | undefined): Promise<string> {
  if (reason !== undefined) return reason;
  if (context.terminal.interactive) return await askReason(context, 'what happened?');
  throw new CannotTell('USAGE', '--reason must be given: what happened', {
    remedy: 'modelsmith repair --help',
  });
}

/** The role asked for, else the first that does; it must be held under every law in force. */
export function repairRole(
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
        return person !== null && holdsFor(person, role, clock, { everyLine: needed !== null });
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

/** What the entry says about itself. */
export function repairEntry<A extends string>(
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

/** Signs, judges and lands it; what waits for a second person lands too. */
export async function landRepair(
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
    context.terminal.say(`left alone, because you changed it meanwhile: ${escapeShown(path)}`);
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
          ? 'next: push this to a branch of its own, and a second person runs: modelsmith repair --second'
          : 'next: modelsmith verify   (tells of the incident every time)',
      ].join('\n'),
  };
}

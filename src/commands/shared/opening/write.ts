import { CannotTell } from '../../../base/errors.ts';
import { isNonEmpty } from '../../../base/nonempty.ts';
import type { EntryHeader } from '../../../domain/entry.ts';
import { toTime, type LineName } from '../../../domain/names.ts';
import { isHumanRole, type Role } from '../../../domain/roles.ts';
import { isDemonstration } from '../../../domain/repository.ts';
import { writeCommit } from '../../../evidence/write-commit.ts';
import type { Act, Actor, Put } from '../../../machine/act.ts';
import { apply, decide } from '../../../machine/decide.ts';
import { holdsRole } from '../../../machine/law.ts';
import type { World } from '../../../machine/world.ts';
import type { CommonOptions, Outcome } from '../command.ts';
import type { Context } from '../context.ts';
import { escapeShown } from '../terminal/escape.ts';
import { findWho, type Who } from './who.ts';
import { openWorkspace, type OpenOptions, type Workspace } from './workspace.ts';

/** A verified repository with somebody who is about to sign. */
export interface Desk {
  readonly context: Context;
  readonly workspace: Workspace;
  readonly who: Who;
  /** Seconds since 1970: the time the entries bear. */
  readonly now: number;
  readonly actor: Actor;
}

/** Opens the repository for writing. @throws CannotTell where its tip is void or no branch is checked out. */
export async function openDesk(
  context: Context,
  common: CommonOptions,
  more: Pick<OpenOptions, 'known'> = {},
): Promise<Desk> {
  const workspace = await openWorkspace(context, { ...common, ...more });
  if (workspace.verification.findings.length > 0) {
    throw new CannotTell('BAD_DATA', 'the history here has findings, so nothing can be built on it', {
      remedy: 'modelsmith verify   (shows every finding)',
    });
  }
  if (workspace.ref === null) {
    throw new CannotTell('USAGE', 'no branch is checked out, so there is nothing to move', {
      remedy: 'git switch main',
    });
  }
  const who = await findWho(context, workspace.world.law, common);
  const now = context.now();
  const actor = {
    principal: who.principal,
    key: who.signer.primary,
    signed: now,
    clock: Math.max(now, workspace.valid.clock),
  };
  return { context, workspace, who, now, actor };
}

/** What every entry says about itself, ready to be sealed. */
export function entryBy<A extends string>(
  desk: Desk,
  act: A,
  role: Role,
  reliedOn: readonly EntryHeader['id'][],
) {
  return {
    act,
    repository: desk.workspace.world.law.repository.id,
    principal: desk.who.principal.id,
    role,
    key: desk.who.signer.primary,
    time: toTime(desk.now),
    reliedOn,
  } as const;
}

/** The role to act in: the one asked for, else the first of `roles` the signer holds for the line. */
export function roleFor(
  desk: Desk,
  common: Pick<CommonOptions, 'role'>,
  roles: readonly Role[],
  line: LineName,
): Role {
  if (common.role !== null) {
    const asked = roles.find((role) => role === common.role);
    if (asked === undefined) {
      throw new CannotTell('USAGE', `${common.role} is no role for this`, {
        facts: [`roles that can do it: ${roles.join(', ')}`],
      });
    }
    return asked;
  }
  const held = roles.find((role) => holdsRole(desk.who.principal, role, line, desk.actor.clock));
  const [first] = roles;
  if (first === undefined) throw new Error('an act without roles');
  // Without any the first that such a principal can hold: the machine then refuses and says which role is missing.
  const human = desk.who.principal.kind === 'human';
  return held ?? roles.find((role) => isHumanRole(role) === human) ?? first;
}

/** For acts that anybody enrolled may do: the role asked for, else the first the signer holds that can do anything. */
export function ownRole({ who, actor }: Desk, common: Pick<CommonOptions, 'role'>): Role {
  const held = who.principal.roles
    .map((grant) => grant.role)
    .filter((role) => role !== 'auditor' && holdsRole(who.principal, role, null, actor.clock));
  const asked = held.find((role) => common.role === null || role === common.role);
  if (asked !== undefined) return asked;
  throw new CannotTell('USAGE', `${who.principal.id} cannot act as ${common.role ?? 'anything'}`, {
    facts: held.length === 0 ? [] : [`roles held: ${held.join(', ')}`],
  });
}

/** Collects acts that belong into one commit, each seeing what the earlier ones did. */
export class Plan {
  readonly acts: Act[] = [];
  readonly puts = new Map<string, Put>();
  world: World;
  private readonly actor: Actor;

  constructor(desk: Pick<Desk, 'workspace' | 'actor'>) {
    const { world } = desk.workspace;
    this.world = { ...world, before: world.tree };
    this.actor = desk.actor;
  }

  /** Asks the machine; on yes the world goes on, on no the refusal is returned and nothing has changed. */
  add(headline: string, act: Act): Extract<Outcome, { kind: 'refused' }> | null {
    const decision = decide(this.world, act, this.actor);
    if (decision.kind === 'refused') return { kind: 'refused', headline, reasons: decision.reasons };
    this.acts.push(act);
    for (const put of decision.puts) this.puts.set(put.path, put);
    this.world = { ...this.world, tree: apply(this.world.tree, decision.puts) };
    return null;
  }
}

export interface WriteReport {
  readonly commit: string | null;
  readonly dryRun: boolean;
  readonly files: readonly string[];
  readonly signer: string;
  readonly demonstration: boolean;
}

/** Signs, judges and lands a plan; with `--dry-run` it only tells. Refusals of the judge come back as an outcome. */
export async function land(
  desk: Desk,
  common: CommonOptions,
  plan: Plan,
  message: string,
): Promise<WriteReport | Extract<Outcome, { kind: 'refused' }>> {
  const { workspace, who, context } = desk;
  const puts = [...plan.puts.values()];
  const report = {
    files: puts.map((put) => put.path),
    signer: who.principal.id,
    demonstration: isDemonstration(workspace.world.law.repository),
  };
  if (common.dryRun) return { ...report, commit: null, dryRun: true };
  const { ref } = workspace;
  if (ref === null) throw new Error('a desk without a branch');
  const { name } = who.principal;
  const result = await writeCommit(workspace.repository, context.verifier, who.signer, {
    ref,
    parent: workspace.valid,
    puts,
    message,
    author: { name, email: who.principal.email ?? `${who.principal.id}@modelsmith.invalid` },
    now: desk.now,
  });
  if (result.kind === 'refused') {
    if (!isNonEmpty(result.reasons)) throw new Error('refused without a reason');
    return {
      kind: 'refused',
      headline: 'the commit would not be valid, so the branch was not moved',
      reasons: result.reasons,
    };
  }
  for (const path of result.leftAlone)
    context.terminal.say(`left alone, because you changed it meanwhile: ${escapeShown(path)}`);
  return { ...report, commit: result.commit, dryRun: false };
}

/** The usual end of a writing command. */
export function written(
  report: WriteReport | Extract<Outcome, { kind: 'refused' }>,
  lines: readonly string[],
  json: object,
): Outcome {
  if (!('commit' in report)) return report;
  return {
    kind: 'yes',
    json: { ...json, ...report },
    text: () =>
      [
        ...(report.demonstration ? ['DEMONSTRATION'] : []),
        ...lines,
        report.commit === null
          ? `dry run: would write ${report.files.join(', ')}`
          : `signed by ${report.signer} in commit ${report.commit}`,
      ].join('\n'),
  };
}

import { aliasTargets, type AliasMove } from '../../domain/aliases.ts';
import { seal } from '../../domain/document.ts';
import { toIterationId, type LineName, type Version } from '../../domain/names.ts';
import { Pin } from '../../domain/pin.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import type { Role } from '../../domain/roles.ts';
import { ALIASES, type AliasName } from '../../domain/states.ts';
import { completesPin, pinRelies } from '../../machine/acts/pin.ts';
import { holdsRole } from '../../machine/law.ts';
import { ALIAS_ROLES, firstWord, mayBeOnePerson } from '../../machine/pins.ts';
import { fallbackOf, pinProblems } from '../../machine/way-back.ts';
import { aliasesOf, type World } from '../../machine/world.ts';
import type { CommonOptions, Outcome } from '../shared/command.ts';
import { entryBy, Plan, roleFor, type Desk } from '../shared/opening/write.ts';

/** What a rollback asks for: an alias and where it goes. */
export interface Wanted {
  readonly alias: AliasName;
  readonly version: Version;
}

/** What is gone back to, alias by alias; and what stays because there is nothing it could go back to. */
export interface Course {
  /** What the line points to now, and leaves. */
  readonly left: Version | null;
  readonly wanted: readonly Wanted[];
  readonly stays: readonly { readonly alias: AliasName; readonly why: Reason }[];
}

/**
 * Without an alias: `serving`, and `production` where it points to the same, so that what is bad is left as a whole.
 * @param to null for what each of them pointed to before.
 */
export function courseOf(
  world: World,
  line: LineName,
  { alias, to }: { readonly alias: AliasName | null; readonly to: Version | null },
): Course {
  const targets = aliasTargets(aliasesOf(world.tree, line));
  const [first, ...others] = alias === null ? ALIASES : [alias];
  const left = targets.get(first) ?? null;
  const together = others.filter((other) => left !== null && targets.get(other) === left);
  const wanted: Wanted[] = [];
  const stays: { alias: AliasName; why: Reason }[] = [];
  for (const each of [first, ...together]) {
    const version = to ?? fallbackOf(world, line, each);
    const [why] =
      version === null
        ? [reason('NO_WAY_BACK', { line, alias: each })]
        : pinProblems(world, { line, version }, each);
    // Whoever asked for it is told by the machine what is wrong with it.
    if (version !== null && (why === undefined || each === first)) wanted.push({ alias: each, version });
    else if (why !== undefined) stays.push({ alias: each, why });
  }
  return { left, wanted, stays };
}

export interface Planned {
  readonly plan: Plan;
  /** What moves; the others wait for a second word. */
  readonly moves: readonly AliasMove[];
}

/** The entries in one commit; the refusal where the machine says no. */
export function planned(
  desk: Desk,
  common: CommonOptions,
  line: LineName,
  wanted: readonly Wanted[],
  why: string,
): Planned | Extract<Outcome, { kind: 'refused' }> {
  const plan = new Plan(desk);
  const moves: AliasMove[] = [];
  for (const { alias, version } of wanted) {
    const id = toIterationId({ line, version });
    for (const role of rolesFor(desk, common, line, { alias, version })) {
      const draft = { ...{ line, alias, version, role }, principal: desk.who.principal.id };
      const completes = completesPin(plan.world, draft, desk.actor);
      const pin = seal(Pin, {
        ...entryBy(desk, 'pin', role, pinRelies(plan.world, draft, desk.actor)),
        ...{ line, alias, version, reason: why },
      });
      const no = plan.add(`${alias} cannot be pinned at ${id}`, { kind: 'pin', pin });
      if (no !== null) return no;
      if (completes) {
        const last = aliasesOf(plan.world.tree, line)?.steps.at(-1)?.moves ?? [];
        moves.push(...last);
        break;
      }
    }
  }
  return { plan, moves };
}

/** The roles in which somebody signs: one, or one after the other where a pin takes both and one person may give them. */
function rolesFor(
  desk: Desk,
  common: CommonOptions,
  line: LineName,
  { alias, version }: Wanted,
): readonly Role[] {
  const { world } = desk.workspace;
  const first = firstWord(world, line, alias, desk.actor.clock);
  const waits = first?.version === version ? first.signed.role : null;
  if (common.role !== null) return [roleFor(desk, common, ALIAS_ROLES, line)];
  const held = ALIAS_ROLES.filter((role) => holdsRole(desk.who.principal, role, line, desk.actor.clock));
  const other = held.filter((role) => role !== waits);
  const [one] = other.length > 0 ? other : held;
  if (one === undefined) return [roleFor(desk, common, ALIAS_ROLES, line)];
  return mayBeOnePerson(world.law, line) ? [one, ...held.filter((role) => role !== one)] : [one];
}

import { aliasTargets } from '../domain/aliases.ts';
import { toIterationId, type SafeName } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { AliasName, type State } from '../domain/states.ts';
import { exceptionsInUse } from './exception-use.ts';
import { heldAliases, type HoldReason } from './held-aliases.ts';
import { targetsOfLine } from './targets.ts';
import { aliasesOf, type Bundle, type World } from './world.ts';

const NEEDED: Readonly<Record<AliasName, readonly [State, ...State[]]>> = {
  serving: ['customer-deployed', 'production-validated'],
  production: ['production-validated'],
};

/**
 * Why an iteration may not be deployed for an alias; nothing where it may. That it was promoted is not enough: the alias has
 * to point to it today, nothing may hold the alias, and an exception it came in by has to be open still.
 * @param at seconds since 1970.
 */
export function whyNotDeployable(
  world: World,
  bundle: Bundle,
  alias: AliasName,
  at: number,
): readonly Reason[] {
  const { iteration, record } = bundle;
  const { line, version } = iteration;
  const id = toIterationId(iteration);
  const [needed, ...also] = NEEDED[alias];
  const to = aliasTargets(aliasesOf(world.tree, line)).get(alias) ?? null;
  const held = heldAliases(world, at).find((each) => each.line === line && each.alias === alias);
  return [
    ...([needed, ...also].includes(record.state)
      ? []
      : [reason('STATE_OTHER', { iteration: id, state: record.state, needed })]),
    ...(to === version ? [] : [reason('ALIAS_ELSEWHERE', { iteration: id, alias, to })]),
    ...(held?.because ?? []).map((hold) =>
      reason('ALIAS_HELD', { line, alias, by: hold.kind, because: becauseOf(hold) }),
    ),
    ...exceptionsInUse(world, bundle, at).blocked,
  ];
}

/**
 * The same for a target of its line: what any alias that it follows may have. @param where an alias, or the name of a target;
 * an alias can be no target's name.
 */
export function whyNotThere(
  world: World,
  bundle: Bundle,
  where: AliasName | SafeName,
  at: number,
): readonly Reason[] {
  const alias = AliasName.safeParse(where);
  if (alias.success) return whyNotDeployable(world, bundle, alias.data, at);
  const { line } = bundle.iteration;
  const ofLine = targetsOfLine(world.law, line);
  const found = ofLine.find(({ name }) => name === where);
  if (found === undefined)
    return [reason('TARGET_UNKNOWN', { target: where, line, known: ofLine.map(({ name }) => name) })];
  const each = found.target.follows.map((followed) => whyNotDeployable(world, bundle, followed, at));
  return each.find((reasons) => reasons.length === 0) ?? each.flat();
}

function becauseOf(hold: HoldReason): string {
  switch (hold.kind) {
    case 'frozen':
    case 'disabled':
      return `${hold.override.principal}: ${hold.override.reason}`;
    case 'tainted':
      return hold.keys.length === 0 ? 'the policy in force' : `by the key ${hold.keys.join(' and ')}`;
    case 'stolen-word':
      return `the ${hold.word.act} of ${hold.word.principal} was signed by a stolen key`;
    case 'contested':
      return `${hold.principal}: ${hold.reason}`;
  }
}

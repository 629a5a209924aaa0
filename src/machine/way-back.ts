import { aliasTargets, stepsUntil, type AliasStep } from '../domain/aliases.ts';
import { toIterationId, type Iteration, type LineName, type Version } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { AliasName } from '../domain/states.ts';
import { contestedExceptions } from './exception-use.ts';
import { edgeOfAlias } from './edges.ts';
import { contestedEntries } from './objections.ts';
import { disablementOf } from './overrides.ts';
import { taintedReasons } from './taint.ts';
import { aliasesOf, bundleOf, isPassed, recordOf, type World } from './world.ts';

/** Why an alias is not put at an iteration by people; empty where it can be. */
export function pinProblems(world: World, iteration: Iteration, alias: AliasName): readonly Reason[] {
  const id = toIterationId(iteration);
  const bundle = bundleOf(world.tree, iteration);
  if (bundle === null) return [reason('ITERATION_UNKNOWN', { iteration: id })];
  const { state, request } = bundle.record;
  const { to } = edgeOfAlias(alias);
  if (state === 'deprecated' || !isPassed(bundle, { to }))
    return [reason('STATE_OTHER', { iteration: id, state, needed: `${to}, once at least` })];
  const disabled = disablementOf(world.law.overrides, iteration.line, request.change.capabilities);
  return [
    ...taintedReasons(world, bundle),
    ...contestedEntries(world, bundle).map(({ id: entry, act, principal, reason: why }) =>
      reason('CONTESTED', { entry, act, principal, reason: why }),
    ),
    ...contestedExceptions(world, bundle).map(({ why }) => why),
    ...(disabled === null
      ? []
      : [
          reason('CAPABILITY_DISABLED', {
            capability: disabled.capability,
            override: disabled.id,
            reason: disabled.reason,
          }),
        ]),
  ];
}

/**
 * What an alias pointed to, from the first to what it points to now or pointed to last, without what was left by going back: a
 * second rollback goes further back, and not to what the first one left.
 */
function trailOf({ tree }: Pick<World, 'tree'>, line: LineName, alias: AliasName): readonly Version[] {
  return stepsUntil(aliasesOf(tree, line))
    .flatMap(({ moves }) => moves.filter((move) => move.alias === alias))
    .reduce<readonly Version[]>((trail, { to }) => {
      if (to === null) return trail;
      const before = trail.indexOf(to);
      return before < 0 ? [...trail, to] : trail.slice(0, before + 1);
    }, []);
}

/** Where an alias falls back to: the nearest that it pointed to before and that nothing speaks against; null for nowhere. */
export function fallbackOf(world: World, line: LineName, alias: AliasName): Version | null {
  const before = beforeOf(world, line, alias);
  return before.findLast((version) => pinProblems(world, { line, version }, alias).length === 0) ?? null;
}

/**
 * Whether it takes a release owner and an operator to put an alias there. One of them keeps it where it is, goes on to what
 * nothing came after, and goes back to what served before. From where somebody has gone back to already, and past what served
 * before, it takes both: else one person could walk back to anything. What is tainted or contested is not passed over by one
 * person, who could have objected to it for that.
 */
export function takesBoth(world: World, line: LineName, alias: AliasName, version: Version): boolean {
  const current = currentOf(world, line, alias);
  if (version === current || !isSuperseded(world, line, alias, version)) return false;
  // That it points nowhere now does not undo that somebody has gone back.
  const last = current ?? trailOf(world, line, alias).at(-1) ?? null;
  const hasGoneBack = last !== null && isSuperseded(world, line, alias, last);
  const alive = beforeOf(world, line, alias).filter((each) => !isDeprecated(world, line, each));
  return hasGoneBack || version !== alive.at(-1);
}

function beforeOf(world: World, line: LineName, alias: AliasName): readonly Version[] {
  const current = currentOf(world, line, alias);
  return trailOf(world, line, alias).filter((version) => version !== current);
}

function currentOf({ tree }: World, line: LineName, alias: AliasName): Version | null {
  return aliasTargets(aliasesOf(tree, line)).get(alias) ?? null;
}

function isDeprecated({ tree }: World, line: LineName, version: Version): boolean {
  return recordOf(tree, { line, version })?.state === 'deprecated';
}

/** Whether another, which is not deprecated since, has taken its place – or would have, but for a pin. */
function isSuperseded(world: World, line: LineName, alias: AliasName, version: Version): boolean {
  const taken = takenBy(world, line, alias, stepsUntil(aliasesOf(world.tree, line)));
  const later = taken.slice(taken.lastIndexOf(version) + 1);
  return later.some((each) => !isDeprecated(world, line, each));
}

/** What steps of iterations gave an alias to, or would have, but for a pin; in their order. */
export function takenBy(
  { tree }: Pick<World, 'tree'>,
  line: LineName,
  alias: AliasName,
  steps: readonly AliasStep[],
): readonly Version[] {
  return steps.flatMap((step): readonly Version[] => {
    if (step.cause === 'deprecation')
      return step.moves.flatMap((move) => (move.alias === alias && move.to !== null ? [move.to] : []));
    const record = step.cause === 'transition' ? recordOf(tree, { line, version: step.version }) : null;
    const taken = record?.transitions.find(({ id }) => id === step.entry);
    return taken?.to === edgeOfAlias(alias).to ? [step.version] : [];
  });
}

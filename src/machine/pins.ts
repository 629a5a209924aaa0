import {
  stepsUntil,
  waitingPin,
  type Aliases,
  type AliasStep,
  type PinStep,
  type UnpinStep,
} from '../domain/aliases.ts';
import type { Iteration, LineName, PrincipalName } from '../domain/names.ts';
import { ALIASES, type AliasName } from '../domain/states.ts';
import { isActive } from './ballot.ts';
import { mustBeDistinct } from './gate-rule.ts';
import { holdersOf, ruleOfLine, type Law } from './law.ts';
import { taintOf } from './taint.ts';
import { aliasesOf, bundleOf, type World } from './world.ts';

/** Who signs for an alias itself. */
export const ALIAS_ROLES = ['release-owner', 'operator'] as const;

/** What is signed for an alias itself. */
export type AliasWord = (PinStep | UnpinStep)['signed'];

/** Every word signed for an alias of a line, in their order. */
export function aliasWords(aliases: Aliases | null): readonly AliasWord[] {
  return stepsUntil(aliases).flatMap((step) =>
    step.cause === 'pin' || step.cause === 'unpin' ? [step.signed] : [],
  );
}

/** Whether one person may give both words of a pin that takes two. */
export function mayBeOnePerson(law: Law, line: LineName): boolean {
  return !mustBeDistinct(law, ruleOfLine(law, line)?.licenceTier ?? 'C');
}

/**
 * The first word of a pin that takes two, as long as it counts. @param at seconds since 1970: what the end of its signer's
 * role is measured at.
 */
export function firstWord(world: World, line: LineName, alias: AliasName, at: number): PinStep | null {
  const step = waitingPin(aliasesOf(world.tree, line), alias);
  if (step === null) return null;
  const { signed } = step;
  return taintedWords(world, line, [signed]).length === 0 && isActive(world.law, signed, line, at)
    ? step
    : null;
}

/** Who can give the other word. */
export function secondSigners(world: World, first: PinStep, at: number): readonly PrincipalName[] {
  const { line, role, principal } = first.signed;
  const others = ALIAS_ROLES.filter((each) => each !== role);
  return holdersOf(world.law, others, line, at)
    .filter(({ id, kind }) => kind === 'human' && (id !== principal || mayBeOnePerson(world.law, line)))
    .map(({ id }) => id);
}

/** The step that the words for an alias decide by now: where they put it, and whether they keep it there. */
export function decidingWords(aliases: Aliases | null, alias: AliasName): readonly AliasWord[] {
  const steps = stepsUntil(aliases);
  const moved = steps.findLast((step) => step.moves.some((move) => move.alias === alias));
  const kept = steps.findLast((step) =>
    step.cause === 'unpin' ? step.signed.alias === alias : isTaken(step, alias),
  );
  return [...new Set([moved, kept])].flatMap((step) => (step === undefined ? [] : wordsBehind(steps, step)));
}

function isTaken(step: AliasStep, alias: AliasName): boolean {
  return step.cause === 'pin' && step.signed.alias === alias && step.moves.length > 0;
}

/** What a pin or an unpin rests on: itself, and for a pin that took two the first word. */
function wordsBehind(steps: readonly AliasStep[], step: AliasStep): readonly AliasWord[] {
  if (step.cause !== 'pin' && step.cause !== 'unpin') return [];
  const { signed } = step;
  const first = steps.flatMap((each) => (each.cause === 'pin' ? [each.signed] : []));
  return [...(step.cause === 'pin' ? first.filter(({ id }) => signed.reliedOn.includes(id)) : []), signed];
}

/** Those of the words that a stolen key gave and nobody has vouched for anew. */
export function taintedWords(
  world: World,
  line: LineName,
  words: readonly AliasWord[],
): readonly AliasWord[] {
  const taint = taintOf(world);
  return words.filter((word) => {
    if (!taint.isTainted(word)) return false;
    const bundle = bundleOf(world.tree, { line, version: word.version });
    return !(bundle?.reaffirmations ?? []).some(
      (entry) => !taint.isTainted(entry) && entry.entries.includes(word.id),
    );
  });
}

/** Tainted words by which an alias points to an iteration, or was let go there; whoever vouches for them does so there. */
export function taintedPins(world: World, { line, version }: Iteration): readonly AliasWord[] {
  const aliases = aliasesOf(world.tree, line);
  const deciding = ALIASES.flatMap((alias) => decidingWords(aliases, alias));
  return taintedWords(
    world,
    line,
    deciding.filter((word) => word.version === version),
  );
}

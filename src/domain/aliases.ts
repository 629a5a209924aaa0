import * as z from 'zod';
import { jsonDocument } from './document.ts';
import { EntryId, LineName, RepositoryId, Time, Version } from './names.ts';
import { Pin, Unpin } from './pin.ts';
import { ALIASES, AliasName } from './states.ts';

const Move = z
  .strictObject({ alias: AliasName, from: Version.nullable(), to: Version.nullable() })
  .readonly();
export type AliasMove = z.infer<typeof Move>;

const caused = {
  /** The entry it comes from: a transition, a deprecation, or what is signed here. */
  entry: EntryId,
  version: Version,
  time: Time,
};
const moves = (most: number) => z.array(Move).max(most).readonly();

/** One act of people on a line, in the order they happened; acts that move nothing are listed too. */
const AliasStep = z.discriminatedUnion('cause', [
  z
    .strictObject({
      cause: z.enum(['transition', 'deprecation']),
      ...caused,
      moves: moves(ALIASES.length),
    })
    .readonly(),
  /** Without a move it is the first of two words that are needed, and waits for the other. */
  z.strictObject({ cause: z.literal('pin'), ...caused, moves: moves(1), signed: Pin }).readonly(),
  z.strictObject({ cause: z.literal('unpin'), ...caused, moves: moves(0), signed: Unpin }).readonly(),
]);
export type AliasStep = z.infer<typeof AliasStep>;
export type PinStep = Extract<AliasStep, { cause: 'pin' }>;
export type UnpinStep = Extract<AliasStep, { cause: 'unpin' }>;

/** `promotions/<line>/aliases.json`: strictly sequential, every move of every alias of the line. */
const Aliases = z
  .strictObject({
    schema: z.literal('modelsmith/aliases/v1'),
    repository: RepositoryId,
    line: LineName,
    steps: z.array(AliasStep).min(1).readonly(),
  })
  .readonly();
export type Aliases = z.infer<typeof Aliases>;

export const aliasesDocument = jsonDocument('modelsmith/aliases/v1', Aliases, {
  grows: { member: 'steps', item: AliasStep },
});

/** Where each alias points after the last step. @param until leaves out steps made later. */
export function aliasTargets(aliases: Aliases | null, until?: Time): ReadonlyMap<AliasName, Version | null> {
  const known = until !== undefined || aliases === null ? undefined : latest.get(aliases);
  if (known !== undefined) return known;
  const targets = targetsUntil(aliases, until);
  if (until === undefined && aliases !== null) latest.set(aliases, targets);
  return targets;
}

const latest = new WeakMap<Aliases, ReadonlyMap<AliasName, Version | null>>();

/** What was retired: a step of its line says so of each. */
export function retiredVersions(aliases: Aliases | null): ReadonlySet<Version> {
  const known = aliases === null ? NONE : retired.get(aliases);
  if (known !== undefined) return known;
  const found = new Set(
    (aliases?.steps ?? []).flatMap(({ cause, version }) => (cause === 'deprecation' ? [version] : [])),
  );
  if (aliases !== null) retired.set(aliases, found);
  return found;
}

const NONE: ReadonlySet<Version> = new Set();
const retired = new WeakMap<Aliases, ReadonlySet<Version>>();

function targetsUntil(aliases: Aliases | null, until?: Time): ReadonlyMap<AliasName, Version | null> {
  const steps = stepsUntil(aliases, until);
  return new Map(
    ALIASES.map((alias) => {
      const step = steps.findLast(({ moves: made }) => made.some((move) => move.alias === alias));
      return [alias, step?.moves.findLast((move) => move.alias === alias)?.to ?? null];
    }),
  );
}

/** The steps of a line in their order. @param until leaves out those made later. */
export function stepsUntil(aliases: Aliases | null, until?: Time): readonly AliasStep[] {
  const steps = aliases?.steps ?? [];
  return until === undefined ? steps : steps.filter(({ time }) => time <= until);
}

/** What is signed for the alias itself, also the first of two words; null for a step that comes from an iteration. */
export function signedFor(step: AliasStep, alias: AliasName): PinStep | UnpinStep | null {
  return (step.cause === 'pin' || step.cause === 'unpin') && step.signed.alias === alias ? step : null;
}

/** The pin that keeps an alias where it is; null where steps of iterations move it. @param until leaves out later steps. */
export function pinOf(aliases: Aliases | null, alias: AliasName, until?: Time): PinStep | null {
  const last = stepsUntil(aliases, until).findLast(
    (step) => signedFor(step, alias) !== null && (step.cause === 'unpin' || step.moves.length > 0),
  );
  return last?.cause === 'pin' ? last : null;
}

/** The first word of a pin that takes two, as long as nothing was done with the alias since; null where none waits. */
export function waitingPin(aliases: Aliases | null, alias: AliasName, until?: Time): PinStep | null {
  const last = stepsUntil(aliases, until).findLast(
    (step) => signedFor(step, alias) !== null || step.moves.some((move) => move.alias === alias),
  );
  return last?.cause === 'pin' && last.moves.length === 0 ? last : null;
}

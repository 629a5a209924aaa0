import { z } from 'zod';
import { jsonDocument } from './document.ts';
import { EntryId, LineName, RepositoryId, Time, Version } from './names.ts';
import { ALIASES, AliasName } from './states.ts';

const Move = z
  .strictObject({ alias: AliasName, from: Version.nullable(), to: Version.nullable() })
  .readonly();
export type AliasMove = z.infer<typeof Move>;

/** One act of people on a line, in the order they happened; acts that move nothing are listed too. */
const AliasStep = z
  .strictObject({
    cause: z.enum(['transition', 'deprecation']),
    /** The transition or deprecation that caused it. */
    entry: EntryId,
    version: Version,
    time: Time,
    moves: z.array(Move).max(ALIASES.length).readonly(),
  })
  .readonly();
export type AliasStep = z.infer<typeof AliasStep>;

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

function targetsUntil(aliases: Aliases | null, until?: Time): ReadonlyMap<AliasName, Version | null> {
  const targets = new Map<AliasName, Version | null>(ALIASES.map((alias) => [alias, null]));
  const steps = (aliases?.steps ?? []).filter(({ time }) => until === undefined || time <= until);
  for (const step of steps) for (const move of step.moves) targets.set(move.alias, move.to);
  return targets;
}

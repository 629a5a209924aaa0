import { z } from 'zod';
import { CannotTell } from '../../base/errors.ts';
import type { EntryId } from '../../domain/names.ts';
import { reason } from '../../domain/reason.ts';
import { changesOf, type ChangeCase } from '../../machine/changes.ts';
import type { World } from '../../machine/world.ts';
import type { Outcome } from './command.ts';
import { brief } from './layout.ts';

/** The id of a change, or as much of it as tells it apart. */
export const ChangeStart = z
  .string()
  .regex(/^[0-9a-f]{4,64}$/, 'must be the id of a change, or at least its first 4 digits');

export const CHANGE_ARGUMENT = {
  name: '<change>',
  description: 'id of the change, or its first digits (modelsmith policy list)',
} as const;

/** @throws CannotTell USAGE where several changes begin so. */
export function pickChange(
  { tree }: World,
  start: string,
  headline: string,
): { readonly each: ChangeCase } | Extract<Outcome, { kind: 'refused' }> {
  const found = changesOf(tree).filter(({ change }) => change.id.startsWith(start));
  const [each, other] = found;
  if (each === undefined)
    return { kind: 'refused', headline, reasons: [reason('CHANGE_UNKNOWN', { change: start })] };
  if (other !== undefined)
    throw new CannotTell('USAGE', `several changes begin with ${start}`, {
      facts: found.map(({ change }) => `${change.id}  ${change.kind}, by ${change.principal}`),
    });
  return { each };
}

/** Entries of a change by the beginnings of their ids. */
export function entriesNamed(
  { approvals }: ChangeCase,
  starts: readonly string[],
): { readonly ids: readonly EntryId[] } | { readonly unknown: readonly string[] } {
  const found = starts.map((start) => ({ start, ids: approvals.filter(({ id }) => id.startsWith(start)) }));
  const unknown = found.filter(({ ids }) => ids.length !== 1).map(({ start }) => start);
  return unknown.length > 0 ? { unknown } : { ids: found.flatMap(({ ids }) => ids.map(({ id }) => id)) };
}

export const changeName = (id: string): string => `change ${brief(id)}`;

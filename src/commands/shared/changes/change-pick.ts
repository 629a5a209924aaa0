import * as z from 'zod';
import { CannotTell } from '../../../base/errors.ts';
import type { EntryId } from '../../../domain/names.ts';
import { reason } from '../../../domain/reason.ts';
import { changesOf, type ChangeCase } from '../../../machine/changes.ts';
import type { World } from '../../../machine/world.ts';
import type { Outcome } from '../command.ts';
import { brief } from '../terminal/layout.ts';

/** The id of a change, or as much of it as tells it apart. */
export const ChangeStart = z
  .string()
  .regex(/^[0-9a-f]{4,64}$/, 'must be the id of a change, or at least its first 4 digits');

export const CHANGE_ARGUMENT = {
  name: '[change]',
  description: 'id of the change, or its first digits (default: the only one that waits)',
} as const;

/**
 * The change that begins so or, where none is named, the only one that waits.
 * @throws CannotTell USAGE where several are meant, NO_INPUT where none waits.
 */
export function pickChange(
  { tree, law }: World,
  start: string | null,
  headline: string,
  remedy = 'modelsmith policy list --all',
): { readonly each: ChangeCase } | Extract<Outcome, { kind: 'refused' }> {
  const all = changesOf(tree);
  const found = all.filter(({ change, applied }) =>
    start === null
      ? applied === null && change.version === law.policy.version + (change.kind === 'policy' ? 1 : 0)
      : change.id.startsWith(start),
  );
  const [each, other] = found;
  if (each === undefined && start !== null)
    return { kind: 'refused', headline, reasons: [reason('CHANGE_UNKNOWN', { change: start })] };
  if (each === undefined) throw new CannotTell('NO_INPUT', 'no proposal waits here', { remedy });
  if (other !== undefined)
    throw new CannotTell('USAGE', start === null ? 'several proposals wait' : `several begin with ${start}`, {
      facts: found.map(
        ({ change }) => `${change.id}  ${change.kind}, by ${change.principal}: ${change.reason}`,
      ),
      remedy: `name one by its id, such as ${brief(each.change.id)}`,
    });
  return { each };
}

/** Decisions on a change, or on an exception, by the beginnings of their ids. */
export function entriesNamed(
  { approvals }: { readonly approvals: readonly { readonly id: EntryId }[] },
  starts: readonly string[],
): { readonly ids: readonly EntryId[] } | { readonly unknown: readonly string[] } {
  const found = starts.map((start) => ({ start, ids: approvals.filter(({ id }) => id.startsWith(start)) }));
  const unknown = found.filter(({ ids }) => ids.length !== 1).map(({ start }) => start);
  return unknown.length > 0 ? { unknown } : { ids: found.flatMap(({ ids }) => ids.map(({ id }) => id)) };
}

export const changeName = (id: string): string => `change ${brief(id)}`;

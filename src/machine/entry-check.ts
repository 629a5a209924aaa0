import type * as z from 'zod';
import { entryId } from '../domain/document.ts';
import type { EntryHeader } from '../domain/entry.ts';
import { toSeconds, toTime, type EntryId, type LineName } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { Role } from '../domain/roles.ts';
import type { Actor } from './act.ts';
import { holdsRole } from './law.ts';
import type { World } from './world.ts';

/** How far an entry's own time may lie from the time of the signature, in seconds. */
export const TIME_TOLERANCE = 600;

export interface EntryRule {
  /** Null: the act concerns no line in particular. */
  readonly line: LineName | null;
  /** Roles in which this act may be made. */
  readonly roles: readonly Role[];
  /** The entries it must rely on: exactly these. */
  readonly reliedOn: readonly EntryId[];
  readonly humanOnly?: boolean;
}

/** Every entry says who made it, when, with which key, in which role; here that is held against the real signature. */
export function checkEntry(
  world: World,
  actor: Actor,
  schema: z.ZodType,
  entry: EntryHeader,
  rule: EntryRule,
): readonly Reason[] {
  const { principal } = actor;
  const reasons: Reason[] = [];
  const expected = entryId(schema, entry);
  if (entry.id !== expected) reasons.push(reason('ENTRY_ID_FALSE', { entry: entry.id, expected }));
  if (entry.repository !== world.law.repository.id) {
    reasons.push(
      reason('ENTRY_OTHER_REPOSITORY', { repository: entry.repository, expected: world.law.repository.id }),
    );
  }
  if (entry.principal !== principal.id)
    reasons.push(reason('ENTRY_NOT_SIGNERS', { principal: entry.principal, signer: principal.id }));
  if (entry.key !== actor.key) reasons.push(reason('ENTRY_OTHER_KEY', { key: entry.key, signer: actor.key }));
  if (Math.abs(toSeconds(entry.time) - actor.signed) > TIME_TOLERANCE) {
    reasons.push(reason('ENTRY_TIME', { time: entry.time, signed: toTime(actor.signed) }));
  }
  if (rule.humanOnly === true && principal.kind !== 'human') {
    reasons.push(reason('HUMAN_REQUIRED', { act: entry.act, principal: principal.id }));
  } else if (!rule.roles.includes(entry.role)) {
    reasons.push(reason('ROLE_CANNOT', { act: entry.act, role: entry.role, allowed: rule.roles }));
  } else if (!holdsRole(principal, entry.role, rule.line, actor.clock)) {
    reasons.push(
      reason('ROLE_NOT_HELD', { principal: principal.id, role: entry.role, line: rule.line ?? '*' }),
    );
  }
  return [...reasons, ...checkReliedOn(entry.reliedOn, rule.reliedOn)];
}

function checkReliedOn(stated: readonly EntryId[], expected: readonly EntryId[]): readonly Reason[] {
  const missing = expected.filter((id) => !stated.includes(id));
  const extra = stated.filter((id) => !expected.includes(id));
  return missing.length + extra.length === 0 ? [] : [reason('RELIED_ON_FALSE', { missing, extra })];
}

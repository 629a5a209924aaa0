import { coversPattern } from '../../domain/line-pattern.ts';
import { toSeconds, type Fingerprint } from '../../domain/names.ts';
import type { Grant, Principal } from '../../domain/signers.ts';
import { isKeyEnded, type Law } from '../../machine/law.ts';
import type { KeyEnd } from '../shared/opening/key-ends.ts';
import { grantWords } from '../shared/views/policy-words.ts';
import type { ExpiringOut } from '../shared/views/queue-output.ts';

const DAY = 86_400;
const SOON = 60;

/**
 * Roles and keys that end within 60 days, and people whose last key has ended; soonest first.
 * @param ends what the certificates say. @param ending results of checks, approvals, runs and documents that end. @param at seconds since 1970.
 * @param waiting how many things wait for a person.
 */
export function expiringRows(
  law: Law,
  ends: ReadonlyMap<Fingerprint, KeyEnd>,
  ending: readonly Row[],
  at: number,
  waiting: (principal: string) => number,
): readonly ExpiringOut[] {
  const ofPeople = law.signers.principals.flatMap((principal) => [
    ...endingRoles(principal, at),
    ...endingKeys(principal, ends),
  ]);
  return [...ofPeople, ...ending]
    .map((row) => ({ ...row, waiting: waiting(row.principal) }))
    .sort((a, b) => (a.days ?? -1) - (b.days ?? -1));
}

export type Row = Omit<ExpiringOut, 'waiting'>;

function endingRoles({ id, roles }: Principal, at: number): readonly Row[] {
  return roles
    .filter((grant) => endsSoon(grant, at) && !roles.some((other) => outlasts(other, grant, at)))
    .map((grant) => ({
      kind: 'role',
      principal: id,
      what: grantWords(grant),
      lines: [...grant.lines],
      roles: [grant.role],
      days: daysLeft(grant, at),
      command: `modelsmith signer grant ${id} ${grant.lines.map((line) => `--role ${line === '*' ? grant.role : `'${grant.role}@${line}'`}`).join(' ')}`,
    }));
}

function endsSoon({ until }: Grant, at: number): boolean {
  return until !== undefined && toSeconds(until) > at && toSeconds(until) <= at + SOON * DAY;
}

function daysLeft({ until }: Grant, at: number): number {
  return until === undefined ? SOON : Math.floor((toSeconds(until) - at) / DAY);
}

/** Another grant of the same role that goes on: nothing ends then. */
function outlasts(other: Grant, grant: Grant, at: number): boolean {
  const goesOn = other.until === undefined || toSeconds(other.until) > at + SOON * DAY;
  const covers = grant.lines.every((line) => other.lines.some((pattern) => coversPattern(pattern, line)));
  return other.role === grant.role && goesOn && covers;
}

/** Of keys in use; one that has ended beside one that has not is nothing to be reminded of. */
function endingKeys(principal: Principal, ends: ReadonlyMap<Fingerprint, KeyEnd>): readonly Row[] {
  const inUse = principal.keys.filter((key) => !isKeyEnded(key)).map(({ fingerprint }) => fingerprint);
  const alive = inUse.some((key) => ends.get(key)?.kind !== 'ended');
  return inUse.flatMap((key) => {
    const end = ends.get(key);
    if (end === undefined || (end.kind === 'ended' && alive)) return [];
    return [
      {
        kind: 'key',
        principal: principal.id,
        what: key,
        lines: [],
        roles: [...new Set(principal.roles.map(({ role }) => role))],
        days: end.kind === 'ended' ? null : end.days,
        command: `modelsmith signer refresh ${principal.id} --certificate <file>`,
      },
    ];
  });
}

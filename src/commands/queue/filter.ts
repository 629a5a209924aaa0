import { coversPattern, matchesLine, type LinePattern } from '../../domain/line-pattern.ts';
import type { LineName } from '../../domain/names.ts';
import type { Role } from '../../domain/roles.ts';
import type { ExpiringOut, PersonOut, QueueRows } from '../shared/views/queue-output.ts';

/** What a person wants to see; null for all. */
export interface Asked {
  readonly principal: string | null;
  readonly role: Role | null;
  readonly line: LinePattern | null;
}

/** Whether anything about a line is wanted. */
export function isAskedLine({ line }: Asked): (name: LineName) => boolean {
  return (name) => line === null || matchesLine(line, name);
}

/**
 * The rows that wait for the person, for a holder of the role, on the lines. A gate stays whole: who else could sign is
 * told too. What waits for nobody in particular is left out where somebody is asked about.
 */
export function onlyAsked(rows: QueueRows, asked: Asked): QueueRows {
  const isMeant = meant(asked);
  const forAll = asked.principal === null && asked.role === null;
  return {
    approvals: rows.approvals.filter(
      (row) => isMeant(row.people) && (row.kind !== 'proposal' || touches(asked, row.lines)),
    ),
    blocked: rows.blocked.filter(
      (row) => forAll || isMeant(row.people) || row.then.some(({ people }) => isMeant(people)),
    ),
    objections: rows.objections.filter((row) => isMeant(row.people) && touches(asked, row.lines)),
    stale: rows.stale.filter((row) => isMeant(row.people)),
    tainted: rows.tainted.filter((row) => isMeant(row.people)),
    taintedChanges: forAll && asked.line === null ? rows.taintedChanges : [],
    held: forAll ? rows.held : [],
    expiring: rows.expiring.filter((row) => isMine(asked, row)),
    machines: rows.machines.filter((row) => isMeant(row.people)),
  };
}

function meant({ principal, role }: Asked): (people: readonly PersonOut[]) => boolean {
  if (principal === null && role === null) return () => true;
  return (people) =>
    people.some(
      (person) =>
        (principal === null || person.principal === principal) &&
        (role === null || person.roles.includes(role)),
    );
}

/** Of a change only what it touches tells whether it is about the lines; what is about no line in particular is not. */
function touches({ line }: Asked, lines: readonly string[]): boolean {
  return line === null || lines.some((each) => overlaps(line, each as LinePattern));
}

function overlaps(one: LinePattern, other: LinePattern): boolean {
  return coversPattern(one, other) || coversPattern(other, one);
}

function isMine({ principal, role, line }: Asked, row: ExpiringOut): boolean {
  return (
    (principal === null || row.principal === principal) &&
    (role === null || row.roles.includes(role)) &&
    (line === null || row.lines.length === 0 || touches({ principal, role, line }, row.lines))
  );
}

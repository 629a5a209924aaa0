import type { Fingerprint, LineName } from '../../domain/names.ts';
import { heldAliases } from '../../machine/held-aliases.ts';
import { iterationWork } from '../../machine/queue.ts';
import { taintOf } from '../../machine/taint.ts';
import { byUrgency } from '../../machine/urgency.ts';
import { reason } from '../../domain/reason.ts';
import type { World } from '../../machine/world.ts';
import { endedPeople } from '../shared/views/ended-people.ts';
import { heldView } from '../shared/views/held-view.ts';
import type { KeyEnd } from '../shared/opening/key-ends.ts';
import type { PersonOut, QueueRows } from '../shared/views/queue-output.ts';
import { changeRows } from './change-rows.ts';
import { endingChecks } from './ending-checks.ts';
import { exceptionRows } from './exception-rows.ts';
import { endingEvidence } from './ending-evidence.ts';
import { expiringRows } from './expiring.ts';
import { pinRows } from './pin-rows.ts';
import { iterationRows, reasonsOut } from './iteration-rows.ts';

/**
 * Everything that waits in what is in force, whoever it waits for. @param ends what the certificates say of keys.
 * @param at seconds since 1970.
 */
export function queueRows(
  world: World,
  ends: ReadonlyMap<Fingerprint, KeyEnd>,
  at: number,
  isMeant: (line: LineName) => boolean = () => true,
): QueueRows {
  const scope = { law: world.law, line: null, at };
  const works = iterationWork(world, at, isMeant);
  const each = works.map((work) => iterationRows(scope, work));
  const changes = changeRows(world, at);
  const rows = {
    approvals: [
      ...each.flatMap(({ approvals }) => approvals),
      ...changes.approvals,
      ...exceptionRows(world, at, isMeant),
      ...pinRows(world, at, isMeant),
    ].sort(byUrgency),
    blocked: each.flatMap(({ blocked }) => blocked).sort(byUrgency),
    objections: [...each.flatMap(({ objections }) => objections), ...changes.objections].sort((a, b) =>
      a.time < b.time ? -1 : 1,
    ),
    stale: each.flatMap(({ stale }) => stale),
    tainted: each.flatMap(({ tainted }) => tainted),
    taintedChanges: reasonsOut(
      taintOf(world).changes.map(({ change }) =>
        reason('POLICY_TAINTED', { change: change.id, version: change.version }),
      ),
      '',
    ),
    held: heldAliases(world, at)
      .filter(({ line }) => isMeant(line))
      .map(heldView),
    machines: each.flatMap(({ machines }) => machines),
  };
  const ended = endedPeople(world.law, (key) => ends.get(key)?.kind === 'ended');
  const waiting = waitingFor(rows);
  const ending = works.flatMap((work) => [
    ...endingChecks(world, work.bundle, at),
    ...endingEvidence(world, work, at),
  ]);
  const expiring = expiringRows(world.law, ends, ending, at, (id) => waiting.get(id) ?? 0);
  return { ...marking(rows, ended), expiring };
}

/** Rows that say of whom they name whether he can sign at all. */
function marking(
  { approvals, blocked, objections, stale, tainted, machines, ...rows }: Omit<QueueRows, 'expiring'>,
  ended: ReadonlySet<string>,
): Omit<QueueRows, 'expiring'> {
  const mark = <Row extends { readonly people: readonly PersonOut[] }>(row: Row): Row => ({
    ...row,
    people: row.people.map((person) => (ended.has(person.principal) ? { ...person, ended: true } : person)),
  });
  return {
    ...rows,
    approvals: approvals.map(mark),
    blocked: blocked.map((row) => ({ ...mark(row), then: row.then.map(mark) })),
    objections: objections.map(mark),
    stale: stale.map(mark),
    tainted: tainted.map(mark),
    machines: machines.map(mark),
  };
}

/** How many rows wait for each person. */
function waitingFor({
  approvals,
  blocked,
  objections,
  stale,
  tainted,
}: Omit<QueueRows, 'expiring'>): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { people } of [...approvals, ...blocked, ...objections, ...stale, ...tainted])
    for (const { principal } of people) found.set(principal, (found.get(principal) ?? 0) + 1);
  return found;
}

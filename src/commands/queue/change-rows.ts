import type { Time } from '../../domain/names.ts';
import type { ReasonFacts } from '../../domain/reason.ts';
import type { Role } from '../../domain/roles.ts';
import { livePeople } from '../../machine/change-requirements.ts';
import { changeStanding, contestedChanges } from '../../machine/change-standing.ts';
import { changeNamed, changesOf, type ChangeCase } from '../../machine/changes.ts';
import { holdsRole, principalNamed } from '../../machine/law.ts';
import type { World } from '../../machine/world.ts';
import { titleOf } from '../shared/views/change-text.ts';
import { changeView, type ChangeView } from '../shared/views/change-view.ts';
import { brief } from '../shared/terminal/layout.ts';
import type { ApprovalOut, ObjectionOut, PersonOut, QueueRows } from '../shared/views/queue-output.ts';
import { withOwnRoles } from './people.ts';
import { sinceOnly } from './urgency-view.ts';

type ChangeRows = Pick<QueueRows, 'approvals' | 'objections'>;

/** Proposals that are not in force and not outdated, and objections to what is. @param at seconds since 1970. */
export function changeRows(world: World, at: number): ChangeRows {
  const open = changesOf(world.tree)
    .filter(({ applied }) => applied === null)
    .map((each) => ({ each, view: changeView(world, each, at) }));
  return {
    approvals: open
      .filter(({ view: { state } }) => state === 'open' || state === 'complete')
      .map(({ view }) => proposalRow(world, view, at)),
    objections: [
      ...open
        .filter(({ view: { state } }) => state === 'rejected')
        .flatMap(({ each, view }) => rejectionRows(world, each, view, at)),
      ...contestedChanges(world, at).flatMap((why) =>
        why.code === 'POLICY_CONTESTED' ? contestedRows(world, why.facts, at) : [],
      ),
    ],
  };
}

function proposalRow(world: World, view: ChangeView, at: number): ApprovalOut {
  const { change, proposedBy, reason, needed, time, state } = view;
  const command = `modelsmith policy approve ${brief(change)}`;
  const approvers = view.decisions.filter(({ status }) => status === 'counts');
  return {
    kind: 'proposal',
    change,
    title: titleOf(view),
    proposedBy,
    reason,
    lines: [...(view.touches?.lines ?? [])],
    needed: needed.map((each) => ({ ...each, has: [...each.has], canSign: [...each.canSign] })),
    ...sinceOnly(time as Time),
    people:
      state === 'complete'
        ? withOwnRoles(
            { law: world.law, line: null, at },
            [...new Set(approvers.map(({ principal }) => principal))].sort(),
            command,
          )
        : stillNeeded(world, view, at, command),
  };
}

/** Who can give what is missing, in the role it is missing in; where any role does, in all he holds. */
function stillNeeded(
  { law }: World,
  { needed }: ChangeView,
  at: number,
  command: string,
): readonly PersonOut[] {
  const roles = new Map<string, Set<string>>();
  for (const { role, canSign } of needed)
    for (const principal of canSign) {
      const own = principalNamed(law, principal)?.roles.map((grant) => grant.role) ?? [];
      const given: readonly string[] =
        role === null ? own.filter((held: Role) => holds(law, principal, held, at)) : [role];
      roles.set(principal, new Set([...(roles.get(principal) ?? []), ...given]));
    }
  return [...roles].sort().map(([principal, held]) => ({ principal, roles: [...held], command }));
}

function holds(law: World['law'], principal: string, role: Role, at: number): boolean {
  const found = principalNamed(law, principal);
  return found !== null && role !== 'auditor' && holdsRole(found, role, null, at);
}

function rejectionRows(
  world: World,
  each: ChangeCase,
  { touches }: ChangeView,
  at: number,
): readonly ObjectionOut[] {
  return changeStanding(world, each, at).objections.map((entry) =>
    objectionRow(world, { ...entry, lines: touches?.lines ?? [], contests: false }, at),
  );
}

function contestedRows(
  world: World,
  { change, entry }: ReasonFacts['POLICY_CONTESTED'],
  at: number,
): readonly ObjectionOut[] {
  const found = changeNamed(world.tree, change as never)?.approvals.find(({ id }) => id === entry);
  return found === undefined ? [] : [objectionRow(world, { ...found, lines: [], contests: true }, at)];
}

interface Objected {
  readonly change: string;
  readonly id: string;
  readonly act: string;
  readonly principal: string;
  readonly time: Time;
  readonly reason: string;
  readonly lines: readonly string[];
  readonly contests: boolean;
}

/** Its author settles it alone; in his place two people, or all there are, of whom one is a policy approver. */
function objectionRow(
  world: World,
  { change, id, act, principal, time, reason, lines, contests }: Objected,
  at: number,
): ObjectionOut {
  const live = livePeople(world.law, at).map((person): string => person.id);
  const instead = 'two people (all there are, where they are fewer), one of them a policy-approver';
  const here = live.includes(principal);
  return {
    iteration: null,
    change,
    lines: [...lines],
    gate: null,
    entry: id,
    act,
    principal,
    time,
    reason,
    contests,
    answers: [],
    sentence: here
      ? `waits for ${principal} to look again, or for ${instead}`
      : `waits for ${instead}, in the place of ${principal}`,
    people: withOwnRoles(
      { law: world.law, line: null, at },
      here ? [principal] : live,
      `modelsmith policy approve ${brief(change)} --answers ${brief(id)}`,
    ),
  };
}

import { AppliedChange, appliedChangeDocument } from '../../domain/change.ts';
import { toIdSet } from '../../domain/entry.ts';
import { liftDocument } from '../../domain/lift.ts';
import type { EntryId } from '../../domain/names.ts';
import { APPLIED, changeFolder, liftFile, PROPOSED } from '../../domain/paths.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import { filesUnder } from '../../domain/tree.ts';
import { putText, refused, refusedIf, type Act, type Actor, type Decision, type Put } from '../act.ts';
import { changeStanding } from '../change-standing.ts';
import { changeNamed, proposedLaw, type ChangeCase } from '../changes.ts';
import { checkEntry } from '../entry-check.ts';
import { proposalProblems } from '../proposal.ts';
import { fileAt } from '../../domain/tree.ts';
import type { World } from '../world.ts';

type ApplyAct = Extract<Act, { kind: 'apply-change' }>;

/** Puts an approved change in force, byte for byte as it was proposed. One of those who approved it does that. */
export function decideApplication(world: World, { applied }: ApplyAct, actor: Actor): Decision {
  const each = changeNamed(world.tree, applied.change);
  if (each === null) return refused(reason('CHANGE_UNKNOWN', { change: applied.change }));
  const { change } = each;
  if (each.applied !== null) return refused(reason('CHANGE_APPLIED', { change: change.id }));
  const standing = changeStanding(world, each, actor.clock);
  const mine = standing.counted.some((entry) => entry.principal === actor.principal.id);
  const reasons: readonly Reason[] = [
    ...checkEntry(world, actor, AppliedChange, applied, {
      line: null,
      roles: standing.counted
        .filter(({ principal }) => principal === actor.principal.id)
        .map(({ role }) => role),
      reliedOn: applicationRelies(standing.counted),
      humanOnly: true,
    }).filter(({ code }) => mine || code !== 'ROLE_CANNOT'),
    ...(mine ? [] : [reason('CHANGE_NOT_APPROVER', { change: change.id, principal: actor.principal.id })]),
    ...standing.blocked,
    ...(change.kind === 'policy'
      ? proposalProblems(world.law, proposedLaw(world.tree, change.id), actor.clock)
      : []),
    ...(change.kind === 'lift' && fileAt(world.tree, liftFile(change.override)) !== null
      ? [reason('LIFT_IMPOSSIBLE', { override: change.override, why: 'it is not in force' })]
      : []),
  ];
  return refusedIf(reasons, () => [
    putText(`${changeFolder(change.id)}/${APPLIED}`, appliedChangeDocument.print(applied)),
    ...effects(world, each, applied),
  ]);
}

export function applicationRelies(counted: readonly { readonly id: EntryId }[]): readonly EntryId[] {
  return toIdSet(counted.map(({ id }) => id));
}

function effects({ tree, law }: World, { change }: ChangeCase, applied: AppliedChange): readonly Put[] {
  switch (change.kind) {
    case 'policy': {
      const proposed = filesUnder(tree, `${changeFolder(change.id)}/${PROPOSED}`);
      const names = new Set(proposed.map(([path]) => path));
      const gone = filesUnder(tree, 'policy').filter(([path]) => !names.has(path));
      return [
        ...gone.map(([path]) => ({ path: `policy/${path}`, bytes: null })),
        ...proposed.map(([path, { bytes }]) => ({ path: `policy/${path}`, bytes })),
      ];
    }
    case 'lift':
      return [
        putText(
          liftFile(change.override),
          liftDocument.print({
            schema: 'modelsmith/lift/v1',
            repository: law.repository.id,
            override: change.override,
            change: change.id,
            applied: applied.id,
            time: applied.time,
          }),
        ),
      ];
    case 'root':
      return [];
  }
}

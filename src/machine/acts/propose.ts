import { digestOfFiles, sha256 } from '../../base/digest.ts';
import { Change, changeDocument } from '../../domain/change.ts';
import { CHANGE, changeFolder, PROPOSED } from '../../domain/paths.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import { fileAt } from '../../domain/tree.ts';
import { putText, refusedIf, type Act, type Actor, type Decision, type NewFile } from '../act.ts';
import { folderDigest } from '../changes.ts';
import { theftReports } from '../compromised-keys.ts';
import { checkEntry } from '../entry-check.ts';
import { isForEver, overridesInForce } from '../overrides.ts';
import { lawWith, proposalProblems } from '../proposal.ts';
import { broughtBy } from '../policy-difference.ts';
import type { World } from '../world.ts';

type ProposeAct = Extract<Act, { kind: 'propose' }>;

/** Anybody enrolled may propose, which is how a newcomer's certificate comes in; only approvals take approvers. */
export function decideProposal(world: World, { change, files }: ProposeAct, actor: Actor): Decision {
  const folder = changeFolder(change.id);
  const reasons: readonly Reason[] = [
    ...checkEntry(world, actor, Change, change, {
      line: null,
      roles: change.role === 'auditor' ? [] : [change.role],
      reliedOn: [],
      humanOnly: true,
    }),
    ...(fileAt(world.tree, `${folder}/${CHANGE}`) === null
      ? []
      : [reason('ENTRY_ALTERED', { path: `${folder}/${CHANGE}` })]),
    ...contentReasons(world, change, files, actor.clock),
  ];
  return refusedIf(reasons, () => [
    putText(`${folder}/${CHANGE}`, changeDocument.print(change)),
    ...files.map(({ path, bytes }) => ({ path: `${folder}/${PROPOSED}/${path}`, bytes })),
  ]);
}

function contentReasons(
  world: World,
  change: Change,
  files: readonly NewFile[],
  at: number,
): readonly Reason[] {
  const { law } = world;
  const differ = (what: string, stated: unknown, expected: unknown): readonly Reason[] => {
    const [has, due] = [JSON.stringify(stated), JSON.stringify(expected)];
    return has === due ? [] : [reason('CHANGE_DIFFERS', { what, stated: has, expected: due })];
  };
  if (change.kind !== 'policy') {
    return [
      ...differ('version', change.version, law.policy.version),
      ...(files.length === 0
        ? []
        : [
            reason('CHANGE_DIFFERS', { what: 'proposed files', stated: String(files.length), expected: '0' }),
          ]),
      ...(change.kind === 'lift' ? liftReasons(world, change.override) : []),
    ];
  }
  const proposed = lawWith(world.tree, files);
  return [
    ...differ('replaces', change.replaces, folderDigest(world.tree, 'policy')),
    ...differ(
      'proposal',
      change.proposal,
      digestOfFiles(files.map(({ path, bytes }) => ({ path, sha256: sha256(bytes) }))),
    ),
    ...differ('version', change.version, law.policy.version + 1),
    ...(proposed.ok ? differ('brings', change.brings, broughtBy(law, proposed.value)) : []),
    ...differ('reports', change.reports, theftReports(law)),
    ...proposalProblems(law, proposed, at),
  ];
}

/** Only what is in force can be lifted, and a key that was stolen stays out of use. */
function liftReasons({ tree }: World, override: string): readonly Reason[] {
  const found = overridesInForce(tree).overrides.find(({ id }) => id === override);
  if (found === undefined) return [reason('LIFT_IMPOSSIBLE', { override, why: 'it is not in force' })];
  return isForEver(found)
    ? [reason('LIFT_IMPOSSIBLE', { override, why: 'a key reported as compromised stays out of use' })]
    : [];
}

import { Drill, drillDocument } from '../../domain/drill.ts';
import { drillFile } from '../../domain/paths.ts';
import { reason } from '../../domain/reason.ts';
import { fileAt } from '../../domain/tree.ts';
import { putText, refusedIf, type Act, type Actor, type Decision } from '../act.ts';
import { checkEntry } from '../entry-check.ts';
import type { World } from '../world.ts';

type DrillAct = Extract<Act, { kind: 'drill' }>;

/** Whoever may pull the brake records that he drilled it. That the report fits together is for its codec to see. */
export function decideDrill(world: World, { drill }: DrillAct, actor: Actor): Decision {
  const path = drillFile(drill.id);
  const reasons = [
    ...checkEntry(world, actor, Drill, drill, {
      line: null,
      roles: ['override'],
      reliedOn: [],
      humanOnly: true,
    }),
    ...(fileAt(world.tree, path) === null ? [] : [reason('ENTRY_ALTERED', { path })]),
  ];
  return refusedIf(reasons, () => [putText(path, drillDocument.print(drill))]);
}

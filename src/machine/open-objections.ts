import type { Approval } from '../domain/approval.ts';
import type { EntryHeader } from '../domain/entry.ts';
import type { PrincipalName } from '../domain/names.ts';
import { holdersOf } from './law.ts';
import { requestersOf } from './requesters.ts';
import { settlersOf } from './settlers.ts';
import type { Standing } from './standing.ts';
import { taintOf } from './taint.ts';
import { sortEntries } from './trusted-files.ts';
import { type Bundle, type World } from './world.ts';

/** A rejection, a change request, or the withdrawal of what a step relied on, that nobody has settled. */
export interface OpenObjection {
  readonly entry: Approval;
  /** Made against a step that was taken already. */
  readonly contests: boolean;
  /** What was done in answer to a change request, oldest first; it settles nothing before somebody has looked. */
  readonly responses: readonly EntryHeader[];
  /** Whether its author can still settle it, alone. */
  readonly author: boolean;
  /** Who else can, and how many of them it takes. */
  readonly others: readonly PrincipalName[];
  readonly quorum: number;
}

/** Everything that stands against an iteration, oldest first. @param at seconds since 1970. */
export function openObjections(
  world: World,
  bundle: Bundle,
  standing: Pick<Standing, 'gates' | 'contested'>,
  at: number,
): readonly OpenObjection[] {
  const contesting = new Set(standing.contested);
  const ahead = standing.gates.flatMap((gate): readonly Approval[] => gate.objections);
  const open = bundle.approvals.filter((entry) => contesting.has(entry) || ahead.includes(entry));
  const requesters = requestersOf(bundle, world.law);
  return open.map((entry) => {
    const { roles, quorum } = settlersOf(world.law, entry);
    const holders = holdersOf(world.law, roles, bundle.iteration.line, at).map(({ id }) => id);
    return {
      entry,
      contests: contesting.has(entry),
      responses: entry.act === 'request-changes' ? responsesTo(world, bundle, entry) : [],
      author: holders.includes(entry.principal),
      others: holders.filter((id) => id !== entry.principal && !requesters.has(id)),
      quorum,
    };
  });
}

/** Evidence brought in answer to it, and what the people behind the request said about it. A thief answers nothing. */
function responsesTo(world: World, bundle: Bundle, { id }: Approval): readonly EntryHeader[] {
  const taint = taintOf(world);
  const requesters = requestersOf(bundle, world.law);
  const evidence = bundle.record.evidence.filter(({ answers }) => answers.includes(id));
  const said = bundle.comments.filter(
    ({ act, principal, reliedOn }) => act === 'comment' && requesters.has(principal) && reliedOn.includes(id),
  );
  return sortEntries<EntryHeader>([...evidence, ...said].filter((entry) => !taint.isTainted(entry)));
}

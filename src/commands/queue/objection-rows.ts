import { toIterationId } from '../../domain/names.ts';
import { seatOf } from '../../machine/gate-rule.ts';
import type { OpenObjection } from '../../machine/open-objections.ts';
import type { IterationWork } from '../../machine/queue.ts';
import type { Bundle } from '../../machine/world.ts';
import { allOf, anyOf } from '../shared/explaining/explained.ts';
import { brief } from '../shared/terminal/layout.ts';
import type { ObjectionOut } from '../shared/views/queue-output.ts';
import { peopleNamed, requestingPeople, type Scope } from './people.ts';

/** Everything that stands against an iteration, with whose turn it is. */
export function objectionRows(
  scope: Scope,
  { bundle, objections }: Pick<IterationWork, 'bundle' | 'objections'>,
): readonly ObjectionOut[] {
  return objections.map((objection) => {
    const { entry, contests, responses } = objection;
    return {
      iteration: toIterationId(bundle.iteration),
      change: null,
      lines: [bundle.iteration.line],
      gate: entry.gate,
      entry: entry.id,
      act: entry.act,
      principal: entry.principal,
      time: entry.time,
      reason: entry.reason,
      contests,
      answers: responses.map(({ act, principal, time, id }) => ({ act, principal, time, entry: id })),
      ...turnOf(scope, bundle, objection),
    };
  });
}

/** A change request is first for those who asked to answer; everything else for its author, or others in his place. */
function turnOf(
  scope: Scope,
  bundle: Bundle,
  { entry, responses, author, others, quorum }: OpenObjection,
): Pick<ObjectionOut, 'sentence' | 'people'> {
  const id = toIterationId(bundle.iteration);
  const last = responses.at(-1);
  if (entry.act === 'request-changes' && last === undefined) {
    const command = `modelsmith respond ${id} --to ${brief(entry.id)}`;
    const people = requestingPeople(scope, bundle, command);
    const names = people.map(({ principal }) => principal);
    const nobody = 'waits for an answer, and nobody who asked for this is enrolled any more';
    return { sentence: names.length === 0 ? nobody : `waits for ${anyOf(names)} to answer`, people };
  }
  const { roles } = seatOf(scope.law, bundle, entry);
  const command = `modelsmith approve ${id} --gate ${entry.gate} --answers ${brief(entry.id)}`;
  const people = peopleNamed(scope, author ? [entry.principal] : others, roles, () => command);
  const answered = last === undefined ? '' : `answered by ${last.principal} on ${last.time.slice(0, 10)}: `;
  const ways = [
    ...(author ? [`${entry.principal} to look again`] : []),
    ...(others.length < quorum ? [] : [`${quorum} of ${allOf(others)} in the place of ${entry.principal}`]),
  ];
  const whom = ways.length === 0 ? 'somebody in the role to be enrolled' : ways.join(', or for ');
  return { sentence: `${answered}waits for ${whom}`, people };
}

import { toIterationId } from '../../../domain/names.ts';
import { shownAddress } from '../../../domain/remote-address.ts';
import { iterationWork } from '../../../machine/queue.ts';
import type { CommonOptions, Outcome } from '../command.ts';
import { escapeShown, shellPath } from '../terminal/escape.ts';
import { seatName } from '../views/seat-names.ts';
import { wrap } from '../terminal/style.ts';
import type { Desk } from '../opening/write.ts';

/** What a verb that was given no iteration answers: those that wait for the signer, with what to type for each. */
export function ownWork(
  { workspace, who, actor }: Desk,
  verb: 'approve' | 'promote' | 'review',
  { address }: Pick<CommonOptions, 'address'>,
): Outcome {
  const where = address === undefined ? '' : `${shellPath(shownAddress(address))} `;
  const { id } = who.principal;
  const waiting = iterationWork(workspace.world, actor.clock).flatMap(
    ({ bundle, pending, ready, standing }) => {
      const mine = pending
        .filter(({ gate }) => gate.canSign.includes(id))
        .map(({ gate }) => seatName(gate.rule));
      const takes =
        ready &&
        verb === 'promote' &&
        standing.gates.some(({ counted, canSign }) =>
          [...counted.map(({ principal }) => principal as string), ...canSign].includes(id),
        );
      const iteration = toIterationId(bundle.iteration);
      return mine.length > 0 || takes
        ? [
            {
              iteration,
              gates: mine,
              due: pending[0]?.due?.due ?? null,
              command: `modelsmith ${verb} ${where}${iteration}`,
            },
          ]
        : [];
    },
  );
  return {
    kind: 'yes',
    json: { principal: id, waiting },
    text: ({ columns }) =>
      waiting.length === 0
        ? `nothing waits for ${id}; next: modelsmith queue`
        : [
            `waiting for ${id}:`,
            ...waiting.flatMap(({ iteration, gates, due, command }) => [
              ...wrap(
                `  ${escapeShown(iteration)}  ${gates.join(' and ') || 'all is signed'}${due === null ? '' : `, due ${due.slice(0, 10)}`}`,
                columns,
              ),
              `    ${command}`,
            ]),
          ].join('\n'),
  };
}

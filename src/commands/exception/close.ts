import * as z from 'zod';
import { seal } from '../../domain/document.ts';
import { ClosedException } from '../../domain/exception.ts';
import type { Command } from '../shared/command.ts';
import { ExceptionStart } from '../shared/views/exception-start.ts';
import { exceptionName } from '../shared/views/exception-text.ts';
import { entryBy, land, openDesk, Plan, written } from '../shared/opening/write.ts';
import { endingRole } from './ending-role.ts';
import { EXCEPTION_ARGUMENT, pickException } from './pick.ts';
import { Why } from '../shared/terminal/why.ts';

const Input = z.object({ exception: ExceptionStart.nullable().default(null), reason: Why });

/** Ends an exception before its time. */
export const closeException: Command<z.infer<typeof Input>> = {
  name: 'exception close',
  group: 'emergency',
  summary: 'end an exception before its time',
  description:
    'By who opened it, who answers for it, whoever holds a role that approves it, or a policy approver. It is not opened again.\n' +
    'Every renewal of it ends with it, so what was let in by it moves on no more, and has to be requested anew.',
  arguments: [EXCEPTION_ARGUMENT],
  options: [{ flags: '--reason <text>', description: 'why; recorded and signed' }],
  examples: ['modelsmith exception close 3f2a --reason "the record was found"'],
  writes: true,
  reads: true,
  input: Input,
  run: async (context, { exception: start, reason: text }, common) => {
    const desk = await openDesk(context, common);
    const headline = 'this exception cannot be closed';
    const picked = pickException(desk.workspace.world, start, headline, ({ closed }) => closed === null);
    if ('kind' in picked) return picked;
    const { id, line } = picked.each.exception;
    const closed = seal(ClosedException, {
      schema: 'modelsmith/exception-closed/v1',
      ...entryBy(desk, 'close-exception', endingRole(desk, common, picked.each), [id]),
      exception: id,
      reason: text,
    });
    const plan = new Plan(desk);
    const no = plan.add(`${exceptionName(id)} cannot be closed`, { kind: 'close-exception', line, closed });
    if (no !== null) return no;
    const report = await land(desk, common, plan, `Close ${exceptionName(id)}`);
    return written(
      report,
      [
        `closed ${exceptionName(id)}`,
        `where it was used: modelsmith exception review ${id.slice(0, 12)} --template`,
      ],
      { exception: id, line, entry: closed.id },
    );
  },
};

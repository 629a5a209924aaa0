import { isDemonstration } from '../../../domain/repository.ts';
import type { ChangeApproval } from '../../../domain/change.ts';
import type { ChangeCase } from '../../../machine/changes.ts';
import type { ChangeAct } from './change-entry.ts';
import { changeName } from './change-pick.ts';
import { changeLines } from '../views/change-text.ts';
import { changeView } from '../views/change-view.ts';
import type { CommonOptions } from '../command.ts';
import { escapeShown } from '../terminal/escape.ts';
import { newKeyLines } from './new-key-lines.ts';
import { askReason, typeBack } from '../terminal/prompts.ts';
import { styleOf, wrap } from '../terminal/style.ts';
import type { Desk } from '../opening/write.ts';

/** What is about to be signed. */
interface Intended {
  readonly entries: readonly ChangeApproval[];
  readonly applies: boolean;
}

/** Shows what is decided and has the code typed back. @returns the reason given; null where none is recorded. */
export async function reviewChange(
  { context, workspace, actor, who }: Desk,
  common: CommonOptions,
  each: ChangeCase,
  act: ChangeAct,
  { entries, applies }: Intended,
): Promise<string | null> {
  const { terminal } = context;
  const { world } = workspace;
  const columns = Math.min(terminal.columns, 100);
  const style = styleOf(terminal.color && !common.plain);
  const { principal } = who;
  const roles = entries.map(({ role }) => role).join(' and ');
  const as = `${principal.id}${principal.name === principal.id ? '' : ` (${escapeShown(principal.name)})`}`;
  const name = changeName(each.change.id);
  const doing = entries.length === 0 ? `put ${name} in force` : `${act} ${name}`;
  terminal.say(
    [
      ...(isDemonstration(world.law.repository) ? ['DEMONSTRATION'] : []),
      ...wrap(`${doing}, as ${as}${roles === '' ? '' : `, in the role of ${roles}`}`, columns),
      ...(applies ? ['With your signature it comes into force.'] : []),
      '',
      ...changeLines(changeView(world, each, actor.clock), style, columns),
      ...(act === 'approve' && entries.length > 0 ? newKeyLines(world.tree, each.change) : []),
      '',
    ].join('\n'),
  );
  const given = entries.length === 0 ? null : await askReason(context, QUESTIONS[act]);
  await typeBack(context, doing);
  return given;
}

const QUESTIONS: { readonly [A in ChangeAct]: string } = {
  approve: 'why do you approve?',
  reject: 'why do you reject?',
  withdraw: 'why do you take it back?',
};

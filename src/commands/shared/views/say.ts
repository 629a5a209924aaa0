import { CannotTell } from '../../../base/errors.ts';
import { CommentEntry } from '../../../domain/comment.ts';
import { seal } from '../../../domain/document.ts';
import { toIdSet } from '../../../domain/entry.ts';
import { toIterationId, type EntryId, type Iteration, type Time } from '../../../domain/names.ts';
import type { Role } from '../../../domain/roles.ts';
import { holdsRole } from '../../../machine/law.ts';
import type { CommonOptions, Outcome } from '../command.ts';
import { entryBy, roleFor, type Desk, type Plan } from '../opening/write.ts';

export interface Words {
  /** The entries they are about; none: about the iteration. */
  readonly about: readonly EntryId[];
  readonly text: string;
}

type Refused = Extract<Outcome, { kind: 'refused' }>;

/** Puts words about an iteration into a plan. @returns their entry, or why not. */
export function say(
  desk: Desk,
  common: CommonOptions,
  plan: Plan,
  iteration: Iteration,
  { about, text }: Words,
): CommentEntry | Refused {
  const role = roleFor(desk, common, speakingRoles(desk, iteration), iteration.line);
  const comment = seal(CommentEntry, {
    schema: 'modelsmith/comment/v1',
    ...entryBy(desk, 'comment', role, toIdSet(about)),
    iteration: toIterationId(iteration),
    reason: text,
  });
  return spoken(plan, iteration, comment, 'cannot take this comment');
}

/** Puts a manager's wish into a plan. @returns its entry, or why not. */
export function wish(
  desk: Desk,
  common: CommonOptions,
  plan: Plan,
  iteration: Iteration,
  { due, text }: { readonly due: Time; readonly text: string },
): CommentEntry | Refused {
  const role = roleFor(desk, common, ['ml-manager'], iteration.line);
  const expedite = seal(CommentEntry, {
    schema: 'modelsmith/comment/v1',
    ...entryBy(desk, 'expedite', role, []),
    iteration: toIterationId(iteration),
    due,
    reason: text,
  });
  return spoken(plan, iteration, expedite, 'cannot be expedited');
}

function spoken(plan: Plan, iteration: Iteration, comment: CommentEntry, no: string): CommentEntry | Refused {
  const headline = `${toIterationId(iteration)} ${no}`;
  return plan.add(headline, { kind: 'comment', iteration, comment }) ?? comment;
}

/** Anybody says something in any role held for the line; an auditor's own word lies elsewhere, so that role comes last. */
function speakingRoles({ who, actor }: Desk, { line }: Iteration): readonly Role[] {
  const { id, roles } = who.principal;
  const held = roles
    .map(({ role }) => role)
    .filter((role) => holdsRole(who.principal, role, line, actor.clock))
    .sort((a, b) => Number(a === 'auditor') - Number(b === 'auditor'));
  if (held.length > 0) return held;
  throw new CannotTell('USAGE', `${id} holds no role for ${line}, and nothing is said without one`);
}

import { sha256 } from '../../../src/base/digest.ts';
import { seal } from '../../../src/domain/document.ts';
import {
  ClosedException,
  Exception,
  ExceptionApproval,
  ExceptionReview,
} from '../../../src/domain/exception.ts';
import type { EntryId, LineName } from '../../../src/domain/names.ts';
import type { Role } from '../../../src/domain/roles.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { exceptionStanding, type ExceptionStanding } from '../../../src/machine/exception-standing.ts';
import { waiverOf } from '../../../src/machine/exception-use.ts';
import { exceptionsOf, type ExceptionCase } from '../../../src/machine/exceptions.ts';
import { locksOf } from '../../../src/machine/world.ts';
import { requestIt } from './acts.ts';
import { grants } from './changes.ts';
import { encode, LINE, type LawChanges, type Person } from './law-files.ts';
import { at, header, hour, worldOf, type By, type Signed } from './world.ts';

/** Worlds in which rules are waived for a while. */

type Build = (tree: TreeFolder) => Signed;
const line = LINE as LineName;

export const RULES = { maxDays: 14, reviewDays: 7 };

/** Requests have to name a contact and the code; lee opens, dan answers for security, may and eva for quality. */
export const EXCEPTING: LawChanges = {
  policy: { intake: [{ rule: 'contact-stated' }, { rule: 'code-stated' }], exceptions: RULES },
  people: {
    dan: { roles: grants(['domain-expert', 'security-owner']) },
    gil: { roles: grants(['governance-approver', 'security-owner']) },
    lee: { roles: grants(['operator', 'team-lead', 'policy-approver', 'override']) },
    mia: { roles: grants(['model-owner', 'governance-approver', 'policy-approver', 'override']) },
  },
};

/** Opens an exception for both rules. `changes` go over any field before it is sealed. */
export function openIt(
  changes: object = {},
  name: Person = 'lee',
  role: Role = 'operator',
  hours = 2,
): Build {
  const by: By = { name, role, hours };
  return () => ({
    by,
    act: {
      kind: 'open-exception',
      exception: seal(Exception, {
        schema: 'modelsmith/exception/v1',
        ...header('open-exception', by, []),
        line,
        waives: ['code-stated', 'contact-stated'],
        owner: name,
        controls: ['Every answer is read by a person.'],
        expires: at(hours + 24 * 5),
        reviewDue: at(hours + 24 * 10),
        reason: 'The old model misreads the new forms.',
        ...changes,
      } as never),
    },
  });
}

/** The exception opened last. */
export function newest(tree: TreeFolder): ExceptionCase {
  const found = exceptionsOf(tree, line).at(-1);
  if (found === undefined) throw new Error('there is no exception');
  return found;
}

export function standingAt(tree: TreeFolder, hours: number): ExceptionStanding {
  return exceptionStanding(worldOf(tree), newest(tree), hour(hours));
}

/** A word on the exception opened last. */
export function sayOf(
  act: 'approve' | 'reject',
  name: Person,
  role: Role,
  hours: number,
  changes: object = {},
): Build {
  return (tree) => {
    const by: By = { name, role, hours };
    const { id } = newest(tree).exception;
    const approval = seal(ExceptionApproval, {
      schema: 'modelsmith/exception-approval/v1',
      exception: id,
      answers: [],
      reason: 'as looked at',
      ...header(act, by, [id]),
      ...changes,
    } as never);
    return { by, act: { kind: 'decide-exception', line, approval } };
  };
}

export function takeBack(
  withdraws: string,
  name: Person,
  role: Role,
  hours: number,
  changes: object = {},
): Build {
  return (tree) => {
    const by: By = { name, role, hours };
    const approval = seal(ExceptionApproval, {
      schema: 'modelsmith/exception-approval/v1',
      exception: newest(tree).exception.id,
      answers: [],
      reason: 'on second thoughts',
      ...header('withdraw', by, [withdraws as EntryId]),
      withdraws,
      ...changes,
    } as never);
    return { by, act: { kind: 'decide-exception', line, approval } };
  };
}

export function closeIt(name: Person, role: Role, hours: number, changes: object = {}): Build {
  return (tree) => {
    const by: By = { name, role, hours };
    const { id } = newest(tree).exception;
    const closed = seal(ClosedException, {
      schema: 'modelsmith/exception-closed/v1',
      ...header('close-exception', by, [id]),
      exception: id,
      reason: 'It is over.',
      ...changes,
    } as never);
    return { by, act: { kind: 'close-exception', line, closed } };
  };
}

export const REVIEW = [
  '## What happened\nForms changed overnight.',
  '## What it was used for\nVersion 1.0.0.',
  '## Controls\nEvery answer was read.',
  '## What follows\nThe code is named again.',
].join('\n\n');

export function reviewIt(
  name: Person,
  role: Role,
  hours: number,
  text = REVIEW,
  changes: object = {},
): Build {
  return (tree) => {
    const by: By = { name, role, hours };
    const { id } = newest(tree).exception;
    const bytes = encode(text);
    const review = seal(ExceptionReview, {
      schema: 'modelsmith/exception-review/v1',
      ...header('review-exception', by, [id]),
      exception: id,
      text: { size: Math.max(1, bytes.length), sha256: sha256(bytes) },
      ...changes,
    } as never);
    return { by, act: { kind: 'review-exception', line, review, text: bytes } };
  };
}

/** A request that needs the exceptions, all of the line where none are named. `changes` as ever. */
export function requestUsing(
  changes: object = {},
  version = '1.0.0',
  hours = 4,
  ids?: readonly EntryId[],
): Build {
  return (tree) => {
    const exceptions = [...(ids ?? exceptionsOf(tree, line).map(({ exception }) => exception.id))].sort();
    const draft = requestIt({ exceptions, ...changes }, version, hours)(tree);
    if (draft.act.kind !== 'request') throw new Error('no request');
    const { iteration, request } = draft.act;
    const { reliedOn } = waiverOf(worldOf(tree), iteration, request, hour(hours));
    const lock = locksOf(tree, line).at(-1)?.id;
    const relied = [...new Set([...(lock === undefined ? [] : [lock]), ...reliedOn])].sort();
    return requestIt({ exceptions, reliedOn: relied, ...changes }, version, hours)(tree);
  };
}

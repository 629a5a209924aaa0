import { allOf, anyOf, said, short, type Explainers } from './explained.ts';

/** As much of an id as people have to type. */
/** By characters: half of one would be something else. */
const typed = (id: string): string => Array.from(id).slice(0, 12).join('');
const LIST = 'modelsmith exception list';
const show = (exception: string): string => `modelsmith exception show ${typed(exception)}`;

/** Exceptions: opened, approved, used, ended, reviewed. */
export const EXCEPTIONS = {
  EXCEPTIONS_NOT_ALLOWED: ({ line }) =>
    said(
      `the policy has no section exceptions, so nothing is waived on ${line}`,
      'add the section: modelsmith policy propose <folder>',
    ),
  EXCEPTION_UNKNOWN: ({ exception }) => said(`there is no exception ${short(exception)} here`, LIST),
  EXCEPTION_NOT_WAIVABLE: ({ rule, why }) =>
    said(
      `${rule} cannot be waived: ${why}`,
      'what can be waived: modelsmith exception open --help, and the checks marked waivable in policy/policy.yaml',
    ),
  EXCEPTION_MIXED: ({ kinds }) =>
    said(
      `an exception waives rules of one kind, and these are of ${allOf(kinds)}`,
      'open one for each: different people answer for them',
    ),
  EXCEPTION_TERM: ({ what, stated, rule }) =>
    said(`the ${what} of the exception, ${stated}, must be ${rule}`, 'state another time'),
  EXCEPTION_OWNER_UNKNOWN: ({ owner }) =>
    said(
      `${owner} is no enrolled person with a key, and cannot answer for an exception`,
      'modelsmith signer list',
    ),
  EXCEPTION_RENEWAL: ({ renews, why }) =>
    said(
      `the exception ${short(renews)} cannot be renewed by this one: ${why}`,
      'renew it as it is, or open another without --renews',
    ),
  EXCEPTION_APPROVER_BARRED: ({ principal, why }) =>
    said(
      `${principal} ${why}, and nobody approves an exception of his own`,
      'have somebody else approve it: modelsmith exception show names who can',
    ),
  EXCEPTION_ALREADY_APPROVED: ({ principal, role }) =>
    said(`${principal} has approved this exception as ${role} already`),
  EXCEPTION_PENDING: ({ exception, role, canSign }) =>
    said(
      `the exception ${short(exception)} lacks the approval of ${role}`,
      canSign.length === 0
        ? `nobody who could count holds the role ${role}; grant it: modelsmith signer grant`
        : `${anyOf(canSign)} can run: modelsmith exception approve ${typed(exception)}`,
    ),
  EXCEPTION_OBJECTED: ({ exception, act, principal, reason, entry }) =>
    said(
      `the exception ${short(exception)}: ${act} by ${principal}: ${reason}`,
      `settle it: modelsmith exception approve ${typed(exception)} --answers ${typed(entry)}`,
    ),
  EXCEPTION_TAINTED: ({ exception, principal }) =>
    said(
      `the exception ${short(exception)} was opened by ${principal} with a key that was stolen, or by somebody a thief brought in`,
      `somebody with a clean key opens it anew: modelsmith exception open --renews ${typed(exception)}`,
    ),
  EXCEPTION_ENDED: ({ exception, how, date }) =>
    said(
      `the exception ${short(exception)} has ended: ${how}, ${date}`,
      `do without it, or renew it where it expired: modelsmith exception open --renews ${typed(exception)}`,
    ),
  EXCEPTION_NOT_ENDED: ({ exception, expires }) =>
    said(
      `the exception ${short(exception)} is in force until ${expires}, and is reviewed once it has ended`,
      `end it: modelsmith exception close ${typed(exception)}`,
    ),
  EXCEPTION_OUT_OF_SCOPE: ({ exception, iteration, scope }) =>
    said(`the exception ${short(exception)} is for ${scope}, not for ${iteration}`, LIST),
  EXCEPTION_NOT_NEEDED: ({ exception, iteration, waives }) =>
    said(
      `the exception ${short(exception)} waives ${allOf(waives)}, and ${iteration} breaks nothing of that`,
      'request it without the exception',
    ),
  EXCEPTION_REVIEWED: ({ exception, principal }) =>
    said(`the exception ${short(exception)} has been reviewed by ${principal}`, show(exception)),
  EXCEPTION_REVIEW_OVERDUE: ({ exception, line, owner, due }) =>
    said(
      `the review of the exception ${short(exception)} on ${line} was due ${due}, and ${owner} answers for it`,
      `write it: modelsmith exception review ${typed(exception)} --file <review.md>`,
    ),
} as const satisfies Partial<Explainers>;

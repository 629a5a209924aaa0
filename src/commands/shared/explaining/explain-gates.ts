import { shellWord } from '../terminal/escape.ts';
import { allOf, anyOf, ITERATION, said, short, type Explainers } from './explained.ts';
import { CHECK_MEANINGS, meaningOf, SHORTFALL_MEANINGS } from './fault-meanings.ts';

/** What the automation that runs the check types. */
const addCheck = (check: string, iteration: string): string =>
  `modelsmith check add ${iteration} <file> --name ${shellWord(check, 'check')}`;

const APPROVE = `modelsmith approve ${ITERATION}`;
/** By characters: half of one would be something else. */
const first = (text: string, count: number): string => Array.from(text).slice(0, count).join('');
const day = (time: string): string => first(time, 10);
const typed = (id: string): string => first(id, 12);

/** Transitions and gates. */
export const GATES = {
  EDGE_UNKNOWN: ({ from, to }) =>
    said(`there is no way from ${from} to ${to}`, `see the way onward: modelsmith status ${ITERATION}`),
  CRITERIA_NOT_MET: ({ to, shortfalls }) =>
    said(
      shortfalls.length === 0
        ? `${to} takes complete runs that clear the locked thresholds`
        : `${to}: ${shortfalls.map((code) => meaningOf(SHORTFALL_MEANINGS, code)?.meaning ?? code).join('; ')}`,
      shortfalls.includes('NOT_EXPORTED')
        ? `modelsmith export ${ITERATION}`
        : shortfalls.length === 0
          ? `modelsmith eval ${ITERATION}`
          : `modelsmith show ${ITERATION}`,
    ),
  GATE_OTHER_EDGE: ({ gate, edge }) => said(`${gate} is no gate of ${edge}`),
  GATE_PENDING: ({ gate, roles, has, of, canSign }) => {
    const who = canSign.length === 0 ? 'nobody enrolled can sign' : `${anyOf(canSign)} can sign`;
    const [role] = roles;
    const as = roles.length === 1 && role !== undefined ? ` --role ${shellWord(role, 'role')}` : '';
    const command = gate === 'operator-signoff' ? `modelsmith promote ${ITERATION}` : `${APPROVE}${as}`;
    return said(
      `${gate}: has ${has} of ${of} (${roles.join(', ')}); ${who}`,
      canSign.length === 0 ? null : `${anyOf(canSign)} can run: ${command}`,
    );
  },
  GATE_OBJECTED: ({ gate, act, principal, reason, entry }) =>
    said(
      `${gate}: ${act === 'reject' ? 'rejected' : 'changes requested'} by ${principal}: ${reason}`,
      act === 'reject'
        ? `settle it, then sign with the answer: ${APPROVE} --answers ${shellWord(typed(entry), 'entry')}`
        : `answer it: modelsmith respond ${ITERATION} --to ${shellWord(typed(entry), 'entry')}   (once answered, ${principal} runs: ${APPROVE} --answers ${shellWord(typed(entry), 'entry')})`,
    ),
  CHECK_MISSING: ({ check, iteration, tainted }) =>
    said(
      tainted
        ? `every result of the check ${check} was made with a key that was stolen`
        : `the policy asks for the check ${check}, and there is no result of it`,
      addCheck(check, iteration),
    ),
  RECEIPT_MISSING: ({ iteration, target, kind, status }) =>
    said(
      `${target} (${kind}): ${
        {
          missing: 'nothing says that it is live there, so nobody can have judged it',
          removed: 'it was taken away from there',
          tainted: 'every receipt was made with a key that was stolen',
        }[status]
      }`,
      kind === 'external'
        ? `modelsmith receipt add ${iteration} --target ${shellWord(target, 'target')}`
        : 'modelsmith reconcile   (on the machine that reaches it)',
    ),
  RECEIPT_DIFFERS: ({ what, stated, expected }) =>
    said(`the receipt is for another ${what}: ${short(stated)} instead of ${short(expected)}`),
  TARGET_UNKNOWN: ({ target, line, known }) =>
    said(
      `${target} is no target of ${line}${known.length === 0 ? ': its policy describes none' : ''}`,
      known.length === 0 ? null : `its targets are ${allOf(known)}`,
    ),
  CHECK_FAILED: ({ check, iteration, date }) =>
    said(
      `the check ${check} failed: its newest result, of ${date}, counts errors`,
      `see what it found: modelsmith show ${iteration}   (once it passes: ${addCheck(check, iteration)})`,
    ),
  CHECK_EXPIRED: ({ check, iteration, date }) =>
    said(
      `the newest result of the check ${check}, of ${date}, is older than the policy allows`,
      `run it again: ${addCheck(check, iteration)}`,
    ),
  CHECK_UNREADABLE: ({ fault, facts }) => {
    const known = meaningOf(CHECK_MEANINGS, fault);
    return said(
      `${fault}: ${[known?.meaning ?? 'cannot be read', ...facts].join('; ')}`,
      known?.remedy ?? null,
    );
  },
  CONTESTED: ({ entry, act, principal, reason }) =>
    said(
      `${principal} contests an earlier step (${act}): ${reason}`,
      `settle it, then sign with the answer: ${APPROVE} --answers ${shellWord(typed(entry), 'entry')}`,
    ),
  APPROVAL_STALE: ({ gate, principal, what, date }) =>
    said(
      `${gate} approval by ${principal} (${day(date)}) ${what}`,
      `${principal} can look again and run: ${APPROVE}`,
    ),
  APPROVAL_EXPIRED: ({ gate, principal, date, days }) =>
    said(
      `${gate} approval by ${principal} (${day(date)}) is older than ${days} days`,
      `${principal} or another can run: ${APPROVE}`,
    ),
  EVIDENCE_EXPIRED: ({ path, date, days }) =>
    said(
      `${path} was brought ${day(date)}, more than ${days} days ago`,
      `have it asked for anew: modelsmith request-changes ${ITERATION}   (then modelsmith respond, with the file)`,
    ),
  EVALUATION_EXPIRED: ({ run, date, days }) =>
    said(
      `the evaluation ${run} was recorded ${day(date)}, more than ${days} days ago`,
      'train and submit another iteration',
    ),
  APPROVAL_INACTIVE: ({ gate, principal, why }) =>
    said(`${gate} approval by ${principal} does not count: ${why}`, `somebody else can run: ${APPROVE}`),
  APPROVAL_WITHDRAWN: ({ gate, principal }) =>
    said(`${gate} approval by ${principal} was withdrawn`, `${principal} or another can run: ${APPROVE}`),
  ALREADY_APPROVED: ({ gate, principal }) =>
    said(`${principal} has approved at ${gate}, and it counts`, `modelsmith status ${ITERATION}`),
  STATEMENT_DIFFERS: ({ what, stated, found }) =>
    said(
      `${what}: the approval says ${short(stated)}, here it is ${short(found)}`,
      `look at what is there now and sign that: ${APPROVE}`,
    ),
  ACKNOWLEDGEMENT_MISSING: ({ acknowledgement }) =>
    said(`the approval does not acknowledge ${acknowledgement}`, `${APPROVE} asks for each`),
  ACKNOWLEDGEMENT_FALSE: ({ acknowledgement, proof }) => said(`${acknowledgement} is not so: ${proof}`),
  ANSWER_UNKNOWN: ({ entry }) =>
    said(`${short(entry)} is no open objection that could be answered`, `modelsmith log ${ITERATION}`),
  ENTRY_UNKNOWN: ({ entry, iteration }) =>
    said(`there is no entry ${short(entry)} about ${iteration}`, `modelsmith log ${ITERATION}`),
  DUE_NOT_AHEAD: ({ due, time }) =>
    said(`a review cannot be due ${due}, which is not after ${time}`, 'name a later time'),
  SAMPLE_TOO_SMALL: ({ gate, has, of }) =>
    said(`${gate}: the policy asks for ${of} judged items, and ${has} are`, `judge more items: ${APPROVE}`),
  SAMPLE_NOT_MET: ({ gate, met, of, share }) =>
    said(
      `${gate}: ${met} of the ${of} items chosen are judged to meet the standard, and the policy asks for a share of ${share}`,
      `say what has to change: modelsmith request-changes ${ITERATION}`,
    ),
  SAMPLE_METHOD: ({ gate, method, allowed }) =>
    said(`${gate}: items may be chosen ${anyOf(allowed)}, not ${method}`, APPROVE),
  SAMPLE_OTHER_RUN: ({ run }) =>
    said(`items were judged of ${run}, which is no complete run of this iteration`, APPROVE),
  SAMPLE_SEED: ({ seed, expected }) =>
    said(`items were drawn with the seed ${short(seed)}, and ${short(expected)} is due`, APPROVE),
  SAMPLE_NOT_HERE: ({ gate }) =>
    said(`a sample goes with a decision at domain-validation, not at ${gate}`, APPROVE),
  REQUESTER_BARRED: ({ gate, principal }) =>
    said(`${principal} requested this and does not count at ${gate}`, `somebody else can run: ${APPROVE}`),
  SEPARATION_REQUIRED: ({ principal, gate, other }) =>
    said(
      `${principal} has signed at ${other}, and ${gate} takes another person`,
      `somebody else can run: ${APPROVE}`,
    ),
  RELIED_ON_FALSE: ({ missing, extra }) =>
    said(
      [
        missing.length === 0 ? '' : `does not list ${allOf(missing.map(short))}, on which it builds`,
        extra.length === 0 ? '' : `lists ${allOf(extra.map(short))}, on which it does not build`,
      ]
        .filter((part) => part !== '')
        .join('; '),
      'make the entry with modelsmith, which lists what counts',
    ),
  ROLLBACK_MISSING: ({ iteration }) =>
    said(
      `${iteration} has served customers and has no sound rollback procedure`,
      `modelsmith evidence add ${ITERATION} rollback-procedure.md`,
    ),
  ALIAS_PINNED: ({ line, version, alias, since }) =>
    said(
      `${alias} is pinned at ${line}@${version} since ${since}, and people move it away first`,
      `modelsmith unpin ${line} --alias ${alias}   (or modelsmith rollback ${line}, which pins it elsewhere)`,
    ),
  ALIAS_OTHER_WORD: ({ principal, alias, entry }) =>
    said(
      `${principal} answers for the other word on that pin of ${alias} already (${short(entry)}), and it takes two people`,
      `somebody else can run: modelsmith reaffirm ${ITERATION}`,
    ),
  NEVER_PROMOTED: ({ line, lines }) =>
    said(
      `nothing of ${line} ever went to customers, so no alias points anywhere`,
      lines.length === 0 ? 'modelsmith status' : `lines here: ${anyOf(lines, 'and')}`,
    ),
  NO_WAY_BACK: ({ line, alias }) =>
    said(
      `${alias} of ${line} pointed to nothing before that it could go back to now`,
      `keep it from being moved with modelsmith override freeze ${line} ${alias}, and stop it by hand; or name another: modelsmith rollback ${line} --alias ${alias} --to <version>`,
    ),
  NOT_PINNED: ({ line, alias }) =>
    said(`${alias} of ${line} is not pinned`, `modelsmith status   (shows where aliases point)`),
  SUCCESSOR_NOT_VALIDATED: ({ successor }) =>
    said(
      `the successor ${successor} is not production-validated`,
      'name one that is, or none where the model is retired',
    ),
} as const satisfies Partial<Explainers>;

import { entryId } from '../domain/document.ts';
import { SecondedIncident, secondedIncidentDocument } from '../domain/incident.ts';
import { toSeconds, toTime } from '../domain/names.ts';
import { secondedFile } from '../domain/paths.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { differences } from '../domain/tree.ts';
import { TIME_TOLERANCE } from '../machine/entry-check.ts';
import { principalNamed } from '../machine/law.ts';
import { parseFile } from '../machine/trusted-files.ts';
import { changedGuarded, headerReasons, MOST_TOLD, signerOf, timeReasons } from './judgement.ts';
import type { CommitUnderJudgement, JudgedParent, Judgement } from './judgement.ts';
import { guardedPathsInForce, lawsInForce, refusedRepair } from './laws-in-force.ts';
import { hasOtherApprover, holdsFor } from './second-person.ts';

/**
 * The second person's word on a repair that gave something up, in the commit right after it: a policy approver, or anybody
 * enrolled where there is no other one. @returns null for anything else.
 */
export function judgeSeconding(
  commit: CommitUnderJudgement,
  parent: JudgedParent,
  now: number,
): Judgement | null {
  const waiting = parent.unseconded;
  if (waiting == null) return null;
  const path = secondedFile(waiting.incident);
  const changes = differences(parent.tree, commit.tree, MOST_TOLD);
  const [change] = changes;
  if (change?.path !== path || change.after === null || change.before !== null) return null;
  const parsed = parseFile(secondedIncidentDocument, change.after, path);
  const laws = lawsInForce(parent);
  if (!parsed.ok) {
    return refusedRepair(
      commit,
      parent,
      parsed.problems.map(({ place, message }) => reason('DOCUMENT_UNSOUND', { path, message, place })),
    );
  }
  const entry = parsed.value;
  const signers = laws.map((law) => signerOf(commit, law, [path]));
  const refusals = signers.flatMap((signed) => ('principal' in signed ? [] : [signed]));
  const [signed, ...again] = signers.flatMap((each) => ('principal' in each ? [each] : []));
  if (refusals.length > 0 || signed === undefined) return refusedRepair(commit, parent, refusals.slice(0, 1));
  const { principal } = signed;
  const clock = Math.max(parent.clock, signed.time);
  const others = [
    ...changes.slice(1).map((each) => each.path),
    ...changedGuarded(guardedPathsInForce(parent), parent.guarded, commit.guarded),
  ];
  const due = entryId(SecondedIncident, entry);
  const [law] = laws;
  const approvers = hasOtherApprover(laws, waiting.by.principal.id, clock);
  const isAllowed = approvers
    ? entry.role === 'policy-approver'
    : entry.role !== 'auditor' && entry.role !== 'recovery';
  const reasons: readonly Reason[] = [
    ...commit.structure,
    ...headerReasons(commit),
    ...timeReasons(signed.time, parent.clock, now),
    ...[signed, ...again].flatMap(({ ended }) => ended),
    ...(others.length === 0 ? [] : [reason('REPAIR_NOT_RESTORED', { paths: others })]),
    ...(entry.id === due ? [] : [reason('ENTRY_ID_FALSE', { entry: entry.id, expected: due })]),
    ...(law === undefined || entry.repository === law.repository.id
      ? []
      : [reason('ENTRY_OTHER_REPOSITORY', { repository: entry.repository, expected: law.repository.id })]),
    ...(entry.incident === waiting.incident && entry.reliedOn.join(' ') === waiting.incident
      ? []
      : [reason('ENTRY_UNRELATED', { what: entry.incident, expected: waiting.incident })]),
    ...(entry.principal === principal.id
      ? []
      : [reason('ENTRY_NOT_SIGNERS', { principal: entry.principal, signer: principal.id })]),
    ...(entry.key === signed.key ? [] : [reason('ENTRY_OTHER_KEY', { key: entry.key, signer: signed.key })]),
    ...(Math.abs(toSeconds(entry.time) - signed.time) <= TIME_TOLERANCE
      ? []
      : [reason('ENTRY_TIME', { time: entry.time, signed: toTime(signed.time) })]),
    ...again
      .filter((each) => each.principal.id !== principal.id)
      .map((each) => reason('ENTRY_NOT_SIGNERS', { principal: entry.principal, signer: each.principal.id })),
    ...(principal.id === waiting.by.principal.id
      ? [reason('REPAIR_UNSECONDED', { incident: waiting.incident })]
      : []),
    ...(isAllowed
      ? []
      : [
          reason('ROLE_CANNOT', {
            act: entry.act,
            role: entry.role,
            allowed: [approvers ? 'policy-approver' : 'any but auditor and recovery'],
          }),
        ]),
    ...laws
      .filter((each) => {
        const person = principalNamed(each, principal.id);
        return person?.kind !== 'human' || !holdsFor(person, entry.role, clock, { everyLine: approvers });
      })
      .slice(0, 1)
      .map(() => reason('ROLE_NOT_HELD', { principal: principal.id, role: entry.role, line: '*' })),
  ];
  if (reasons.length > 0) return refusedRepair({ ...commit, structure: [] }, parent, reasons);
  return {
    kind: 'repair',
    reasons: [],
    clock,
    signer: principal,
    key: signed.key,
    acts: [],
    expires: signed.expires,
    imposed: new Map(),
    vouchers: [waiting.by, { principal, key: signed.key, role: entry.role }],
  };
}

import { entryId } from '../domain/document.ts';
import { SecondedIncident, secondedIncidentDocument } from '../domain/incident.ts';
import { toSeconds, toTime } from '../domain/names.ts';
import { secondedFile } from '../domain/paths.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { differences } from '../domain/tree.ts';
import { TIME_TOLERANCE } from '../machine/entry-check.ts';
import { holdsRole, principalNamed } from '../machine/law.ts';
import { parseFile } from '../machine/world.ts';
import { changedGuarded, headerReasons, signerOf, timeReasons } from './judgement.ts';
import type { CommitUnderJudgement, JudgedParent, Judgement } from './judgement.ts';
import { guardedPathsInForce, lawsInForce, refusedRepair } from './laws-in-force.ts';

/** The second person's word on a repair that had to choose, in the commit right after it. @returns null for anything else. */
export function judgeSeconding(
  commit: CommitUnderJudgement,
  parent: JudgedParent,
  now: number,
): Judgement | null {
  const waiting = parent.unseconded;
  if (waiting == null) return null;
  const path = secondedFile(waiting.incident);
  const changes = differences(parent.tree, commit.tree);
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
  if (laws === null) return null;
  const entry = parsed.value;
  const signers = laws.map((law) => signerOf(commit, law, [path]));
  const refusals = signers.flatMap((signed) => ('principal' in signed ? [] : [signed]));
  const [signed] = signers.flatMap((each) => ('principal' in each ? [each] : []));
  if (refusals.length > 0 || signed === undefined) return refusedRepair(commit, parent, refusals.slice(0, 1));
  const { principal } = signed;
  const clock = Math.max(parent.clock, signed.time);
  const others = [
    ...changes.slice(1).map((each) => each.path),
    ...changedGuarded(guardedPathsInForce(parent), parent.guarded, commit.guarded),
  ];
  const due = entryId(SecondedIncident, entry);
  const [law] = laws;
  const reasons: readonly Reason[] = [
    ...commit.structure,
    ...headerReasons(commit),
    ...timeReasons(signed.time, parent.clock, now),
    ...signers.flatMap((each) => ('principal' in each ? each.ended : [])),
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
    ...(principal.id === waiting.principal
      ? [reason('REPAIR_UNSECONDED', { incident: waiting.incident })]
      : []),
    ...(entry.role === 'policy-approver'
      ? []
      : [reason('ROLE_CANNOT', { act: entry.act, role: entry.role, allowed: ['policy-approver'] })]),
    ...laws
      .filter((each) => {
        const person = principalNamed(each, principal.id);
        return person?.kind !== 'human' || !holdsRole(person, 'policy-approver', null, clock);
      })
      .slice(0, 1)
      .map(() => reason('ROLE_NOT_HELD', { principal: principal.id, role: 'policy-approver', line: '*' })),
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
  };
}

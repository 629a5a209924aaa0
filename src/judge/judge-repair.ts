import { entryId } from '../domain/document.ts';
import { Incident, incidentDocument } from '../domain/incident.ts';
import { toSeconds, toTime } from '../domain/names.ts';
import { incidentFile, locate } from '../domain/paths.ts';
import { reason, type Reason } from '../domain/reason.ts';
import {
  differences,
  differencesBelow,
  fileAt,
  withNode,
  type TreeFile,
  type TreeFolder,
} from '../domain/tree.ts';
import { entryIdsIn } from '../machine/entries-in.ts';
import { TIME_TOLERANCE } from '../machine/entry-check.ts';
import { principalNamed, type Law } from '../machine/law.ts';
import type { Lineage } from './in-force.ts';
import { overridesOf, withOverrides } from './keep-brakes.ts';
import { changedGuarded, headerReasons, MOST_TOLD, signerOf, timeReasons, type Signed } from './judgement.ts';
import type { CommitUnderJudgement, JudgedParent, Judgement } from './judgement.ts';
import { guardedPathsInForce, lawsInForce, refusedRepair } from './laws-in-force.ts';
import { read } from './read-entry.ts';
import { holdsFor, isOnlyPerson } from './second-person.ts';
import { tornApart } from './torn-apart.ts';

/**
 * A repair restores what is in force, byte for byte, adds the record of it, and does nothing else. Anybody enrolled may do
 * that – unless it gives up what was validly signed: where the valid commits do not combine it has to choose, and a commit
 * with no fault but its date would be valid one day. Then two people have to agree.
 * @returns null where the commit does not claim to be one.
 */
export function judgeRepair(
  commit: CommitUnderJudgement,
  parent: JudgedParent,
  now: number,
  lineage: Lineage,
): Judgement | null {
  const claim = claimIn(commit.tree, parent);
  if (claim === null) return null;
  const { path, file, incident } = claim;
  if (incident === null) return refusedRepair(commit, parent, claim.faults);
  const laws = lawsInForce(parent);
  const signers = laws.map((law) => signerOf(commit, law, [path]));
  const refusals = signers.flatMap((signed) => ('principal' in signed ? [] : [signed]));
  const [signed, ...again] = signers.flatMap((each) => ('principal' in each ? [each] : []));
  if (refusals.length > 0 || signed === undefined) return refusedRepair(commit, parent, refusals.slice(0, 1));
  const givesUp = takesTwo(parent, lineage);

  const restored = restoredAt(parent, incident.stands, lineage);
  const wrong = [
    ...differences(withNode(restored.tree, path, file), commit.tree, MOST_TOLD).map((change) => change.path),
    ...changedGuarded(guardedPathsInForce(parent), restored.guarded, commit.guarded),
  ];
  const reasons = [
    ...commit.structure,
    ...headerReasons(commit),
    ...timeReasons(signed.time, parent.force.clock, now),
    ...[signed, ...again].flatMap(({ ended }) => ended),
    ...again
      .filter(({ principal }) => principal.id !== signed.principal.id)
      .map(({ principal }) =>
        reason('ENTRY_NOT_SIGNERS', { principal: incident.principal, signer: principal.id }),
      ),
    ...entryReasons(incident, laws, signed, parent, givesUp),
    ...contentReasons(incident, parent, lineage, restored),
    ...tornApart(restored.tree),
    ...(wrong.length === 0 ? [] : [reason('REPAIR_NOT_RESTORED', { paths: wrong })]),
  ];
  if (reasons.length > 0) return refusedRepair({ ...commit, structure: [] }, parent, reasons);
  const clock = Math.max(parent.force.clock, signed.time);
  const alone = !givesUp || isOnlyPerson(laws, clock);
  const by = { principal: signed.principal, key: signed.key, role: incident.role };
  return {
    kind: 'repair',
    reasons: alone ? [] : [reason('REPAIR_UNSECONDED', { incident: incident.id })],
    clock,
    signer: signed.principal,
    key: signed.key,
    acts: [],
    expires: signed.expires,
    imposed: new Map(),
    ...(!alone && { unseconded: { incident: incident.id, by } }),
    ...(givesUp && { vouchers: [by] }),
  };
}

interface Claim {
  readonly path: string;
  readonly file: TreeFile;
  /** Null where it cannot be read, with the faults. */
  readonly incident: Incident | null;
  readonly faults: readonly Reason[];
}

/** The one new incident of a commit. */
function claimIn(tree: TreeFolder, { tree: before, force }: JudgedParent): Claim | null {
  const fresh = differencesBelow('incidents', before, tree).filter(
    ({ path, before: old }) =>
      old === null &&
      locate(path)?.kind === 'incident' &&
      !force.laws.some((each) => fileAt(each, path) !== null),
  );
  const [only] = fresh;
  if (only?.after == null || fresh.length !== 1) return null;
  const { path, after: file } = only;
  const faults: Reason[] = [];
  const incident = read(incidentDocument, path, file, faults);
  if (incident === null || path === incidentFile(incident.id)) return { path, file, incident, faults };
  const elsewhere = reason('ENTRY_UNRELATED', { what: path, expected: incident.id });
  return { path, file, incident: null, faults: [elsewhere] };
}

/** What a repair puts back. */
export interface Restored {
  readonly tree: TreeFolder;
  readonly guarded: ReadonlyMap<string, string>;
  /** Strands for which it has to be said which of the valid commits stands. */
  readonly disputed: readonly string[];
  /** Valid entries that the choice gives up. */
  readonly lost: readonly string[];
}

/** @param stands for each disputed strand the commit whose side stands. */
export function restoredAt({ force }: JudgedParent, stands: Incident['stands'], lineage: Lineage): Restored {
  if (force.tree !== null) return { tree: force.tree, guarded: force.guarded, disputed: [], lost: [] };
  const choice = new Map(stands.map(({ strand, commit }) => [strand, commit as string]));
  const combined = lineage.combine(force.bases, choice);
  if (combined === null) throw new Error('what is in force does not come from commits that were judged');
  // Whatever is chosen, no branch loses a brake.
  const tree = [...combined.trees.map(overridesOf), force.since].reduce(withOverrides, combined.tree);
  const kept = entryIdsIn(tree);
  const all = new Set(combined.trees.flatMap((each) => [...entryIdsIn(each)]));
  return {
    tree,
    guarded: combined.guarded,
    disputed: combined.disputed,
    lost: [...all].filter((id) => !kept.has(id)).sort(),
  };
}

function entryReasons(
  incident: Incident,
  laws: readonly Law[],
  signed: Signed,
  parent: JudgedParent,
  givesUp: boolean,
): readonly Reason[] {
  const { principal } = signed;
  const [law] = laws;
  const due = entryId(Incident, incident);
  const clock = Math.max(parent.force.clock, signed.time);
  const isBarred = incident.role === 'auditor' || incident.role === 'recovery';
  return [
    ...(incident.id === due ? [] : [reason('ENTRY_ID_FALSE', { entry: incident.id, expected: due })]),
    ...(law === undefined || incident.repository === law.repository.id
      ? []
      : [reason('ENTRY_OTHER_REPOSITORY', { repository: incident.repository, expected: law.repository.id })]),
    ...(incident.principal === principal.id
      ? []
      : [reason('ENTRY_NOT_SIGNERS', { principal: incident.principal, signer: principal.id })]),
    ...(incident.key === signed.key
      ? []
      : [reason('ENTRY_OTHER_KEY', { key: incident.key, signer: signed.key })]),
    ...(Math.abs(toSeconds(incident.time) - signed.time) <= TIME_TOLERANCE
      ? []
      : [reason('ENTRY_TIME', { time: incident.time, signed: toTime(signed.time) })]),
    ...(principal.kind === 'human'
      ? []
      : [reason('HUMAN_REQUIRED', { act: 'repair', principal: principal.id })]),
    ...(isBarred || (givesUp && incident.role !== 'policy-approver')
      ? [
          reason('ROLE_CANNOT', {
            act: 'repair',
            role: incident.role,
            allowed: [givesUp ? 'policy-approver' : 'any but auditor and recovery'],
          }),
        ]
      : []),
    ...laws
      .filter((each) => {
        const person = principalNamed(each, principal.id);
        return person === null || !holdsFor(person, incident.role, clock, { everyLine: givesUp });
      })
      .slice(0, 1)
      .map(() => reason('ROLE_NOT_HELD', { principal: principal.id, role: incident.role, line: '*' })),
  ];
}

/** It must say truly what it goes on from, what it sets aside, and what it decides between. */
function contentReasons(
  incident: Incident,
  parent: JudgedParent,
  lineage: Lineage,
  { disputed, lost }: Restored,
): readonly Reason[] {
  const differ = (what: string, stated: readonly string[], expected: readonly string[]): readonly Reason[] =>
    stated.join(' ') === expected.join(' ')
      ? []
      : [reason('REPAIR_DIFFERS', { what, stated: stated.join(' '), expected: expected.join(' ') })];
  const { stands, base } = incident;
  const unknown = stands.filter(({ commit }) => !parent.force.bases.includes(commit));
  return [
    ...differ('base', base, parent.force.bases),
    ...differ(
      'commits set aside',
      incident.setAside.map(({ commit }) => commit),
      setAsideAt(parent.id, lineage),
    ),
    ...differ(
      'disputed strands',
      stands.map(({ strand }) => strand),
      disputed,
    ),
    ...differ(
      'sides that stand',
      unknown.map(({ commit }) => commit),
      [],
    ),
    ...differ('entries lost', incident.lost, lost),
    ...differ('entries relied on', incident.reliedOn, []),
  ];
}

/** Commits a repair on top of this one sets aside: those with something governed or a finding of their own. Sorted. */
export function setAsideAt(id: string, lineage: Lineage): readonly string[] {
  return lineage
    .voidAncestry(id)
    .filter(({ governed, codes }) => governed || codes.some((code) => code !== 'PARENT_VOID'))
    .map((commit) => commit.id)
    .sort();
}

/**
 * Whether a repair gives up what was validly signed: by choosing between valid commits, or by setting aside something that
 * would be valid but for its date, which comes one day.
 */
export function takesTwo({ id, force }: JudgedParent, lineage: Lineage): boolean {
  const isOnlyEarly = (codes: readonly string[]): boolean =>
    codes.length > 0 && codes.every((code) => code === 'FROM_THE_FUTURE');
  return force.tree === null || lineage.voidAncestry(id).some(({ codes }) => isOnlyEarly(codes));
}

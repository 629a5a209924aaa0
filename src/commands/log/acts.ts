import { toIterationId, toTime, type Iteration, type Time } from '../../domain/names.ts';
import type { JudgedCommit } from '../../evidence/lineage.ts';
import { incidentFile, secondedFile } from '../../domain/paths.ts';
import type { Sample } from '../../domain/sample.ts';
import { fileAt } from '../../domain/tree.ts';
import type { Act } from '../../machine/act.ts';
import { scopeWords } from '../../machine/exception-standing.ts';
import { incidentsIn, secondOf } from '../../machine/incidents.ts';
import { counted } from '../shared/views/notices.ts';
import { overrideWords } from '../shared/opening/override-words.ts';

/** One act of the history. Strings are as they are; escape them when shown. */
export interface LoggedAct {
  readonly commit: string;
  /** Of the entry, which is the time of the signature within the tolerance for clocks. */
  readonly time: Time;
  readonly signer: string;
  /** Null for the founding, which is no act in a role. */
  readonly role: string | null;
  /** Such as `lock`, `request`, `approve`, `transition`. */
  readonly act: string;
  readonly line: string | null;
  readonly iteration: string | null;
  /** What exactly: the gate, the states, the run, the lock. */
  readonly what: string;
  readonly reason: string | null;
  /** Id of the entry. */
  readonly entry: string | null;
  /** Entries that a comment speaks of. */
  readonly about: readonly string[];
  /** Objections and withdrawals that it answers. */
  readonly answers: readonly string[];
  /** The decision that it takes back. */
  readonly withdraws: string | null;
  /** By when a manager wants the review. */
  readonly due: Time | null;
  /** What an expert judged. */
  readonly sample: Sample | null;
}

/** Every valid act, and brakes on what is not valid, in an order in which nothing comes before what it builds on. */
export function loggedActs(commits: readonly JudgedCommit[]): readonly LoggedAct[] {
  const byId = new Map(commits.map((commit) => [commit.id, commit]));
  return commits
    .map((commit, index) => ({ commit, index }))
    .filter(({ commit }) => counts(commit))
    .sort((a, b) => a.commit.clock - b.commit.clock || a.index - b.index)
    .flatMap(({ commit }) => actsOf(commit, byId.get(commit.parents[0] ?? '')));
}

/** Whether something of a commit is listed. */
export function counts({ void: isVoid, judgement, unseconded }: JudgedCommit): boolean {
  return !isVoid || judgement.imposed.size > 0 || unseconded != null;
}

function actsOf(commit: JudgedCommit, before: JudgedCommit | undefined): readonly LoggedAct[] {
  const { id, clock, judgement } = commit;
  if (judgement.kind === 'repair') return repairsOf(commit, before);
  if (judgement.kind === 'root') {
    return [
      {
        commit: id,
        time: toTime(clock),
        signer: judgement.signer?.id ?? 'the key of the root',
        role: null,
        act: 'found',
        line: null,
        iteration: null,
        what: 'repository, policy and signers',
        reason: null,
        entry: null,
        ...NO_MORE,
      },
    ];
  }
  return judgement.acts.map((act) => ({ commit: id, ...logged(act, commit) }));
}

/** The record of a repair, or the second person's word on it. */
function repairsOf(commit: JudgedCommit, before: JudgedCommit | undefined): readonly LoggedAct[] {
  const { id, tree } = commit;
  const isNew = (path: string): boolean =>
    fileAt(tree, path) !== null && (before === undefined || fileAt(before.tree, path) === null);
  return incidentsIn(tree).flatMap((incident): readonly LoggedAct[] => {
    const about = incident.id.slice(0, 12);
    if (isNew(secondedFile(incident.id))) {
      const second = secondOf(tree, incident);
      return second === null
        ? []
        : [{ commit: id, ...of(second), ...NOWHERE, what: `the repair ${about}`, reason: second.reason }];
    }
    if (!isNew(incidentFile(incident.id))) return [];
    const what = `${counted(incident.setAside.length, 'commit')} set aside, incident ${about}`;
    return [{ commit: id, ...of(incident), ...NOWHERE, what, reason: incident.reason }];
  });
}

type Told = Omit<LoggedAct, 'commit'>;

function logged(act: Act, by: JudgedCommit): Told {
  switch (act.kind) {
    case 'lock':
      return { ...of(act.lock), ...line(act.lock.line), what: `rubric ${act.lock.rubric.name}` };
    case 'baseline':
      return { ...of(act.baseline), ...line(act.baseline.line), what: act.baseline.model };
    case 'request':
      return {
        ...of(act.request),
        ...iteration(act.iteration),
        what: `for ${act.request.onBehalfOf}: ${act.request.change.mutation}`,
        reason: act.request.change.summary,
      };
    case 'evidence':
      return {
        ...of(act.evidence),
        ...iteration(act.iteration),
        what: act.evidence.files.map((file) => file.path).join(', '),
        answers: act.evidence.answers,
      };
    case 'evaluate':
      return {
        ...of(act.evaluation),
        ...iteration(act.iteration),
        what: `run ${act.evaluation.run}: ${act.evaluation.status === 'complete' ? act.evaluation.scores.verdict : 'errored'}`,
        reason: act.evaluation.status === 'errored' ? act.evaluation.error : null,
      };
    case 'check':
      return {
        ...of(act.check),
        ...iteration(act.iteration),
        what: `check ${act.check.name}: ${act.check.status}`,
      };
    case 'export':
      return { ...of(act.export), ...iteration(act.iteration), what: act.export.reference };
    case 'erase':
      return {
        ...of(act.erasure),
        ...iteration(act.iteration),
        what: act.erasure.files.map((file) => file.path).join(', '),
        reason: act.erasure.reason,
      };
    case 'transition':
      return { ...of(act.step), ...iteration(act.iteration), what: `${act.step.from} → ${act.step.to}` };
    case 'decide':
      return {
        ...of(act.approval),
        ...iteration(act.iteration),
        what: act.approval.gate,
        reason: act.approval.reason,
        answers: act.approval.answers,
        withdraws: act.approval.act === 'withdraw' ? act.approval.withdraws : null,
        sample: (act.approval.act === 'withdraw' ? null : act.approval.sample) ?? null,
      };
    case 'comment':
      return {
        ...of(act.comment),
        ...iteration(act.iteration),
        what: act.comment.act === 'expedite' ? `due ${act.comment.due}` : aboutWords(act.comment.reliedOn),
        reason: act.comment.reason,
        about: act.comment.reliedOn,
        due: act.comment.act === 'expedite' ? act.comment.due : null,
      };
    case 'receipt':
      return {
        ...of(act.receipt),
        ...iteration(act.iteration),
        what: `${act.receipt.outcome} at ${act.receipt.target}`,
        reason: act.receipt.seen,
      };
    case 'deprecate':
      return {
        ...of(act.step),
        ...iteration(act.iteration),
        what: act.step.successor === undefined ? 'retired' : `succeeded by ${act.step.successor}`,
        reason: act.step.reason,
      };
    case 'pin':
      return {
        ...of(act.pin),
        ...iteration(act.pin),
        what: `${act.pin.alias} at ${act.pin.version}`,
        reason: act.pin.reason,
      };
    case 'unpin':
      return { ...of(act.unpin), ...iteration(act.unpin), what: act.unpin.alias, reason: act.unpin.reason };
    case 'reaffirm':
      return {
        ...of(act.reaffirmation),
        ...iteration(act.iteration),
        what: `${act.reaffirmation.entries.length} entries of a stolen key`,
        reason: act.reaffirmation.reason,
      };
    case 'override':
      return {
        ...of(act.override),
        ...NOWHERE,
        what: overrideWords(act.override),
        reason: act.override.reason,
      };
    case 'drill':
      return {
        ...of(act.drill),
        ...NOWHERE,
        what: `${act.drill.overrides.join(', ')}: ${act.drill.outcome}`,
        reason: act.drill.failure ?? null,
      };
    case 'propose':
      return {
        ...of(act.change),
        ...NOWHERE,
        what: `a change of ${act.change.kind === 'policy' ? `policy to version ${act.change.version}` : act.change.kind}`,
        reason: act.change.reason,
      };
    case 'decide-change':
      return {
        ...of(act.approval),
        ...NOWHERE,
        what: `the change ${act.approval.change.slice(0, 12)}`,
        reason: act.approval.reason,
      };
    case 'apply-change':
      return { ...of(act.applied), ...NOWHERE, what: `the change ${act.applied.change.slice(0, 12)}` };
    case 'open-exception':
      return {
        ...of(act.exception),
        ...line(act.exception.line),
        what: `waives ${act.exception.waives.join(', ')} for ${scopeWords(act.exception)} until ${act.exception.expires}`,
        reason: act.exception.reason,
      };
    case 'decide-exception':
      return {
        ...of(act.approval),
        ...line(act.line),
        what: `the exception ${act.approval.exception.slice(0, 12)}`,
        reason: act.approval.reason,
      };
    case 'close-exception':
      return {
        ...of(act.closed),
        ...line(act.line),
        what: `the exception ${act.closed.exception.slice(0, 12)}`,
        reason: act.closed.reason,
      };
    case 'review-exception':
      return {
        ...of(act.review),
        ...line(act.line),
        what: `the exception ${act.review.exception.slice(0, 12)}`,
      };
    case 'refresh':
      return { ...carried('refresh', by), what: `the certificate of ${act.key}` };
    case 'guarded':
      return { ...carried('change guarded paths', by), what: act.paths.join(', ') };
  }
}

/** The entries something speaks of, as far as they tell them apart. */
function aboutWords(entries: readonly string[]): string {
  return entries.length === 0 ? 'the iteration' : entries.map((id) => id.slice(0, 12)).join(', ');
}

/** What few acts say. */
const NO_MORE = { about: [], answers: [], withdraws: null, due: null, sample: null } as const;

const NOWHERE = { line: null, iteration: null } as const;

/** An act without an entry: what it brings speaks for itself, and who carried it in is told by the signature. */
function carried(act: string, { clock, judgement }: JudgedCommit) {
  const signer = judgement.signer?.id ?? 'nobody';
  return { ...NOWHERE, ...NO_MORE, entry: null, act, signer, role: null, time: toTime(clock), reason: null };
}

interface Entry {
  readonly id: string;
  readonly act: string;
  readonly principal: string;
  readonly role: string;
  readonly time: Time;
}

function of(entry: Entry) {
  const { id, act, principal, role, time } = entry;
  return { entry: id, act, signer: principal, role, time, reason: null, ...NO_MORE };
}

function line(name: string) {
  return { line: name, iteration: null };
}

function iteration(of: Iteration) {
  return { line: of.line, iteration: toIterationId(of) };
}

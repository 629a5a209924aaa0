import { CannotTell } from '../base/errors.ts';
import type { Incident } from '../domain/incident.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { EMPTY_TREE, type TreeFolder } from '../domain/tree.ts';
import { incidentsIn } from '../machine/incidents.ts';
import { CLOCK_TOLERANCE } from '../judge/judgement.ts';
import type { Anchor } from '../ports/anchors.ts';
import type { ObjectReader } from '../ports/objects.ts';
import type { SignatureVerifier } from '../ports/signatures.ts';
import { anchorsIn, anchorUnder } from './anchors.ts';
import { CommitFacts } from './commit-facts.ts';
import { missingAncestors, type ExpectedAncestor } from './descent.ts';
import { readHistory, type History } from './history.ts';
import { Judge } from './judge.ts';
import { JudgedHistory, type JudgedCommit } from './lineage.ts';
import { isBelieved, outlivedRepairs } from './outlived-repairs.ts';
import { judgeSides, NO_SIDES, type SideOverrides, type SideRef } from './side-overrides.ts';
import { isRootSettled, namesRoot } from './moved-root.ts';
import type { TrustRoot } from './trust-root.ts';

export interface Finding {
  readonly commit: string;
  readonly reason: Reason;
  /** Who signed, where that is known. */
  readonly signer: string | null;
}

export interface Verification {
  readonly root: TrustRoot;
  readonly tip: string;
  readonly findings: readonly Finding[];
  /** What was wrong with commits that a repair has set aside. */
  readonly settled: readonly Finding[];
  /** The repairs, which are told every time. */
  readonly incidents: readonly Incident[];
  /** Judged commits in an order in which parents come first; from the root on, or from what was judged before. */
  readonly commits: readonly JudgedCommit[];
  /** The same, with how they hang together. */
  readonly history: JudgedHistory;
  /** Where judging began, if everything up to there was judged before; null for the root. */
  readonly before: Anchor | null;
  /** Where judging may begin from now on; null where not everything is valid. */
  readonly anchors: readonly Anchor[] | null;
  readonly counts: { readonly commits: number; readonly governed: number; readonly signatures: number };
  /** Overrides in refs of their own; none of them makes the branch fail. */
  readonly sides: SideOverrides;
  /** The governed tree and clock of the tip. */
  readonly tree: TreeFolder;
  readonly clock: number;
  readonly tipIsVoid: boolean;
}

export interface VerifyOptions {
  readonly tip: string;
  readonly root: TrustRoot;
  /** Commits the tip must descend from. */
  readonly descends?: readonly ExpectedAncestor[];
  /** Seconds since 1970. */
  readonly now: number;
  readonly objectFormat: 'sha1' | 'sha256';
  /** Of the same repository, a moment ago: what was found valid there is not judged again. */
  readonly known?: readonly Verification[];
  /** Of this root, by this build. Whoever gives some asks for nothing before them. */
  readonly anchors?: readonly Anchor[];
  /** Refs beside the branch that may carry overrides. */
  readonly sides?: readonly SideRef[];
  /** What lies in any commit but the tip is not asked for afterwards. */
  readonly tipOnly?: boolean;
  /** Commits from which on objects are brought along and signatures looked at ahead; as many as it pays for where not given. */
  readonly followsFrom?: number;
  readonly onProgress?: (done: number, of: number) => void;
}

interface FromStart extends VerifyOptions {
  /** What judging begins with; null for the root. */
  readonly anchored: JudgedCommit | null;
}

/** Commits from which on it pays to have their objects brought instead of asking for them. */
const WORTH_FOLLOWING = 200;

/**
 * Judges everything from the root to the tip, each commit by the law of its parent. What lies before an anchor was judged
 * before; nothing but a whole yes is had from there, so whatever else is found is found by judging everything.
 */
export async function verifyHistory(
  objects: ObjectReader,
  verifier: SignatureVerifier,
  options: VerifyOptions,
): Promise<Verification> {
  const { tip, now, objectFormat, anchors = [], sides = [] } = options;
  // By a clock that went ahead of itself something from the future may have been found valid.
  const anchor = await anchorUnder(
    objects,
    { tip, sides: sides.map(({ commit }) => commit) },
    anchors.filter(({ clock }) => clock <= now + CLOCK_TOLERANCE),
    objectFormat === 'sha1' ? 40 : 64,
  );
  const since = anchor === null ? null : await verifyFrom(anchor, objects, verifier, options);
  if (since !== null && isSound(since)) return since;
  const whole = await verifyFrom(null, objects, verifier, options);
  if (whole === null) throw new Error('judging from the root on takes no anchor');
  return whole;
}

/** Everything is valid, nothing was ever set aside, and the tip comes from where it should. */
function isSound({
  findings,
  settled,
  commits,
}: Pick<Verification, 'findings' | 'settled' | 'commits'>): boolean {
  return findings.length + settled.length === 0 && !commits.some((commit) => commit.void);
}

/** @param anchor null for judging from the root on. @returns null where the anchor cannot be read as it was. */
async function verifyFrom(
  anchor: Anchor | null,
  objects: ObjectReader,
  verifier: SignatureVerifier,
  options: VerifyOptions,
): Promise<Verification | null> {
  const { tip, root, objectFormat, sides = [], anchors = [] } = options;
  const idLength = objectFormat === 'sha1' ? 40 : 64;
  const start = anchor?.commit ?? root.commit;
  const history = await readHistory(objects, tip, start, idLength);
  // Fails closed even though nothing was judged: a history that does not hold the root proves nothing.
  if (!history.holdsRoot) await mustExist(objects, root.commit);
  const facts = new CommitFacts(objects, verifier, objectFormat);
  const [first] = history.line;
  const anchored = anchor === null || first === undefined ? null : await facts.anchored(first, anchor.clock);
  if (anchor !== null && (anchored === null || !(await isRootSettled(facts, history, root)))) return null;
  const judge = await judgedWithRepairs(objects, facts, history, { ...options, anchored });
  const { judged } = judge.history;
  const commits = [...judged.values()];
  const settled = settledCommits(judge, commits);
  const all = commits.flatMap((commit): readonly Finding[] => {
    const signer = commit.judgement.signer?.id ?? null;
    return commit.judgement.reasons.map((why) => ({ commit: commit.id, reason: why, signer }));
  });
  const beside = (await judge.outside(history.outside)).map(({ id, reason: why }) => ({
    commit: id,
    reason: why,
    signer: null,
  }));
  const missing = await missingAncestors(objects, judged, { ...options, start });
  const last = judged.get(tip);
  // Last: what lies beside the branch must not be taken for a part of it.
  const ofSides =
    last === undefined
      ? NO_SIDES
      : await judgeSides(judge, objects, sides, { tip: last, idLength, merged: anchor?.merged ?? [] });
  const ofTip = (why: Reason): Finding => ({ commit: tip, reason: why, signer: null });
  const since = anchor === null ? commits : commits.slice(1);
  const before = anchor?.counts ?? { commits: 0, governed: 0, signatures: 0 };
  const found = {
    root,
    tip,
    findings: [
      ...(history.holdsRoot ? [] : [ofTip(reason('OUTSIDE_ROOT', { root: root.commit }))]),
      ...all.filter(({ commit }) => !settled.has(commit)),
      ...beside,
      ...missing.map(({ commit: expected, branch }) =>
        ofTip(reason('NOT_DESCENDED', { expected, tip, branch })),
      ),
    ],
    settled: all.filter(({ commit }) => settled.has(commit)),
    incidents: incidentsIn(last?.force.tree ?? EMPTY_TREE),
    commits,
    before: anchor,
    history: judge.history,
    sides: ofSides,
    counts: {
      commits: before.commits + since.length,
      governed: before.governed + since.filter(({ judgement }) => judgement.kind !== 'ungoverned').length,
      signatures: before.signatures + since.filter(({ judgement }) => judgement.signer !== null).length,
    },
    tree: last?.tree ?? EMPTY_TREE,
    clock: last?.clock ?? options.now,
    tipIsVoid: last?.void ?? true,
  };
  const sound = {
    ...history,
    history: judge.history,
    from: anchor,
    sides: sides.map(({ commit }) => commit),
  };
  return { ...found, anchors: isSound(found) ? anchorsIn(sound, anchors) : null };
}

/** Void commits that a repair, or a merge with a repaired history, has set aside. */
function settledCommits({ history }: Judge, commits: readonly JudgedCommit[]): ReadonlySet<string> {
  const settled = new Set<string>();
  for (const commit of commits) {
    if (commit.void) continue;
    for (const parent of commit.parents)
      if (!settled.has(parent)) for (const { id } of history.voidAncestry(parent)) settled.add(id);
  }
  return settled;
}

/**
 * Judges all, and again where time has passed since a repair: a commit that came from the future when it was repaired stays
 * set aside when its day has come. Only a repair that holds then is believed.
 */
async function judgedWithRepairs(
  objects: ObjectReader,
  facts: CommitFacts,
  history: History,
  options: FromStart,
): Promise<Judge> {
  let asOf: ReadonlyMap<string, number> = new Map();
  let judge = await judgeAll(objects, facts, history, options, asOf);
  const tried = new Set<string>();
  // One repair believed may let another be seen.
  for (;;) {
    const claim = outlivedRepairs(judge.history).find(({ commit }) => !tried.has(commit));
    if (claim === undefined || tried.size === MAX_CLAIMS) return judge;
    tried.add(claim.commit);
    const trial = new Map(asOf);
    for (const [commit, time] of claim.asOf) trial.set(commit, Math.min(time, trial.get(commit) ?? time));
    const again = await judgeAll(objects, facts, history, options, trial);
    if (!isBelieved(claim.commit, judge.history, again.history)) continue;
    judge = again;
    asOf = trial;
  }
}

/** Each claim costs judging all again. What is not looked at stays a finding. */
const MAX_CLAIMS = 16;

async function judgeAll(
  objects: ObjectReader,
  facts: CommitFacts,
  history: History,
  options: FromStart,
  asOf: ReadonlyMap<string, number>,
): Promise<Judge> {
  const { tip, root, now, anchored, sides = [], followsFrom = WORTH_FOLLOWING } = options;
  const start = anchored?.id ?? root.commit;
  const rootWasMoved = () => namesRoot(facts.anew(), history, root);
  const known = asOf.size === 0 ? knownValid(options) : new Map<string, JudgedCommit>();
  if (anchored !== null) known.set(anchored.id, anchored);
  const follows = history.line.length >= followsFrom;
  // What lies beside the branch may come from any commit of it.
  const tipOnly = options.tipOnly === true && sides.length === 0;
  const judge = new Judge(
    facts,
    { root, now, asOf, rootWasMoved, known, follows, tipOnly },
    new JudgedHistory(start),
  );
  if (follows) objects.follow?.({ tip, from: start, what: 'objects' });
  let done = 0;
  await judge.judgeAll(history.line, () => {
    done += 1;
    options.onProgress?.(done, history.line.length);
  });
  return judge;
}

/** Of histories from the same root in which all is valid and nothing was ever repaired, so that no commit leans on a void one. */
function knownValid({ root, known = [] }: VerifyOptions): Map<string, JudgedCommit> {
  const sound = known.filter(
    ({ root: { commit, signer }, findings, settled, before }) =>
      before === null &&
      commit === root.commit &&
      signer === root.signer &&
      settled.length === 0 &&
      findings.every(({ reason: { code } }) => code === 'NOT_DESCENDED'),
  );
  return new Map(sound.flatMap(({ commits }) => commits.map((each) => [each.id, each] as const)));
}

async function mustExist(objects: ObjectReader, root: string): Promise<void> {
  const object = await objects.read(root);
  if (object.type !== 'commit')
    throw new CannotTell('NO_TRUST_ROOT', `the trust root ${root} is no commit in this repository`);
}

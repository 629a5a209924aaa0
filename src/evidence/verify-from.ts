import { CannotTell } from '../base/errors.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { EMPTY_TREE } from '../domain/tree.ts';
import { incidentsIn } from '../machine/incidents.ts';
import type { Anchor } from '../ports/anchors.ts';
import type { ObjectReader } from '../ports/objects.ts';
import type { SignatureVerifier } from '../ports/signatures.ts';
import { anchorsIn } from './anchors.ts';
import { CommitFacts } from './commit-facts.ts';
import { missingAncestors } from './descent.ts';
import { readHistory, type History } from './history.ts';
import { Judge } from './judge.ts';
import { JudgedHistory, type JudgedCommit } from './lineage.ts';
import { isRootSettled, namesRoot } from './moved-root.ts';
import { isBelieved, outlivedRepairs } from './outlived-repairs.ts';
import { judgeSides, NO_SIDES } from './side-overrides.ts';
import type { Finding, Verification, VerifyOptions } from './verification.ts';

interface FromStart extends VerifyOptions {
  /** What judging begins with; null for the root. */
  readonly anchored: JudgedCommit | null;
}

/** Commits from which on it pays to have their objects brought instead of asking for them. */
const WORTH_FOLLOWING = 200;

/** Everything is valid, nothing was ever set aside, and the tip comes from where it should. */
export function isSound({
  findings,
  settled,
  commits,
}: Pick<Verification, 'findings' | 'settled' | 'commits'>): boolean {
  return findings.length + settled.length === 0 && !commits.some((commit) => commit.void);
}

/** With what it took, and what the `promotions` of the tip come to. */
export interface JudgedFrom extends Verification {
  readonly heldBytes: number;
  readonly promotions: Anchor['promotions'];
}

/**
 * @param anchor null for judging from the root on.
 * @param given what lies between there and the tip, where it was read already.
 * @returns null where the anchor cannot be read as it was.
 */
export async function verifyFrom(
  anchor: Anchor | null,
  objects: ObjectReader,
  verifier: SignatureVerifier,
  options: VerifyOptions,
  given?: History,
): Promise<JudgedFrom | null> {
  const { tip, root, objectFormat, sides = [], anchors = [] } = options;
  const idLength = objectFormat === 'sha1' ? 40 : 64;
  const start = anchor?.commit ?? root.commit;
  const history = given ?? (await readHistory(objects, tip, start, idLength));
  // Fails closed even though nothing was judged: a history that does not hold the root proves nothing.
  if (!history.holdsRoot) await mustExist(objects, root.commit);
  const facts = new CommitFacts(objects, verifier, objectFormat);
  const [first] = history.line;
  const anchored =
    anchor === null || first === undefined ? null : await facts.anchored(first, anchor, options.sparing);
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
  const promotions = facts.promotionsOf(found.tree);
  const sound = {
    ...history,
    promotions,
    history: judge.history,
    from: anchor,
    sides: sides.map(({ commit }) => commit),
  };
  const { heldBytes } = facts;
  return { ...found, heldBytes, promotions, anchors: isSound(found) ? anchorsIn(sound, anchors) : null };
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

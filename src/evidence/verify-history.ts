import { CannotTell } from '../base/errors.ts';
import type { Fingerprint } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import { EMPTY_TREE, type TreeFolder } from '../domain/tree.ts';
import { ancestryOf, type Graph } from '../judge/ancestry.ts';
import {
  judgeCommit,
  type CommitUnderJudgement,
  type JudgedParent,
  type Judgement,
} from '../judge/judge-commit.ts';
import { judgeMerge, type Meeting } from '../judge/judge-merge.ts';
import { judgeRoot } from '../judge/judge-root.ts';
import { parseLaw } from '../machine/law.ts';
import type { ObjectReader } from '../ports/objects.ts';
import type { Certificate, SignatureVerifier } from '../ports/signatures.ts';
import { ahead } from './ahead.ts';
import { certificateProblems } from './certificates.ts';
import { readCommit, readHistory, type HistoryCommit, type HistoryStep } from './history.ts';
import { SnapshotReader, type Snapshot } from './snapshot.ts';

/** The anchor of all trust: a commit and the primary fingerprint of the key that signed it. Never from the repository. */
export interface TrustRoot {
  readonly commit: string;
  readonly signer: Fingerprint;
}

export interface Finding {
  readonly commit: string;
  readonly reason: Reason;
  /** Who signed, where that is known. */
  readonly signer: string | null;
}

export interface JudgedCommit extends JudgedParent {
  readonly judgement: Judgement;
}

export interface Verification {
  readonly root: TrustRoot;
  readonly tip: string;
  readonly findings: readonly Finding[];
  /** Judged commits in an order in which parents come first. */
  readonly commits: readonly JudgedCommit[];
  readonly counts: { readonly commits: number; readonly governed: number; readonly signatures: number };
  /** The governed tree and clock of the tip. */
  readonly tree: TreeFolder;
  readonly clock: number;
  readonly tipIsVoid: boolean;
}

export interface VerifyOptions {
  readonly tip: string;
  readonly root: TrustRoot;
  /** A commit the tip must descend from. */
  readonly descends?: string;
  /** Seconds since 1970. */
  readonly now: number;
  readonly objectFormat: 'sha1' | 'sha256';
  readonly onProgress?: (done: number, of: number) => void;
}

/** Judges everything from the root to the tip, each commit by the law of its parent. */
export async function verifyHistory(
  objects: ObjectReader,
  verifier: SignatureVerifier,
  options: VerifyOptions,
): Promise<Verification> {
  const { tip, root, objectFormat, now } = options;
  const history = await readHistory(objects, tip, root.commit, objectFormat === 'sha1' ? 40 : 64);
  if (!history.holdsRoot) {
    // Fails closed even though nothing was judged: a history that does not hold the root proves nothing.
    await mustExist(objects, root.commit);
  }
  const judge = new Judge(objects, verifier, options);
  const findings: Finding[] = [];
  if (!history.holdsRoot)
    findings.push({ commit: tip, reason: reason('OUTSIDE_ROOT', { root: root.commit }), signer: null });
  let done = 0;
  for await (const step of ahead(history.line, AHEAD, (next) => judge.read(next))) {
    const { id, judgement } = await judge.judge(step);
    const signer = judgement.signer?.id ?? null;
    findings.push(...judgement.reasons.map((why) => ({ commit: id, reason: why, signer })));
    done += 1;
    options.onProgress?.(done, history.line.length);
  }
  findings.push(...(await judge.outside(history.outside)));
  if (options.descends !== undefined && !judge.judged.has(options.descends)) {
    findings.push({
      commit: tip,
      reason: reason('NOT_DESCENDED', { expected: options.descends, tip }),
      signer: null,
    });
  }
  const last = judge.judged.get(tip);
  const commits = [...judge.judged.values()];
  return {
    root,
    tip,
    findings,
    commits,
    counts: {
      commits: commits.length,
      governed: commits.filter(({ judgement }) => judgement.kind !== 'ungoverned').length,
      signatures: commits.filter(({ judgement }) => judgement.signer !== null).length,
    },
    tree: last?.tree ?? EMPTY_TREE,
    clock: last?.clock ?? now,
    tipIsVoid: last?.void ?? true,
  };
}

async function mustExist(objects: ObjectReader, root: string): Promise<void> {
  const object = await objects.read(root);
  if (object.type !== 'commit')
    throw new CannotTell('NO_TRUST_ROOT', `the trust root ${root} is no commit in this repository`);
}

/** Commits that are read while others before them are judged. */
const AHEAD = 16;

/** A commit with its governed tree; without where it cannot be taken apart. */
interface StepRead extends HistoryCommit {
  readonly snapshot: Snapshot | null;
}

/** Keeps what was judged, so that children can be judged by it. */
class Judge {
  readonly judged = new Map<string, JudgedCommit>();
  private readonly objects: ObjectReader;
  private readonly snapshots: SnapshotReader;
  private readonly verifier: SignatureVerifier;
  private readonly options: VerifyOptions;
  private readonly parents = new Map<string, readonly string[]>();
  private readonly places = new Map<string, number>();
  private readonly graph: Graph = {
    parentsOf: (id) =>
      id === this.options.root.commit
        ? []
        : (this.parents.get(id) ?? []).filter((parent) => this.places.has(parent)),
    placeOf: (id) => this.places.get(id) ?? -1,
  };

  constructor(objects: ObjectReader, verifier: SignatureVerifier, options: VerifyOptions) {
    this.objects = objects;
    this.snapshots = new SnapshotReader(objects, options.objectFormat === 'sha1' ? 20 : 32);
    this.verifier = verifier;
    this.options = options;
  }

  /** Reads all that is judged of a commit. */
  async read(step: HistoryStep): Promise<StepRead> {
    const idLength = this.options.objectFormat === 'sha1' ? 40 : 64;
    const read = step.read ?? (await readCommit(this.objects, step.id, idLength));
    return { ...read, snapshot: read.commit === null ? null : await this.snapshots.read(read.commit.tree) };
  }

  /** @param step of a commit whose parents were judged before. */
  async judge({ id, commit, fault, snapshot }: StepRead): Promise<JudgedCommit> {
    this.parents.set(id, commit?.parents ?? []);
    this.places.set(id, this.places.size);
    const parents = (commit?.parents ?? []).flatMap((parent) => this.judged.get(parent) ?? []);
    const isRoot = id === this.options.root.commit;
    if (commit === null || snapshot === null) return this.keep(id, EMPTY_TREE, unreadable(fault, parents));
    const { tree, structure } = snapshot;
    // A void parent's tree is nobody's law, so it is not even read.
    const lawTree = isRoot ? tree : (parents.find((parent) => !parent.void)?.tree ?? EMPTY_TREE);
    const under = {
      id,
      tree,
      structure,
      extraHeaders: commit.extraHeaders,
      message: commit.message,
      signature:
        commit.signature === null
          ? null
          : await this.verifier.verify(
              commit.payload,
              commit.signature,
              keyringOf(lawTree),
              Math.max(0, ...parents.map((parent) => parent.clock)),
            ),
    };
    const judgement = isRoot
      ? judgeRoot(under, this.options.root.signer, this.options.now)
      : this.judgeBelow(under, commit.parents);
    return this.keep(id, tree, isRoot ? await this.withCertificates(tree, judgement) : judgement);
  }

  private judgeBelow(under: CommitUnderJudgement, ids: readonly string[]): Judgement {
    const parents = ids.map((id): JudgedParent => this.judged.get(id) ?? outsideParent(id));
    const [parent, other] = parents;
    if (parent === undefined) throw new Error(`${under.id} is after the root and has no parent`);
    if (other === undefined) return judgeCommit(under, parent, this.options.now);
    return judgeMerge(under, parents, () => this.meeting(parent, other));
  }

  private meeting(first: JudgedParent, second: JudgedParent): Meeting {
    const known = this.judged.has(first.id) && this.judged.has(second.id);
    if (!known)
      return {
        sides: [
          { parent: first, commits: [] },
          { parent: second, commits: [] },
        ],
        bases: [],
      };
    const { bases, onlyFirst, onlySecond } = ancestryOf(this.graph, first.id, second.id);
    const commits = (ids: readonly string[]) => ids.flatMap((id) => this.judged.get(id) ?? []);
    return {
      sides: [
        { parent: first, commits: commits(onlyFirst) },
        { parent: second, commits: commits(onlySecond) },
      ],
      bases: commits(bases).map((base) => base.tree),
    };
  }

  /** A law brings its certificates; what is in them has to be looked at where they come in. */
  private async withCertificates(tree: TreeFolder, judgement: Judgement): Promise<Judgement> {
    const law = parseLaw(tree);
    const problems = law.ok ? await certificateProblems(this.verifier, law.value) : [];
    const reasons = problems.map(({ place, message }) =>
      reason('DOCUMENT_UNSOUND', { path: place.file, message, place }),
    );
    return { ...judgement, reasons: [...judgement.reasons, ...reasons] };
  }

  /** What lies beside the root's line may be anything but governed. */
  async outside(steps: readonly HistoryStep[]): Promise<readonly Finding[]> {
    const findings: Finding[] = [];
    for await (const { id, fault, snapshot } of ahead(steps, AHEAD, (step) => this.read(step))) {
      if (fault !== null) findings.push({ commit: id, reason: fault, signer: null });
      // A tree that cannot be read may hold anything.
      if (snapshot?.readable !== true || snapshot.tree.children.size > 0)
        findings.push({
          commit: id,
          reason: reason('OUTSIDE_ROOT', { root: this.options.root.commit }),
          signer: null,
        });
    }
    return findings;
  }

  private keep(id: string, tree: TreeFolder, { reasons, ...rest }: Judgement): JudgedCommit {
    const judgement = { ...rest, reasons: told(reasons) };
    const judged = { id, tree, void: reasons.length > 0, clock: rest.clock, judgement };
    this.judged.set(id, judged);
    return judged;
  }
}

/** Of each kind so many reasons as somebody might read. */
const MOST_OF_A_CODE = 100;

function told(reasons: readonly Reason[]): readonly Reason[] {
  const counts = new Map<string, number>();
  return reasons.filter(({ code }) => {
    const count = (counts.get(code) ?? 0) + 1;
    counts.set(code, count);
    return count <= MOST_OF_A_CODE;
  });
}

function unreadable(fault: Reason | null, parents: readonly JudgedParent[]): Judgement {
  const clock = Math.max(0, ...parents.map((parent) => parent.clock));
  return {
    kind: 'governed',
    reasons: fault === null ? [] : [fault],
    clock,
    signer: null,
    acts: [],
    expires: null,
  };
}

/** A parent beside the root's line. It has nothing governed, else it is reported by itself. */
function outsideParent(id: string): JudgedParent {
  return { id, tree: EMPTY_TREE, void: false, clock: 0 };
}

const keyrings = new WeakMap<object, readonly Certificate[]>();

/** The certificates in force in a tree; none where it holds no law. */
export function keyringOf(tree: TreeFolder): readonly Certificate[] {
  const law = parseLaw(tree);
  if (!law.ok) return [];
  const known =
    keyrings.get(law.value) ??
    [...law.value.certificates].map(([fingerprint, armored]) => ({ fingerprint, armored, refreshes: [] }));
  keyrings.set(law.value, known);
  return known;
}

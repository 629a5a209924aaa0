import { CannotTell } from '../base/errors.ts';
import type { Sparing } from '../domain/partly-read.ts';
import { differences, EMPTY_TREE, type TreeFolder } from '../domain/tree.ts';
import type { Fingerprint } from '../domain/names.ts';
import type { SignatureVerdict } from '../domain/signature.ts';
import { addedOverrides } from '../judge/judge-override.ts';
import { inForceAt } from '../judge/in-force.ts';
import { changedGuarded, type CommitUnderJudgement, type JudgedParent } from '../judge/judgement.ts';
import { guardedPathsInForce } from '../judge/laws-in-force.ts';
import type { CommitObject } from '../judge/commit-object.ts';
import { guardedPathsOf } from '../machine/law.ts';
import type { Anchor } from '../ports/anchors.ts';
import type { ObjectReader } from '../ports/objects.ts';
import type { Certificate, SignatureVerifier } from '../ports/signatures.ts';
import { broughtProblems, keyringOf, refreshFacts } from './certificates.ts';
import { GuardedReader } from './guarded-values.ts';
import { readCommit, type HistoryCommit, type HistoryStep } from './history.ts';
import type { JudgedCommit } from './lineage.ts';
import { SnapshotReader } from './snapshot.ts';

/** Gathers everything about one commit that judging it takes: its tree, its signature, and what lies in certificates. */
export class CommitFacts {
  private readonly objects: ObjectReader;
  private readonly objectFormat: 'sha1' | 'sha256';
  private readonly idLength: 40 | 64;
  private readonly snapshots: SnapshotReader;
  private readonly guarded: GuardedReader;
  private readonly verifier: SignatureVerifier;
  private readonly ends = new WeakMap<readonly Certificate[], Promise<ReadonlyMap<Fingerprint, number>>>();

  constructor(objects: ObjectReader, verifier: SignatureVerifier, objectFormat: 'sha1' | 'sha256') {
    const idBytes = objectFormat === 'sha1' ? 20 : 32;
    this.objects = objects;
    this.objectFormat = objectFormat;
    this.idLength = objectFormat === 'sha1' ? 40 : 64;
    this.snapshots = new SnapshotReader(objects, idBytes);
    this.guarded = new GuardedReader(objects, idBytes);
    this.verifier = verifier;
  }

  /** What was held of all trees read so far. */
  get heldBytes(): number {
    return this.snapshots.heldBytes;
  }

  /** What was read until here is not counted any more. */
  allowAnew(): void {
    this.snapshots.allowAnew();
  }

  /** What the `promotions` of a tree that was read come to; null where that was not counted. */
  promotionsOf(tree: TreeFolder): Anchor['promotions'] {
    return this.snapshots.promotionsOf(tree);
  }

  /** Another reader of the same objects, which remembers nothing yet and has the whole allowance of memory. */
  anew(): CommitFacts {
    return new CommitFacts(this.objects, this.verifier, this.objectFormat);
  }

  /** Reads a commit that was not read when the history was put in order. */
  async commitOf({ id, read }: HistoryStep): Promise<HistoryCommit> {
    return read ?? (await readCommit(this.objects, id, this.idLength));
  }

  /** Reads its tree, so that it is at hand when the commit is judged. */
  async beginTree({ commit }: HistoryCommit): Promise<void> {
    if (commit !== null) await this.snapshots.read(commit.tree);
  }

  /** Says that a commit will be judged soon, so that its signature may be looked at meanwhile. */
  foresee({ commit }: HistoryCommit): void {
    if (commit?.signature == null) return;
    this.verifier.foresee?.(commit.payload, commit.signature);
  }

  /**
   * What lies at guarded paths of a commit that was judged by another reader: from now on what it guards is read of every
   * commit, as if this reader had met it.
   */
  async guardedOf({ id, read }: HistoryStep, tree: TreeFolder): Promise<ReadonlyMap<string, string>> {
    const found = read ?? (await readCommit(this.objects, id, this.idLength));
    if (found.tree === null) throw new Error(`${id} was judged and has no tree`);
    const { values } = await this.guarded.of(found.tree);
    await this.guarded.watch(guardedPathsOf(tree));
    return values;
  }

  /**
   * A commit that an earlier run found valid, with everything up to it, as far as what comes after it asks for. Null where
   * not everything of it can be read as it was then. @param sparing null for all of it.
   */
  async anchored(
    step: HistoryStep,
    { clock, promotions }: Anchor,
    sparing: Sparing | null = null,
  ): Promise<JudgedCommit | null> {
    const { id, parents, commit } = await this.commitOf(step);
    const tree = commit === null ? null : await this.snapshots.readSound(commit.tree, promotions, sparing);
    if (commit === null || tree === null) return null;
    const guarded = (await this.guarded.of(commit.tree)).values;
    return {
      id,
      parents,
      tree,
      guarded,
      void: false,
      clock,
      force: inForceAt(id, tree, guarded, clock),
      ends: await this.endsIn(tree),
      unseconded: null,
      signedAt: null,
      judgement: {
        kind: 'ungoverned',
        reasons: [],
        clock,
        signer: null,
        key: null,
        acts: [],
        expires: null,
        imposed: new Map(),
      },
    };
  }

  /** The governed tree alone; null where not even its top can be read, so that it may hold anything. */
  async treeOf(commit: CommitObject): Promise<TreeFolder | null> {
    const { tree, readable } = await this.snapshots.read(commit.tree);
    return readable ? tree : null;
  }

  /**
   * What git would check out of a commit that is refused as such: nobody's law or state, but what comes on top is compared
   * with it. Nothing where even that cannot be read.
   */
  async contentOf(treeId: string | null): Promise<Pick<CommitUnderJudgement, 'tree' | 'guarded'>> {
    if (treeId === null) return { tree: EMPTY_TREE, guarded: new Map() };
    try {
      const { tree } = await this.snapshots.read(treeId);
      return { tree, guarded: (await this.guarded.of(treeId)).values };
    } catch (error) {
      if (!(error instanceof CannotTell) || error.code !== 'OBJECT_MISSING') throw error;
      return { tree: EMPTY_TREE, guarded: new Map() };
    }
  }

  /** From when on keys may not sign by the certificates of a tree. */
  endsIn(tree: TreeFolder): Promise<ReadonlyMap<Fingerprint, number>> {
    const keyring = keyringOf(tree);
    const known = this.ends.get(keyring) ?? this.verifier.ends(keyring);
    this.ends.set(keyring, known);
    return known;
  }

  /** @param parents null for the trust root, which is judged by its own tree. */
  async gather(
    id: string,
    commit: CommitObject,
    parents: readonly JudgedParent[] | null,
  ): Promise<CommitUnderJudgement> {
    const { tree, structure } = await this.snapshots.read(commit.tree);
    const laws = parents === null ? [tree] : parents.flatMap((parent) => parent.force.laws);
    const { values, faults } = await this.guarded.of(commit.tree);
    const paths = [...new Set(laws.concat(tree).flatMap(guardedPathsOf))];
    await this.guarded.watch(paths);
    // What no law guards here any more may be anything, whatever was guarded before.
    const broken = paths.flatMap((path) => faults.get(path) ?? []);
    const common = {
      id,
      parents: commit.parents,
      tree,
      guarded: values,
      structure: broken.length === 0 ? structure : [...structure, ...broken],
      extraHeaders: commit.extraHeaders,
      message: commit.message,
      refreshes: new Map(),
      certificates: [],
    };
    const [parent, other] = parents ?? [];
    if (parents === null) {
      return {
        ...common,
        signature: await this.signature(commit, keyringOf(tree), 0, null),
        certificates: await broughtProblems(this.verifier, EMPTY_TREE, tree),
      };
    }
    // A merge adds nothing of its own, so nobody asks who signed it.
    if (parent === undefined || other !== undefined) return { ...common, signature: null };
    const changes = differences(parent.tree, tree, 1);
    const inForce = guardedPathsInForce(parent);
    const moved = changedGuarded(inForce, parent.guarded, values);
    if (changes.length + moved.length === 0) return { ...common, signature: null };
    const { clock } = parent.force;
    const isBrake = addedOverrides(parent, common, inForce) !== null;
    const signature = await this.signature(commit, keyringsOf(laws), clock, isBrake ? clock : null);
    // What nobody vouches for is refused whatever it brings.
    if (parent.void || signature?.kind !== 'good') return { ...common, signature };
    return {
      ...common,
      signature,
      refreshes: await refreshFacts(this.verifier, parent.tree, tree, Math.max(clock, signature.time)),
      certificates: await broughtProblems(this.verifier, parent.tree, tree),
    };
  }

  private async signature(
    commit: CommitObject,
    keyring: readonly Certificate[],
    clock: number,
    at: number | null,
  ): Promise<SignatureVerdict | null> {
    if (commit.signature === null) return null;
    return await this.verifier.verify(commit.payload, commit.signature, keyring, clock, at);
  }
}

const joined = new WeakMap<TreeFolder, Map<string, readonly Certificate[]>>();

/** The certificates of all laws in force; one keyring object for one set of trees, since keyrings are read once. */
function keyringsOf(laws: readonly TreeFolder[]): readonly Certificate[] {
  const [first, ...others] = laws;
  if (first === undefined) return [];
  if (others.length === 0) return keyringOf(first);
  const byOthers = joined.get(first) ?? new Map<string, readonly Certificate[]>();
  joined.set(first, byOthers);
  const key = others.map(({ id }) => id).join(' ');
  const known = byOthers.get(key) ?? laws.flatMap(keyringOf);
  byOthers.set(key, known);
  return known;
}

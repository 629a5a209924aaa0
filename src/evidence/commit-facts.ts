import { differences, EMPTY_TREE, type TreeFolder } from '../domain/tree.ts';
import type { SignatureVerdict } from '../domain/signature.ts';
import { isOverrideAlone } from '../judge/judge-override.ts';
import { changedGuarded, type CommitUnderJudgement, type JudgedParent } from '../judge/judgement.ts';
import { guardedPathsInForce } from '../judge/laws-in-force.ts';
import type { CommitObject } from '../judge/commit-object.ts';
import { guardedPathsOf } from '../machine/law.ts';
import type { ObjectReader } from '../ports/objects.ts';
import type { Certificate, SignatureVerifier } from '../ports/signatures.ts';
import { broughtProblems, keyringOf, refreshFacts } from './certificates.ts';
import { GuardedReader } from './guarded-values.ts';
import { SnapshotReader } from './snapshot.ts';

/** Gathers everything about one commit that judging it takes: its tree, its signature, and what lies in certificates. */
export class CommitFacts {
  private readonly snapshots: SnapshotReader;
  private readonly guarded: GuardedReader;
  private readonly verifier: SignatureVerifier;

  constructor(objects: ObjectReader, verifier: SignatureVerifier, objectFormat: 'sha1' | 'sha256') {
    const idBytes = objectFormat === 'sha1' ? 20 : 32;
    this.snapshots = new SnapshotReader(objects, idBytes);
    this.guarded = new GuardedReader(objects, idBytes);
    this.verifier = verifier;
  }

  /** The governed tree alone. */
  async treeOf(commit: CommitObject): Promise<TreeFolder> {
    return (await this.snapshots.read(commit.tree)).tree;
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
    await this.guarded.watch([...new Set(laws.concat(tree).flatMap(guardedPathsOf))]);
    const common = {
      id,
      parents: commit.parents,
      tree,
      guarded: values,
      structure: faults.length === 0 ? structure : [...structure, ...faults],
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
    const changes = differences(parent.tree, tree);
    const moved = changedGuarded(guardedPathsInForce(parent), parent.guarded, values);
    if (changes.length + moved.length === 0) return { ...common, signature: null };
    const { clock } = parent.force;
    const alone = moved.length === 0 && isOverrideAlone(changes);
    const signature = await this.signature(commit, keyringsOf(laws), clock, alone ? clock : null);
    if (parent.void) return { ...common, signature };
    return {
      ...common,
      signature,
      refreshes: await refreshFacts(
        this.verifier,
        parent.tree,
        tree,
        Math.max(clock, signature?.kind === 'good' ? signature.time : 0),
      ),
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

const joined = new WeakMap<TreeFolder, readonly Certificate[]>();

/** The certificates of all laws in force; one keyring object for one set of trees, since keyrings are read once. */
function keyringsOf(laws: readonly TreeFolder[]): readonly Certificate[] {
  const [first, ...others] = laws;
  if (first === undefined) return [];
  if (others.length === 0) return keyringOf(first);
  const known = joined.get(first) ?? laws.flatMap(keyringOf);
  joined.set(first, known);
  return known;
}

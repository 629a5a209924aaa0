import type { Reason } from '../domain/reason.ts';
import type { Lineage } from '../judge/in-force.ts';
import { judgeCommit } from '../judge/judge-commit.ts';
import type { JudgedParent, Judgement } from '../judge/judgement.ts';
import { judgeRoot } from '../judge/judge-root.ts';
import type { Put } from '../machine/act.ts';
import type { GitRepository, StoredObject } from '../ports/repository.ts';
import type { CommitSigner, SignatureVerifier } from '../ports/signatures.ts';
import { commitPayload, withSignature } from './commit-bytes.ts';
import { JudgedHistory } from './lineage.ts';
import { readStaged, refuseDirty } from './staged-commit.ts';

export interface CommitOrder {
  /** Full name of the branch to move. */
  readonly ref: string;
  /** The judged tip of the branch; null for a trust root. */
  readonly parent: JudgedParent | null;
  /** The commit a trust root is put on, where the branch has commits already. */
  readonly onto?: string;
  /** How the parent hangs together with what came before; needed on a void parent alone. */
  readonly lineage?: Lineage;
  /** Findings with which the commit is written all the same: a repair that waits for a second person. */
  readonly accept?: ReadonlySet<string>;
  /** On a void parent the commit stays void: it is written if it puts its overrides in force. */
  readonly imposes?: boolean;
  readonly puts: readonly Put[];
  /** Objects put back as they were, after everything at these paths was taken away. */
  readonly restore?: readonly StoredObject[];
  /** Makes the ref anew on top of the parent instead of moving it from there: nothing checked out is brought along. */
  readonly aside?: boolean;
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string };
  /** Seconds since 1970. */
  readonly now: number;
}

export type WriteResult =
  | {
      readonly kind: 'written';
      readonly commit: string;
      readonly judgement: Judgement;
      /** Files left alone because the user changed them meanwhile. */ readonly leftAlone: readonly string[];
    }
  | { readonly kind: 'refused'; readonly reasons: readonly Reason[] };

/**
 * Writes a commit nobody can see, signs it, judges it as if a stranger had sent it, and only then moves the branch.
 * Until the branch moves nothing of the user's is touched; afterwards the work tree is brought along.
 * @throws CannotTell CANNOT_CREATE where the user has changes of his own in a file to be written, RACE_LOST, and what
 *   signing throws.
 */
export async function writeCommit(
  repository: GitRepository,
  verifier: SignatureVerifier,
  signer: CommitSigner,
  order: CommitOrder,
): Promise<WriteResult> {
  const { ref, parent, puts, now, restore = [], aside = false } = order;
  const before = parent?.id ?? order.onto ?? null;
  const named = puts.map((put) => put.path);
  const { objectFormat, workTree } = await repository.facts();
  const brought = puts.flatMap(({ path, bytes }) => (bytes === null ? [] : [{ path, bytes }]));
  const removed = puts.filter(({ bytes }) => bytes === null).map(({ path }) => path);
  const gone = [...removed, ...restore.map(({ path }) => path)];
  if (!aside && gone.length === 0) await refuseDirty(repository, named);
  const tree = await repository.stageTree(before, [...brought, ...restore], gone);
  // What was put back or taken away with everything below is known by its files only now.
  const isKnown = before === null || gone.length === 0 || workTree === null;
  const paths = isKnown ? named : await repository.changedPaths(before, tree);
  if (!aside && gone.length > 0) await refuseDirty(repository, paths);
  const parents = before === null ? [] : [before];
  const payload = commitPayload({ tree, parents, author: order.author, now, message: order.message });
  const signature = await signer.sign(payload, now);
  const commit = await repository.writeCommit(withSignature(payload, signature, objectFormat));
  const judgement = await judgeStaged(repository, verifier, signer, commit, order);
  const refusals = judgement.reasons.filter(({ code }) => order.accept?.has(code) !== true);
  const isInForce = order.imposes === true && judgement.imposed.size > 0;
  if (refusals.length > 0 && !isInForce) return { kind: 'refused', reasons: refusals };
  await repository.advance(ref, aside ? null : before, commit);
  const leftAlone = aside ? [] : await repository.bringAlong(before, commit, paths);
  return { kind: 'written', commit, judgement, leftAlone };
}

async function judgeStaged(
  repository: GitRepository,
  verifier: SignatureVerifier,
  signer: CommitSigner,
  id: string,
  { parent, lineage, now }: CommitOrder,
): Promise<Judgement> {
  const under = await readStaged(repository, verifier, id, parent === null ? null : [parent]);
  const { signature } = under;
  // The time now is read before signing; a person at a pinentry may take minutes, which is not the future.
  const after = Math.max(
    now,
    signature?.kind === 'good' ? Math.min(signature.time, now + MAX_SIGNING_SECONDS) : now,
  );
  if (parent === null) return judgeRoot(under, signer.primary, after);
  return judgeCommit(under, parent, after, lineage ?? new JudgedHistory(parent.id));
}

const MAX_SIGNING_SECONDS = 3600;

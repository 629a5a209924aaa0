import type { NonEmpty } from '../../../base/nonempty.ts';
import type { Reason } from '../../../domain/reason.ts';
import type { JudgedHistory } from '../../../evidence/lineage.ts';
import { draftOf, mergeBranches, type MergeOrder } from '../../../evidence/merge-branches.ts';
import { verifyHistory } from '../../../evidence/verify-history.ts';
import type { Context } from '../context.ts';
import type { Workspace } from '../opening/workspace.ts';

export interface JoinOrder {
  readonly context: Context;
  /** What this clone has, judged. */
  readonly local: Workspace;
  /** What the other copy has, judged and without findings. */
  readonly incoming: Workspace;
  readonly author: MergeOrder['author'];
  readonly message: string;
}

export type Joined =
  /** Both in one commit, which no ref names yet. */
  | { readonly kind: 'merged'; readonly commit: string }
  | { readonly kind: 'conflict'; readonly paths: NonEmpty<string> }
  | {
      readonly kind: 'refused';
      readonly reasons: NonEmpty<Reason>;
      /** As much of the own commits as does go together with what came in, merged with it; that itself where nothing does. */
      readonly most: string;
    };

/** Merges what this clone has into what came in, or the longest beginning of it that the law lets go together. */
export async function join(order: JoinOrder): Promise<Joined> {
  const { context, local, incoming, author, message } = order;
  const { repository, verification } = local;
  const [first, second] = [incoming.verification.tip, verification.tip];
  const now = context.now();
  const both = await judgeBoth(order, await draftOf(repository, { first, second, author, now }));
  const merge = (own: string) =>
    mergeBranches(repository, context.verifier, {
      ...{ first, second: own, history: both },
      ...{ author, now, message },
    });
  const all = await merge(second);
  if (all.kind !== 'refused') return all;
  for (const own of beginnings(order)) {
    const part = await merge(own);
    if (part.kind === 'merged') return { ...all, most: part.commit };
  }
  return { ...all, most: first };
}

/** One history with both in it. */
async function judgeBoth({ context, local, incoming }: JoinOrder, draft: string): Promise<JudgedHistory> {
  const { repository, facts, root } = local;
  const objects = repository.openObjects();
  try {
    const { history } = await verifyHistory(objects, context.verifier, {
      tip: draft,
      root,
      now: context.now(),
      objectFormat: facts.objectFormat,
      known: [incoming.verification, local.verification],
    });
    return history;
  } finally {
    await objects.close();
  }
}

/** Own commits before the last, latest first, down to where the other copy has them. */
function beginnings({ local, incoming }: JoinOrder): readonly string[] {
  const { judged } = local.verification.history;
  const there = new Set(incoming.verification.commits.map(({ id }) => id));
  const found: string[] = [];
  for (let id = judged.get(local.verification.tip)?.parents[0]; id !== undefined;) {
    if (there.has(id)) break;
    found.push(id);
    id = judged.get(id)?.parents[0];
  }
  return found;
}

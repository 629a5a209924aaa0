import { toIterationId } from '../../../domain/names.ts';
import { readCommit } from '../../../evidence/history.ts';
import type { JudgedCommit } from '../../../evidence/lineage.ts';
import type { Act } from '../../../machine/act.ts';
import type { GitRepository } from '../../../ports/repository.ts';
import { escapeShown } from '../terminal/escape.ts';

/** A commit that only this clone has, by name, and what to type to do it again. */
export interface OwnCommit {
  readonly commit: string;
  readonly subject: string;
  readonly again: readonly string[];
}

/** @param isThere whether the other copy has a commit. */
export async function ownCommits(
  repository: GitRepository,
  commits: readonly JudgedCommit[],
  isThere: (id: string) => boolean,
): Promise<readonly OwnCommit[]> {
  const own = commits.filter(({ id }) => !isThere(id));
  const { objectFormat } = await repository.facts();
  const objects = repository.openObjects();
  try {
    const found: OwnCommit[] = [];
    for (const { id, judgement } of own) {
      const { commit } = await readCommit(objects, id, objectFormat === 'sha1' ? 40 : 64);
      const [subject = ''] = (commit?.message ?? '').trim().split('\n');
      found.push({
        commit: id,
        subject: escapeShown(subject === '' ? 'a commit without a message' : subject),
        again: again(judgement.acts),
      });
    }
    return found;
  } finally {
    await objects.close();
  }
}

/** A transition comes along with the decision that completes it. */
function again(acts: readonly Act[]): readonly string[] {
  const decisions = acts.filter(({ kind }) => kind === 'decide');
  return [...new Set((decisions.length > 0 ? decisions : acts).flatMap((act) => commandOf(act) ?? []))];
}

/** What a person types to decide that again; null for what is done by machines or carried along. */
function commandOf(act: Act): string | null {
  switch (act.kind) {
    case 'decide':
      return `modelsmith ${act.approval.act} ${toIterationId(act.iteration)}`;
    case 'transition':
      return `modelsmith promote ${toIterationId(act.iteration)}`;
    case 'deprecate':
      return `modelsmith deprecate ${toIterationId(act.iteration)}`;
    case 'pin':
      return `modelsmith rollback ${act.pin.line} --to ${act.pin.version} --alias ${act.pin.alias}`;
    case 'unpin':
      return `modelsmith unpin ${act.unpin.line} --alias ${act.unpin.alias}`;
    case 'decide-change':
      return `modelsmith policy ${act.approval.act} ${act.approval.change.slice(0, 12)}`;
    case 'reaffirm':
      return `modelsmith reaffirm ${toIterationId(act.iteration)}`;
    case 'decide-exception':
      return `modelsmith exception ${act.approval.act} ${act.approval.exception.slice(0, 12)}`;
    case 'close-exception':
      return `modelsmith exception close ${act.closed.exception.slice(0, 12)}`;
    case 'review-exception':
      return `modelsmith exception review ${act.review.exception.slice(0, 12)} --file <review.md>`;
    case 'open-exception':
    case 'apply-change':
    case 'baseline':
    case 'check':
    case 'comment':
    case 'drill':
    case 'erase':
    case 'evaluate':
    case 'evidence':
    case 'export':
    case 'guarded':
    case 'lock':
    case 'override':
    case 'propose':
    case 'receipt':
    case 'refresh':
    case 'request':
      return null;
  }
}

/** What does not go together with what came in, by name. */
export function ownLines(own: readonly OwnCommit[]): readonly string[] {
  return [
    'What you have here and the others do not, and what does not go together with theirs:',
    ...own.map(({ commit, subject }) => `  ${commit.slice(0, 12)}  ${subject}`),
  ];
}

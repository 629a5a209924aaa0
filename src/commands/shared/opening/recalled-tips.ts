import { CannotTell } from '../../../base/errors.ts';
import type { RepositoryId } from '../../../domain/names.ts';
import type { ExpectedAncestor } from '../../../evidence/descent.ts';
import type { RepositoryFacts } from '../../../ports/repository.ts';
import type { BranchIdentity, RememberedTip, TipMemory } from '../../../ports/tips.ts';
import { branchNamed } from './branch-name.ts';
import type { CommonOptions } from '../command.ts';
import type { Context } from '../context.ts';

/** What the person's own memory says of the branch that is opened. */
export type Recalled =
  /** Without a terminal nobody's folder is used unless one is named. */
  | { readonly kind: 'off' }
  /** A detached HEAD, a commit id, a tag, a pull request: nothing that has to go forwards. */
  | { readonly kind: 'unnamed' }
  | {
      readonly kind: 'branch';
      readonly memory: TipMemory;
      /** Whether the folder was named by the person. */
      readonly named: boolean;
      readonly ref: string;
      readonly identity: BranchIdentity;
      /** The commits its tip must descend from; none the first time. */
      readonly tips: readonly RememberedTip[];
    };

export interface Opened {
  readonly facts: RepositoryFacts;
  /** Full name of the ref that is judged, where it has one. */
  readonly ref: string | null;
  /** The id of the repository as the tip has it; it cannot change without a finding. */
  readonly id: RepositoryId | null;
}

/** @throws CannotTell where the memory is there and cannot be trusted: a rewind would look like a first time. */
export async function recall(
  context: Pick<Context, 'environment' | 'terminal' | 'tips'>,
  state: CommonOptions['state'],
  { facts, ref, id }: Opened,
): Promise<Recalled> {
  if (state === '') throw new CannotTell('USAGE', '--state must name a folder');
  const variable = context.environment['MODELSMITH_STATE'] ?? '';
  const folder = state ?? (variable === '' ? null : variable);
  if (context.tips === null || (folder === null && !context.terminal.interactive)) return { kind: 'off' };
  const branch = ref === null ? null : branchNamed(ref);
  if (ref === null || branch === null || id === null) return { kind: 'unnamed' };
  const outside = [facts.gitDir, facts.commonDir, ...(facts.workTree === null ? [] : [facts.workTree])];
  const memory = await context.tips({ folder, outside });
  const identity = { repository: id, branch };
  return {
    kind: 'branch',
    memory,
    named: folder !== null,
    ref,
    identity,
    tips: await memory.tipsOf(identity),
  };
}

/** What the memory demands of the tip. */
export function expectedBy(recalled: Recalled): readonly ExpectedAncestor[] {
  if (recalled.kind !== 'branch') return [];
  return recalled.tips.map(({ commit }) => ({ commit, branch: recalled.identity.branch }));
}

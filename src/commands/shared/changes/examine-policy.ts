import type { Parsed } from '../../../base/problem.ts';
import type { Reason } from '../../../domain/reason.ts';
import { EMPTY_TREE, withFile, withFolder } from '../../../domain/tree.ts';
import { broughtProblems } from '../../../evidence/certificates.ts';
import type { NewFile } from '../../../machine/act.ts';
import { policyRequirements, type Requirement } from '../../../machine/change-requirements.ts';
import type { Law } from '../../../machine/law.ts';
import { broughtBy, policyDifference, type PolicyDifference } from '../../../machine/policy-difference.ts';
import { lawWith, proposalProblems } from '../../../machine/proposal.ts';
import type { World } from '../../../machine/world.ts';
import type { Context } from '../context.ts';
import { policyWords, type PolicyWord } from '../views/policy-words.ts';

/** What a policy would change, who would have to approve it, and why it could not be proposed. */
export interface Examined {
  readonly law: Law;
  readonly difference: PolicyDifference;
  readonly brings: ReturnType<typeof broughtBy>;
  readonly words: readonly PolicyWord[];
  /** The ordinary way to approve it. */
  readonly way: readonly Requirement[];
}

/** @param files relative to `policy/`. @param at seconds since 1970. */
export async function examinePolicy(
  { verifier }: Pick<Context, 'verifier'>,
  { law, tree }: World,
  files: readonly NewFile[],
  at: number,
): Promise<{ readonly examined: Examined | null; readonly reasons: readonly Reason[] }> {
  const proposed: Parsed<Law> = lawWith(tree, files);
  const folder = files.reduce((result, { path, bytes }) => withFile(result, path, bytes), EMPTY_TREE);
  const reasons = [
    ...proposalProblems(law, proposed, at),
    ...(await broughtProblems(verifier, tree, withFolder(tree, 'policy', folder))),
  ];
  if (!proposed.ok) return { examined: null, reasons };
  const fresh = proposed.value;
  return {
    examined: {
      law: fresh,
      difference: policyDifference(law, fresh),
      brings: broughtBy(law, fresh),
      words: policyWords(law, fresh),
      way: policyRequirements(law, fresh, at)[0] ?? [],
    },
    reasons,
  };
}

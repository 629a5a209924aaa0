import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import type { Law } from '../../machine/law.ts';
import type { Command, CommonOptions } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { synchronise } from '../shared/sharing/synchronise.ts';
import { syncOutcome } from '../shared/sharing/sync-outcome.ts';
import { demandUpstream } from '../shared/sharing/upstream.ts';
import { findWho } from '../shared/opening/who.ts';

const Input = z.object({ remote: z.string().min(1).optional(), push: z.boolean().default(true) });

/** Shares what was signed here, and takes in what others signed. */
export const sync: Command<z.infer<typeof Input>> = {
  name: 'sync',
  group: 'people',
  summary: 'fetch and verify what others signed, merge it, push what you signed',
  description:
    'What comes in is judged before anything moves; what is not valid is left outside. The merge is computed by the law,\n' +
    'needs no signature, and is judged as well. Where what you decided no longer goes together with what others did, it says\n' +
    'so by name, and what to decide again.',
  arguments: [
    {
      name: '[remote]',
      description: 'a remote of this clone, or an address (default: the upstream, else origin)',
    },
  ],
  options: [
    { flags: '--no-push', description: 'take in and merge, push nothing' },
    { flags: '--dry-run', description: 'fetch and verify, and say what would be done; move nothing' },
  ],
  examples: ['modelsmith sync', 'modelsmith sync --dry-run', 'modelsmith sync upstream --no-push'],
  writes: false,
  reads: true,
  input: Input,
  run: async (context, { remote, push }, common) => {
    if (common.branch !== null)
      throw new CannotTell('USAGE', 'the branch that is checked out is the one that is synchronised', {
        remedy: 'git switch <branch>, then modelsmith sync',
      });
    const repository = await context.git.open(common.directory);
    const ref = await repository.currentBranch();
    if (ref === null)
      throw new CannotTell('USAGE', 'no branch is checked out, so there is nothing to move', {
        remedy: 'git switch main',
      });
    const upstream = await demandUpstream(context, repository, ref, remote ?? null);
    const author = (law: Law) => authorBy(context, law, common);
    const end = await synchronise(context, common, { upstream, push, author });
    return syncOutcome(end, { upstream, push, dryRun: common.dryRun });
  },
};

/** Whose name a merge bears. It is not signed, so a key that would have to be unlocked is not asked for. */
async function authorBy(context: Context, law: Law, common: CommonOptions) {
  const locked = (): Promise<string> => Promise.reject(new CannotTell('NO_SIGNER', 'not asked'));
  try {
    const { principal } = await findWho(
      { ...context, terminal: { ...context.terminal, secret: locked } },
      law,
      common,
    );
    return { name: principal.name, email: principal.email ?? `${principal.id}@modelsmith.invalid` };
  } catch (error) {
    if (!(error instanceof CannotTell)) throw error;
    return { name: 'modelsmith', email: 'sync@modelsmith.invalid' };
  }
}

import { CannotTell } from '../../base/errors.ts';
import { sha256 } from '../../base/digest.ts';
import { readAddress, shownAddress } from '../../domain/remote-address.ts';
import type { CommonOptions, Outcome } from './command.ts';
import type { Context } from './context.ts';
import { escapeShown, shellPath } from './escape.ts';
import { synchronise } from './synchronise.ts';
import { syncOutcome } from './sync-outcome.ts';
import { demandUpstream, upstreamName } from './upstream.ts';

/**
 * Works in a clone of the person's own cache, which is made where there is none and brought up to date where there is. Two runs
 * never meet in it. Which root it is judged by is known from the person, as anywhere.
 */
export async function inCachedClone(
  context: Context,
  common: CommonOptions,
  given: string,
  work: (common: CommonOptions) => Promise<Outcome>,
): Promise<Outcome> {
  const { clones, git, files } = context;
  const read = readAddress(given);
  if (!read.ok)
    throw new CannotTell('USAGE', `the address of the repository ${read.why}`, {
      facts: [shownAddress(given)],
    });
  const address = read.address.kind === 'file' ? files.absolute(read.address.path) : given;
  const clone = await clones.take(sha256(address));
  try {
    const there = { ...common, directory: clone.folder, address: given };
    const repository = await git.openClone(clone.folder, address);
    const ref = await repository.currentBranch();
    if (ref === null)
      throw new CannotTell('NO_INPUT', 'the repository at this address has no branch to work on', {
        facts: [shownAddress(address)],
      });
    const upstream = { ...(await demandUpstream(context, repository, ref, 'origin')), typed: true };
    if ((await repository.resolve(ref)) === null) {
      const found = await repository.remotes.fetch({ from: upstream, refs: [ref], have: [] });
      const tip = found.get(ref);
      if (tip === undefined)
        throw new CannotTell('NO_INPUT', `there is no ${ref} at this address`, {
          facts: [shownAddress(address)],
        });
      await repository.advance(ref, null, tip);
    }
    const author = { name: 'modelsmith', email: 'sync@modelsmith.invalid' };
    const end = await synchronise(
      context,
      { ...there, dryRun: false },
      {
        upstream,
        push: false,
        author: () => Promise.resolve(author),
      },
    );
    if (end.kind !== 'done') return syncOutcome(end, { upstream, dryRun: false, push: false });
    const outcome = await work(there);
    if (outcome.kind !== 'yes') return outcome;
    return {
      ...outcome,
      json: { ...outcome.json, clone: clone.folder },
      text: (view) =>
        [
          outcome.text(view),
          `worked in ${escapeShown(clone.folder)}, a clone of ${upstreamName(upstream)}`,
        ].join('\n'),
    };
  } catch (error) {
    if (!(error instanceof CannotTell) || error.code !== 'NO_TRUST_ROOT' || common.root !== null) throw error;
    throw new CannotTell(error.code, error.message, {
      facts: error.facts,
      remedy: `modelsmith verify --root <commit>:<fingerprint> --pin -C ${shellPath(clone.folder)}   (the line that \`modelsmith init\` printed; ask a colleague for it)`,
      cause: error,
    });
  } finally {
    await clone.release();
  }
}

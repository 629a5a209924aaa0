import { CannotTell } from '../../../base/errors.ts';
import { sha256 } from '../../../base/digest.ts';
import { readAddress, shownAddress } from '../../../domain/remote-address.ts';
import type { Upstream } from '../../../ports/remote.ts';
import type { GitRepository } from '../../../ports/repository.ts';
import type { CommonOptions, Outcome } from '../command.ts';
import type { Context } from '../context.ts';
import { escapeShown, shellPath } from '../terminal/escape.ts';
import { synchronise, type SyncEnd } from './synchronise.ts';
import { syncOutcome } from './sync-outcome.ts';
import { demandUpstream, upstreamName } from './upstream.ts';
import { openWorkspace } from '../opening/workspace.ts';

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
    const end = await broughtUpToDate(context, { ...there, dryRun: false }, { repository, ref, upstream });
    if (end.kind !== 'done') return syncOutcome(end, { upstream, dryRun: false, push: false });
    const outcome = await work(there);
    if (outcome.kind === 'refused') return { ...outcome, address: given };
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

interface Kept {
  readonly repository: GitRepository;
  /** The branch that the clone was made for, whatever the other side calls its own today. */
  readonly ref: string;
  readonly upstream: Upstream;
}

/** How judging ends where a clone holds nothing valid. */
const NOTHING_VALID: readonly string[] = ['BAD_DATA', 'NO_TRUST_ROOT'];

/** The clone with what is there now. One that holds nothing valid begins anew, from what is there by now. */
async function broughtUpToDate(context: Context, common: CommonOptions, kept: Kept): Promise<SyncEnd> {
  const author = { name: 'modelsmith', email: 'sync@modelsmith.invalid' };
  const order = { upstream: kept.upstream, push: false, author: () => Promise.resolve(author) };
  const stands = await kept.repository.resolve(kept.ref);
  try {
    if (stands !== null) return await synchronise(context, common, order);
  } catch (error) {
    if (!(error instanceof CannotTell) || !NOTHING_VALID.includes(error.code)) throw error;
  }
  return (await begun(context, common, kept, stands)) ?? (await synchronise(context, common, order));
}

/** Puts the branch on what is there, if that is valid. @returns what is not, so that nothing was moved; else null. */
async function begun(
  context: Context,
  common: CommonOptions,
  { repository, ref, upstream }: Kept,
  stands: string | null,
): Promise<SyncEnd | null> {
  const found = await repository.remotes.fetch({ from: upstream, refs: [ref], have: [] });
  const tip = found.get(ref);
  if (tip === undefined)
    throw new CannotTell('NO_INPUT', `there is no ${ref} at this address`, {
      facts: [shownAddress(upstream.fetchFrom)],
    });
  const at = { commit: tip, ref: upstream.tracking ?? ref };
  const { verification } = await openWorkspace(context, { ...common, branch: null, at }).catch(
    async (error: unknown) => {
      // Without a root nothing is believed, and there has to be something that one is given for.
      const rootless = error instanceof CannotTell && error.code === 'NO_TRUST_ROOT';
      if (rootless && stands === null) await repository.advance(ref, null, tip);
      throw error;
    },
  );
  if (verification.findings.length > 0) return { kind: 'findings', verification, tip };
  // Nothing can be built on what is not valid; should anybody have done so, it is there.
  const aside = `refs/modelsmith/set-aside/${stands ?? ''}`;
  if (stands !== null && (await repository.resolve(aside)) === null)
    await repository.advance(aside, null, stands);
  await repository.advance(ref, stands, tip);
  return null;
}

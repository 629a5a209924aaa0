import { CannotTell } from '../../../base/errors.ts';
import type { Push } from '../../../domain/own-settings.ts';
import { shownAddress } from '../../../domain/remote-address.ts';
import type { Upstream } from '../../../ports/remote.ts';
import type { GitRepository } from '../../../ports/repository.ts';
import type { CommonOptions, Outcome } from '../command.ts';
import type { Context } from '../context.ts';
import { escapeShown } from '../terminal/escape.ts';
import { pullRequestLink } from './pull-request-link.ts';
import { staleThere } from './stale-there.ts';
import { synchronise, type SyncEnd } from './synchronise.ts';
import { syncOutcome } from './sync-outcome.ts';
import { demandConsent, otherBranchLines, pushTo, shortName, upstreamName } from './upstream.ts';

/** What was signed and landed on the branch that is checked out. */
export interface Signed {
  readonly commit: string;
  /** The id of whoever signed. */
  readonly signer: string;
  /** What it is about: `claims-triage@1.4.0`, or the beginning of a change's id. */
  readonly subject: string;
  /** Digits that tell it from others of the same signer. */
  readonly brief: string;
  /** Ids of the entries that were made. */
  readonly entries: readonly string[];
}

/** What became of it elsewhere. */
export interface Published {
  readonly json: object;
  readonly lines: readonly string[];
}

export interface PublishOrder {
  readonly repository: GitRepository;
  readonly upstream: Upstream;
  readonly how: Push;
  readonly signed: Signed;
}

/**
 * Shares a decision that is signed already. Whatever goes wrong, the commit stays on the branch here, and that is said.
 * @returns an outcome that is no yes where the law does not let it go together with what others did meanwhile.
 * @throws CannotTell where it could not be shared: see `kept`.
 */
export async function publish(
  context: Context,
  common: CommonOptions,
  { repository, upstream, how, signed }: PublishOrder,
): Promise<Published | Outcome> {
  const name = upstreamName(upstream);
  const json = { mode: how, remote: upstream.remote, address: shownAddress(upstream.pushTo) };
  if (how === 'off')
    return {
      json: { ...json, pushed: false, ref: null, link: null },
      lines: [`not pushed to ${name}`, 'next: modelsmith sync'],
    };
  await demandConsent(context, repository, upstream);
  if (how === 'branch') return await proposed(context, repository, upstream, signed, json);
  const first = await pushTo(context, repository, upstream, signed.commit);
  const ref = upstream.branch;
  const done = {
    json: { ...json, pushed: true, ref, link: null },
    lines: [`pushed to ${name}`, ...otherBranchLines(upstream)],
  };
  if (first.kind === 'pushed' || first.kind === 'same') return done;
  if (first.kind === 'refused') throw declined(name, first.words);
  const author = { name: signed.signer, email: `${signed.signer}@modelsmith.invalid` };
  const end = await synchronise(context, common, {
    upstream: { ...upstream, typed: true },
    push: true,
    author: () => Promise.resolve(author),
  });
  return await ended(context, common, end, { upstream, signed, done });
}

/** What kept a signed decision from being shared, with where it is and what gets it in later. */
export function kept({ commit }: Signed, error: CannotTell): CannotTell {
  const { code, message, facts, place, cause } = error;
  return new CannotTell(code, `signed and kept here in commit ${commit}, but not pushed: ${message}`, {
    facts,
    ...(place !== undefined && { place }),
    remedy: 'modelsmith sync',
    cause,
  });
}

async function ended(
  context: Context,
  common: CommonOptions,
  end: SyncEnd,
  { upstream, signed, done }: { upstream: Upstream; signed: Signed; done: Published },
): Promise<Published | Outcome> {
  if (end.kind === 'done') {
    const merged =
      end.to === end.from
        ? []
        : [`merged with what came in from ${upstreamName(upstream)}:`, `  commit ${end.to}`];
    const about = { name: upstreamName(upstream), subject: signed.subject, entries: signed.entries };
    const stale = end.to === end.from ? null : await staleThere(context, common, about, end.judged);
    if (stale !== null) return stale;
    return { json: { ...done.json, commit: end.to }, lines: [...merged, ...done.lines] };
  }
  if (end.kind === 'declined') throw declined(upstreamName(upstream), end.words);
  const outcome = syncOutcome(end, { upstream, dryRun: false, push: true });
  if (outcome.kind === 'yes') throw new Error('a sync that ended and did not');
  if (outcome.kind !== 'refused') return outcome;
  const headline = `signed and kept here in commit ${signed.commit}, but not pushed: ${outcome.headline}`;
  return { ...outcome, headline };
}

/** On a branch of its own, for a pull request. */
async function proposed(
  context: Context,
  repository: GitRepository,
  upstream: Upstream,
  signed: Signed,
  json: object,
): Promise<Published> {
  const branch = proposalBranch(signed);
  const ref = `refs/heads/${branch}`;
  const result = await pushTo(context, repository, upstream, signed.commit, ref);
  if (result.kind === 'refused') throw declined(branch, result.words);
  if (result.kind === 'moved')
    throw new CannotTell('RACE_LOST', `another commit lies on the branch ${branch} of the remote`);
  const link = pullRequestLink(upstream.pushTo, { from: branch, into: shortName(upstream.branch) });
  return {
    json: { ...json, pushed: true, ref, link },
    lines: [
      `pushed to the branch ${branch}`,
      link === null
        ? `next: open a pull request from it into ${shortName(upstream.branch)}, to be merged with a merge commit`
        : `next: open a pull request, to be merged with a merge commit: ${escapeShown(link)}`,
    ],
  };
}

/** A branch for one decision: whose, on what, which. Git takes every such name. */
export function proposalBranch({
  signer,
  subject,
  brief,
}: Pick<Signed, 'signer' | 'subject' | 'brief'>): string {
  const plain = (text: string): string =>
    text
      .replace(/@/g, '-')
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/\.{2,}/g, '.')
      .replace(/\.lock$/, '-lock')
      .replace(/^[.-]+|[.-]+$/g, '');
  return `modelsmith/${plain(signer)}/${plain(subject)}-${plain(brief)}`;
}

function declined(name: string, words: readonly string[]): CannotTell {
  return new CannotTell('NOT_PERMITTED', `${name} did not take it`, { facts: words });
}

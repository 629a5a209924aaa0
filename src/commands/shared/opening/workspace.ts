import { CannotTell } from '../../../base/errors.ts';
import type { RepositoryId } from '../../../domain/names.ts';
import { Repository } from '../../../domain/repository.ts';
import { sparingly, type Sparing } from '../../../domain/partly-read.ts';
import { REPOSITORY_FILE } from '../../../domain/paths.ts';
import { parseYaml } from '../../../domain/yaml-document.ts';
import { readCommit } from '../../../evidence/history.ts';
import { SIDE_REFS, type SideRef } from '../../../evidence/side-overrides.ts';
import type { TrustRoot } from '../../../evidence/trust-root.ts';
import type { Verification } from '../../../evidence/verification.ts';
import { verifyHistory } from '../../../evidence/verify-history.ts';
import { parseTree } from '../../../judge/tree-object.ts';
import type { ObjectReader } from '../../../ports/objects.ts';
import type { GitRepository, RepositoryFacts } from '../../../ports/repository.ts';
import type { CommonOptions } from '../command.ts';
import type { Context } from '../context.ts';
import { expectedBy, recall, type Recalled } from './recalled-tips.ts';
import { rememberTip } from './remember-tip.ts';
import { mustBeCommit } from './expected-commit.ts';
import { shownOf, type Shown } from './shown.ts';
import { knownTrustRoot, noTrustRoot } from './trust-root.ts';

/** An evidence repository whose whole history was judged, whatever came of it. */
export interface Judged {
  readonly repository: GitRepository;
  readonly facts: RepositoryFacts;
  /** Full name of the branch; null where a commit was named or HEAD is detached. */
  readonly ref: string | null;
  readonly root: TrustRoot;
  readonly recalled: Recalled;
  readonly verification: Verification;
}

/** An evidence repository, verified from its root to its tip. */
export interface Workspace extends Judged, Shown {}

/** The same as far as somebody needs it who asks for nothing but what stands at the tip. */
export interface Tip extends Omit<Judged, 'verification'>, Shown {
  readonly verification: Omit<Verification, 'commits' | 'history' | 'tree'>;
}

export interface OpenOptions
  extends Pick<CommonOptions, 'directory' | 'root' | 'branch'>, Partial<Pick<CommonOptions, 'state'>> {
  /** Full id of a commit the tip must descend from. */
  readonly descends?: string;
  /** Nothing is written, not even to the person's own memory. */
  readonly dryRun?: boolean;
  /** A commit judged as what a branch of another copy stands at, instead of anything this one has. */
  readonly at?: { readonly commit: string; readonly ref: string };
  /** What was judged of this repository a moment ago. */
  readonly known?: readonly Verification[];
  /** Nothing is asked about commits before the tip but who signed them and whether they are valid. */
  readonly tipOnly?: boolean;
  /** Everything is judged, whatever was judged before. */
  readonly cold?: boolean;
  /** What lies in retired iterations may stay unread: whoever asks for it all the same is thrown `NotRead`. */
  readonly sparing?: Sparing | null;
  /** Looked at beside the branch instead of the refs for overrides. */
  readonly sides?: readonly SideRef[];
}

/** What is known of a repository before anything in it is believed. */
export interface Unverified {
  readonly objects: ObjectReader;
  readonly facts: RepositoryFacts;
  readonly tip: string;
}

/** Opens and verifies. @throws CannotTell where the history cannot be judged at all, or not even the root is valid. */
export async function openWorkspace(context: Context, options: OpenOptions): Promise<Workspace> {
  const judged = await openJudged(context, options);
  const shown = shownOf(judged.verification);
  if (shown === null) throw notEvenTheRoot(judged.verification);
  if (judged.verification.findings.length === 0 && options.dryRun !== true)
    await rememberTip(context, judged);
  return { ...judged, ...shown };
}

/**
 * Opens and verifies for those who ask for nothing but what stands at the tip, and need not have judged again what was
 * judged before. @throws CannotTell as `openWorkspace`.
 */
export async function openTip(context: Context, options: OpenOptions): Promise<Tip> {
  return await openWorkspace(context, { ...options, tipOnly: true });
}

/**
 * Looks at a tip of which most is retired. @param look has no effects: where it asks for what was left unread, it looks again
 * at more.
 */
export async function lookAtTip<T>(
  context: Context,
  options: OpenOptions,
  look: (tip: Tip) => Promise<T>,
): Promise<T> {
  return await sparingly(async (sparing) => look(await openTip(context, { ...options, sparing })));
}

/**
 * Opens and judges everything; a history full of findings is a result too.
 * @param findRoot asked where no root is known. @throws CannotTell where the history cannot be judged at all.
 */
export async function openJudged(
  context: Context,
  options: OpenOptions,
  findRoot: (unverified: Unverified) => Promise<TrustRoot> = () => Promise.reject(noTrustRoot()),
): Promise<Judged> {
  const repository = await context.git.open(options.directory);
  const objects = repository.openObjects();
  try {
    const { at } = options;
    const { facts, ...found } = await repository.survey(objects, {
      revision: at === undefined ? (options.branch ?? 'HEAD') : null,
      prefix: options.sides === undefined ? SIDE_REFS : null,
    });
    refuseIncomplete(facts);
    const tip = at?.commit ?? found.commit;
    if (tip === null) throw noCommit(options.branch);
    const id = await claimedId(objects, facts, tip);
    const known = await knownTrustRoot(context, options.root, id);
    const root = known ?? (await findRoot({ objects, facts, tip }));
    const recalled = await recall(context, options.state ?? null, { facts, ref: at?.ref ?? found.ref, id });
    const { descends } = options;
    if (descends !== undefined) await mustBeCommit(objects, facts, descends);
    const memory = recalled.kind === 'branch' && isIncremental(context) ? recalled.memory.anchors : null;
    const before = options.tipOnly === true && options.cold !== true ? await memory?.anchorsOf(root) : [];
    const verification = await verifyHistory(objects, context.verifier, {
      tip,
      anchors: before ?? [],
      root,
      now: context.now(),
      objectFormat: facts.objectFormat,
      known: options.known ?? [],
      tipOnly: options.tipOnly === true,
      sparing: options.sparing ?? null,
      ...(context.pieces !== null && { pieces: context.pieces(options.directory) }),
      sides: options.sides ?? found.under,
      descends: [
        ...(descends === undefined ? [] : [{ commit: descends, branch: null }]),
        ...expectedBy(recalled),
      ],
      onProgress: (done, of) =>
        of > 200 && done % 50 === 0 && context.terminal.progress(`judging commit ${done} of ${of}`),
    });
    context.terminal.progress('');
    const { anchors } = verification;
    if (anchors !== null && anchors[0]?.commit !== before?.[0]?.commit && options.dryRun !== true)
      await memory?.keep(root, anchors);
    const ref = options.branch === null && at === undefined ? found.ref : null;
    return { repository, facts, ref, root, recalled, verification };
  } finally {
    await objects.close();
  }
}

/**
 * Whether what was judged before counts. A machine has to be told: what lies in its folder may have come out of a cache that
 * others fill.
 */
function isIncremental({ terminal, environment }: Context): boolean {
  return terminal.interactive || environment['MODELSMITH_INCREMENTAL'] === '1';
}

function noCommit(branch: string | null): CannotTell {
  return new CannotTell(
    'NO_INPUT',
    branch === null ? 'there is no commit here yet' : `there is no ${branch} here`,
    { remedy: branch === null ? 'modelsmith init' : 'name a branch, a ref or a full commit id' },
  );
}

/** A history that is not all there cannot be judged: what is missing may be what matters. */
function refuseIncomplete(facts: RepositoryFacts): void {
  if (facts.shallow) {
    throw new CannotTell('OBJECT_MISSING', 'this is a shallow clone, so the history cannot be judged', {
      remedy: 'git fetch --unshallow   (in a GitHub workflow: fetch-depth: 0 under actions/checkout)',
    });
  }
  if (facts.partial) {
    throw new CannotTell('OBJECT_MISSING', 'this is a partial clone, so the history cannot be judged', {
      remedy: 'clone again without --filter',
    });
  }
}

/** The id a tip claims, used for nothing but to look up what the user keeps for it: the root pinned, and settings. */
export async function claimedId(
  objects: ObjectReader,
  facts: RepositoryFacts,
  tip: string,
): Promise<RepositoryId | null> {
  const sha1 = facts.objectFormat === 'sha1';
  const { tree } = await readCommit(objects, tip, sha1 ? 40 : 64);
  if (tree === null) return null;
  const { bytes } = { bytes: null, ...(await objects.read(tree)) };
  const entries = bytes === null ? null : parseTree(tree, bytes, sha1 ? 20 : 32);
  const entry = entries?.ok === true ? entries.value.find(({ name }) => name === REPOSITORY_FILE) : undefined;
  if (entry?.kind !== 'file') return null;
  const file = await objects.read(entry.id, MAX_REPOSITORY_BYTES);
  const parsed = file.type === 'blob' ? parseYaml(Repository, file.bytes, REPOSITORY_FILE) : null;
  return parsed?.ok === true ? parsed.value.id : null;
}

/** Far more than `modelsmith.yaml` needs; a larger one is not read before anything vouches for it. */
const MAX_REPOSITORY_BYTES = 64 * 1024;

function notEvenTheRoot({ findings: [first] }: Verification): CannotTell {
  return new CannotTell(
    'NO_TRUST_ROOT',
    'not even the trust root is valid, so nothing here can be believed',
    {
      facts: first === undefined ? [] : [`${first.commit}: ${first.reason.code}`],
      remedy: 'modelsmith verify   (shows every finding)',
    },
  );
}

import { CannotTell } from '../../base/errors.ts';
import type { RefAt, RemoteBranch } from '../../ports/repository.ts';
import type { FoundRepository } from './discover.ts';
import { isFullId, zeroId } from './object-id.ts';

/** The full id of the commit a full id, a ref or the short name of a branch, tag or remote branch stands for. */
export async function resolveCommit(repository: FoundRepository, revision: string): Promise<string | null> {
  if (isFullId(revision, repository.objectFormat)) return await commitAt(repository, revision, revision);
  const refs = await listRefs(repository, patternsFor(revision));
  const listed = refs === null ? null : pick(refs, revision);
  if (listed !== null) return await commitOf(repository, listed);
  // A detached HEAD stands in no listing.
  if (refs !== null && revision !== 'HEAD') return null;
  const found = await refFor(repository, revision);
  return found === null ? null : await commitAt(repository, found.id, null);
}

/** The ref that stands behind a revision, through symbolic refs; null for full ids and a detached HEAD. */
export async function fullName(repository: FoundRepository, revision: string): Promise<string | null> {
  if (isFullId(revision, repository.objectFormat)) return null;
  const refs = revision === 'HEAD' ? null : await listRefs(repository, patternsFor(revision));
  if (refs !== null) return pick(refs, revision)?.target ?? null;
  const found = await refFor(repository, revision);
  if (found === null) return null;
  const { code, stdout } = await repository.git.run(['symbolic-ref', '--quiet', found.ref], {
    accept: [0, 1],
  });
  const target = code === 0 ? stdout.toString('utf8').trim() : found.ref;
  return target === 'HEAD' ? null : target;
}

/** A ref as a listing has it. */
export interface ListedRef {
  readonly ref: string;
  /** What it stands for through symbolic refs; the same as `ref` in most. */
  readonly target: string;
  readonly id: string;
  readonly type: string;
  /** HEAD names it. */
  readonly isHead: boolean;
}

/**
 * Refs by their exact names or below prefixes that end in a slash, in one question.
 * @returns null where git gives up, as on a ref whose object is missing: then each is to be asked for by itself.
 */
export async function listRefs(
  { git }: FoundRepository,
  patterns: readonly string[],
): Promise<readonly ListedRef[] | null> {
  if (patterns.length === 0) return [];
  const format = '--format=%(HEAD)%(objectname) %(objecttype) %(refname) %(symref)';
  const { code, stdout } = await git.run(['for-each-ref', format, ...patterns], { accept: [0, 128] });
  if (code !== 0) return null;
  return stdout
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const [, head, id, type, ref, symbolic] = /^(.)([0-9a-f]+) (\w+) (\S+) (\S*)$/.exec(line) ?? [];
      return id === undefined || type === undefined || ref === undefined
        ? []
        : [
            {
              ref,
              target: symbolic === '' || symbolic === undefined ? ref : symbolic,
              id,
              type,
              isHead: head === '*',
            },
          ];
    });
}

/** What `pick` needs to find a revision that is no full id. HEAD may name any branch, so all are listed for it. */
export function patternsFor(revision: string): readonly string[] {
  return revision === 'HEAD' ? ['refs/heads/'] : candidates(revision);
}

/** The ref a revision stands for: the first of its candidates, or the branch that HEAD names. */
export function pick(refs: readonly ListedRef[], revision: string): ListedRef | null {
  if (revision === 'HEAD') return refs.find(({ isHead }) => isHead) ?? null;
  for (const name of candidates(revision)) {
    const found = refs.find(({ ref }) => ref === name);
    if (found !== undefined) return found;
  }
  return null;
}

/** The commit behind a listed ref; null where it stands for something else. */
export async function commitOf(repository: FoundRepository, { id, type }: ListedRef): Promise<string | null> {
  if (type === 'commit') return id;
  return type === 'tag' ? await commitAt(repository, id, null) : null;
}

export async function remoteBranches({
  git,
  objectFormat,
}: FoundRepository): Promise<readonly RemoteBranch[]> {
  const format = '--format=%(objectname) %(refname) %(symref)';
  const { stdout } = await git.run(['for-each-ref', format, 'refs/remotes/']);
  return stdout
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const [commit = '', ref = '', symbolic = ''] = line.split(' ');
      return symbolic === '' && isFullId(commit, objectFormat) ? [{ ref, commit }] : [];
    });
}

async function refFor(
  repository: FoundRepository,
  revision: string,
): Promise<{ readonly ref: string; readonly id: string } | null> {
  for (const ref of candidates(revision)) {
    // `show-ref --verify` takes a ref by its exact name, where `rev-parse` would try six others.
    const shown = await repository.git.run(['show-ref', '--verify', '--hash', '--', ref], {
      accept: [0, 1, 128],
    });
    const id = shown.stdout.toString('latin1').trim();
    if (shown.code === 0 && isFullId(id, repository.objectFormat)) return { ref, id };
  }
  return null;
}

/** The refs below a prefix that ends in a slash and that stand for commits, by name. */
export async function refsUnder(repository: FoundRepository, prefix: string): Promise<readonly RefAt[]> {
  const refs = await listRefs(repository, [prefix]);
  return refs === null ? await refsUnderAlone(repository, prefix) : await commitsOf(repository, refs);
}

/** Those of the listed refs that stand for commits, by name. */
export async function commitsOf(
  repository: FoundRepository,
  refs: readonly ListedRef[],
): Promise<readonly RefAt[]> {
  const found: RefAt[] = [];
  for (const listed of refs) {
    const commit = await commitOf(repository, listed);
    if (commit !== null) found.push({ ref: listed.ref, commit });
  }
  return byName(found);
}

/** The same as `refsUnder`, asking for one commit after the other. */
async function refsUnderAlone(repository: FoundRepository, prefix: string): Promise<readonly RefAt[]> {
  const { stdout } = await repository.git.run(['for-each-ref', '--format=%(objectname) %(refname)', prefix]);
  const found: RefAt[] = [];
  for (const line of stdout.toString('utf8').split('\n')) {
    const [, id, ref] = /^([0-9a-f]+) (.+)$/.exec(line) ?? [];
    const commit = id === undefined ? null : await commitAt(repository, id, null);
    if (ref !== undefined && commit !== null) found.push({ ref, commit });
  }
  return byName(found);
}

function byName(refs: readonly RefAt[]): readonly RefAt[] {
  return [...refs].sort((a, b) => (a.ref < b.ref ? -1 : 1));
}

/** The branch HEAD names, such as `refs/heads/main`; null when HEAD is detached. */
export async function currentBranch(repository: FoundRepository): Promise<string | null> {
  const { code, stdout } = await repository.git.run(['symbolic-ref', '--quiet', 'HEAD'], { accept: [0, 1] });
  return code === 0 ? stdout.toString('utf8').trim() : null;
}

/** Moves a ref by compare-and-swap. @throws CannotTell RACE_LOST where it stands elsewhere or is locked. */
export async function advance(
  repository: FoundRepository,
  ref: string,
  expected: string | null,
  to: string,
): Promise<void> {
  if (!isRefName(ref) || !isFullId(to, repository.objectFormat))
    throw new Error(`not a ref and a full id: ${ref} ${to}`);
  const old = expected ?? zeroId(repository.objectFormat);
  try {
    await repository.git.run([
      'update-ref',
      '--no-deref',
      '--create-reflog',
      '-m',
      'modelsmith',
      '--',
      ref,
      to,
      old,
    ]);
  } catch (error) {
    if (!(error instanceof CannotTell) || error.code === 'TOOL_MISSING') throw error;
    const now = await resolveCommit(repository, ref);
    const locked = error.facts.some((fact) => fact.includes('.lock'));
    if (now === expected && !locked) throw error;
    throw new CannotTell('RACE_LOST', `${ref} was moved by somebody else in the meantime`, {
      facts: [`expected ${expected ?? 'no such ref'}`, `found ${now ?? 'no such ref'}`, ...error.facts],
      remedy:
        locked && now === expected
          ? 'wait for the other git process to end, then run this again'
          : 'run this again',
      cause: error,
    });
  }
}

/** A name `git check-ref-format` would accept, without any character that `rev-parse` gives a meaning. */
export function isRefName(name: string): boolean {
  return (
    name.startsWith('refs/') &&
    name.length <= 1000 &&
    name.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock')) &&
    // eslint-disable-next-line no-control-regex
    !/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\.$/.test(name)
  );
}

function candidates(revision: string): readonly string[] {
  if (revision === 'HEAD') return ['HEAD'];
  const names = revision.startsWith('refs/')
    ? [revision]
    : ['refs/heads/', 'refs/tags/', 'refs/remotes/'].map((prefix) => prefix + revision);
  return names.filter(isRefName);
}

/** @param exactly where given, the commit itself is asked for and not what a tag of that id points to. */
async function commitAt(
  repository: FoundRepository,
  id: string,
  exactly: string | null,
): Promise<string | null> {
  const peeled = await repository.git.run(
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${id}^{commit}`],
    { accept: [0, 1, 128] },
  );
  const commit = peeled.stdout.toString('latin1').trim();
  if (peeled.code !== 0) {
    // Where other bytes lie under the id git peels nothing; the id still stands for a commit, and reading it tells.
    const { stdout } = await repository.git.run(['cat-file', '-t', id], { accept: [0, 128] });
    return stdout.toString('latin1').trim() === 'commit' ? id : null;
  }
  if (!isFullId(commit, repository.objectFormat)) return null;
  return exactly === null || exactly === commit ? commit : null;
}

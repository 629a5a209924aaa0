import { realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CannotTell } from '../../base/errors.ts';
import { checkoutOf } from './checkout.ts';
import { declaredBy } from './declared.ts';
import { noRepository } from './failure.ts';
import { userGit } from './porcelain.ts';
import { gitIn, type Git, type GitSettings } from './process.ts';

/** Where a repository lies, and a git bound to it. */
export interface FoundRepository {
  readonly git: Git;
  readonly gitDir: string;
  /** Shared by all work trees of a repository; the same as `gitDir` in most. */
  readonly commonDir: string;
  readonly workTree: string | null;
  readonly objectFormat: 'sha1' | 'sha256';
  readonly shallow: boolean;
  /** Its configuration says that objects may be missing. */
  readonly promised: boolean;
  /** Whether this git knows `cat-file --batch-command`. */
  readonly batchCommand: boolean;
}

export const OLDEST_GIT = [2, 34] as const;

const WITH_BATCH_COMMAND = [2, 36] as const;

function isBefore(version: string, [major, minor]: readonly [number, number]): boolean {
  const [, ofIt = '0', below = '0'] = /(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(ofIt) < major || (Number(ofIt) === major && Number(below) < minor);
}

/** @throws CannotTell TOOL_MISSING where git is missing or older than 2.34. */
export async function checkGitVersion(git: Git): Promise<string> {
  const text = (await git.run(['version'])).stdout.toString('utf8').trim();
  if (!isBefore(text, OLDEST_GIT)) return text.replace(/^git version /, '');
  throw new CannotTell(
    'TOOL_MISSING',
    `git ${OLDEST_GIT.join('.')} or newer is needed, and this is ${text}`,
    {
      remedy: 'install a newer git',
    },
  );
}

const known = new Map<string, Promise<string>>();

/** Asked once of the programs on one PATH: a command may open several repositories. */
async function knownGitVersion(settings: GitSettings): Promise<string> {
  const path = settings.ambient['PATH'] ?? '';
  const version = known.get(path) ?? checkGitVersion(gitIn(settings));
  known.set(path, version);
  try {
    return await version;
  } catch (error) {
    known.delete(path);
    throw error;
  }
}

/**
 * Finds the repository that holds `directory`, searching upwards as git does.
 * @throws CannotTell NO_REPOSITORY, NOT_PERMITTED (git refuses another user's repository), TOOL_MISSING.
 */
export async function discover(directory: string, ambient: NodeJS.ProcessEnv): Promise<FoundRepository> {
  const start = resolve(directory);
  const isDirectory = await stat(start).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isDirectory) throw noRepository(start, ['the directory does not exist']);
  const settings: GitSettings = { directory: start, ambient };
  const version = knownGitVersion(settings);
  // Asked meanwhile; nothing it says counts where git is missing or too old.
  const located = locate(settings);
  located.catch(() => undefined);
  const batchCommand = !isBefore(await version, WITH_BATCH_COMMAND);
  try {
    return { ...(await located), batchCommand };
  } catch (error) {
    if (!(error instanceof CannotTell) || error.code !== 'NOT_PERMITTED') throw error;
    // The hermetic profile hides the user's own list of trusted directories, so it is read and handed on by itself.
    const safeDirectories = (await userGit(start, ambient).config()).get('safe.directory') ?? [];
    if (safeDirectories.length === 0) throw error;
    return { ...(await locate({ ...settings, safeDirectories })), batchCommand };
  }
}

async function locate(settings: GitSettings): Promise<Omit<FoundRepository, 'batchCommand'>> {
  const git = gitIn(settings);
  const questions = ['--absolute-git-dir', '--git-common-dir', '--show-object-format'];
  const declaring = declaredBy(git);
  declaring.catch(() => undefined); // what goes wrong there is said after what goes wrong here
  const answers = await git.run([
    'rev-parse',
    '--path-format=absolute',
    ...questions,
    '--is-shallow-repository',
    '--is-bare-repository',
  ]);
  const [gitDir = '', commonDir = '', format, shallow, bare] = answers.stdout.toString('utf8').split('\n');
  if (format !== 'sha1' && format !== 'sha256') {
    throw new CannotTell('BAD_DATA', `git names an object format this tool does not know: ${String(format)}`);
  }
  await refuseBorrowed(gitDir, commonDir);
  const declared = await declaring;
  const workTree = bare === 'true' ? null : await checkoutOf(settings.directory, gitDir, declared.workTree);
  return {
    git: gitIn({
      ...settings,
      directory: workTree ?? gitDir,
      gitDir,
      ...(workTree !== null && { workTree }),
    }),
    gitDir,
    commonDir,
    workTree,
    objectFormat: format,
    shallow: shallow === 'true',
    promised: declared.promised,
  };
}

/** Branches and objects are shared with the repository whose work tree this is, and that one made the folder. */
async function refuseBorrowed(gitDir: string, commonDir: string): Promise<void> {
  const [own, common] = [await realpath(gitDir), await realpath(commonDir)];
  if (own === common || dirname(own) === join(common, 'worktrees')) return;
  throw new CannotTell('BAD_DATA', 'this repository takes its branches and objects from another one', {
    facts: [`commondir: ${commonDir}`],
    place: { file: join(gitDir, 'commondir') },
    remedy: 'work in that repository, or clone it',
  });
}

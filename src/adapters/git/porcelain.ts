import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { SimpleGit } from 'simple-git';
import { CannotTell } from '../../base/errors.ts';
import { failureOf, isErrno } from './failure.ts';
import { HERMETIC_OPTIONS, hermeticEnvironment, pick } from './process.ts';
import type { ObjectFormat } from './object-id.ts';

/**
 * The one place that makes simple-git instances, for the porcelain the tool needs. Two profiles: the hermetic one of
 * the plumbing, and the user's, which reads his own global configuration and nothing else of his.
 */

/** The user's settings for signing. Null where he has not set one. */
export interface UserSigning {
  readonly name: string | null;
  readonly email: string | null;
  /** `user.signingkey`. */
  readonly signingKey: string | null;
  /** `gpg.openpgp.program` or `gpg.program`; `gpg` where neither is set. */
  readonly program: string;
  /** `gpg.format`: `openpgp` unless the user signs with ssh or X.509. */
  readonly format: string;
}

export interface UserGit {
  /** Every value of the user's global configuration (its includes too) by lower-case section and name. */
  config(): Promise<ReadonlyMap<string, readonly string[]>>;
  signing(): Promise<UserSigning>;
  /** The last value of every setting in force in the folder, the repository's own included. */
  effective(): Promise<ReadonlyMap<string, string>>;
}

const OF_THE_USER = [
  'PATH',
  'HOME',
  'XDG_CONFIG_HOME',
  'GIT_CONFIG_GLOBAL',
  'USERPROFILE',
  'SystemRoot',
  'TMPDIR',
];

/** The user's own git settings, as seen from `directory` (an `includeIf` may depend on it), never the repository's. */
export function userGit(directory: string, ambient: NodeJS.ProcessEnv = process.env): UserGit {
  const environment = { ...pick(ambient, OF_THE_USER), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' };
  const config = async (): Promise<ReadonlyMap<string, readonly string[]>> => {
    try {
      const { git } = await instance(directory, environment, []);
      return parseConfig(await git.raw('config', '--global', '--includes', '--null', '--list'));
    } catch (error) {
      const told = error instanceof Error ? error.message : '';
      if (/unable to read config file|\$HOME not set/.test(told)) return new Map(); // there is none
      throw await translated(error, 'config', directory);
    }
  };
  return {
    config,
    async effective() {
      try {
        const { git } = await instance(directory, environment, []);
        const text = await git.raw('config', '--includes', '--null', '--list');
        return new Map(
          [...parseConfig(text)].flatMap(([key, values]) => values.slice(-1).map((v) => [key, v])),
        );
      } catch (error) {
        throw await translated(error, 'config', directory);
      }
    },
    async signing() {
      const all = await config();
      const last = (key: string): string | null => all.get(key)?.at(-1) ?? null;
      return {
        name: last('user.name'),
        email: last('user.email'),
        signingKey: last('user.signingkey'),
        program: last('gpg.openpgp.program') ?? last('gpg.program') ?? 'gpg',
        format: last('gpg.format') ?? 'openpgp',
      };
    },
  };
}

/**
 * Makes a repository with the unborn branch `main` and no template (so no hooks), or leaves an existing one as it is.
 * @throws CannotTell CANNOT_CREATE.
 */
export async function initRepository(
  directory: string,
  format: ObjectFormat = 'sha1',
  ambient: NodeJS.ProcessEnv = process.env,
  bare = false,
): Promise<void> {
  const target = resolve(directory);
  try {
    await mkdir(target, { recursive: true });
    const { git } = await instance(target, hermeticEnvironment(ambient), settingsOf(HERMETIC_OPTIONS));
    await git.init([
      '--initial-branch=main',
      `--object-format=${format}`,
      '--template=',
      ...(bare ? ['--bare'] : []),
    ]);
  } catch (error) {
    throw new CannotTell('CANNOT_CREATE', 'the repository could not be created', {
      place: { file: target },
      facts: [error instanceof Error ? error.message.trim() : String(error)],
      cause: error,
    });
  }
}

/** Loaded when it is needed, since most commands do without. */
async function instance(
  directory: string,
  environment: Record<string, string>,
  config: readonly string[],
): Promise<{ readonly git: SimpleGit }> {
  const { simpleGit } = await import('simple-git');
  const git = simpleGit({
    baseDir: directory,
    config: [...config],
    trimmed: false,
    allowEnvironment: Object.keys(environment),
    // simple-git refuses these settings in anybody's hands; here each of them switches something off.
    unsafe: {
      allowUnsafeConfigPaths: true,
      allowUnsafeHooksPath: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeSshCommand: true,
      allowUnsafeProtocolOverride: true,
      allowUnsafeTemplateDir: true,
    },
  }).env(environment);
  return { git };
}

function settingsOf(options: readonly string[]): readonly string[] {
  return options.filter((option) => option.includes('='));
}

/** `--null --list` prints `key LF value NUL`; a key without a value is a true boolean. */
export function parseConfig(text: string): ReadonlyMap<string, readonly string[]> {
  const all = new Map<string, string[]>();
  for (const item of text.split('\0')) {
    if (item === '') continue;
    const newline = item.indexOf('\n');
    const key = newline < 0 ? item : item.slice(0, newline);
    const values = all.get(key) ?? [];
    values.push(newline < 0 ? 'true' : item.slice(newline + 1));
    all.set(key, values);
  }
  return all;
}

async function translated(error: unknown, verb: string, directory: string): Promise<unknown> {
  const { GitError } = await import('simple-git');
  if (!(error instanceof GitError)) return error;
  const missing = isErrno(error, 'ENOENT') || error.message.includes('ENOENT');
  const cause = missing ? Object.assign(new Error(error.message), { code: 'ENOENT' }) : error;
  return failureOf({ verb, directory, stderr: error.message, code: null, cause });
}

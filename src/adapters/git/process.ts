import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Readable } from 'node:stream';
import { failureOf } from './failure.ts';

/**
 * The one place that starts git for reading and writing objects, refs and the index. Nothing the repository itself
 * configures is allowed to run or to change an answer: system and user configuration are off, and so are hooks, the
 * file system monitor, replace refs, grafts and every transport (a partial clone would fetch while it is read).
 * Only plumbing that applies no filter, text conversion or external diff is started through here.
 */
export interface Git {
  /** Runs git to its end. @throws CannotTell where git is missing, refuses, or ends with a code not in `accept`. */
  run(args: readonly string[], options?: GitRunOptions): Promise<GitResult>;
  /** Starts git and leaves its streams to the caller. */
  start(args: readonly string[], options?: GitStartOptions): ChildProcessWithoutNullStreams;
}

export interface GitStartOptions extends Pick<GitRunOptions, 'environment'> {
  /** Another process's output, which becomes the input of this one. */
  readonly stdin?: Readable;
}

export interface GitRunOptions {
  readonly input?: string | Uint8Array;
  /** Exit codes that are answers; 0 alone where not given. */
  readonly accept?: readonly number[];
  /** Added to the environment, such as `GIT_INDEX_FILE`. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory?: string;
}

export interface GitResult {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface GitSettings {
  readonly directory: string;
  /** The environment of the process; only a few names of it reach git. */
  readonly ambient: NodeJS.ProcessEnv;
  /** Set once the repository is found, so that no later call searches again. */
  readonly gitDir?: string;
  readonly workTree?: string;
  /** `safe.directory` values of the user's own configuration. */
  readonly safeDirectories?: readonly string[];
}

/** Configuration on the command line wins over every file, the repository's included. */
export const HERMETIC_OPTIONS: readonly string[] = [
  '--no-pager',
  ...['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'core.untrackedCache=false'].flatMap(asOption),
  ...['core.attributesFile=/dev/null', 'core.excludesFile=/dev/null', 'core.sshCommand=false'].flatMap(
    asOption,
  ),
  ...['protocol.allow=never', 'protocol.ext.allow=never', 'core.quotePath=false'].flatMap(asOption),
  // Some gits let a repository's own `core.useReplaceRefs` win over GIT_NO_REPLACE_OBJECTS.
  ...['gc.auto=0', 'maintenance.auto=false', 'core.commitGraph=false', 'core.useReplaceRefs=false'].flatMap(
    asOption,
  ),
];

/** What a pre-receive hook must hand on so that objects still in quarantine are found. */
const HOOK_VARIABLES = [
  'GIT_DIR',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_QUARANTINE_PATH',
] as const;
const NEEDED_BY_PROCESSES = ['PATH', 'HOME', 'TMPDIR', 'SystemRoot', 'TEMP', 'TMP'] as const;
const MAX_OUTPUT_BYTES = 512 * 1024 * 1024;

/** The environment git gets, built from nothing. */
export function hermeticEnvironment(ambient: NodeJS.ProcessEnv): Record<string, string> {
  const inHook = ambient['GIT_QUARANTINE_PATH'] !== undefined;
  return {
    ...pick(ambient, NEEDED_BY_PROCESSES),
    ...(inHook && pick(ambient, HOOK_VARIABLES)),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_GRAFT_FILE: '/dev/null',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_ALLOW_PROTOCOL: 'none', // older gits fetch missing objects of a partial clone whatever GIT_NO_LAZY_FETCH says
    GIT_NO_LAZY_FETCH: '1',
    LC_ALL: 'C',
  };
}

export function pick(from: NodeJS.ProcessEnv, names: readonly string[]): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = from[name];
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}

export function gitIn(settings: GitSettings): Git {
  const environment = {
    ...hermeticEnvironment(settings.ambient),
    ...(settings.gitDir !== undefined && { GIT_DIR: settings.gitDir }),
    ...(settings.workTree !== undefined && { GIT_WORK_TREE: settings.workTree }),
  };
  const options = [
    ...HERMETIC_OPTIONS,
    ...(settings.safeDirectories ?? []).flatMap((path) => asOption(`safe.directory=${path}`)),
  ];
  const begin = (
    args: readonly string[],
    more: Pick<GitRunOptions, 'environment' | 'directory'> & GitStartOptions = {},
  ): ChildProcessWithoutNullStreams =>
    spawn('git', [...options, ...args], {
      cwd: more.directory ?? settings.directory,
      env: { ...environment, ...more.environment },
      stdio: [more.stdin ?? 'pipe', 'pipe', 'pipe'],
      windowsHide: true,
    }) as ChildProcessWithoutNullStreams;
  return {
    start: begin,
    run: (args, more = {}) => finish(begin(args, more), args[0] ?? 'git', settings.directory, more),
  };
}

function finish(
  child: ChildProcessWithoutNullStreams,
  verb: string,
  directory: string,
  options: GitRunOptions,
): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const out: Buffer[] = [];
    let size = 0;
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_OUTPUT_BYTES) child.kill('SIGKILL');
      else out.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < 16_384) stderr += chunk.toString('utf8');
    });
    child.on('error', (cause) => reject(failureOf({ verb, directory, stderr: '', code: null, cause })));
    child.on('close', (code) => {
      if (code !== null && (options.accept ?? [0]).includes(code)) {
        resolve({ code, stdout: Buffer.concat(out), stderr });
      } else {
        reject(failureOf({ verb, directory, stderr, code }));
      }
    });
    child.stdin.on('error', () => undefined); // git may end before it has read everything; its exit code tells
    child.stdin.end(options.input ?? '');
  });
}

function asOption(setting: string): readonly string[] {
  return ['-c', setting];
}

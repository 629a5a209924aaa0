import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** A throw-away home with git and gpg in it that see nothing of the machine's own configuration and keys. */
export interface Sandbox {
  /** Holds everything else; tests may put folders beside `home`. */
  readonly root: string;
  readonly home: string;
  readonly gnupg: string;
  /** For starting the product as its user would: HOME, GNUPGHOME, PATH, a global git configuration in HOME. */
  readonly env: NodeJS.ProcessEnv;
  /** Runs the user's git and demands success. @returns its output without the last newline. */
  git(directory: string, args: readonly string[], input?: string | Uint8Array): string;
  /** The same without demanding success. */
  tryGit(directory: string, args: readonly string[], input?: string | Uint8Array): Ended;
  gpg(args: readonly string[], input?: string | Uint8Array): string;
  tryGpg(args: readonly string[], input?: string | Uint8Array): Ended;
  /** Writes a file and the folders above it. @returns its path. */
  write(path: string, content: string | Uint8Array, mode?: number): string;
  /** Makes an empty repository with branch `main`. @returns its directory. */
  repository(name: string, format?: 'sha1' | 'sha256'): string;
  /** Ends the agent of this home and removes everything. */
  dispose(): void;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The fixed start of the tests' time: 2024-01-01T00:00:00Z. */
export const START = 1_704_067_200;

const MEMORY = '/dev/shm';
const ROOM = 2 * 2 ** 30;

/** In memory where there is several times the room a run takes and programs may run: git waits for the disk after each object that it writes. */
export const PLACE = ((): string => {
  try {
    const mount = /^\S+ \/dev\/shm tmpfs (\S+)/m.exec(readFileSync('/proc/self/mounts', 'utf8'))?.[1];
    if (mount === undefined || /\b(?:noexec|ro)\b/.test(mount)) return '/tmp';
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize > ROOM ? MEMORY : '/tmp';
  } catch {
    return '/tmp';
  }
})();

export function sandbox(): Sandbox {
  const root = mkdtempSync(`${PLACE}/ms-`); // short: an agent's socket has room for about 100 characters
  const home = join(root, 'home');
  const gnupg = join(root, 'g');
  mkdirSync(home);
  mkdirSync(gnupg, { mode: 0o700 });
  const env: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    HOME: home,
    GNUPGHOME: gnupg,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_DATE: `${START} +0000`,
    GIT_COMMITTER_DATE: `${START} +0000`,
    LC_ALL: 'C',
    TZ: 'UTC',
  };
  writeFileSync(
    join(home, '.gitconfig'),
    '[user]\n\tname = Test Person\n\temail = test@example.org\n[init]\n\tdefaultBranch = main\n',
  );
  writeFileSync(join(gnupg, 'gpg.conf'), 'quiet\nno-greeting\ntrust-model always\n');

  const start = (
    program: string,
    args: readonly string[],
    cwd: string,
    input?: string | Uint8Array,
  ): Ended => {
    const ended = spawnSync(program, args, { cwd, env, input, maxBuffer: 1 << 28 });
    if (ended.error !== undefined) throw ended.error;
    return {
      code: ended.status,
      stdout: ended.stdout.toString('utf8'),
      stderr: ended.stderr.toString('utf8'),
    };
  };
  const demand = (program: string, args: readonly string[], ended: Ended): string => {
    if (ended.code === 0) return ended.stdout.replace(/\n$/, '');
    throw new Error(`${program} ${args.join(' ')} ended with ${String(ended.code)}\n${ended.stderr}`);
  };
  const tryGit: Sandbox['tryGit'] = (directory, args, input) => start('git', args, directory, input);
  const tryGpg: Sandbox['tryGpg'] = (args, input) =>
    start('gpg', ['--batch', '--pinentry-mode', 'loopback', '--passphrase', '', ...args], root, input);
  return {
    root,
    home,
    gnupg,
    env,
    tryGit,
    git: (directory, args, input) => demand('git', args, tryGit(directory, args, input)),
    tryGpg,
    gpg: (args, input) => demand('gpg', args, tryGpg(args, input)),
    write(path, content, mode = 0o644) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content, { mode });
      return path;
    },
    repository(name, format = 'sha1') {
      const directory = join(root, name);
      mkdirSync(directory, { recursive: true });
      demand('git', ['init'], tryGit(directory, ['init', '-q', `--object-format=${format}`]));
      return directory;
    },
    dispose() {
      // Where gpg never ran there is nobody to end, and to ask takes four processes.
      if (existsSync(gnupg) && readdirSync(gnupg).some((name) => name !== 'gpg.conf'))
        spawnSync('gpgconf', ['--kill', 'all'], { cwd: root, env });
      // Ten thousands of files: one by one from here it takes three times as long.
      spawnSync('rm', ['-rf', '--', root]);
    },
  };
}

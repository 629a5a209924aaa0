import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { CannotTell } from '../../base/errors.ts';
import type { FoundRepository } from './discover.ts';
import { failureOf, isErrno } from './failure.ts';
import { userGit } from './porcelain.ts';
import { gitIn, pick, type Git } from './process.ts';
import { checkedAddress } from './remote-config.ts';

/**
 * The one place that lets git reach another machine. It needs the user's own configuration – credentials, ssh, proxies,
 * `insteadOf` – and must not see that of the evidence repository, which can name programs in a dozen settings. So git runs
 * in an empty repository made for one call, which borrows the objects of the real one; what comes in lies apart until
 * all of it is there.
 */
export interface Transport {
  /** Plumbing in the borrowed repository, without the user's configuration. */
  readonly plumbing: Git;
  /** The name of the one remote it has. */
  readonly remote: string;
  /** Runs git with the user's configuration. Never throws for what git answers. */
  readonly run: (args: readonly string[], how?: RunHow) => Promise<TransportResult>;
  /** Puts the objects that came in among those of the real repository. */
  readonly keep: () => Promise<void>;
}

export interface RunHow {
  readonly onProgress?: (line: string) => void;
  /** Milliseconds of silence after which it is ended, and after thirty times as many in any case; none: as long as git waits. */
  readonly patience?: number;
}

const MOST_PATIENCE = 30;

export interface TransportResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What git, ssh and credential helpers need of the user's environment. */
const OF_THE_USER = [
  ...[
    'PATH',
    'HOME',
    'USER',
    'LOGNAME',
    'SHELL',
    'TMPDIR',
    'TEMP',
    'TMP',
    'TERM',
    'XDG_CONFIG_HOME',
    'XDG_CACHE_HOME',
  ],
  ...['XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS', 'DISPLAY', 'WAYLAND_DISPLAY', 'KRB5CCNAME', 'GNUPGHOME'],
  ...['SSH_AUTH_SOCK', 'SSH_AGENT_PID', 'SSH_ASKPASS', 'SSH_ASKPASS_REQUIRE', 'GPG_TTY'],
  ...['GIT_SSH', 'GIT_SSH_COMMAND', 'GIT_SSH_VARIANT', 'GIT_ASKPASS', 'GIT_TERMINAL_PROMPT'],
  ...['GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM'],
  ...['GIT_SSL_CAINFO', 'GIT_SSL_CAPATH', 'GIT_SSL_CERT', 'GIT_SSL_KEY', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
  ...['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'],
  ...[
    'SystemRoot',
    'SystemDrive',
    'USERPROFILE',
    'HOMEDRIVE',
    'HOMEPATH',
    'APPDATA',
    'LOCALAPPDATA',
    'ProgramData',
  ],
];

const OPTIONS = [
  ...['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'gc.auto=0', 'maintenance.auto=false'],
  // Nobody is asked which refs the lender has: what is here already is said by `have`.
  ...['core.alternateRefsCommand=true', 'protocol.ext.allow=never', 'submodule.recurse=false'],
  ...[
    'fetch.recurseSubmodules=false',
    'push.recurseSubmodules=no',
    'push.followTags=false',
    'fetch.writeCommitGraph=false',
  ],
].flatMap((setting) => ['-c', setting]);

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** @param have commits the real repository has. */
export async function withTransport<T>(
  { found, ambient }: { readonly found: FoundRepository; readonly ambient: NodeJS.ProcessEnv },
  address: string,
  have: readonly string[],
  work: (transport: Transport) => Promise<T>,
): Promise<T> {
  const objects = join(found.commonDir, 'objects');
  // `git prune` takes away what is left under such a name by a process that was killed.
  const folder = await mkdtemp(join(objects, 'tmp_objdir-modelsmith-')).catch((cause: unknown) => {
    throw new CannotTell('IO_FAILED', 'nothing can be written into the repository', {
      place: { file: objects },
      cause,
    });
  });
  let end: ((signal: NodeJS.Signals) => void) | null = null;
  const stop = (signal: NodeJS.Signals): void => {
    release();
    end?.('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
    process.kill(process.pid, signal);
  };
  const release = (): void => SIGNALS.forEach((signal) => process.removeListener(signal, stop));
  SIGNALS.forEach((signal) => process.on(signal, stop));
  try {
    const remote = await furnish(found, ambient, { folder, objects, address, have });
    const environment = await environmentFor(found, ambient, folder, remote);
    const plumbing = gitIn({ directory: folder, ambient, gitDir: folder });
    return await work({
      plumbing,
      remote,
      run: (args, how) =>
        run(folder, environment, args, how, (started) => {
          end = started;
        }),
      keep: () => migrate(join(folder, 'objects'), objects),
    });
  } finally {
    release();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Furniture {
  readonly folder: string;
  readonly objects: string;
  readonly address: string;
  readonly have: readonly string[];
}

async function furnish(
  { objectFormat }: FoundRepository,
  ambient: NodeJS.ProcessEnv,
  { folder, objects, address, have }: Furniture,
): Promise<string> {
  const git = gitIn({ directory: folder, ambient });
  await git.run(['init', '--quiet', '--bare', '--template=', `--object-format=${objectFormat}`, folder]);
  await mkdir(join(folder, 'objects', 'info'), { recursive: true });
  await writeFile(join(folder, 'objects', 'info', 'alternates'), `${objects}\n`);
  // In a file and not among the arguments: those can be read by everybody on the machine, and an address may hold a token.
  const remote = `r${randomBytes(8).toString('hex')}`;
  await appendFile(join(folder, 'config'), remoteSection(remote, address), { mode: 0o600 });
  const input = [...new Set(have)].map((id) => `create refs/have/${id} ${id}\n`).join('');
  const there = gitIn({ directory: folder, ambient, gitDir: folder });
  if (input !== '') await there.run(['update-ref', '--stdin'], { input });
  return remote;
}

/** A remote as a configuration file spells it. The address holds no control characters. */
export function remoteSection(name: string, address: string, fetch?: string): string {
  const spelled = address.replace(/[\\"]/g, (character) => `\\${character}`);
  return `[remote "${name}"]\n\turl = "${spelled}"\n${fetch === undefined ? '' : `\tfetch = ${fetch}\n`}`;
}

/** The user's environment, with what his configuration says for the real folder (`includeIf`) and the protocols allowed. */
async function environmentFor(
  found: FoundRepository,
  ambient: NodeJS.ProcessEnv,
  folder: string,
  remote: string,
): Promise<Record<string, string>> {
  const plain = { ...pick(ambient, OF_THE_USER), GIT_DIR: folder, LC_ALL: 'C', GIT_NO_REPLACE_OBJECTS: '1' };
  const here = await userGit(folder, ambient).config();
  // Only what is included for some folders can be otherwise for the real one.
  const depends = [...here.keys()].some((key) => key.startsWith('includeif.'));
  const there = depends ? await userGit(found.workTree ?? found.gitDir, ambient).config() : here;
  const extra = [...there].flatMap(([key, values]) =>
    values.join('\0') === here.get(key)?.join('\0') ? [] : values.map((value) => [key, value] as const),
  );
  const environment: Record<string, string> = { ...plain, GIT_CONFIG_COUNT: String(extra.length) };
  extra.forEach(([key, value], index) => {
    environment[`GIT_CONFIG_KEY_${index}`] = key;
    environment[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  // The user's own `insteadOf` may put another address in its place; that one is looked at as well.
  const { code, stdout, stderr } = await run(folder, { ...environment, GIT_ALLOW_PROTOCOL: 'none' }, [
    'ls-remote',
    '--get-url',
    remote,
  ]);
  if (code !== 0) throw failureOf({ verb: 'ls-remote', directory: folder, stderr, code });
  const { kind } = checkedAddress(stdout.replace(/\n$/, ''));
  return { ...environment, GIT_ALLOW_PROTOCOL: [...new Set(['https', 'ssh', kind])].join(':') };
}

function run(
  folder: string,
  environment: Record<string, string>,
  args: readonly string[],
  { onProgress, patience }: RunHow = {},
  onStart?: (end: (signal: NodeJS.Signals) => void) => void,
): Promise<TransportResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', ['--no-pager', ...OPTIONS, ...args], {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      // What git starts, such as ssh, would outlive it. Apart from the terminal it can ask nobody anything.
      detached: patience !== undefined,
    });
    const end = (signal: NodeJS.Signals): void => endAll(child, patience !== undefined, signal);
    onStart?.(end);
    let stdout = '';
    let stderr = '';
    let givenUp: string | null = null;
    const after = (milliseconds: number, what: (seconds: number) => string): NodeJS.Timeout | undefined =>
      patience === undefined
        ? undefined
        : setTimeout(() => {
            givenUp = what(milliseconds / 1000);
            end('SIGKILL');
          }, milliseconds);
    const silence = (): NodeJS.Timeout | undefined =>
      after(patience ?? 0, (seconds) => `nothing came for ${seconds} s`);
    // Whoever says a word now and then would be waited for without end.
    const whole = after((patience ?? 0) * MOST_PATIENCE, (seconds) => `it was not done after ${seconds} s`);
    let timer = silence();
    const heard = (): void => {
      clearTimeout(timer);
      timer = silence();
    };
    child.stdout.on('data', (chunk: Buffer) => {
      heard();
      if (stdout.length < MAX_TEXT) stdout += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      heard();
      const text = chunk.toString('utf8');
      if (stderr.length < MAX_TEXT) stderr += text;
      const last = text.split(/[\r\n]/).findLast((line) => line.trim() !== '');
      if (last !== undefined) onProgress?.(last);
    });
    child.on('error', (cause) => {
      clearTimeout(timer);
      clearTimeout(whole);
      reject(failureOf({ verb: 'fetch', directory: folder, stderr: '', code: null, cause }));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      clearTimeout(whole);
      resolve({ ...{ code, stdout }, stderr: givenUp ?? stderr });
    });
  });
}

function endAll(child: ChildProcess, isGroup: boolean, signal: NodeJS.Signals): void {
  const { pid } = child;
  if (!isGroup || pid === undefined || process.platform === 'win32') {
    child.kill(signal);
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!isErrno(error, 'ESRCH')) throw error;
  }
}

const MAX_TEXT = 1 << 20;

/** Moves objects as git moves those of a push: packs before their indexes, so that nobody sees half of one. */
async function migrate(from: string, to: string): Promise<void> {
  for (const name of (await readdir(from)).filter((each) => /^[0-9a-f]{2}$/.test(each)))
    await moveAll(join(from, name), join(to, name), () => true);
  const pack = join(from, 'pack');
  if (!(await exists(pack))) return;
  await moveAll(pack, join(to, 'pack'), (name) => /^pack-[0-9a-f]+\.(pack|rev)$/.test(name));
  await moveAll(pack, join(to, 'pack'), (name) => /^pack-[0-9a-f]+\.idx$/.test(name));
}

async function moveAll(from: string, to: string, isMeant: (name: string) => boolean): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of (await readdir(from)).filter(isMeant))
    if (!(await exists(join(to, name)))) await rename(join(from, name), join(to, name));
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    (error: unknown) => {
      if (isErrno(error, 'ENOENT')) return false;
      throw error;
    },
  );
}

import { lstat, readdir, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { CannotTell } from '../../base/errors.ts';
import { readAddress, shownAddress, type RemoteAddress } from '../../domain/remote-address.ts';
import type { Upstream } from '../../ports/remote.ts';
import type { FoundRepository } from './discover.ts';
import { parseConfig } from './porcelain.ts';
import { isRefName } from './refs.ts';

type Settings = ReadonlyMap<string, readonly string[]>;

/** What the clone's own configuration says of remotes. Addresses alone are taken from it, and looked at first. */
export async function localSettings({ git }: FoundRepository): Promise<Settings> {
  const { stdout } = await git.run(['config', '--local', '--no-includes', '--null', '--list']);
  return parseConfig(stdout.toString('utf8'));
}

export function remoteNames(settings: Settings): readonly string[] {
  return (
    [...settings.keys()]
      .flatMap((key) => /^remote\.(.+)\.url$/.exec(key)?.[1] ?? [])
      // Whoever types an address or a path does not mean a remote that somebody called so.
      .filter((name) => !/^[./~\\]|:/.test(name))
      .sort()
  );
}

/** @throws CannotTell USAGE where an address may not be used. */
export async function upstreamOf(
  repository: FoundRepository,
  branch: string,
  named: string | null,
): Promise<Upstream | null> {
  const short = branch.replace(/^refs\/heads\//, '');
  const settings = await localSettings(repository);
  const names = remoteNames(settings);
  const configured = settings.get(`branch.${short}.remote`)?.at(-1) ?? 'origin';
  const known = names.find((each) => settings.get(`remote.${each}.url`)?.includes(named ?? '') === true);
  const isName = named === null || names.includes(named);
  const name = isName ? (named ?? configured) : (known ?? named);
  if (!names.includes(name)) {
    if (named === null) return null;
    const address = await usable(repository, named, true);
    const there = { fetchFrom: address, pushTo: address, branch };
    return { remote: null, ...there, configured: null, tracking: null, typed: true };
  }
  const urls = settings.get(`remote.${name}.url`) ?? [];
  // Whoever types an address means it, whatever else the clone's configuration would have pushed to.
  const pushUrls = (isName ? settings.get(`remote.${name}.pushurl`) : undefined) ?? urls;
  const [url = '', ...more] = urls;
  const [pushUrl = url, ...others] = pushUrls;
  if (more.length + others.length > 0)
    throw new CannotTell('USAGE', `the remote ${name} has several addresses`, {
      facts: [...new Set([...urls, ...pushUrls])].map(shownAddress),
      remedy: 'name the one you mean: modelsmith sync <address>',
    });
  const merge = settings.get(`branch.${short}.merge`)?.at(-1) ?? branch;
  const tracking = `refs/remotes/${name}/${short}`;
  return {
    remote: name,
    fetchFrom: await usable(repository, url, false),
    pushTo: await usable(repository, pushUrl, false),
    branch,
    configured: name === configured && merge !== branch && isRefName(merge) ? merge : null,
    tracking: isRefName(tracking) ? tracking : null,
    typed: !isName,
  };
}

/**
 * The address as git gets it; a path is made absolute.
 * @throws CannotTell USAGE; UNREACHABLE where a folder is not there that the clone knows: a disk may be missing.
 */
async function usable(repository: FoundRepository, text: string, typed: boolean): Promise<string> {
  const address = checkedAddress(text);
  if (address.kind !== 'file') return address.text;
  const { gitDir, commonDir, workTree } = repository;
  const path = resolve(workTree ?? gitDir, address.path);
  const real = await realpath(path).catch(() => null);
  if (real === null)
    throw new CannotTell(
      typed ? 'USAGE' : 'UNREACHABLE',
      typed
        ? `there is no remote ${text} here, and no such folder`
        : 'the remote is a folder that is not there',
      {
        facts: [path],
        remedy: 'git remote -v   (shows what this clone calls its remotes)',
      },
    );
  for (const own of [gitDir, commonDir, ...(workTree === null ? [] : [workTree])])
    if (liesIn(real, await realpath(own)))
      throw new CannotTell('USAGE', 'the remote lies in this repository itself', {
        facts: [real],
        remedy: 'find out who set it; then: git remote set-url <name> <address>',
      });
  return real;
}

/** @throws CannotTell USAGE. */
export function checkedAddress(text: string): RemoteAddress {
  const read = readAddress(text);
  if (read.ok) return read.address;
  throw new CannotTell('USAGE', `the address of the remote ${read.why}`, {
    facts: [shownAddress(text)],
    remedy: 'git remote set-url <name> <address>, with one that begins with https:// or ssh://',
  });
}

function liesIn(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way.split(/[\\/]/)[0] !== '..' && !isAbsolute(way));
}

/** Settings of a receiving repository that start nothing. In `gc.*` one does (`gc.recentObjectsHook`), so each is named. */
const HARMLESS =
  /^(core\.(repositoryformatversion|filemode|bare|ignorecase|precomposeunicode|symlinks|logallrefupdates|sharedrepository|compression|bigfilethreshold)|receive\.(deny\w+|fsckobjects|unpacklimit|advertise\w+|maxinputsize|autogc|shallowupdate)|transfer\.(fsckobjects|unpacklimit|hiderefs|advertisesid)|gc\.(auto|autopacklimit|autodetach|aggressivewindow|aggressivedepth|packrefs|pruneexpire|reflogexpire|reflogexpireunreachable|bigpackthreshold|writecommitgraph|cruftpacks)|pack\.(window|depth|windowmemory|compression|threads|packsizelimit|writebitmaps|indexversion)|extensions\.(objectformat|refstorage)|user\.(name|email)|remote\..*\.(url|fetch|mirror)|branch\..*\.(remote|merge)|http\.receivepack)$/;

/**
 * What receives a push runs hooks with the rights of whoever pushes, where it is a folder on the same machine. A
 * clone's configuration can name any folder, so what would run is found first.
 */
export async function startedBy(repository: FoundRepository, path: string): Promise<readonly string[]> {
  const places = PLACES.map((ending) => `${path}${ending}`);
  const found = (await Promise.all(places.map((place) => startedIn(repository, place)))).flat();
  const isThere = await Promise.all(places.map(isRepository));
  // What git would take for a repository, and nobody here does, is not vouched for.
  return (isThere.includes(true) ? found : [...found, path]).sort();
}

/** Where git looks for the repository that a folder stands for; whichever it takes, all of them are looked at. */
const PLACES = ['/.git', '', '.git/.git', '.git'];

async function startedIn(repository: FoundRepository, place: string): Promise<readonly string[]> {
  // A file that says where the repository is, or a folder that has settings and hooks of another one.
  const elsewhere = [...((await isFile(place)) ? [place] : []), join(place, 'commondir')];
  const pointers = await Promise.all(elsewhere.map(async (file) => ((await isThereAt(file)) ? [file] : [])));
  if (!(await isRepository(place))) return pointers.flat();
  const file = join(place, 'config');
  const listed = await repository.git.run(['config', '--file', file, '--no-includes', '--null', '--list'], {
    accept: [0, 1, 3, 128, 255],
  });
  if (listed.code !== 0) return [...pointers.flat(), file];
  const settings = [...parseConfig(listed.stdout.toString('utf8')).keys()].filter(
    (key) => !HARMLESS.test(key),
  );
  const names = await readdir(join(place, 'hooks')).catch(() => []);
  const hooks = names.filter((name) => !name.endsWith('.sample')).map((name) => join(place, 'hooks', name));
  return [...pointers.flat(), ...hooks, ...settings.map((key) => `${key} in ${file}`)];
}

/** Every repository has one, and git takes nothing without it for one. */
async function isRepository(place: string): Promise<boolean> {
  return await isThereAt(join(place, 'HEAD'));
}

async function isThereAt(file: string): Promise<boolean> {
  return (await kindOf(file)) !== null;
}

async function isFile(place: string): Promise<boolean> {
  return (await kindOf(place))?.isDirectory() === false;
}

async function kindOf(file: string): Promise<Awaited<ReturnType<typeof lstat>> | null> {
  return await lstat(file).catch(() => null);
}

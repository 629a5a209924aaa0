import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import * as z from 'zod';
import { canonicalJson, printJson } from '../../base/canonical-json.ts';
import { sha256 } from '../../base/digest.ts';
import { CannotTell } from '../../base/errors.ts';
import { Fingerprint, RepositoryId, Time } from '../../domain/names.ts';
import type { BranchIdentity, OpenTipMemory, RememberedTip, TipMemory } from '../../ports/tips.ts';
import { judgedBefore } from './judged-before.ts';
import { damaged, isOwnFolder, namesIn, readOwn, removeOwn, writeOwn } from './own-files.ts';

const SCHEMA = 'modelsmith/verified-tip/v1';
const MAX_BYTES = 16 * 1024;
/** Verifications at one moment leave a few; more was put there by something else. */
const MAX_TIPS = 64;
const FULL_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

const Remembered = z.strictObject({
  schema: z.literal(SCHEMA),
  repository: RepositoryId,
  branch: z.string().min(1),
  commit: z.string().regex(FULL_ID),
  root: z.strictObject({ commit: z.string().regex(FULL_ID), signer: Fingerprint }),
  verified: Time,
});
type Remembered = z.infer<typeof Remembered>;

/**
 * One file a tip, named by its commit, in one folder a branch below `verified-tips/`. Files appear whole and are never
 * changed, so that processes at the same time need no lock: at worst both of their tips are expected next time.
 */
/** @param build names what judges, so that nothing is had from what another one judged. */
export function verifiedTips(
  workingFolder: string,
  environment: NodeJS.ProcessEnv,
  build: () => string,
): OpenTipMemory {
  return async ({ folder, outside }) => {
    const state = await realPath(folder === null ? ownState(environment) : resolve(workingFolder, folder));
    for (const forbidden of outside)
      if (liesIn(state, await realPath(forbidden)))
        throw new CannotTell('USAGE', 'the state folder lies in the repository it is to guard', {
          facts: [`state folder ${state}`, `repository   ${forbidden}`],
          remedy: 'name a folder elsewhere: --state <folder>, MODELSMITH_STATE or XDG_STATE_HOME',
        });
    return memoryIn(state, build);
  };
}

function memoryIn(state: string, build: () => string): TipMemory {
  const all = join(state, 'verified-tips');
  const folderOf = (branch: BranchIdentity): string => join(all, nameOf(branch));
  return {
    anchors: judgedBefore(state, build),
    async tipsOf(branch) {
      const folder = folderOf(branch);
      for (const level of [state, all, folder]) if (!(await isOwnFolder(level))) return [];
      const names = (await namesIn(folder)).filter((name) => FULL_ID.test(name.replace(/\.json$/, '')));
      if (names.length > MAX_TIPS) throw damaged(folder, `it holds ${names.length} tips of one branch`);
      const tips = await Promise.all(names.map((name) => load(join(folder, name), branch)));
      return tips.flatMap((tip) => tip ?? []);
    },
    async remember(branch, tip, instead) {
      const folder = folderOf(branch);
      const file = join(folder, `${tip.commit}.json`);
      const known = (await this.tipsOf(branch)).some(({ commit }) => commit === tip.commit);
      if (!known) await writeOwn(file, spelled(branch, tip));
      const old = instead.filter((commit) => commit !== tip.commit);
      if (!known || old.length > 0)
        await removeOwn(
          folder,
          old.map((commit) => `${commit}.json`),
        );
    },
  };
}

/** Null where another process has just put a later tip in its place. */
async function load(file: string, branch: BranchIdentity): Promise<RememberedTip | null> {
  const text = await readOwn(file, MAX_BYTES);
  if (text === null) return null;
  let found: Remembered;
  try {
    found = Remembered.parse(JSON.parse(text));
  } catch (cause) {
    throw damaged(file, 'it is not what modelsmith writes', cause);
  }
  const { commit, root, verified } = found;
  const tip = { commit, root, verified };
  // Only one spelling is right, so this compares everything: branch, order of keys and the last newline.
  if (text !== spelled(branch, tip)) throw damaged(file, 'it is about something else, or changed by hand');
  if (basename(file) !== `${tip.commit}.json`) throw damaged(file, 'its name is not its commit');
  return tip;
}

function spelled({ repository, branch }: BranchIdentity, { commit, root, verified }: RememberedTip): string {
  const { commit: start, signer } = root;
  const value: Remembered = {
    schema: SCHEMA,
    repository,
    branch,
    commit,
    root: { commit: start, signer },
    verified,
  };
  return printJson(value);
}

/** A digest, since a branch's name may hold what no file system takes; the repository's id is there for people. */
function nameOf({ repository, branch }: BranchIdentity): string {
  return `${repository}-${sha256(canonicalJson([repository, branch]))}`;
}

/** `$XDG_STATE_HOME/modelsmith`; that specification has relative paths ignored. */
function ownState(environment: NodeJS.ProcessEnv): string {
  const { XDG_STATE_HOME: named = '', HOME: home = '' } = environment;
  const folder = isAbsolute(named) ? named : join(home === '' ? homedir() : home, '.local', 'state');
  return join(folder, 'modelsmith');
}

/** Where a path really lies, also where the last part of it is not there yet. */
async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(await realPath(above), basename(path));
  }
}

function liesIn(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !/^\.\.[\\/]/.test(way) && !isAbsolute(way));
}

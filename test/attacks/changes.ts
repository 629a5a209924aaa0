import { parse, stringify } from 'yaml';
import { digestOfFiles, sha256 } from '../../src/base/digest.ts';
import {
  AppliedChange,
  appliedChangeDocument,
  Change,
  ChangeApproval,
  changeApprovalDocument,
  changeDocument,
} from '../../src/domain/change.ts';
import { seal } from '../../src/domain/document.ts';
import { toTime, type EntryId } from '../../src/domain/names.ts';
import { filesUnder } from '../../src/domain/tree.ts';
import { applicationRelies } from '../../src/machine/acts/apply-change.ts';
import { changeStanding } from '../../src/machine/change-standing.ts';
import { changeNamed, folderDigest } from '../../src/machine/changes.ts';
import { theftReports } from '../../src/machine/compromised-keys.ts';
import { broughtBy } from '../../src/machine/policy-difference.ts';
import { lawWith } from '../../src/machine/proposal.ts';
import { header } from './acts.ts';
import type { KeyName, Person } from './people.ts';
import type { Files, Site } from './site.ts';

/** Changes of the law as honest tools write them, made by hand so that any one thing in them can be made wrong. */

const HOUR = 3600;

/** The files of a policy by their paths in it, as text. */
export type Policy = Readonly<Record<string, string>>;
export type Edit = (policy: Policy) => Policy;

/** An hour after a commit was made: when the next act on top of it happens. */
export function afterCommit(site: Site, on: string): number {
  return site.timeOf(site.idOf(on)) + HOUR;
}

export async function policyAt(site: Site, on: string): Promise<Policy> {
  const tree = await site.tree(site.idOf(on));
  return Object.fromEntries(
    filesUnder(tree, 'policy').map(([path, { bytes }]) => [path, new TextDecoder().decode(bytes)]),
  );
}

interface Signers {
  principals: { id: string; keys: Record<string, unknown>[]; roles: Record<string, unknown>[] }[];
}

/** Another `signers.yaml`. */
export function signers(change: (principals: Signers['principals']) => void): Edit {
  return (policy) => {
    const value = parse(policy['signers.yaml'] ?? '') as Signers;
    change(value.principals);
    return { ...policy, 'signers.yaml': stringify(value, { aliasDuplicateObjects: false }) };
  };
}

interface Rules {
  version: number;
  readonly lines: readonly { owner: string; readonly thresholds: { core: string } }[];
  readonly gates: Record<string, object>;
}

export function rules(change: (policy: Rules) => void): Edit {
  return (policy) => {
    const value = parse(policy['policy.yaml'] ?? '') as Rules;
    change(value);
    return { ...policy, 'policy.yaml': stringify(value) };
  };
}

export const core = (value: string): Edit =>
  rules(({ lines: [line] }) => {
    if (line !== undefined) line.thresholds.core = value;
  });

/** Somebody new, with a key of the site. */
export function newcomer(site: Site, id: string, key: KeyName, roles: readonly string[]): Edit {
  const { fingerprint, publicArmored } = site.world.people.key(key);
  return (policy) => ({
    ...signers((principals) =>
      principals.push({
        ...{ kind: 'human', id, name: id },
        keys: [{ fingerprint }],
        roles: roles.map((role) => ({ role, lines: ['*'] })),
      }),
    )(policy),
    [`keys/${fingerprint}.asc`]: publicArmored,
  });
}

/** Other roles for somebody. */
export function rolesOf(id: string, roles: readonly string[]): Edit {
  return signers((principals) => {
    for (const principal of principals)
      if (principal.id === id) principal.roles = roles.map((role) => ({ role, lines: ['*'] }));
  });
}

export function retired(site: Site, id: KeyName): Edit {
  const { fingerprint } = site.world.people.key(id);
  return signers((principals) => {
    for (const { keys } of principals)
      for (const key of keys) if (key['fingerprint'] === fingerprint) key['retired'] = { reason: 'left' };
  });
}

export const all =
  (...edits: readonly Edit[]): Edit =>
  (policy) =>
    edits.reduce((result, edit) => edit(result), policy);

export interface Who {
  /** A person, or somebody who is enrolled on the way. */
  readonly who: string;
  readonly role: string;
  /** Whose key signs, where it is not the person's own. */
  readonly key?: KeyName;
}

const keyOf = ({ who, key }: Who): KeyName => key ?? (who as KeyName);

/** What an entry says of itself. */
function by(
  site: Site,
  world: Parameters<typeof header>[1],
  act: string,
  who: Who,
  time: number,
  reliedOn: readonly EntryId[],
): object {
  return header(
    site,
    world,
    act,
    { who: who.who as Person, role: who.role, time, key: keyOf(who) },
    reliedOn,
  );
}

export interface ProposalSpec {
  readonly by?: Who;
  readonly edit: Edit;
  /** Of policy.yaml; the next one where not given. */
  readonly version?: number;
  /** Over any field before the entry is sealed. */
  readonly changes?: object;
  /** Over the files of the commit. */
  readonly put?: Files;
}

export interface Proposed {
  readonly commit: string;
  readonly id: EntryId;
}

export const ELI: Who = { who: 'eli', role: 'evaluation-owner' };

/** A commit that proposes a policy. */
export async function propose(site: Site, on: string, spec: ProposalSpec): Promise<Proposed> {
  const { id, put } = await proposalFiles(site, on, spec);
  const who = spec.by ?? ELI;
  const time = afterCommit(site, on);
  const commit = await site.commit({ on, by: keyOf(who), time, put: { ...put, ...spec.put } });
  return { commit, id };
}

export async function proposalFiles(
  site: Site,
  on: string,
  { by: who = ELI, edit, version, changes = {} }: ProposalSpec,
): Promise<{ readonly id: EntryId; readonly put: Files; readonly policy: Policy }> {
  const world = await site.load(site.idOf(on));
  const { law, tree } = world;
  const next = law.policy.version + 1;
  const policy = edit(rules((value) => (value.version = version ?? next))(await policyAt(site, on)));
  const files = Object.entries(policy)
    .map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const proposed = lawWith(tree, files);
  const change = seal(Change, {
    schema: 'modelsmith/change/v1',
    ...by(site, world, 'propose', who, afterCommit(site, on), []),
    version: next,
    reason: 'Times change.',
    kind: 'policy',
    replaces: folderDigest(tree, 'policy'),
    proposal: digestOfFiles(files.map(({ path, bytes }) => ({ path, sha256: sha256(bytes) }))),
    brings: proposed.ok ? broughtBy(law, proposed.value) : { keys: [], roles: [] },
    reports: theftReports(law),
    ...changes,
  } as never);
  const folder = `changes/${change.id}`;
  return {
    id: change.id,
    policy,
    put: {
      [`${folder}/change.json`]: changeDocument.print(change),
      ...Object.fromEntries(files.map(({ path, bytes }) => [`${folder}/proposed/${path}`, bytes])),
    },
  };
}

/** A change that is none of a policy. */
export async function proposeOther(site: Site, on: string, body: object, who: Who = ELI): Promise<Proposed> {
  const world = await site.load(site.idOf(on));
  const time = afterCommit(site, on);
  const change = seal(Change, {
    schema: 'modelsmith/change/v1',
    ...by(site, world, 'propose', who, time, []),
    version: world.law.policy.version,
    reason: 'Times change.',
    ...body,
  } as never);
  const put = { [`changes/${change.id}/change.json`]: changeDocument.print(change) };
  return { id: change.id, commit: await site.commit({ on, by: keyOf(who), time, put }) };
}

export interface WordSpec {
  readonly act?: 'approve' | 'reject' | 'withdraw';
  readonly answers?: readonly string[];
  readonly withdraws?: string;
  readonly changes?: object;
}

/** The files of somebody's word on a change. */
export async function wordFiles(
  site: Site,
  on: string,
  id: EntryId,
  who: Who,
  { act = 'approve', answers = [], withdraws, changes = {} }: WordSpec = {},
): Promise<{ readonly entry: ChangeApproval; readonly put: Files }> {
  const world = await site.load(site.idOf(on));
  const relied = [(withdraws ?? id) as EntryId];
  const entry = seal(ChangeApproval, {
    schema: 'modelsmith/change-approval/v1',
    ...by(site, world, act, who, afterCommit(site, on), relied),
    change: id,
    answers: [...answers].sort(),
    reason: 'Looked at it all.',
    ...(withdraws !== undefined && { withdraws }),
    ...changes,
  } as never);
  return {
    entry,
    put: { [`changes/${id}/approvals/${entry.id}.json`]: changeApprovalDocument.print(entry) },
  };
}

/** One commit after the other, each with the word of one person. @returns the last commit. */
export async function say(
  site: Site,
  on: string,
  id: EntryId,
  words: readonly (Who & WordSpec)[],
): Promise<string> {
  let tip = on;
  for (const word of words) {
    const { put } = await wordFiles(site, tip, id, word, word);
    tip = await site.commit({ on: tip, by: keyOf(word), time: afterCommit(site, tip), put });
  }
  return tip;
}

export interface ApplySpec {
  /** Over the entry before it is sealed. */
  readonly changes?: object;
  /** Words of the same signer in the same commit. */
  readonly words?: readonly Who[];
  /** Over the files of the commit. */
  readonly put?: Files;
  /** Leaves `policy/` as it is. */
  readonly bare?: boolean;
}

/** A commit that puts a change in force, with the signer's own word in it where he gives one. */
export async function putInForce(
  site: Site,
  on: string,
  id: EntryId,
  who: Who,
  spec: ApplySpec = {},
): Promise<string> {
  const time = afterCommit(site, on);
  const world = await site.load(site.idOf(on));
  const each = changeNamed(world.tree, id);
  if (each === null) throw new Error('there is no such change');
  const words = await Promise.all((spec.words ?? []).map((word) => wordFiles(site, on, id, word)));
  const { counted } = changeStanding(world, each, time);
  const relied = applicationRelies([...counted, ...words.map(({ entry }) => entry)]);
  const applied = seal(AppliedChange, {
    schema: 'modelsmith/change-applied/v1',
    ...by(site, world, 'apply', who, time, relied),
    change: id,
    ...spec.changes,
  } as never);
  const proposed = filesUnder(world.tree, `changes/${id}/proposed`);
  const names = new Set(proposed.map(([path]) => path));
  const gone =
    each.change.kind === 'policy'
      ? filesUnder(world.tree, 'policy').filter(([path]) => !names.has(path))
      : [];
  const effects = Object.fromEntries(proposed.map(([path, { bytes }]) => [`policy/${path}`, bytes]));
  const lift = each.change.kind === 'lift' ? each.change.override : null;
  return await site.commit({
    on,
    by: keyOf(who),
    time,
    put: {
      ...Object.fromEntries(words.flatMap(({ put }) => Object.entries(put))),
      [`changes/${id}/applied.json`]: appliedChangeDocument.print(applied),
      ...(spec.bare === true ? {} : effects),
      ...(lift === null
        ? {}
        : {
            [`lifts/${lift}.json`]: `${JSON.stringify({ schema: 'modelsmith/lift/v1', repository: world.law.repository.id, override: lift, change: id, applied: applied.id, time: toTime(time) }, null, 2)}\n`,
          }),
      ...spec.put,
    },
    ...(spec.bare === true ? {} : { remove: gone.map(([path]) => `policy/${path}`) }),
  });
}

/** Whose approvals changes of thresholds take, here. */
export const RULES: readonly Who[] = [
  { who: 'ana', role: 'model-owner' },
  { who: 'otto', role: 'security-owner' },
  { who: 'mia', role: 'ml-manager' },
];
/** Whose approvals changes of signers take, where they concern none of them. */
export const PEOPLE: readonly Who[] = [
  { who: 'dora', role: 'domain-expert' },
  { who: 'otto', role: 'policy-approver' },
];

/** Proposed, approved by all of these, and put in force by the last of them. */
export async function change(site: Site, on: string, edit: Edit, approvers: readonly Who[]): Promise<string> {
  const { commit, id } = await propose(site, on, { edit });
  const last = approvers.at(-1);
  if (last === undefined) throw new Error('nobody approves');
  const tip = await say(site, commit, id, approvers.slice(0, -1));
  return await putInForce(site, tip, id, last, { words: [last] });
}

/** An override as a file, by somebody's key. */
export function override(
  site: Site,
  world: Parameters<typeof header>[1],
  who: Person,
  time: number,
  body: object,
  digit = 'a',
): Files {
  const id = digit.repeat(64);
  const value = {
    schema: 'modelsmith/override/v1',
    id,
    repository: world.law.repository.id,
    principal: who,
    role: 'override',
    key: site.world.people.key(who).fingerprint,
    time: toTime(time),
    reason: 'An emergency.',
    ...body,
  };
  return { [`overrides/${id}.json`]: `${JSON.stringify(value, null, 2)}\n` };
}

export async function brake(site: Site, on: string, who: Person, body: object, digit = 'a'): Promise<string> {
  const time = afterCommit(site, on);
  const put = override(site, await site.load(site.idOf(on)), who, time, body, digit);
  return await site.commit({ on, by: who, time, put });
}

import { stringify } from 'yaml';
import { digestOfFiles, sha256 } from '../../../src/base/digest.ts';
import { AppliedChange, Change, ChangeApproval } from '../../../src/domain/change.ts';
import { seal } from '../../../src/domain/document.ts';
import type { Role } from '../../../src/domain/roles.ts';
import { withFile, type TreeFolder } from '../../../src/domain/tree.ts';
import type { NewFile } from '../../../src/machine/act.ts';
import { applicationRelies } from '../../../src/machine/acts/apply-change.ts';
import { changeStanding, type ChangeStanding } from '../../../src/machine/change-standing.ts';
import { changesOf, folderDigest, type ChangeCase } from '../../../src/machine/changes.ts';
import { theftReports } from '../../../src/machine/compromised-keys.ts';
import { lawOf, type Law } from '../../../src/machine/law.ts';
import { broughtBy } from '../../../src/machine/policy-difference.ts';
import { lawWith } from '../../../src/machine/proposal.ts';
import { encode, keyOf, policyValue, REPOSITORY_ID, rubricText, type Person } from './law-files.ts';
import { at, header, hour, worldOf, type By, type Signed } from './world.ts';

/** Worlds in which the law changes: a team of one's own choice, proposals, and what people say of them. */

type Build = (tree: TreeFolder) => Signed;

/** Somebody by roles alone, or with anything of the entry in `signers.yaml` written otherwise. */
export type Member = readonly string[] | object;
export type Team = Readonly<Record<string, Member>>;

export const TEAM: Team = {
  mia: ['policy-approver', 'ml-manager', 'override', 'operator'],
  otto: ['policy-approver', 'security-owner', 'governance-approver'],
  ana: ['model-owner', 'domain-expert'],
  eli: ['evaluation-owner', 'software-owner'],
  ci: { kind: 'automation', owner: 'ana', roles: grants(['pipeline']) },
};

export interface TeamLaw {
  readonly people?: Team;
  readonly version?: number;
  readonly line?: object;
  readonly policy?: object;
  readonly rubric?: object;
  /** Text of certificates other than the usual, by name. */
  readonly certificates?: Readonly<Record<string, string>>;
}

export function grants(roles: readonly string[], lines: readonly string[] = ['*']): readonly object[] {
  return roles.map((role) => ({ role, lines: [...lines] }));
}

/** Without anchors, which no law may hold. */
const PLAIN = { aliasDuplicateObjects: false };

export const key = (name: string): string => keyOf(name as Person);

/** The files of `policy/`, by paths relative to it, sorted. */
export function policyFiles(law: TeamLaw = {}): readonly NewFile[] {
  const { people = TEAM, version = 1, certificates = {} } = law;
  const principals = Object.entries(people).map(([id, member]) => principalOf(id, member));
  const policy = { ...policyValue({ line: { owner: 'ana', ...law.line } }), version, ...law.policy };
  const files: Record<string, string> = {
    'policy.yaml': stringify(policy, PLAIN),
    'signers.yaml': stringify({ schema: 'modelsmith/signers/v1', principals }, PLAIN),
    'rubrics/claims.json': rubricText(law.rubric),
  };
  for (const { id, keys } of principals)
    for (const { fingerprint } of keys)
      files[`keys/${fingerprint}.asc`] = certificates[id] ?? `certificate of ${id}\n`;
  return Object.entries(files)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, text]) => ({ path, bytes: encode(text) }));
}

interface Parts {
  readonly id: string;
  readonly keys: readonly { readonly fingerprint: string }[];
}

function principalOf(id: string, member: Member): Parts {
  const usual = { kind: 'human', id, name: id, keys: [{ fingerprint: key(id) }], roles: [] };
  const own = Array.isArray(member) ? { roles: grants(member as string[]) } : (member as object);
  return { ...usual, ...own };
}

export function teamTree(law: TeamLaw = {}): TreeFolder {
  const repository = stringify({ schema: 'modelsmith/repository/v1', law: 1, id: REPOSITORY_ID });
  const empty: TreeFolder = { kind: 'folder', id: 'new:', children: new Map() };
  return policyFiles(law).reduce(
    (tree, { path, bytes }) => withFile(tree, `policy/${path}`, bytes),
    withFile(empty, 'modelsmith.yaml', encode(repository)),
  );
}

export const teamLaw = (law: TeamLaw = {}): Law => lawOf(teamTree(law));

/** A proposal to replace the policy. `changes` go over any field before it is sealed. */
export function propose(
  files: readonly NewFile[],
  name = 'eli',
  hours = 1,
  changes: object = {},
  role: Role = 'evaluation-owner',
): Build {
  return (tree) => {
    const law = lawOf(tree);
    const proposed = lawWith(tree, files);
    const by: By = { name: name as Person, role, hours };
    const change = seal(Change, {
      schema: 'modelsmith/change/v1',
      ...header('propose', by, []),
      version: law.policy.version + 1,
      reason: 'times change',
      kind: 'policy',
      replaces: folderDigest(tree, 'policy'),
      proposal: digestOfFiles(files.map(({ path, bytes }) => ({ path, sha256: sha256(bytes) }))),
      brings: proposed.ok ? broughtBy(law, proposed.value) : { keys: [], roles: [] },
      reports: theftReports(law),
      ...changes,
    } as never);
    return { by, act: { kind: 'propose', change, files } };
  };
}

/** A proposal that is none of a policy: a lift, or a move of the root. */
export function proposeOther(body: object, name = 'eli', hours = 1): Build {
  return (tree) => {
    const by: By = { name: name as Person, role: 'evaluation-owner', hours };
    const change = seal(Change, {
      schema: 'modelsmith/change/v1',
      ...header('propose', by, []),
      version: lawOf(tree).policy.version,
      reason: 'times change',
      ...body,
    } as never);
    return { by, act: { kind: 'propose', change, files: [] } };
  };
}

/** The newest proposal. */
export function caseIn(tree: TreeFolder): ChangeCase {
  const [each] = [...changesOf(tree)].sort((a, b) => (a.change.time < b.change.time ? 1 : -1));
  if (each === undefined) throw new Error('nothing is proposed');
  return each;
}

export interface Said {
  readonly act?: 'approve' | 'reject' | 'withdraw';
  readonly hours?: number;
  readonly answers?: readonly string[];
  readonly withdraws?: string;
  /** Id of the change; the newest where not given. */
  readonly change?: string;
  readonly changes?: object;
}

export function say(name: string, role: string, said: Said = {}): Build {
  const { act = 'approve', hours = 2, answers = [], withdraws, changes = {} } = said;
  return (tree) => {
    const by: By = { name: name as Person, role: role as Role, hours };
    const change = said.change ?? caseIn(tree).change.id;
    const approval = seal(ChangeApproval, {
      schema: 'modelsmith/change-approval/v1',
      ...header(act, by, [(withdraws ?? change) as never]),
      change,
      answers: [...answers].sort(),
      reason: 'as looked at',
      ...(withdraws !== undefined && { withdraws }),
      ...changes,
    } as never);
    return { by, act: { kind: 'decide-change', approval } };
  };
}

export function putInForce(name: string, role: string, hours = 3, changes: object = {}): Build {
  return (tree) => {
    const by: By = { name: name as Person, role: role as Role, hours };
    const each = caseIn(tree);
    const { counted } = standingOf(tree, hours);
    const applied = seal(AppliedChange, {
      schema: 'modelsmith/change-applied/v1',
      ...header('apply', by, applicationRelies(counted)),
      change: each.change.id,
      ...changes,
    } as never);
    return { by, act: { kind: 'apply-change', applied } };
  };
}

/** Of the newest proposal. */
export function standingOf(tree: TreeFolder, hours = 3): ChangeStanding {
  return changeStanding(worldOf(tree), caseIn(tree), hour(hours));
}

/** The id of the newest decision on the newest proposal. */
export function newestWord(tree: TreeFolder): string {
  return caseIn(tree).approvals.at(-1)?.id ?? '';
}

/** An override, put into the tree as if signed. */
export function overridden(tree: TreeFolder, body: object, digit = 'a', hours = 0): TreeFolder {
  const id = digit.repeat(64);
  const override = {
    schema: 'modelsmith/override/v1',
    ...{ id, repository: REPOSITORY_ID, principal: 'mia', role: 'override', key: key('mia') },
    ...{ time: at(hours), reason: 'an emergency' },
    ...body,
  };
  return withFile(tree, `overrides/${id}.json`, encode(JSON.stringify(override)));
}

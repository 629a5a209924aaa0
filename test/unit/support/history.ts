import { sha256 } from '../../../src/base/digest.ts';
import { seal } from '../../../src/domain/document.ts';
import {
  Incident,
  incidentDocument,
  SecondedIncident,
  secondedIncidentDocument,
} from '../../../src/domain/incident.ts';
import type { EntryId, Fingerprint } from '../../../src/domain/names.ts';
import { incidentFile, secondedFile } from '../../../src/domain/paths.ts';
import type { SignatureVerdict } from '../../../src/domain/signature.ts';
import { withFile, type TreeFolder } from '../../../src/domain/tree.ts';
import { JudgedHistory, outsideParent, type JudgedCommit } from '../../../src/evidence/lineage.ts';
import type { GuardedValues } from '../../../src/judge/combine.ts';
import { inForceAfter, inForceAt } from '../../../src/judge/in-force.ts';
import { judgeCommit } from '../../../src/judge/judge-commit.ts';
import { judgeMerge } from '../../../src/judge/judge-merge.ts';
import { judgeRoot } from '../../../src/judge/judge-root.ts';
import { restoredAt, setAsideAt } from '../../../src/judge/judge-repair.ts';
import type { CommitUnderJudgement, JudgedParent, Judgement } from '../../../src/judge/judgement.ts';
import { grants } from './changes.ts';
import { encode, keyOf, REPOSITORY_ID, type LawChanges, type Person } from './law-files.ts';
import { at, hour } from './world.ts';

/** Two who may approve the policy and three who may pull a brake. */
export const GUARDIANS: LawChanges = {
  people: {
    mia: { roles: grants(['model-owner', 'governance-approver', 'policy-approver', 'override']) },
    lee: { roles: grants(['operator', 'team-lead', 'policy-approver', 'override']) },
    kim: { roles: grants(['operator', 'domain-expert', 'governance-approver', 'override']) },
  },
};

/** The id of a commit by the name it has in a test. */
export const idOf = (name: string): string => sha256(name).slice(0, 40);

export const put = (tree: TreeFolder, path: string, text: string): TreeFolder =>
  withFile(tree, path, encode(text));

export function signedBy(name: string, hours: number, expires: number | null = null): SignatureVerdict {
  const key = keyOf(name as Person) as Fingerprint;
  return { kind: 'good', primary: key, key, time: hour(hours), algorithm: 'EdDSA', expires };
}

export interface Made {
  readonly tree?: TreeFolder;
  readonly guarded?: GuardedValues;
  /** Who signs, and when; nobody where not given. */
  readonly by?: readonly [string, number];
  readonly changes?: Partial<CommitUnderJudgement>;
  readonly now?: number;
}

/** A history in memory: each commit is judged as it comes, by what was judged before. */
export class Story {
  readonly lineage: JudgedHistory;
  private readonly root: string;

  /** @param root the governed tree that everything starts with, taken on trust. */
  constructor(root: TreeFolder, by: readonly [string, number], guarded: GuardedValues = new Map()) {
    this.root = idOf('root');
    this.lineage = new JudgedHistory(this.root);
    const commit = this.under('root', [], { tree: root, guarded, by });
    this.keep(commit, [], judgeRoot(commit, keyOf(by[0] as Person) as Fingerprint, hour(by[1]), true));
  }

  at(name: string): JudgedCommit {
    const commit = this.lineage.judged.get(idOf(name));
    if (commit === undefined) throw new Error(`there is no commit ${name}`);
    return commit;
  }

  /** What is wrong with a commit, sorted, each once. */
  codes(name: string): readonly string[] {
    return [...new Set(this.at(name).judgement.reasons.map(({ code }) => code))].sort();
  }

  commit(name: string, on: string, made: Made = {}): this {
    const parent = this.at(on);
    const commit = this.under(name, [parent], made);
    return this.keep(commit, [parent], judgeCommit(commit, parent, hour(made.now ?? 100), this.lineage));
  }

  /** A merge that nobody signs. A parent that is not in the story is a stranger's. */
  merge(name: string, on: readonly string[], made: Made = {}): this {
    const parents = on.map((each) => this.lineage.judged.get(idOf(each)) ?? outsideParent(idOf(each)));
    const commit = this.under(name, parents, made);
    const [first, second] = parents;
    if (first === undefined || second === undefined) throw new Error('a merge has two parents');
    const meet = () => this.lineage.meeting(first, second);
    return this.keep(commit, parents, judgeMerge(commit, parents, meet, this.lineage));
  }

  private under(name: string, parents: readonly JudgedParent[], made: Made): CommitUnderJudgement {
    const [parent] = parents;
    return {
      id: idOf(name),
      parents: parents.map(({ id }) => id),
      tree: made.tree ?? parent?.tree ?? { kind: 'folder', id: 'new:', children: new Map() },
      guarded: made.guarded ?? parent?.guarded ?? new Map(),
      structure: [],
      extraHeaders: [],
      message: 'm',
      signature: made.by === undefined ? null : signedBy(...made.by),
      refreshes: new Map(),
      certificates: [],
      ...made.changes,
    };
  }

  private keep(
    { id, tree, guarded, parents: ids }: CommitUnderJudgement,
    parents: readonly JudgedParent[],
    judgement: Judgement,
  ): this {
    const isVoid = judgement.reasons.length > 0;
    const forces = parents.map(({ force }) => force);
    this.lineage.add({
      ...{ id, tree, guarded, parents: ids, judgement, void: isVoid, clock: judgement.clock },
      force: isVoid
        ? inForceAfter(forces, judgement.imposed, this.lineage)
        : inForceAt(id, tree, guarded, judgement.clock),
      unseconded: judgement.unseconded ?? null,
      signedAt: null,
    });
    return this;
  }
}

function entry(act: string, [name, hours]: readonly [string, number], role: string): object {
  return {
    ...{ act, repository: REPOSITORY_ID, principal: name, role, key: keyOf(name as Person) },
    ...{ time: at(hours), reliedOn: [] },
  };
}

export interface RepairSpec {
  readonly by: readonly [string, number];
  readonly role: string;
  readonly stands?: readonly { readonly strand: string; readonly commit: string }[];
  /** Over any field, before the entry is sealed. */
  readonly changes?: object;
}

/** A true repair of a void commit, and the tree it is in. */
export function repairOf(story: Story, on: string, { by, role, stands = [], changes = {} }: RepairSpec) {
  const parent = story.at(on);
  const sides = stands.map(({ strand, commit }) => ({ strand, commit: idOf(commit) as never }));
  const { tree, guarded, lost } = restoredAt(parent, sides, story.lineage);
  const incident = seal(Incident, {
    schema: 'modelsmith/incident/v1',
    ...entry('repair', by, role),
    base: parent.force.bases,
    setAside: setAsideAt(parent.id, story.lineage).map((commit) => ({ commit, codes: [] })),
    stands: sides,
    lost,
    reason: 'Somebody did what nobody may.',
    ...changes,
  } as never);
  const repaired = put(tree, incidentFile(incident.id), incidentDocument.print(incident));
  return { incident, guarded, tree: repaired };
}

/** The second person's word on a repair. */
export function secondingOf(
  before: TreeFolder,
  incident: EntryId,
  { by, role, changes = {} }: Omit<RepairSpec, 'stands'>,
): TreeFolder {
  const said = seal(SecondedIncident, {
    schema: 'modelsmith/incident-seconded/v1',
    ...{ ...entry('second', by, role), reliedOn: [incident] },
    incident,
    reason: 'I looked at both.',
    ...changes,
  } as never);
  return put(before, secondedFile(incident), secondedIncidentDocument.print(said));
}

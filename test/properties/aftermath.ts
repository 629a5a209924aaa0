import { Incident, incidentDocument } from '../../src/domain/incident.ts';
import { seal } from '../../src/domain/document.ts';
import { PrincipalName, toTime } from '../../src/domain/names.ts';
import { differences, type TreeFolder } from '../../src/domain/tree.ts';
import { withSignature } from '../../src/evidence/commit-bytes.ts';
import type { JudgedCommit } from '../../src/evidence/lineage.ts';
import type { Verification } from '../../src/evidence/verification.ts';
import type { Fingerprint, RepositoryId } from '../../src/domain/names.ts';
import type { KeyName } from '../attacks/people.ts';
import { treeOf, type Honest } from './mutations.ts';
import type { MemoryObjects } from './memory-objects.ts';

/** What is done after an attack: somebody pulls a brake, somebody repairs. Each has to work on whatever tip there is. */
export interface Aftermath {
  readonly honest: Honest;
  readonly repository: RepositoryId;
  keyOf(name: KeyName): Fingerprint;
}

type Files = readonly (readonly [string, Uint8Array | null])[];

async function commitOn(
  { honest }: Aftermath,
  objects: MemoryObjects,
  parent: string,
  files: Files,
  who: KeyName,
  time: number,
): Promise<string> {
  const tree = files.reduce(
    (result, [path, bytes]) =>
      objects.withFile(result, path, bytes === null ? null : objects.put('blob', bytes)) ?? result,
    treeOf(objects, parent),
  );
  const person = `${who} <${who}@example.org> ${time} +0000`;
  const text = `tree ${tree}\nparent ${parent}\nauthor ${person}\ncommitter ${person}\n\nAfterwards\n`;
  const payload = new TextEncoder().encode(text);
  return objects.put('commit', withSignature(payload, await honest.sign(who, payload, time), 'sha1'));
}

/** An override on top, spelled as a person in a hurry would. @returns its commit and path. */
export async function braked(
  after: Aftermath,
  objects: MemoryObjects,
  tip: string,
  time: number,
): Promise<{ readonly commit: string; readonly path: string }> {
  const id = 'ab'.repeat(32);
  const text = JSON.stringify({
    id,
    schema: 'modelsmith/override/v1',
    act: 'stop-candidates',
    lines: ['*'],
    repository: after.repository,
    principal: 'mia',
    role: 'override',
    key: after.keyOf('mia'),
    time: toTime(time),
    reason: 'Something is wrong here.',
  });
  const path = `overrides/${id}.json`;
  const bytes = new TextEncoder().encode(text);
  return { commit: await commitOn(after, objects, tip, [[path, bytes]], 'mia', time), path };
}

/** A repair on top of a void tip, as the law defines it. @returns null where the valid commits do not combine. */
export async function repaired(
  after: Aftermath,
  objects: MemoryObjects,
  { commits, tip }: Verification,
  time: number,
): Promise<string | null> {
  const judged = new Map(commits.map((commit) => [commit.id, commit]));
  const last = judged.get(tip);
  if (last?.force.tree == null) return null;
  const incident = seal(Incident, {
    schema: 'modelsmith/incident/v1',
    act: 'repair',
    repository: after.repository,
    principal: PrincipalName.parse('omar'),
    role: 'operator',
    key: after.keyOf('omar'),
    time: toTime(time),
    reliedOn: [],
    base: last.force.bases as Incident['base'],
    setAside: setAside(judged, tip).map((commit) => ({
      commit: commit as Incident['base'][number],
      codes: [],
    })),
    stands: [],
    lost: [],
    reason: 'The branch had been tampered with.',
  });
  const restore = restored(last.tree, last.force.tree);
  const entry = [
    `incidents/${incident.id}.json`,
    new TextEncoder().encode(incidentDocument.print(incident)),
  ] as const;
  return await commitOn(after, objects, tip, [...restore, entry], 'omar', time);
}

function restored(from: TreeFolder, to: TreeFolder): Files {
  return differences(from, to).map(({ path, after }) => [path, after?.bytes ?? null] as const);
}

/** Void commits down to the valid ones that were governed or wrong by themselves. */
function setAside(judged: ReadonlyMap<string, JudgedCommit>, tip: string): readonly string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const stack = [tip];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    const commit = judged.get(id);
    if (commit === undefined || !commit.void || seen.has(id)) continue;
    seen.add(id);
    const { kind, reasons } = commit.judgement;
    if (kind !== 'ungoverned' || reasons.some(({ code }) => code !== 'PARENT_VOID')) found.add(id);
    stack.push(...commit.parents);
  }
  return [...found].sort();
}

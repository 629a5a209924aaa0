import { stringify } from 'yaml';
import { EMPTY_TREE, withFile, type TreeFolder } from '../../src/domain/tree.ts';
import type { NewFile } from '../../src/machine/act.ts';
import { encode, policyValue, REPOSITORY_ID, rubricText, TASK } from '../unit/support/law-files.ts';
import { CREW, MEMBERS, type Crew } from './crew.ts';

/** Without anchors, which no law may hold. */
const PLAIN = { aliasDuplicateObjects: false };

const TASKS = ['amounts', 'claims', 'dates', 'letters', 'refusals', 'tone'] as const;
export const TASK_NAMES = TASKS.map((name) => `task-${name}`);

/** The files of `policy/`, by paths relative to it, sorted. @param version of the policy; each says something else. */
export function policyFiles(crew: Crew, version: number): readonly NewFile[] {
  const line = { match: '*', populationCeiling: 10 + version };
  const policy = policyValue({ line, policy: { version } });
  const tasks = TASKS.map((id, index) => ({
    ...{ ...TASK, id, task: `task-${id}` },
    group: index < 4 ? 'core' : 'held-out',
  }));
  const principals = MEMBERS.map((id) => ({
    ...(id === 'ci' ? { kind: 'automation', owner: 'mia' } : { kind: 'human' }),
    ...{ id, name: id, email: `${id}@example.org`, keys: [{ fingerprint: crew[id].fingerprint }] },
    roles: CREW[id].roles.map((role) => ({ role, lines: ['*'] })),
  }));
  const files: Record<string, string> = {
    'policy.yaml': stringify(policy, PLAIN),
    'signers.yaml': stringify({ schema: 'modelsmith/signers/v1', principals }, PLAIN),
    'rubrics/claims.json': rubricText({ tasks }),
  };
  for (const id of MEMBERS) files[`keys/${crew[id].fingerprint}.asc`] = crew[id].publicArmored;
  return Object.entries(files)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, text]) => ({ path, bytes: encode(text) }));
}

/** What the trust root holds. */
export function lawTree(crew: Crew): TreeFolder {
  const repository = stringify({ schema: 'modelsmith/repository/v1', law: 1, id: REPOSITORY_ID });
  return policyFiles(crew, 1).reduce(
    (tree, { path, bytes }) => withFile(tree, `policy/${path}`, bytes),
    withFile(EMPTY_TREE, 'modelsmith.yaml', encode(repository)),
  );
}

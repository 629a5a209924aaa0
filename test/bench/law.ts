import { stringify } from 'yaml';
import { Rubric, rubricDocument } from '../../src/domain/rubric.ts';
import { EMPTY_TREE, withFile, type TreeFolder } from '../../src/domain/tree.ts';
import type { NewFile } from '../../src/machine/act.ts';
import { CREW, MEMBERS, type Crew } from './crew.ts';

export const REPOSITORY_ID = '0123456789abcdefghjkmnpqrs';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
/** Without anchors, which no law may hold. */
const PLAIN = { aliasDuplicateObjects: false };

const TASKS = ['amounts', 'claims', 'dates', 'letters', 'refusals', 'tone'] as const;
export const TASK_NAMES = TASKS.map((name) => `task-${name}`);

function rubricText(): string {
  return rubricDocument.print(
    Rubric.parse({
      schema: 'modelsmith/rubric/v1',
      name: 'claims',
      title: 'Claims triage',
      domainStandard: 'Would a senior adjuster sign this answer?',
      harness: { name: 'lm-eval' },
      regression: { rule: 'tolerance' },
      tasks: TASKS.map((id, index) => ({
        ...{ id, task: `task-${id}`, group: index < 4 ? 'core' : 'held-out' },
        ...{ metric: 'acc', filter: 'none', direction: 'higher', range: { min: '0', max: '1' } },
        ...{ weight: '1', tracked: true, tolerance: '0.05', minimumSamples: 10 },
      })),
    }),
  );
}

/** The files of `policy/`, by paths relative to it, sorted. @param version of the policy; each says something else. */
export function policyFiles(crew: Crew, version: number): readonly NewFile[] {
  const policy = {
    schema: 'modelsmith/policy/v1',
    version,
    lines: [
      {
        match: '*',
        owner: 'mia',
        rubric: 'claims',
        licenceTier: 'B',
        thresholds: { core: '0.7', heldOut: '0.6', maxRegressions: 0 },
        runs: 1,
        mutations: ['adapter-update'],
        populationCeiling: 10 + version,
        capabilities: ['summarise'],
        prohibitedPermissions: ['exec'],
        targets: ['eu', 'us'],
      },
    ],
    gates: {},
    separation: { productionGates: 'distinct', requesterBarredFrom: ['governance-approval'] },
  };
  const principals = MEMBERS.map((id) => ({
    ...(id === 'ci' ? { kind: 'automation', owner: 'mia' } : { kind: 'human' }),
    ...{ id, name: id, email: `${id}@example.org`, keys: [{ fingerprint: crew[id].fingerprint }] },
    roles: CREW[id].roles.map((role) => ({ role, lines: ['*'] })),
  }));
  const files: Record<string, string> = {
    'policy.yaml': stringify(policy, PLAIN),
    'signers.yaml': stringify({ schema: 'modelsmith/signers/v1', principals }, PLAIN),
    'rubrics/claims.json': rubricText(),
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

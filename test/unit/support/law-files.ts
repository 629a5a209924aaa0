import { stringify } from 'yaml';
import { Rubric, rubricDocument } from '../../../src/domain/rubric.ts';
import { EMPTY_TREE, withFile, type TreeFolder } from '../../../src/domain/tree.ts';

/** The law of the in-memory worlds: one line, three gates, people for each role. */

export const REPOSITORY_ID = '0123456789abcdefghjkmnpqrs';
export const LINE = 'triage';

/** Who there is: name, roles; the last is an automation. */
export const PEOPLE = {
  eva: ['evaluation-owner'],
  mia: ['model-owner', 'governance-approver'],
  kim: ['operator', 'domain-expert', 'governance-approver'],
  lee: ['operator', 'team-lead'],
  dana: ['domain-expert', 'governance-approver'],
  dan: ['domain-expert'],
  gus: ['governance-approver'],
  gil: ['governance-approver'],
  may: ['model-owner'],
} as const;
export type Person = keyof typeof PEOPLE | 'ci' | 'bot';

export function keyOf(name: Person): string {
  const digits = Buffer.from(name.padEnd(4, '_')).toString('hex').toUpperCase();
  return digits.repeat(5).slice(0, 40);
}

export const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

export interface LawChanges {
  readonly line?: object;
  readonly gates?: object;
  readonly separation?: object;
  /** Over anything else in the policy. */
  readonly policy?: object;
  /** Changes to principals by id; null removes one. */
  readonly people?: Partial<Record<Person, object | null>>;
  readonly rubric?: object;
  /** Roles of a second automation; without them there is none. */
  readonly bot?: readonly string[];
}

export const TASK = {
  metric: 'acc',
  filter: 'none',
  direction: 'higher',
  range: { min: '0', max: '1' },
  weight: '1',
  tracked: true,
  tolerance: '0.05',
  minimumSamples: 10,
};

export function rubricText(changes: object = {}): string {
  return rubricDocument.print(
    Rubric.parse({
      schema: 'modelsmith/rubric/v1',
      name: 'claims',
      title: 'Claims triage',
      domainStandard: 'Would a senior adjuster sign this answer?',
      harness: { name: 'lm-eval' },
      regression: { rule: 'tolerance' },
      tasks: [
        { ...TASK, id: 'a', task: 'task-a', group: 'core' },
        { ...TASK, id: 'b', task: 'task-b', group: 'held-out' },
      ],
      ...changes,
    }),
  );
}

export function policyValue({ line = {}, gates = {}, separation = {}, policy = {} }: LawChanges): object {
  return {
    schema: 'modelsmith/policy/v1',
    version: 1,
    lines: [
      {
        match: 'triage*',
        owner: 'mia',
        rubric: 'claims',
        licenceTier: 'B',
        thresholds: { core: '0.7', heldOut: '0.6', maxRegressions: 0 },
        runs: 1,
        mutations: ['adapter-update'],
        populationCeiling: 3,
        capabilities: ['summarise'],
        prohibitedPermissions: ['exec'],
        targets: ['eu', 'us'],
        ...line,
      },
    ],
    gates,
    separation: {
      productionGates: 'distinct',
      requesterBarredFrom: ['governance-approval'],
      ...separation,
    },
    ...policy,
  };
}

export function signersValue({ people = {}, bot }: LawChanges): object {
  const humans = Object.entries(PEOPLE).map(([id, roles]) => ({
    kind: 'human',
    id,
    name: id,
    keys: [{ fingerprint: keyOf(id as Person) }],
    roles: roles.map((role) => ({ role, lines: ['*'] })),
  }));
  const automation = (id: Person, roles: readonly string[]) => ({
    kind: 'automation',
    owner: 'mia',
    id,
    name: id,
    keys: [{ fingerprint: keyOf(id) }],
    roles: roles.map((role) => ({ role, lines: ['*'] })),
  });
  const machines = [automation('ci', ['pipeline']), ...(bot === undefined ? [] : [automation('bot', bot)])];
  return {
    schema: 'modelsmith/signers/v1',
    principals: [...humans, ...machines].flatMap((principal) => {
      const change = people[principal.id as Person];
      return change === null ? [] : [{ ...principal, ...change }];
    }),
  };
}

/** A tree that holds the law and nothing else. */
export function lawTree(changes: LawChanges = {}, tree: TreeFolder = EMPTY_TREE): TreeFolder {
  const removed = Object.entries(changes.people ?? {}).flatMap(([id, value]) => (value === null ? [id] : []));
  const files: readonly (readonly [string, string])[] = [
    ['modelsmith.yaml', stringify({ schema: 'modelsmith/repository/v1', law: 1, id: REPOSITORY_ID })],
    ['policy/policy.yaml', stringify(policyValue(changes))],
    ['policy/signers.yaml', stringify(signersValue(changes))],
    ['policy/rubrics/claims.json', rubricText(changes.rubric)],
    ...[...Object.keys(PEOPLE), 'ci', ...(changes.bot === undefined ? [] : ['bot'])]
      .filter((id) => !removed.includes(id))
      .map((id) => [`policy/keys/${keyOf(id as Person)}.asc`, `key of ${id}\n`] as const),
  ];
  return files.reduce((result, [path, text]) => withFile(result, path, encode(text)), tree);
}

import { stringify } from 'yaml';
import { CannotTell } from '../../base/errors.ts';
import { keyFile, POLICY_FILE, rubricFile, SIGNERS_FILE } from '../../domain/paths.ts';
import { HUMAN_ROLES } from '../../domain/roles.ts';
import { rubricDocument } from '../../domain/rubric.ts';
import { putText, type Put } from '../../machine/act.ts';
import type { Context } from '../shared/context.ts';
import type { FoundKey } from './find-key.ts';

interface SoloInput {
  readonly person?: string | undefined;
  readonly line?: string | undefined;
  readonly rubric?: string | undefined;
  readonly pipelineCertificate?: string | undefined;
  readonly core?: string | undefined;
  readonly heldOut?: string | undefined;
  readonly capability: readonly string[];
}

const ONE_PERSON = 'one person runs this repository, so nobody else can sign';
const EDITOR_HINT = (noun: string): string =>
  `# yaml-language-server: $schema=https://unpkg.com/modelsmith/schemas/${noun}.v1.json\n`;

/** The policy for one person and a pipeline. It is honest about what it cannot give: separation of duties. */
export async function soloPolicy(context: Context, input: SoloInput, key: FoundKey): Promise<readonly Put[]> {
  const {
    person = '',
    line = '',
    rubric: rubricPath = '',
    pipelineCertificate = '',
    core = '',
    heldOut = '',
  } = input;
  const rubricBytes = await context.files.read(rubricPath, 1024 * 1024);
  const rubric = rubricDocument.parse(rubricBytes, rubricPath);
  if (!rubric.ok) {
    const [{ place, message }] = rubric.problems;
    throw new CannotTell('BAD_DATA', `${rubricPath} ${message}`, { place });
  }
  const pipeline = new TextDecoder().decode(await context.files.read(pipelineCertificate, 1024 * 1024));
  const facts = await context.verifier.inspect(pipeline);
  if (facts.kind === 'unusable')
    throw new CannotTell('BAD_DATA', `${pipelineCertificate} is no usable certificate: ${facts.reason}`);
  const everything = HUMAN_ROLES.filter((role) => role !== 'recovery').map((role) => ({
    role,
    lines: ['*'],
  }));
  const own = await context.verifier.inspect(key.certificate);
  const name = (own.kind === 'certificate' ? own.userIds[0]?.replace(/\s*<.*$/, '') : undefined) ?? person;
  const signers = {
    schema: 'modelsmith/signers/v1',
    principals: [
      {
        kind: 'human',
        id: person,
        name: name === '' ? person : name,
        keys: [{ fingerprint: key.signer.primary }],
        roles: everything,
      },
      {
        kind: 'automation',
        owner: person,
        id: 'pipeline',
        name: 'Training pipeline',
        keys: [{ fingerprint: facts.primary }],
        roles: [{ role: 'pipeline', lines: ['*'] }],
      },
    ],
  };
  const policy = {
    schema: 'modelsmith/policy/v1',
    version: 1,
    lines: [
      {
        match: line,
        owner: person,
        rubric: rubric.value.name,
        licenceTier: 'A',
        thresholds: { core, heldOut, maxRegressions: 0 },
        mutations: ['adapter-update'],
        populationCeiling: 4,
        capabilities: input.capability,
      },
    ],
    separation: { productionGates: 'same-person', requesterBarredFrom: [], reason: ONE_PERSON },
  };
  return [
    putText(POLICY_FILE, EDITOR_HINT('policy') + stringify(policy)),
    putText(SIGNERS_FILE, EDITOR_HINT('signers') + stringify(signers)),
    { path: rubricFile(rubric.value.name), bytes: rubricBytes },
    putText(keyFile(key.signer.primary), key.certificate),
    putText(keyFile(facts.primary), pipeline),
  ];
}

import { isMap, isSeq, parseDocument } from 'yaml';
import { CannotTell } from '../../base/errors.ts';
import { keyFile, POLICY_FILE, rubricFile, SIGNERS_FILE } from '../../domain/paths.ts';
import { rubricDocument } from '../../domain/rubric.ts';
import { putText, type Put } from '../../machine/act.ts';
import type { Context } from '../shared/context.ts';

/** Ready policies that come with modelsmith, by name; the one for one person is made by `--solo`. */
const READY_POLICIES = ['team', 'regulated'] as const;

export function isReady(name: string): boolean {
  return READY_POLICIES.some((known) => known === name);
}

export interface ReadyInput {
  readonly policy?: string | undefined;
  readonly signers?: string | undefined;
  readonly keys?: string | undefined;
  readonly person?: string | undefined;
  readonly line?: string | undefined;
  readonly rubric?: string | undefined;
  readonly core?: string | undefined;
  readonly heldOut?: string | undefined;
  readonly capability: readonly string[];
}

const MAX_BYTES = 1024 * 1024;
const MOST_KEYS = 1000;

/**
 * A ready policy with the line, its owner and its rubric put in, and the people as they are in a file of their own.
 * @throws CannotTell USAGE where no policy is called so; BAD_DATA where a file is not what it should be.
 */
export async function readyPolicy(context: Context, input: ReadyInput): Promise<readonly Put[]> {
  const { policy = '', signers = '', keys = '', person = '', line = '', rubric: rubricPath = '' } = input;
  const name = READY_POLICIES.find((known) => known === policy);
  if (name === undefined)
    throw new CannotTell('USAGE', `no ready policy is called ${policy}`, {
      facts: [`there is: ${READY_POLICIES.join(', ')}; for one person: --solo`],
      remedy: 'name one of them, or leave out --signers and name a folder',
    });
  const rubricBytes = await context.files.read(rubricPath, MAX_BYTES);
  const rubric = rubricDocument.parse(rubricBytes, rubricPath);
  if (!rubric.ok) {
    const [{ place, message }] = rubric.problems;
    throw new CannotTell('BAD_DATA', `${rubricPath} ${message}`, { place });
  }
  const ready = await context.files.read(
    `${packageFolder(context.program)}/policy/${name}/policy.yaml`,
    MAX_BYTES,
  );
  const document = parseDocument(new TextDecoder().decode(ready));
  const lines = document.get('lines');
  const first = isSeq(lines) ? lines.items[0] : undefined;
  if (!isMap(first)) throw new Error(`the ready policy ${name} has no line`);
  first.set('match', line);
  first.set('owner', person);
  first.set('rubric', rubric.value.name);
  if (input.capability.length > 0) first.set('capabilities', input.capability);
  const thresholds = first.get('thresholds');
  if (!isMap(thresholds)) throw new Error(`the ready policy ${name} has no thresholds`);
  for (const [key, value] of [
    ['core', input.core],
    ['heldOut', input.heldOut],
  ] as const)
    // As it was written: what a number would be printed as is another text.
    if (value !== undefined) thresholds.set(key, value);
  return [
    putText(POLICY_FILE, document.toString({ lineWidth: 0, flowCollectionPadding: true })),
    { path: SIGNERS_FILE, bytes: await context.files.read(signers, MAX_BYTES) },
    { path: rubricFile(rubric.value.name), bytes: rubricBytes },
    ...(await certificatesIn(context, keys)),
  ];
}

/** Certificates in a folder, by whatever names; each goes by its fingerprint. */
async function certificatesIn({ files, verifier }: Context, folder: string): Promise<readonly Put[]> {
  const names = (await files.list(folder)) ?? [];
  const found = names.filter((name) => name.endsWith('.asc')).slice(0, MOST_KEYS);
  if (found.length === 0)
    throw new CannotTell('NO_INPUT', `${folder} holds no certificate (*.asc)`, {
      remedy: 'gpg --armor --export <fingerprint> > <folder>/<name>.asc, for everybody in signers.yaml',
    });
  const puts: Put[] = [];
  for (const name of found) {
    const armored = new TextDecoder().decode(await files.read(`${folder}/${name}`, MAX_BYTES));
    const facts = await verifier.inspect(armored);
    if (facts.kind === 'unusable')
      throw new CannotTell('BAD_DATA', `${folder}/${name} is no usable certificate: ${facts.reason}`);
    puts.push(putText(keyFile(facts.primary), armored));
  }
  return puts;
}

/** Where this package lies: above the folder of the file that starts it. */
function packageFolder(program: string): string {
  return program.split(/[/\\]/).slice(0, -2).join('/');
}

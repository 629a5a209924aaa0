import { CannotTell } from '../../../base/errors.ts';
import { seal } from '../../../domain/document.ts';
import { toIdSet } from '../../../domain/entry.ts';
import { toIterationId, type Iteration, type SafePath } from '../../../domain/names.ts';
import { isEvidencePath, ROLLBACK_PROCEDURE } from '../../../domain/paths.ts';
import { reason } from '../../../domain/reason.ts';
import { EvidenceEntry } from '../../../domain/record.ts';
import type { Role } from '../../../domain/roles.ts';
import type { NewFile } from '../../../machine/act.ts';
import { toFileEntries } from '../../../machine/file-check.ts';
import { requestersOf } from '../../../machine/requesters.ts';
import { bundleOf, type Bundle } from '../../../machine/world.ts';
import type { CommonOptions, Outcome } from '../command.ts';
import { protect, type Protection } from '../confidential/protect.ts';
import type { Context } from '../context.ts';
import { entryStarting } from '../opening/entry-starting.ts';
import { entryBy, roleFor, type Desk, type Plan } from '../opening/write.ts';

const MAX_EVIDENCE_BYTES = 32 * 1024 * 1024;

export interface EvidenceInput {
  readonly files: readonly string[];
  /** Path in the bundle, where one file shall not go by its own name. */
  readonly asPath: SafePath | null;
  /** Change requests this answers: entry ids, or as much of them as tells them apart. */
  readonly answers: readonly string[];
  /** How the files go in; null: in the clear. */
  readonly confidential: Protection | null;
}

/** Adds documents to a bundle. @returns where they will lie, or why not. */
export async function addEvidence(
  desk: Desk,
  common: CommonOptions,
  plan: Plan,
  iteration: Iteration,
  input: EvidenceInput,
): Promise<readonly string[] | Extract<Outcome, { kind: 'refused' }>> {
  const it = toIterationId(iteration);
  const headline = `${it} cannot take this evidence`;
  const bundle = bundleOf(plan.world.tree, iteration);
  if (bundle === null)
    return { kind: 'refused', headline, reasons: [reason('ITERATION_UNKNOWN', { iteration: it })] };
  const decisions = bundle.approvals.map(({ id }) => id);
  const answers = input.answers.map((start) => ({ start, id: entryStarting(decisions, start) }));
  const [unknown, ...others] = answers.flatMap(({ start, id }) =>
    id === null ? [reason('ANSWER_UNKNOWN', { entry: start })] : [],
  );
  if (unknown !== undefined) return { kind: 'refused', headline, reasons: [unknown, ...others] };
  const read = await readEvidence(desk.context, input);
  const files =
    input.confidential === null
      ? read
      : await protect(desk.context, plan.world, iteration.line, needAttachments(read), input.confidential);
  const role = roleFor(desk, common, rolesFor(desk, bundle, files), iteration.line);
  const evidence = seal(EvidenceEntry, {
    ...entryBy(desk, 'evidence', role, [bundle.record.request.id]),
    files: toFileEntries(files),
    answers: toIdSet(answers.flatMap(({ id }) => id ?? [])),
  });
  return (
    plan.add(headline, { kind: 'evidence', iteration, evidence, files }) ?? files.map((file) => file.path)
  );
}

/** In the order in which they are tried: who did not request may still bring the rollback procedure, as an operator. */
function rolesFor({ who, workspace }: Desk, bundle: Bundle, files: readonly NewFile[]): readonly Role[] {
  const operators: readonly Role[] = ['operator', 'team-lead'];
  const requested = requestersOf(bundle, workspace.world.law).has(who.principal.id);
  return !requested && files.every((file) => file.path === ROLLBACK_PROCEDURE)
    ? ['pipeline', ...operators, 'model-owner']
    : ['pipeline', 'model-owner', ...operators];
}

/** What has a name of its own is there to be read by everybody who signs. @throws CannotTell USAGE. */
function needAttachments(files: readonly NewFile[]): readonly NewFile[] {
  const document = files.find(({ path }) => !path.startsWith('attachments/'));
  if (document === undefined) return files;
  throw new CannotTell(
    'USAGE',
    `${document.path} is read by everybody who signs, so it cannot be confidential`,
    {
      remedy: 'say the confidential part in a file of its own, which goes below attachments/',
    },
  );
}

async function readEvidence(
  { files: local }: Context,
  { files, asPath }: EvidenceInput,
): Promise<readonly NewFile[]> {
  if (asPath !== null && files.length !== 1) throw new CannotTell('USAGE', '--as-path goes with one file');
  const read: NewFile[] = [];
  for (const file of files) {
    const path = asPath ?? pathInBundle(file);
    if (read.some((other) => other.path === path))
      throw new CannotTell('USAGE', `two of the files would both be ${path}`);
    read.push({ path, bytes: await local.read(file, MAX_EVIDENCE_BYTES) });
  }
  return read;
}

/** Documents the bundle knows go by their names; anything else is an attachment. */
function pathInBundle(file: string): string {
  const name = file.split(/[/\\]/).at(-1) ?? '';
  if (isEvidencePath(name)) return name;
  const path = `attachments/${name}`;
  // A README.md is for people who browse the repository, and is not governed.
  if (isEvidencePath(path) && name !== 'README.md') return path;
  throw new CannotTell('USAGE', `${name} cannot be the name of an attachment`, {
    facts: ['letters, digits, dot, - and _ only, and not README.md'],
    remedy: 'give it one with --as-path attachments/<name>',
  });
}

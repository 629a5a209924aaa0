import { CannotTell } from '../../base/errors.ts';
import { seal } from '../../domain/document.ts';
import { SafePath, toIterationId, type EntryId, type Iteration } from '../../domain/names.ts';
import { isEvidencePath } from '../../domain/paths.ts';
import { reason } from '../../domain/reason.ts';
import { EvidenceEntry } from '../../domain/record.ts';
import type { NewFile } from '../../machine/act.ts';
import { toFileEntries } from '../../machine/file-check.ts';
import { bundleOf } from '../../machine/world.ts';
import type { CommonOptions, Outcome } from './command.ts';
import { entryBy, roleFor, type Desk, type Plan } from './write.ts';

const MAX_EVIDENCE_BYTES = 32 * 1024 * 1024;

export interface EvidenceInput {
  readonly files: readonly string[];
  /** Path in the bundle, where one file shall not go by its own name. */
  readonly asPath: string | null;
  readonly answers: readonly EntryId[];
}

/** Adds documents to a bundle. @returns where they will lie, or why not. */
export async function addEvidence(
  desk: Desk,
  common: CommonOptions,
  plan: Plan,
  iteration: Iteration,
  input: EvidenceInput,
): Promise<readonly string[] | Extract<Outcome, { kind: 'refused' }>> {
  const headline = `${toIterationId(iteration)} cannot take this evidence`;
  const bundle = bundleOf(plan.world.tree, iteration);
  if (bundle === null)
    return {
      kind: 'refused',
      headline,
      reasons: [reason('ITERATION_UNKNOWN', { iteration: toIterationId(iteration) })],
    };
  if (input.asPath !== null && input.files.length !== 1)
    throw new CannotTell('USAGE', '--as-path goes with one file');
  const files: NewFile[] = [];
  for (const file of input.files) {
    const path = input.asPath ?? pathInBundle(file);
    if (files.some((other) => other.path === path))
      throw new CannotTell('USAGE', `two of the files would both be ${path}`);
    files.push({ path, bytes: await desk.context.files.read(file, MAX_EVIDENCE_BYTES) });
  }
  const { request } = bundle.record;
  const evidence = seal(EvidenceEntry, {
    ...entryBy(
      desk,
      'evidence',
      roleFor(desk, common, ['pipeline', 'model-owner', 'operator', 'team-lead'], iteration.line),
      [request.id],
    ),
    files: toFileEntries(files),
    answers: [...new Set(input.answers)].sort(),
  });
  return (
    plan.add(headline, { kind: 'evidence', iteration, evidence, files }) ?? files.map((file) => file.path)
  );
}

/** Documents the bundle knows go by their names; anything else is an attachment. */
function pathInBundle(file: string): string {
  const name = file.split(/[/\\]/).at(-1) ?? '';
  if (isEvidencePath(name)) return name;
  const path = `attachments/${name}`;
  if (SafePath.safeParse(path).success) return path;
  throw new CannotTell('USAGE', `${name} cannot be the name of an attachment`, {
    facts: ['letters, digits, dot, - and _ only, and not README.md'],
    remedy: 'give it one with --as-path attachments/<name>',
  });
}

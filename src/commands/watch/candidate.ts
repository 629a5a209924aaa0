import { sha256, type Sha256 } from '../../base/digest.ts';
import { CannotTell, type CannotTellCode } from '../../base/errors.ts';
import { ANNOTATIONS } from '../../domain/model-manifest.ts';
import { readModelLayers } from '../../domain/model-layers.ts';
import {
  IterationId,
  SafeName,
  toIteration,
  toIterationId,
  type Iteration,
  type LineName,
} from '../../domain/names.ts';
import { printRegistryPlace, type RegistryPlace } from '../../domain/registry-place.ts';
import type { Reason } from '../../domain/reason.ts';
import { bundleOf } from '../../machine/world.ts';
import type { ModelRegistry } from '../../ports/registry.ts';
import type { CommonOptions } from '../shared/command.ts';
import type { Context } from '../shared/context.ts';
import { takingModel } from '../shared/intake/model-folder.ts';
import type { Signed } from '../shared/sharing/publish.ts';
import { planSubmission, type Submission, type SubmissionInput } from '../shared/intake/submission.ts';
import { land, Plan, type Desk } from '../shared/opening/write.ts';

/** What stands under one digest, and under which tags. */
export interface Found {
  readonly manifest: Sha256;
  readonly tags: readonly string[];
}

export type CandidateEnd = Found &
  (
    | {
        readonly status: 'submitted' | 'would be submitted';
        readonly iteration: string;
        readonly state: Submission['state'];
        readonly signed: Signed | null;
      }
    /** It is the candidate that is wrong: it is not tried again before this is started anew. */
    | {
        readonly status: 'refused';
        readonly iteration: string | null;
        readonly why: string;
        readonly reasons: readonly Reason[];
      }
    /** Something else is: it is tried again. */
    | { readonly status: 'failed'; readonly iteration: string | null; readonly error: CannotTell }
  );

export interface Order extends Omit<
  SubmissionInput,
  'adapter' | 'origin' | 'metadata' | 'runs' | 'evidence'
> {
  readonly line: LineName;
  readonly place: RegistryPlace;
}

/** What says that the candidate is wrong and not the world around it. */
const OF_CANDIDATE: ReadonlySet<CannotTellCode> = new Set(['BAD_DATA', 'NO_INPUT', 'USAGE']);

/** Submits what lies under a digest. Everything that this takes is covered by the digest, or said by whoever started this. */
export async function submitCandidate(
  desk: Desk,
  common: CommonOptions,
  registry: ModelRegistry,
  found: Found,
  order: Order,
): Promise<CandidateEnd> {
  let iteration: Iteration | null = null;
  const told = (): string | null => (iteration === null ? null : toIterationId(iteration));
  const refused = (why: string, reasons: readonly Reason[] = []): CandidateEnd => ({
    ...found,
    ...{ status: 'refused', iteration: told(), why, reasons },
  });
  try {
    iteration = await iterationOf(registry, found, order);
    if (bundleOf(desk.workspace.world.tree, iteration) !== null)
      return refused(
        `${toIterationId(iteration)} was requested before, from elsewhere or under another digest`,
      );
    const { place } = order;
    const at = place.kind === 'layout' ? `oci:${place.folder}` : printRegistryPlace(place);
    const source = `${at}@sha256:${found.manifest}`;
    const it = iteration;
    return await takingModel(desk.context, { source, plainHttp: order.plainHttp }, async (taken) => {
      const said = await saidOf(desk.context, taken.submission);
      const plan = new Plan(desk);
      const input = { ...order, ...said, adapter: taken.folder, origin: taken.origin };
      const done = await planSubmission(desk, common, plan, it, input);
      if (done.kind === 'refused') return refused(done.headline, done.reasons);
      const report = await land(desk, common, plan, `Submit ${toIterationId(it)}: ${done.state}`);
      if ('kind' in report) return refused(report.headline, report.reasons);
      const { commit, signer } = report;
      const brief = done.request.id.slice(0, 8);
      const subject = toIterationId(it);
      return {
        ...found,
        status: commit === null ? 'would be submitted' : 'submitted',
        iteration: subject,
        state: done.state,
        signed: commit === null ? null : { commit, signer, subject, brief, entries: [done.request.id] },
      };
    });
  } catch (error) {
    if (!(error instanceof CannotTell)) throw error;
    return OF_CANDIDATE.has(error.code)
      ? refused([error.message, ...error.facts].join('; '))
      : { ...found, status: 'failed', iteration: told(), error };
  }
}

/** Which iteration a manifest says it is; it has to be of the line that is watched for. @throws CannotTell. */
async function iterationOf(
  registry: ModelRegistry,
  { manifest }: Found,
  { line }: Order,
): Promise<Iteration> {
  const bytes = await registry.manifest(manifest);
  if (bytes === null) throw new CannotTell('NO_INPUT', 'the registry does not have this manifest any more');
  if (sha256(bytes) !== manifest)
    throw new CannotTell('BAD_DATA', 'the registry gives something else for it');
  const read = readModelLayers(bytes, manifest);
  if (!read.ok) throw new CannotTell('BAD_DATA', `the manifest ${read.why}`);
  const text = read.value.annotations.get(ANNOTATIONS.iteration);
  if (text === undefined)
    throw new CannotTell(
      'BAD_DATA',
      `the manifest has no annotation ${ANNOTATIONS.iteration}, such as ${line}@1.4.0`,
    );
  const id = IterationId.safeParse(text);
  if (!id.success || toIteration(id.data).line !== line)
    throw new CannotTell('BAD_DATA', `the annotation ${ANNOTATIONS.iteration} is no iteration of ${line}`, {
      facts: [text.slice(0, 200)],
    });
  return toIteration(id.data);
}

/**
 * `submission/metadata.yaml`, `submission/runs/<name>/` with the output of a harness and `transcripts/` below it, and
 * `submission/evidence/`. @throws CannotTell BAD_DATA.
 */
async function saidOf(
  { files }: Context,
  folder: string | null,
): Promise<Pick<SubmissionInput, 'metadata' | 'runs' | 'evidence'>> {
  const below = async (path: string): Promise<readonly string[]> => {
    const there = folder !== null && (await files.exists(`${folder}/${path}`));
    return there ? ((await files.list(`${folder}/${path}`)) ?? []) : [];
  };
  const runs: SubmissionInput['runs'][number][] = [];
  for (const name of await below('runs')) {
    const run = SafeName.safeParse(name);
    if (!run.success) throw new CannotTell('BAD_DATA', `submission/runs/${name} is no name of a run`);
    const results = `${folder ?? ''}/runs/${name}`;
    const hasTranscripts = (await below(`runs/${name}`)).includes('transcripts');
    runs.push({ run: run.data, results, transcripts: hasTranscripts ? [`${results}/transcripts`] : [] });
  }
  if (folder === null || runs.length === 0)
    throw new CannotTell('BAD_DATA', 'it holds no submission/runs/<name>/ with the output of a harness');
  if (!(await files.exists(`${folder}/metadata.yaml`)))
    throw new CannotTell('BAD_DATA', 'it holds no submission/metadata.yaml');
  const evidence = (await below('evidence')).map((name) => `${folder}/evidence/${name}`);
  return { metadata: `${folder}/metadata.yaml`, runs, evidence };
}

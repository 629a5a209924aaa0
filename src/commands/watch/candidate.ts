import { sha256, type Sha256 } from '../../base/digest.ts';
import { CannotTell } from '../../base/errors.ts';
import { ANNOTATIONS } from '../../domain/model-manifest.ts';
import { readModelLayers } from '../../domain/model-layers.ts';
import { IterationId, SafeName, toIteration, toIterationId, type Iteration } from '../../domain/names.ts';
import { printRegistryPlace } from '../../domain/registry-place.ts';
import type { Reason } from '../../domain/reason.ts';
import { bundleOf } from '../../machine/world.ts';
import type { ModelRegistry } from '../../ports/registry.ts';
import type { CommonOptions, Outcome } from '../shared/command.ts';
import { explain } from '../shared/explaining/explain.ts';
import type { Context } from '../shared/context.ts';
import { takingModel } from '../shared/intake/model-folder.ts';
import type { Signed } from '../shared/sharing/publish.ts';
import { planSubmission, type Submission, type SubmissionInput } from '../shared/intake/submission.ts';
import { land, Plan, type Desk } from '../shared/opening/write.ts';
import { faultOf } from './fault.ts';
import type { Order } from './order.ts';
import type { Ready } from './readiness.ts';

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
    /** It is the candidate that is wrong: it is not tried again as long as what it was refused under is the same. */
    | {
        readonly status: 'refused';
        readonly iteration: string | null;
        readonly why: string;
        readonly reasons: readonly Reason[];
        /** Null where nothing mends it. */
        readonly under: string | null;
      }
    /** Something else is: it is tried again. */
    | {
        readonly status: 'failed';
        readonly iteration: string | null;
        readonly error: CannotTell;
        /** Whether it is the watcher that cannot, for this candidate or any other. */
        readonly isOwn: boolean;
      }
  );

type Refused = Extract<Outcome, { kind: 'refused' }>;

/** Submits what lies under a digest. Everything that this takes is covered by the digest, or said by whoever started this. */
export async function submitCandidate(
  desk: Desk,
  common: CommonOptions,
  registry: ModelRegistry,
  found: Found,
  order: Order,
  ready: Ready,
): Promise<CandidateEnd> {
  let iteration: Iteration | null = null;
  // Until it is downloaded nothing of the watcher's is looked at.
  let own: readonly string[] = [];
  const told = (): string | null => (iteration === null ? null : toIterationId(iteration));
  const wrong = (why: string): CandidateEnd => ({
    ...found,
    ...{ status: 'refused', iteration: told(), why, reasons: [], under: null },
  });
  const failed = (error: CannotTell, isOwn: boolean): CandidateEnd => ({
    ...found,
    ...{ status: 'failed', iteration: told(), error, isOwn },
  });
  const refused = (no: Refused): CandidateEnd => {
    const { headline: why, reasons } = no;
    const fault = faultOf({ kind: 'refused', reasons });
    if (fault !== 'ground') return failed(asError(no), fault === 'watcher');
    const lacksKey = order.modelKey === null && order.modelCa === null && reasons.some(wantsSignature);
    return {
      ...{ ...found, status: 'refused', iteration: told(), reasons, under: ready.ground },
      why: lacksKey ? `${why}, as this looks at no signature: start it with --model-key` : why,
    };
  };
  try {
    iteration = await iterationOf(registry, found, order);
    if (bundleOf(desk.workspace.world.tree, iteration) !== null)
      return wrong(
        `${toIterationId(iteration)} was requested before, from elsewhere or under another digest`,
      );
    const { place } = order;
    const at = place.kind === 'layout' ? `oci:${place.folder}` : printRegistryPlace(place);
    const source = `${at}@sha256:${found.manifest}`;
    const it = iteration;
    return await takingModel(desk.context, { source, plainHttp: order.plainHttp }, async (taken) => {
      const said = await saidOf(desk.context, taken.submission);
      own = ready.own;
      const plan = new Plan(desk);
      const input = { ...order, ...said, adapter: taken.folder, origin: taken.origin };
      const done = await planSubmission(desk, common, plan, it, input);
      if (done.kind === 'refused') return refused(done);
      const report = await land(desk, common, plan, `Submit ${toIterationId(it)}: ${done.state}`);
      if ('kind' in report) return refused(report);
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
    const fault = faultOf({ kind: 'cannot tell', error, own });
    return fault === 'candidate'
      ? wrong([error.message, ...error.facts].join('; '))
      : failed(error, fault === 'watcher');
  }
}

function wantsSignature(why: Reason): boolean {
  return why.code === 'LOCK_STRENGTH_LOW' && why.facts.demanded === 'attested';
}

/** A refusal that says nothing about the candidate. */
function asError({ headline, reasons: [first, ...more] }: Refused): CannotTell {
  const { sentence, remedy } = explain(first);
  return new CannotTell('NOT_PERMITTED', `${headline}: ${sentence}`, {
    facts: more.map((why) => explain(why).sentence),
    ...(remedy !== null && { remedy }),
  });
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

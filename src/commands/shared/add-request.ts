import { CannotTell } from '../../base/errors.ts';
import { seal } from '../../domain/document.ts';
import {
  toIterationId,
  toSeconds,
  type EntryId,
  type Iteration,
  type PrincipalName,
} from '../../domain/names.ts';
import { bundleFolder, rubricFile, RUBRIC } from '../../domain/paths.ts';
import { reason } from '../../domain/reason.ts';
import { Request } from '../../domain/request.ts';
import { fileAt } from '../../domain/tree.ts';
import { bundleOf, iterationsOf, lockNamed, locksOf } from '../../machine/world.ts';
import type { Lock } from '../../domain/lock.ts';
import type { SoundArtifact } from '../../ports/artifacts.ts';
import type { CommonOptions, Outcome } from './command.ts';
import { readMetadata } from './submission-metadata.ts';
import { entryBy, roleFor, type Desk, type Plan } from './write.ts';

export interface RequestInput {
  readonly adapter: string;
  readonly metadata: string;
  /** `<name>@<pin>` where the adapter leaves its base floating. */
  readonly base: string | null;
  readonly lock: EntryId | null;
  readonly onBehalfOf: PrincipalName | null;
}

type Refused = Extract<Outcome, { kind: 'refused' }>;

/** Checks an adapter folder. @returns what it is, or every finding. */
export async function inspectAdapter(
  desk: Desk,
  headline: string,
  folder: string,
  base: string | null,
): Promise<SoundArtifact | Refused> {
  const at = base?.lastIndexOf('@') ?? -1;
  if (base !== null && at <= 0)
    throw new CannotTell('USAGE', '--base must be <name>@<commit or sha256:digest>', { facts: [base] });
  const stated = base === null ? {} : { statedBase: { name: base.slice(0, at), pin: base.slice(at + 1) } };
  const verdict = await desk.context.inspector.inspect(desk.context.files.absolute(folder), stated);
  if (verdict.kind === 'sound') return verdict;
  const [first, ...rest] = verdict.findings.map(({ code, message, place }) =>
    reason('ARTIFACT_REFUSED', { fault: code, message, path: place.file }),
  );
  if (first === undefined) throw new Error('an artifact refused without a finding');
  return { kind: 'refused', headline, reasons: [first, ...rest] };
}

/** Adds a promotion request to a plan. @returns the artifact, or why not. */
export async function addRequest(
  desk: Desk,
  common: CommonOptions,
  plan: Plan,
  iteration: Iteration,
  input: RequestInput,
): Promise<SoundArtifact | Refused> {
  const headline = `${toIterationId(iteration)} cannot be requested`;
  const metadata = await readMetadata(desk.context, input.metadata);
  const artifact = await inspectAdapter(desk, headline, input.adapter, input.base);
  if (artifact.kind === 'refused') return artifact;
  const { line } = iteration;
  const started = toSeconds(metadata.lineage.training.startedAt);
  const locks = locksOf(plan.world.tree, line);
  const lock =
    input.lock === null
      ? (locks.filter((known) => toSeconds(known.time) <= started).at(-1) ?? locks.at(-1))
      : lockNamed(plan.world.tree, line, input.lock);
  if (lock === null || lock === undefined)
    return {
      kind: 'refused',
      headline,
      reasons: [reason('LOCK_UNKNOWN', { lock: input.lock ?? `none of ${line}` })],
    };

  const { principal } = desk.who;
  const { change, lineage, evaluatedAs, ...rest } = metadata;
  const { datasets, training } = lineage;
  const draft = {
    id: '0'.repeat(64),
    ...entryBy(desk, 'request', roleFor(desk, common, ['pipeline', 'model-owner'], line), [lock.id]),
    onBehalfOf: input.onBehalfOf ?? (principal.kind === 'automation' ? principal.owner : principal.id),
    lock: lock.id,
    lockStrength: 'declared',
    artifact: {
      format: artifact.format,
      name: evaluatedAs ?? artifact.name,
      files: artifact.files,
      digest: artifact.digest,
      facts: {
        rank: artifact.facts.rank,
        targetModules: artifact.facts.targetModules,
        parameters: artifact.facts.parameterCount,
      },
    },
    base: artifact.base,
    change: {
      ...change,
      flags: Object.entries(change.flags)
        .sort(byKey)
        .map(([name, value]) => ({ name, value })),
      capabilities: [...new Set(change.capabilities)].sort(),
      permissions: [...new Set(change.permissions)].sort(),
    },
    lineage: { datasets: [...datasets].sort((a, b) => (a.name < b.name ? -1 : 1)), training },
    metadata: rest,
  };
  const checked = Request.safeParse(draft);
  if (!checked.success) {
    const [issue, ...others] = checked.error.issues;
    throw new CannotTell('BAD_DATA', `${issue?.path.map(String).join('.') ?? ''} ${issue?.message ?? ''}`, {
      place: { file: input.metadata },
      facts: others.map((other) => `${other.path.map(String).join('.')} ${other.message}`),
    });
  }
  const no = plan.add(headline, {
    kind: 'request',
    iteration,
    request: seal(Request, checked.data),
    rubric: lockedRubric(desk, plan, lock),
  });
  return no ?? artifact;
}

/** The bytes a lock pinned: from the policy, from another bundle, or from an earlier commit. */
function lockedRubric({ workspace }: Desk, plan: Plan, lock: Lock): Uint8Array {
  const wanted = lock.rubric.sha256;
  const trees = [
    plan.world.tree,
    ...[...workspace.verification.commits].reverse().map((commit) => commit.tree),
  ];
  for (const tree of trees) {
    const file = fileAt(tree, rubricFile(lock.rubric.name));
    if (file?.sha256 === wanted) return file.bytes;
  }
  for (const iteration of iterationsOf(plan.world.tree, lock.line)) {
    const file =
      bundleOf(plan.world.tree, iteration) === null
        ? null
        : fileAt(plan.world.tree, `${bundleFolder(iteration)}/${RUBRIC}`);
    if (file?.sha256 === wanted) return file.bytes;
  }
  throw new CannotTell(
    'NO_INPUT',
    `the rubric ${lock.rubric.name} that the lock pins is nowhere in this history`,
    { facts: [`sha256 ${wanted}`] },
  );
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

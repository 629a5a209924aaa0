import { CannotTell } from '../../../base/errors.ts';
import { seal } from '../../../domain/document.ts';
import { toIdSet } from '../../../domain/entry.ts';
import type { Lock } from '../../../domain/lock.ts';
import { toIterationId, type EntryId, type Iteration, type PrincipalName } from '../../../domain/names.ts';
import { reason } from '../../../domain/reason.ts';
import { Request } from '../../../domain/request.ts';
import type { RequestOrigin } from '../../../domain/request-origin.ts';
import { waiverOf } from '../../../machine/exception-use.ts';
import { exceptionsOf } from '../../../machine/exceptions.ts';
import { intakeFindings } from '../../../machine/intake.ts';
import { ruleOfLine } from '../../../machine/law.ts';
import { isBound, lockTie } from '../../../machine/lock-strength.ts';
import { lockNamed, locksOf } from '../../../machine/world.ts';
import type { SoundArtifact } from '../../../ports/artifacts.ts';
import { inspectAdapter, readBase } from './adapter-check.ts';
import type { CommonOptions, Outcome } from '../command.ts';
import { escapeShown } from '../terminal/escape.ts';
import { lockedRubric } from './locked-rubric.ts';
import { checkModelSignature, type SignerInput } from './model-signature.ts';
import { readMetadata, type SubmissionMetadata } from './submission-metadata.ts';
import { entryBy, roleFor, type Desk, type Plan } from '../opening/write.ts';

export interface RequestInput extends SignerInput {
  readonly adapter: string;
  /** What it was taken from; null for a folder of one's own. */
  readonly origin: RequestOrigin | null;
  readonly metadata: string;
  /** `<name>@<pin>` where the adapter leaves its base floating. */
  readonly base: string | null;
  readonly lock: EntryId | null;
  readonly onBehalfOf: PrincipalName | null;
  /** Beginnings of ids of exceptions that it needs. */
  readonly exception: readonly string[];
}

type Refused = Extract<Outcome, { kind: 'refused' }>;

/** What was asked for and of which adapter. */
export interface Requested {
  readonly kind: 'requested';
  readonly request: Request;
  readonly artifact: SoundArtifact;
}

/** Adds a promotion request to a plan: the adapter inspected, the metadata read, the lock found. */
export async function addRequest(
  desk: Desk,
  common: CommonOptions,
  plan: Plan,
  iteration: Iteration,
  input: RequestInput,
): Promise<Requested | Refused> {
  const headline = `${toIterationId(iteration)} cannot be requested`;
  const { line } = iteration;
  if (ruleOfLine(plan.world.law, line) === null)
    return { kind: 'refused', headline, reasons: [reason('LINE_UNKNOWN', { line })] };
  const metadata = await readMetadata(desk.context, input.metadata);
  const lock = findLock(plan, iteration, input.lock, metadata);
  if (lock === null) {
    const reasons = [reason('LOCK_UNKNOWN', { lock: input.lock ?? `of ${line}` })] as const;
    return { kind: 'refused', headline, reasons };
  }
  const statedBase = input.base === null ? null : readBase(input.base);
  const artifact = await inspectAdapter(desk.context, headline, input.adapter, statedBase);
  if (artifact.kind === 'refused') return artifact;
  const signature = await checkModelSignature(desk.context, headline, input.adapter, input);
  if (signature !== null && 'kind' in signature) return signature;
  const { principal } = desk.who;
  const entry = {
    ...entryBy(desk, 'request', roleFor(desk, common, ['pipeline', 'model-owner'], line), [lock.id]),
    onBehalfOf: input.onBehalfOf ?? (principal.kind === 'automation' ? principal.owner : principal.id),
    lock: lock.id,
    ...(input.origin !== null && { origin: input.origin }),
    ...contentOf(metadata, artifact),
    ...(signature !== null && { modelSignature: signature }),
  };
  const checked = Request.safeParse({
    ...{ id: '0'.repeat(64), ...entry },
    lockStrength: isBound(entry.artifact, lock.id) ? 'bound' : 'declared',
  });
  if (!checked.success) throw unsound(checked.error.issues, input.metadata);
  const exceptions = findExceptions(plan, iteration, input.exception);
  if ('unknown' in exceptions) {
    const reasons = [reason('EXCEPTION_UNKNOWN', { exception: exceptions.unknown })] as const;
    return { kind: 'refused', headline, reasons };
  }
  const request = sealed(desk, plan, iteration, checked.data, exceptions.ids);
  const rubric = lockedRubric(desk, lock);
  const findings = intakeFindings(plan.world.law, plan.world.tree, iteration, request);
  sayTie(desk, plan, iteration, request);
  for (const { rule, found } of findings.filter(({ severity }) => severity === 'warning'))
    desk.context.terminal.say(`warning: ${rule}: ${escapeShown(found)}`);
  return (
    plan.add(headline, { kind: 'request', iteration, request, rubric }) ?? {
      kind: 'requested',
      request,
      artifact,
    }
  );
}

/** Tells how strongly it is tied to its lock, where anything was done for that. */
function sayTie({ context }: Desk, { world }: Plan, { line }: Iteration, request: Request): void {
  if (request.artifact.stamps === undefined && request.modelSignature === undefined) return;
  const { strength, because } = lockTie(world.law, line, request);
  context.terminal.say(escapeShown(`its lock is ${strength}: ${because}`));
}

/** The exceptions that begin so, each told apart by that. */
function findExceptions(
  { world }: Plan,
  { line }: Iteration,
  starts: readonly string[],
): { readonly ids: readonly EntryId[] } | { readonly unknown: string } {
  const all = exceptionsOf(world.tree, line).map(({ exception }) => exception.id);
  const found = starts.map((start) => ({ start, ids: all.filter((id) => id.startsWith(start)) }));
  const [unknown] = found.filter(({ ids }) => ids.length !== 1);
  return unknown === undefined
    ? { ids: toIdSet(found.flatMap(({ ids }) => ids)) }
    : { unknown: unknown.start };
}

/** With the exceptions it needs, and the approvals by which they are open. */
function sealed(
  desk: Desk,
  { world }: Plan,
  iteration: Iteration,
  entry: Request,
  ids: readonly EntryId[],
): Request {
  if (ids.length === 0) return seal(Request, entry);
  const needing = { ...entry, exceptions: ids };
  const { reliedOn } = waiverOf(
    { ...world, tree: world.before ?? world.tree },
    iteration,
    needing,
    desk.actor.clock,
  );
  return seal(Request, { ...needing, reliedOn: toIdSet([...entry.reliedOn, ...reliedOn]) });
}

/** The lock asked for, else the newest before training began; where all are later, the newest, which is refused. */
function findLock(
  { world }: Plan,
  { line }: Iteration,
  asked: EntryId | null,
  { lineage }: SubmissionMetadata,
): Lock | null {
  if (asked !== null) return lockNamed(world.tree, line, asked);
  const locks = locksOf(world.tree, line);
  return locks.filter((lock) => lock.time <= lineage.training.startedAt).at(-1) ?? locks.at(-1) ?? null;
}

/** What metadata and adapter say together, in the spelling of the record: lists are sets there, so they are sorted. */
function contentOf({ change, lineage, evaluatedAs, ...metadata }: SubmissionMetadata, found: SoundArtifact) {
  const flags = Object.entries(change.flags).map(([name, value]) => ({ name, value }));
  return {
    artifact: {
      format: found.format,
      name: evaluatedAs ?? found.name,
      files: found.files,
      digest: found.digest,
      ...(found.stamps.length > 0 && { stamps: found.stamps }),
      facts: factsOf(found),
    },
    base: found.base,
    change: {
      ...change,
      flags: byName(flags),
      capabilities: [...change.capabilities].sort(),
      permissions: [...change.permissions].sort(),
    },
    lineage: { ...lineage, datasets: byName(lineage.datasets) },
    metadata,
  };
}

function factsOf(found: SoundArtifact) {
  switch (found.format) {
    case 'peft-lora': {
      const { rank, targetModules, parameterCount } = found.facts;
      return { rank, targetModules, parameters: parameterCount };
    }
    case 'safetensors':
    case 'gguf': {
      const { architecture, tensorCount, parameterCount, dtypes } = found.facts;
      return { architecture, tensors: tensorCount, parameters: parameterCount, types: dtypes };
    }
  }
}

function byName<T extends { readonly name: string }>(list: readonly T[]): readonly T[] {
  return [...list].sort((a, b) => (a.name < b.name ? -1 : 1));
}

type Issues = readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];

function unsound(issues: Issues, file: string): CannotTell {
  const [first = '', ...facts] = issues.map(
    ({ path, message }) => `${path.map(String).join('.')} ${message}`,
  );
  return new CannotTell('BAD_DATA', `the request is not sound: ${first}`, { place: { file }, facts });
}

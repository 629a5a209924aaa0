import { digestOfFiles, sha256 } from '../../base/digest.ts';
import { toIdSet } from '../../domain/entry.ts';
import { toIterationId, toSeconds, type Iteration, type LineName } from '../../domain/names.ts';
import { bundleFolder, RECORD, RUBRIC } from '../../domain/paths.ts';
import type { Lock } from '../../domain/lock.ts';
import type { LineRule } from '../../domain/line-rule.ts';
import { coversPermission, overlapPermission, type Mutation } from '../../domain/model-change.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import { recordDocument, type PromotionRecord } from '../../domain/record.ts';
import { Request, type ArtifactFormat } from '../../domain/request.ts';
import { nodeAt } from '../../domain/tree.ts';
import { putText, refused, refusedIf, type Act, type Actor, type Decision } from '../act.ts';
import { changeFlags, isContradicted } from '../change-flags.ts';
import { checkEntry, TIME_TOLERANCE } from '../entry-check.ts';
import { waiverOf } from '../exception-use.ts';
import { checkTie, tieReasons } from '../lock-strength.ts';
import { repeatedArtifact } from '../repeated-artifact.ts';
import { intakeFindings, intakeReasons } from '../intake.ts';
import { isKeyEnded, principalNamed, ruleOfLine } from '../law.ts';
import { disablementOf } from '../overrides.ts';
import { requestRoom } from '../record-room.ts';
import { referencesOf } from '../references.ts';
import { requestersOf } from '../requesters.ts';
import { stopReasons } from './lock.ts';
import { runsVerdict } from '../verdict.ts';
import { bundleOf, lockNamed, locksOf, recordOf, recordsOf, type World } from '../world.ts';

type RequestAct = Extract<Act, { kind: 'request' }>;

/** A promotion request: an artifact by digest, measured by a lock that was there before its training began. */
export function decideRequest(
  world: World,
  { iteration, request, rubric }: RequestAct,
  actor: Actor,
): Decision {
  const rule = ruleOfLine(world.law, iteration.line);
  if (rule === null) return refused(reason('LINE_UNKNOWN', { line: iteration.line }));
  // A lock that comes in the same commit as the request precedes nothing.
  const earlier = world.before ?? world.tree;
  const lock = lockNamed(earlier, iteration.line, request.lock);
  if (lock === null) return refused(reason('LOCK_UNKNOWN', { lock: request.lock }));
  const waiver = waiverOf({ ...world, tree: earlier }, iteration, request, actor.clock);
  const rubricDigest = sha256(rubric);
  const record: PromotionRecord = {
    schema: 'modelsmith/promotion-record/v1',
    repository: world.law.repository.id,
    line: iteration.line,
    version: iteration.version,
    state: 'candidate',
    request,
    evidence: [],
    evaluations: [],
    transitions: [],
  };
  const reasons = [
    ...checkEntry(world, actor, Request, request, {
      line: iteration.line,
      roles: ['pipeline', 'model-owner'],
      reliedOn: toIdSet([lock.id, ...waiver.reliedOn]),
    }),
    ...stopReasons(world.law, iteration.line),
    ...checkPerson(world, request),
    ...checkTimes(world, iteration, request),
    ...checkArtifact(world, iteration, request),
    ...checkTie(request),
    ...tieReasons(world.law, { iteration, record, lock, tree: world.tree }),
    ...checkChange(world, iteration, request, rule),
    ...checkDeclaration(world, iteration, request, lock, rule),
    ...checkReaders(world, iteration, request, rule),
    ...waiver.reasons,
    ...intakeReasons(intakeFindings(world.law, world.tree, iteration, request), waiver.waived),
    ...populationReasons(world, iteration.line),
    ...(rubricDigest === lock.rubric.sha256
      ? []
      : [reason('FILE_DIFFERS', { path: RUBRIC, stated: lock.rubric.sha256, found: rubricDigest })]),
    ...(nodeAt(world.tree, bundleFolder(iteration)) === null
      ? []
      : [reason('ITERATION_EXISTS', { iteration: toIterationId(iteration) })]),
  ];
  return refusedIf([...reasons, ...requestRoom(record)], () => [
    putText(`${bundleFolder(iteration)}/${RECORD}`, recordDocument.print(record)),
    { path: `${bundleFolder(iteration)}/${RUBRIC}`, bytes: rubric },
  ]);
}

function checkPerson(world: World, request: Request): readonly Reason[] {
  const person = principalNamed(world.law, request.onBehalfOf);
  const able = person?.kind === 'human' && person.keys.some((key) => !isKeyEnded(key));
  return able ? [] : [reason('ON_BEHALF_OF_UNKNOWN', { name: request.onBehalfOf })];
}

/** The yardstick comes first: the newest lock before the training started, and no training that ends in the future. */
function checkTimes(world: World, { line }: Iteration, request: Request): readonly Reason[] {
  const { startedAt, endedAt } = request.lineage.training;
  const reasons: Reason[] = [];
  if (
    toSeconds(endedAt) < toSeconds(startedAt) ||
    toSeconds(endedAt) > toSeconds(request.time) + TIME_TOLERANCE
  ) {
    reasons.push(reason('TRAINING_TIMES', { startedAt, endedAt, requestedAt: request.time }));
  }
  const locks = locksOf(world.before ?? world.tree, line);
  const cited = locks.find((lock) => lock.id === request.lock);
  if (cited !== undefined && cited.time > startedAt) {
    return [...reasons, reason('TRAINING_BEFORE_LOCK', { startedAt, lockedAt: cited.time })];
  }
  const newest = locks.filter((lock) => lock.time <= startedAt).at(-1);
  if (newest !== undefined && newest.id !== request.lock)
    reasons.push(reason('LOCK_NOT_NEWEST', { lock: request.lock, newest: newest.id }));
  return reasons;
}

function checkArtifact(world: World, iteration: Iteration, { artifact }: Request): readonly Reason[] {
  const computed = digestOfFiles(artifact.files);
  const falsified =
    computed === artifact.digest
      ? []
      : [reason('ARTIFACT_DIGEST_FALSE', { stated: artifact.digest, computed })];
  return [...falsified, ...repeatedArtifact(world.tree, iteration, artifact.digest)];
}

function checkChange(
  world: World,
  { line }: Iteration,
  { change, artifact }: Request,
  rule: LineRule,
): readonly Reason[] {
  const parent = change.parent;
  const disabled = disablementOf(world.law.overrides, line, change.capabilities);
  return [
    ...(disabled === null
      ? []
      : [
          reason('CAPABILITY_DISABLED', {
            capability: disabled.capability,
            override: disabled.id,
            reason: disabled.reason,
          }),
        ]),
    ...(mutates(artifact.format, change.mutation)
      ? []
      : [reason('MUTATION_NOT_OF_ARTIFACT', { mutation: change.mutation, format: artifact.format })]),
    ...(rule.mutations.includes(change.mutation)
      ? []
      : [reason('MUTATION_NOT_ALLOWED', { mutation: change.mutation, allowed: rule.mutations })]),
    ...change.capabilities
      .filter((capability) => !rule.capabilities.includes(capability))
      .map((capability) => reason('CAPABILITY_NOT_ALLOWED', { capability })),
    ...change.permissions
      .filter((permission) =>
        rule.prohibitedPermissions.some((pattern) => overlapPermission(pattern, permission)),
      )
      .map((permission) => reason('PERMISSION_PROHIBITED', { permission })),
    ...notAllowed(change.permissions, rule.permissions),
    ...(parent === undefined || recordOf(world.tree, { line, version: parent }) !== null
      ? []
      : [reason('PARENT_UNKNOWN', { parent: toIterationId({ line, version: parent }) })]),
  ];
}

/** Whether a change of that kind can end in such an artifact. */
function mutates(format: ArtifactFormat, mutation: Mutation): boolean {
  switch (format) {
    case 'peft-lora':
      return mutation !== 'full-finetune';
    case 'safetensors':
    case 'gguf':
      return mutation !== 'adapter-update';
  }
}

function notAllowed(asked: readonly string[], allowed: readonly string[] | undefined): readonly Reason[] {
  if (allowed === undefined) return [];
  return asked
    .filter((permission) => !allowed.some((pattern) => coversPermission(pattern, permission)))
    .map((permission) => reason('PERMISSION_NOT_ALLOWED', { permission, allowed }));
}

/** A declaration that the evidence shows to be wrong is refused where it matters: where it decides who approves. */
function checkDeclaration(
  world: World,
  { line }: Iteration,
  request: Request,
  lock: Lock,
  rule: LineRule,
): readonly Reason[] {
  if (world.law.policy.risk === undefined) return [];
  return changeFlags(rule, request, lock, referencesOf(world, line, request))
    .filter(isContradicted)
    .map(({ flag, declared, fact }) => reason('FLAG_CONTRADICTED', { flag, declared, fact }));
}

/**
 * Whoever can read the held-out items makes no candidates that are measured by them: neither he nor his machines, and so
 * neither the person whose machine can read them.
 */
function checkReaders(
  { law }: World,
  { line }: Iteration,
  request: Request,
  rule: LineRule,
): readonly Reason[] {
  const readers = rule.evidenceReaders;
  const machineOf = (person: string): string | null =>
    law.signers.principals.find(
      (each) => each.kind === 'automation' && each.owner === person && readers.includes(each.id),
    )?.id ?? null;
  return [...requestersOf({ record: { request } }, law)].flatMap((principal) => {
    const through = readers.includes(principal) ? null : machineOf(principal);
    return through === null && !readers.includes(principal)
      ? []
      : [reason('READER_BARRED', { principal, line, through })];
  });
}

/** Why a line takes no more: too many candidates wait, counted without those a deciding run has failed. */
export function populationReasons(world: World, line: LineName): readonly Reason[] {
  const ceiling = ruleOfLine(world.law, line)?.populationCeiling;
  if (ceiling === undefined) return [];
  const waiting = recordsOf(world.tree, line).filter(({ iteration, record: { state } }) => {
    if (state !== 'candidate') return state === 'eval-accepted';
    const bundle = bundleOf(world.tree, iteration);
    return bundle !== null && runsVerdict(bundle) !== 'fail';
  });
  if (waiting.length < ceiling) return [];
  return [
    reason('POPULATION_CEILING', {
      line,
      ceiling,
      waiting: waiting.map(({ iteration }) => toIterationId(iteration)),
    }),
  ];
}

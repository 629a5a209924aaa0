import type { IntakeRuleId } from '../../../domain/intake-rules.ts';
import { shellWord } from '../terminal/escape.ts';
import { allOf, anyOf, ITERATION, said, short, type Explainers } from './explained.ts';
import { ARTIFACT_MEANINGS, meaningOf } from './fault-meanings.ts';
import { INTAKE_REMEDIES } from './intake-words.ts';

const WRITTEN_BY_HAND = 'make the entry with modelsmith, which writes what was signed';

/** Who acted, the yardstick, and the request. */
export const ACTS = {
  ENTRY_ID_FALSE: ({ entry, expected }) =>
    said(`the entry calls itself ${short(entry)}, but its text makes it ${short(expected)}`, WRITTEN_BY_HAND),
  ENTRY_NOT_SIGNERS: ({ principal, signer }) =>
    said(`the entry is in the name of ${principal}, but ${signer} signed`, WRITTEN_BY_HAND),
  ENTRY_OTHER_KEY: ({ key, signer }) =>
    said(`the entry names the key ${short(key)}, but ${short(signer)} signed`, WRITTEN_BY_HAND),
  ENTRY_OTHER_REPOSITORY: ({ repository, expected }) =>
    said(`the entry was made for the repository ${repository}, and this is ${expected}`, WRITTEN_BY_HAND),
  ENTRY_TIME: ({ time, signed }) =>
    said(`the entry says ${time}, but was signed at ${signed}`, 'set the clock, then make the entry again'),
  ENTRY_UNRELATED: ({ what, expected }) => said(`${what} where ${expected} belongs`, WRITTEN_BY_HAND),
  HUMAN_REQUIRED: ({ act, principal }) =>
    said(`${act} takes a person, and ${principal} is an automation`, 'have an enrolled person do it'),
  ROLE_CANNOT: ({ act, role, allowed }) =>
    said(
      `${act} cannot be done as ${role}, only as ${anyOf(allowed)}`,
      `say in which role you act: --role ${shellWord(allowed[0] ?? '', 'role')}`,
    ),
  ROLE_NOT_HELD: ({ principal, role, line }) =>
    said(
      `${principal} does not hold the role ${role} for ${line}`,
      `have somebody who holds ${role} for ${line} do it: modelsmith signer list   (shows who)`,
    ),

  LINE_UNKNOWN: ({ line }) =>
    said(`no rule of the policy matches the line ${line}`, 'use a line that policy/policy.yaml lists'),
  RUBRIC_UNKNOWN: ({ rubric }) =>
    said(`the policy names the rubric ${rubric}, which is not there`, `add policy/rubrics/${rubric}.json`),
  LOCK_DIFFERS_FROM_POLICY: ({ what, lock, policy }) =>
    said(
      `${what}: the lock says ${short(lock)}, the policy ${short(policy)}`,
      'make a lock from the policy in force: modelsmith lock',
    ),
  LOCK_UNKNOWN: ({ lock }) => said(`there is no lock ${short(lock)} for this line`, 'modelsmith lock'),
  LOCK_NOT_NEWEST: ({ lock, newest }) =>
    said(
      `cites the lock ${short(lock)}, but ${short(newest)} was the newest when training began`,
      `request with the lock ${short(newest)}`,
    ),
  LOCK_STAMP_OTHER: ({ path, stamped, lock }) =>
    said(
      `${path} carries ${short(stamped)} where the lock of the request is ${short(lock)}`,
      `ask with the lock it was trained under (--lock), or train again under ${short(lock)}`,
    ),
  LOCK_STAMP_UNFOUNDED: ({ path }) =>
    said(
      `the entry says that ${path} carries the id of a lock, and that is no file of weights of the artifact`,
      WRITTEN_BY_HAND,
    ),
  LOCK_STRENGTH_FALSE: ({ stated, shown }) =>
    said(`the entry calls its lock ${stated}, and what is recorded shows ${shown}`, WRITTEN_BY_HAND),
  LOCK_STRENGTH_LOW: ({ strength, demanded, tier, because }) =>
    said(
      `the policy asks for a lock that is ${demanded}${tier === null ? '' : ` where the risk is ${tier}`}, and this one is ${strength}: ${because}`,
      'train again, and write the id of the lock into what comes of it: docs/trainers.md',
    ),
  MODEL_SIGNATURE_FALSE: ({ why }) => said(`the recorded signature over the model ${why}`, WRITTEN_BY_HAND),
  TRAINING_BEFORE_LOCK: ({ startedAt, lockedAt }) =>
    said(
      `training began ${startedAt}, before the lock of ${lockedAt}`,
      'train again: the yardstick has to be locked before training begins',
    ),
  TRAINING_TIMES: ({ startedAt, endedAt, requestedAt }) =>
    said(
      `training from ${startedAt} to ${endedAt}, requested ${requestedAt}: the order cannot be`,
      'state when training began and ended',
    ),
  BASELINE_IS_COMPARATOR: ({ baseline, model }) =>
    said(
      `${model} (${baseline.slice(0, 12)}) was recorded to be reported beside results, and nothing is measured by it`,
      'lock another baseline, or record it again without --comparator',
    ),
  BASELINE_UNKNOWN: ({ baseline }) =>
    said(
      baseline === ''
        ? 'no baseline of this line is recorded here'
        : `there is no baseline ${short(baseline)} for this line`,
      'fetch what others recorded: modelsmith sync; or record one: modelsmith baseline add --help',
    ),
  BASELINE_AFTER_LOCK: ({ evaluatedAt, lockedAt }) =>
    said(
      `the baseline was evaluated ${evaluatedAt}, after the lock of ${lockedAt} that names it`,
      'set the clock where the harness runs, and lock a baseline that is there: modelsmith baseline add',
    ),

  ITERATION_EXISTS: ({ iteration }) =>
    said(`${iteration} exists already`, 'choose the next version of the line'),
  ITERATION_UNKNOWN: ({ iteration }) =>
    said(`${iteration} does not exist`, 'see what there is: modelsmith status'),
  ON_BEHALF_OF_UNKNOWN: ({ name }) =>
    said(
      `${name}, for whom this is requested, is no enrolled person with a valid key`,
      'name an enrolled person',
    ),
  PARENT_UNKNOWN: ({ parent }) =>
    said(`the parent ${parent} does not exist`, 'name a parent that is governed here, or none'),
  MUTATION_NOT_OF_ARTIFACT: ({ mutation, format }) =>
    said(
      `the artifact is ${format}, of which the mutation ${mutation} cannot be true`,
      'name the change that was made, or give the artifact that came of it',
    ),
  MUTATION_NOT_ALLOWED: ({ mutation, allowed }) =>
    said(`the line does not allow the mutation ${mutation}, only ${anyOf(allowed)}`),
  CAPABILITY_NOT_ALLOWED: ({ capability }) =>
    said(`the line does not allow the capability ${capability}`, 'request without the capability'),
  PERMISSION_PROHIBITED: ({ permission }) =>
    said(`the line prohibits the permission ${permission}`, 'request without the permission'),
  PERMISSION_NOT_ALLOWED: ({ permission, allowed }) =>
    said(
      `the line does not allow the permission ${permission}${allowed.length === 0 ? ', nor any other' : `, only ${anyOf(allowed)}`}`,
      'request without the permission',
    ),
  FLAG_CONTRADICTED: ({ flag, declared, fact }) =>
    said(
      `the request declares ${flag} as ${declared ? 'true' : 'false'}, but ${fact}`,
      `declare it as ${declared ? 'false' : 'true'}: it then asks for the approvals it needs`,
    ),
  INTAKE_FAILED: ({ rule, about, waivable, found }) =>
    said(
      `${rule} (${about}${waivable ? '' : ', never waived'}): ${found}`,
      `${INTAKE_REMEDIES[rule as IntakeRuleId]}; then request it again${waivable ? ` (in an emergency: modelsmith exception open <line> --waive ${rule})` : ''}`,
    ),
  REFERRED_MISSING: ({ what, dataset, sha256 }) =>
    said(
      `the ${what} of ${dataset} (sha256 ${short(sha256)}) is not among the attachments`,
      `modelsmith evidence add ${ITERATION} <${what}>`,
    ),
  READER_BARRED: ({ principal, line, through }) =>
    said(
      through === null
        ? `${principal} can read the held-out items of ${line}, and so asks for no promotion on it`
        : `${through} can read the held-out items of ${line}, and so ${principal}, who answers for it, asks for no promotion there`,
      'have it requested by somebody, and a machine of somebody, who cannot read them',
    ),
  POPULATION_CEILING: ({ line, ceiling, waiting }) =>
    said(
      `${line} has ${waiting.length} iterations waiting, and at most ${ceiling} may: ${allOf(waiting)}`,
      `finish or end one of them: modelsmith deprecate ${shellWord(waiting[0] ?? '', 'iteration')}`,
    ),
  ARTIFACT_REFUSED: ({ fault, message, path }) =>
    said(
      `${fault}: ${message.includes(path) ? '' : `${path}: `}${message}`,
      meaningOf(ARTIFACT_MEANINGS, fault)?.remedy ?? null,
    ),
  ARTIFACT_DIGEST_FALSE: ({ stated, computed }) =>
    said(`the artifact's files make ${short(computed)}, not ${short(stated)}`, WRITTEN_BY_HAND),
  ARTIFACT_ALREADY_REQUESTED: ({ iteration, why }) =>
    said(
      `the same weights are ${iteration} already, and ${why}`,
      'train again: the same weights are not measured anew',
    ),
  STATE_OTHER: ({ iteration, state, needed }) =>
    said(`${iteration} is ${state}, and this takes ${needed}`, `modelsmith status ${ITERATION}`),
  DIGEST_UNKNOWN: ({ digest }) =>
    said(
      `no iteration here has the digest sha256:${digest}, of its weights (all files together) or of its manifest`,
      'modelsmith status',
    ),
  ALIAS_ELSEWHERE: ({ iteration, alias, to }) =>
    said(`${alias} points to ${to ?? 'nothing'}, not to ${iteration}`, `modelsmith status ${ITERATION}`),
  ALIAS_HELD: ({ line, alias, by, because }) =>
    said(`${alias} of ${line} is held (${by.replace('-', ' ')}): ${because}`, 'modelsmith status'),
} as const satisfies Partial<Explainers>;

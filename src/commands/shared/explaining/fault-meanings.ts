import type { ScoreFaultCode } from '../../../machine/score.ts';
import type { ArtifactFault } from '../../../ports/artifacts.ts';
import type { CheckFaultCode } from '../../../ports/checks.ts';
import type { ImportFaultCode } from '../../../ports/evaluations.ts';
import type { ShortfallCode } from '../../../domain/scores.ts';
import type { SignatureFault } from '../../../domain/signature.ts';

/** What a code says in general, as the reference and the sentences about it use it. */
export interface Meaning {
  readonly meaning: string;
  readonly remedy: string;
}

export type Meanings<Code extends string> = { readonly [C in Code]: Meaning };

const of = (meaning: string, remedy: string): Meaning => ({ meaning, remedy });

const SIGN_AGAIN = 'make the commit again with modelsmith, which signs it as it must be';
const RUN_AGAIN = 'run the evaluation again, whole, and import its output with `modelsmith eval`';

export const SIGNATURE_MEANINGS: Meanings<SignatureFault> = {
  SIGNATURE_MALFORMED: of('is not exactly one detached OpenPGP signature in armor', SIGN_AGAIN),
  SIGNATURE_WRONG_TYPE: of('is not a binary document signature (type 0x00)', SIGN_AGAIN),
  SIGNATURE_WEAK: of(
    'uses a key or digest that is too weak (below SHA-256, RSA below 3072 bits, DSA)',
    'sign with an Ed25519 key or RSA of at least 3072 bits',
  ),
  SIGNATURE_FALSE: of('does not verify over the bytes of this commit', SIGN_AGAIN),
  SIGNER_UNKNOWN: of('names a key that is not among the enrolled certificates', 'sign with an enrolled key'),
  KEY_CANNOT_SIGN: of('was made by a key that is not bound for signing', 'sign with a signing key'),
  KEY_EXPIRED: of('was made when its key had expired', 'sign with a key that has not expired'),
  KEY_REVOKED: of('was made when its key had been revoked', 'sign with a key that is in force'),
};

export const SCORE_MEANINGS: Meanings<ScoreFaultCode> = {
  EVAL_HARNESS: of('was not made by the harness the rubric names', RUN_AGAIN),
  EVAL_TASK_MISSING: of('lacks a measurement the rubric asks for', RUN_AGAIN),
  EVAL_GROUP_AND_SUBTASKS: of(
    'the rubric asks for a group of tasks, whose average hides its tasks',
    'name the tasks themselves in the rubric',
  ),
  EVAL_DIRECTION: of(
    'rubric and harness do not agree whether higher is better',
    'correct `direction` in the rubric, or the harness task',
  ),
  EVAL_OUT_OF_RANGE: of('a value lies outside the range of its metric', 'check the unit of the metric'),
  EVAL_TOO_FEW_SAMPLES: of('fewer samples were run than the rubric demands', RUN_AGAIN),
  EVAL_NO_STDERR: of('a tracked task has no standard error, which the rubric needs', RUN_AGAIN),
  BASELINE_TASK_MISSING: of(
    'the baseline lacks a measurement the rubric asks for',
    'add a baseline with `modelsmith baseline add` and lock it',
  ),
  BASELINE_NOT_COMPARABLE: of(
    'report and baseline ran a task in different versions or settings',
    'run both with the same harness tasks',
  ),
};

export const SHORTFALL_MEANINGS: Meanings<ShortfallCode | 'NOT_EXPORTED'> = {
  CORE_BELOW: of('the core composite is below its threshold', 'train a better candidate'),
  HELD_OUT_BELOW: of('the held-out composite is below its threshold', 'train a better candidate'),
  TOO_MANY_REGRESSIONS: of(
    'more tracked tasks fell below the baseline than allowed',
    'see `modelsmith show`',
  ),
  HARD_LIMIT: of('a task misses its hard limit', 'see `modelsmith show`'),
  NOT_EXPORTED: of('the artifact has not been exported', 'modelsmith export'),
};

export const IMPORT_MEANINGS: Meanings<ImportFaultCode> = {
  EVAL_NOT_THIS_FORMAT: of(
    'is not output this importer reads',
    'give the results file of a supported harness',
  ),
  EVAL_LIMITED: of('was made with a limit on samples', 'run the harness without a limit'),
  EVAL_INCOMPLETE: of('ran fewer samples than the task has', RUN_AGAIN),
  EVAL_NOT_A_NUMBER: of('holds something else where a finite number must be', RUN_AGAIN),
  EVAL_NO_VERSION: of('does not tell the version of the harness or of a task', 'use a harness that tells it'),
  EVAL_NO_SAMPLES: of('does not tell how many samples a task has', 'use a harness that tells it'),
  EVAL_DIRECTION: of('does not tell of any metric of a task whether higher is better', 'tell it in the task'),
  EVAL_NOT_FINISHED: of('was broken off or is still going on, whatever scores it holds', RUN_AGAIN),
  EVAL_ERRORED: of(
    'could not be made: the model, a grader or a sample failed to run, which says nothing about the model',
    'record it with `modelsmith eval --errored`, and run it again',
  ),
  EVAL_UNSCORED: of('holds samples that nothing scored', 'have every sample scored'),
  EVAL_INVALIDATED: of('was declared invalid by whoever ran it', RUN_AGAIN),
  EVAL_SEVERAL_RUNS: of(
    'is not of one run of one model by one harness',
    'give the files of one run, of one model, each once',
  ),
  EVAL_ARCHIVE: of(
    'is an archive that is damaged, unsafe, or packed in a way that is not read',
    'have the harness write JSON',
  ),
};

export const CHECK_MEANINGS: Meanings<CheckFaultCode> = {
  CHECK_NOT_THIS_FORMAT: of(
    'is not output that is read',
    'have the tool write SARIF 2.1.0, JUnit XML or a garak report, or write modelsmith/generic-check/v1',
  ),
  CHECK_VERSION: of(
    'is of a version of its format that is not read',
    'have the tool write the version named',
  ),
  CHECK_MALFORMED: of('breaks its format, or goes beyond what is read of it', 'run the tool again'),
  CHECK_INCOMPLETE: of('the tool did not come to an end, which is no result', 'run the tool again'),
  CHECK_EMPTY: of('says of nothing that it was looked at', 'run the tool on the artifact'),
  CHECK_OTHER_TOOLS: of('holds results of several tools', 'record a check for each of them'),
  CHECK_HIDDEN: of('holds characters that could hide what a person reads', 'have the tool write plain text'),
};

export const ARTIFACT_MEANINGS: Meanings<ArtifactFault> = {
  ARTIFACT_INCOMPLETE: of('a file of the format is missing', 'export the adapter again from training'),
  ARTIFACT_NOT_A_FILE: of(
    'a link, folder or device stands where a file must be',
    'put the file itself there',
  ),
  ARTIFACT_PICKLE: of('holds a pickle, which runs code when loaded', 'save the adapter as safetensors'),
  ARTIFACT_LFS_POINTER: of(
    'is a Git LFS pointer instead of the bytes',
    'run `git lfs pull` where it came from',
  ),
  SAFETENSORS_MALFORMED: of('breaks a rule of the safetensors format', 'save the adapter again'),
  PEFT_CONFIG_INVALID: of('adapter_config.json is not sound', 'save the adapter again with PEFT'),
  PEFT_UNSUPPORTED: of('uses a feature that servers refuse or silently ignore', 'train without the feature'),
  HIDDEN_TENSOR: of('holds a tensor that is no lora_A or lora_B of a target module', 'remove the tensor'),
  TENSOR_SHAPE: of('a tensor does not fit the rank the configuration states', 'save the adapter again'),
  TENSOR_MISSING: of('half of a pair of tensors is missing, or all of them', 'save the adapter again'),
  SHARD_INDEX: of(
    'model.safetensors.index.json does not say what is in the files of the model',
    'save the model again, and give a folder with nothing else in it',
  ),
  MODEL_CONFIG_INVALID: of('config.json does not say what the model is', 'save the model again'),
  GGUF_MALFORMED: of('breaks a rule of the GGUF format', 'convert the model again'),
  ARTIFACT_SEVERAL: of('holds more than one artifact', 'give each artifact a folder of its own'),
  ARTIFACT_CODE: of(
    'brings code of its own, which runs when the model is loaded',
    'use an architecture that servers know, and leave the code out',
  ),
  LOCK_STAMP: of(
    'what lies in the metadata under modelsmith.lock is no id of a lock',
    'write the id as modelsmith lock prints it, or leave the key out',
  ),
  MODEL_SIGNATURE: of(
    'model.sig is missing, damaged, not of whom it must be, or of other files than lie there',
    'have the model signed as it is by whoever trained it, or find out who changed it',
  ),
  BASE_FLOATING: of(
    'the base model is named by something that can move',
    'state the base by commit or digest',
  ),
  BASE_MISMATCH: of(
    'the stated base is not the one in the configuration',
    'state the base it was trained on',
  ),
};

/** The meaning of a code that arrives as text; null for one that is not in the table. */
export function meaningOf(table: Readonly<Record<string, Meaning>>, code: string): Meaning | null {
  return Object.hasOwn(table, code) ? (table[code] ?? null) : null;
}

import type { Sha256 } from '../base/digest.ts';
import type { Place } from '../base/errors.ts';
import type { NonEmpty } from '../base/nonempty.ts';
import type { PackagedFile } from '../domain/model-manifest.ts';
import type { PinnedBase } from '../domain/base-pin.ts';
import type { EntryId } from '../domain/names.ts';

/** Why an artifact is refused at intake. A closed list: each has a documented sentence. */
export const ARTIFACT_FAULTS = [
  'ARTIFACT_INCOMPLETE', // a file of the format is missing
  'ARTIFACT_NOT_A_FILE', // a symbolic link, or a folder or device where a file of the format should be
  'ARTIFACT_PICKLE', // a pickle, which runs code when it is loaded
  'ARTIFACT_LFS_POINTER', // a Git LFS pointer instead of the bytes
  'SAFETENSORS_MALFORMED', // breaks a rule of the safetensors format
  'PEFT_CONFIG_INVALID', // adapter_config.json is not JSON or lacks what LoRA needs
  'PEFT_UNSUPPORTED', // a feature that multi-adapter servers refuse or silently ignore
  'HIDDEN_TENSOR', // a tensor that is no lora_A or lora_B of a target module
  'TENSOR_SHAPE', // shape or type does not fit the rank the configuration states
  'TENSOR_MISSING', // lora_A without lora_B, or no tensor at all
  'SHARD_INDEX', // the index of a model in several files does not say what is in them
  'MODEL_CONFIG_INVALID', // config.json of a whole model is not JSON or does not say what it is
  'GGUF_MALFORMED', // breaks a rule of the GGUF format
  'ARTIFACT_SEVERAL', // more than one artifact in a folder
  'ARTIFACT_CODE', // brings code of its own, which runs when it is loaded
  'LOCK_STAMP', // what is there under the key of the lock is no id of a lock
  'MODEL_SIGNATURE', // model.sig is missing, damaged, not of whom it must be, or of other files
  'BASE_FLOATING', // the base is named by something that can move
  'BASE_MISMATCH', // the submitter states another base than the configuration
] as const;

export type ArtifactFault = (typeof ARTIFACT_FAULTS)[number];

export interface ArtifactFinding {
  readonly code: ArtifactFault;
  /** One sentence or two; holds names from the artifact, to be escaped when shown. */
  readonly message: string;
  readonly place: Place;
}

export interface ArtifactBase extends PinnedBase {
  readonly statedBy: 'adapter-config' | 'submitter';
}

export interface AdapterFacts {
  readonly peftType: 'LORA';
  /** `r` of the configuration. */
  readonly rank: number;
  /** The largest rank among the tensors, which a server must allow. */
  readonly maxRank: number;
  /** `lora_alpha` as it was spelled. */
  readonly alpha?: string;
  /** The names the configuration lists; where it gives a pattern, the last names of the modules found. Sorted. */
  readonly targetModules: readonly string[];
  /** `target_modules` where it is a regular expression or `all-linear`; it is recorded, never run. */
  readonly targetPattern?: string;
  readonly tensorCount: number;
  readonly parameterCount: number;
  /** Types of the tensors as safetensors names them, sorted. */
  readonly dtypes: readonly string[];
}

/** What is known of a model that needs no other to run. */
export interface ModelFacts {
  readonly architecture: string;
  readonly tensorCount: number;
  readonly parameterCount: number;
  /** Types of the tensors as the format names them, sorted. */
  readonly dtypes: readonly string[];
}

type Known =
  | { readonly format: 'peft-lora'; readonly facts: AdapterFacts }
  | { readonly format: 'safetensors' | 'gguf'; readonly facts: ModelFacts };

export type SoundArtifact = Known & Packed;

/** A file of weights that carries the id of a lock. */
export interface LockStamp {
  readonly path: string;
  readonly lock: EntryId;
}

interface Packed {
  readonly kind: 'sound';
  /** Name of the folder. */
  readonly name: string;
  /** The files that are the artifact, sorted by path. Model cards and the like are not. */
  readonly files: readonly PackagedFile[];
  /** `digestOfFiles` over the files. */
  readonly digest: Sha256;
  /** Which of the files carry the id of a lock, sorted by path. */
  readonly stamps: readonly LockStamp[];
  readonly base: ArtifactBase;
}

export interface RefusedArtifact {
  readonly kind: 'refused';
  readonly findings: NonEmpty<ArtifactFinding>;
}

export type ArtifactVerdict = SoundArtifact | RefusedArtifact;

export interface InspectOptions {
  /** The base as the submitter states it: `pin` is 40 hexadecimal digits of a commit or `sha256:` and 64. */
  readonly statedBase?: { readonly name: string; readonly pin: string };
}

/** What the configuration of an adapter says by itself. */
export type ConfigurationVerdict = { readonly kind: 'sound'; readonly maxRank: number } | RefusedArtifact;

export interface ArtifactInspector {
  /** The name of an adapter's configuration among its files. */
  readonly configuration: string;
  /**
   * The stamp in a file of weights, from its bytes front to back, all of which are hashed.
   * @returns null where it carries none; a sentence where it cannot be read or is another file.
   * @throws CannotTell as reading the bytes does.
   */
  readStamp(file: PackagedFile, bytes: AsyncIterable<Uint8Array>): Promise<LockStamp | null | string>;
  /** What servers would refuse in the bytes of a configuration, and the highest rank it names. */
  readConfiguration(bytes: Uint8Array): ConfigurationVerdict;
  /**
   * Checks the adapter or model in a folder without loading it.
   * @returns all findings at once, or what the artifact is.
   * @throws CannotTell NO_INPUT where the folder cannot be read, IO_FAILED, RACE_LOST where a file changes meanwhile.
   */
  inspect(directory: string, options?: InspectOptions): Promise<ArtifactVerdict>;
}

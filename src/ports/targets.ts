import type { Sha256 } from '../base/digest.ts';
import type { FileEntry } from '../domain/entry.ts';
import type { EntryId, Iteration, LineName, RepositoryId, Version } from '../domain/names.ts';
import type { OwnTarget, OwnTargets } from '../domain/own-targets.ts';
import type { NamedTarget } from '../domain/target.ts';
import type { ModelRegistry } from './registry.ts';

/** One iteration as it is put to targets. */
export interface Deliverable {
  readonly iteration: Iteration;
  /** SHA-256 of the manifest it was exported with. */
  readonly manifest: Sha256;
  /** Digest of the artifact. */
  readonly artifact: Sha256;
  readonly files: readonly FileEntry[];
}

/** What lies at one key of a target: under a version, or under a tag that names one. */
export interface Found {
  readonly key: string;
  /** Null for what is none of the iterations known. */
  readonly version: Version | null;
  /** Whether it is there as it would be put there. */
  readonly sound: boolean;
  /** What was read, for people and for the receipt. */
  readonly seen: string;
}

/** The newest receipt of an iteration at a target. */
export interface Told {
  readonly version: Version;
  readonly live: boolean;
  /** It may have been told otherwise since. */
  readonly doubtful: boolean;
  readonly receipt: EntryId;
}

/**
 * One target. Whatever is done twice ends as if it had been done once. All of it throws CannotTell: UNREACHABLE,
 * NOT_PERMITTED, BAD_DATA where what was asked is refused or answered with nonsense, NO_INPUT, IO_FAILED.
 */
export interface TargetDriver {
  /** What is there of a line. */
  look(line: LineName, known: readonly Deliverable[]): Promise<readonly Found[]>;
  put(key: string, model: Deliverable): Promise<void>;
  remove(key: string, line: LineName): Promise<void>;
  /** Shows that what was found works. @returns what was seen, for the receipt. */
  prove(found: Found, model: Deliverable): Promise<string>;
}

/** What a driver needs beside the target itself. */
export interface DriverParts {
  readonly own: OwnTarget;
  readonly repository: RepositoryId;
  /** What evidence says is there, for places that cannot be asked. */
  readonly told: readonly Told[];
  /** What is to be nowhere. */
  readonly barred: ReadonlySet<Version>;
  /** The bytes of a file of an artifact, not hashed yet. @throws CannotTell NO_INPUT where they are not at hand. */
  readonly open: (file: FileEntry) => AsyncIterable<Uint8Array>;
  /** The highest rank in an adapter. @throws CannotTell BAD_DATA where servers do not load it, NO_INPUT. */
  readonly rankOf: (model: Deliverable) => Promise<number>;
  readonly registry: (repository: string, plainHttp: boolean) => Promise<ModelRegistry>;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** The word of who runs the machine about which places it reaches. */
export interface OwnTargetsFile {
  readonly file: string;
  /** Null where the usual file is not there. @throws CannotTell NO_INPUT where a named one is not, NOT_PERMITTED where others may read or write it, BAD_DATA, IO_FAILED. */
  load(): Promise<OwnTargets | null>;
}

export interface Targets {
  /** @param named another file than the usual one; null: that. */
  own(named: string | null): OwnTargetsFile;
  driver(named: NamedTarget, parts: DriverParts): TargetDriver;
  /** Keeps others on this machine from doing the same at the same time. @throws CannotTell RACE_LOST. */
  hold(repository: RepositoryId): Promise<() => Promise<void>>;
}

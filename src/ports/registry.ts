import type { Sha256 } from '../base/digest.ts';
import type { NonEmpty } from '../base/nonempty.ts';
import type { Problem } from '../base/problem.ts';
import type { FileEntry } from '../domain/entry.ts';
import type { PackagedArtifact } from '../domain/model-manifest.ts';
import type { Iteration } from '../domain/names.ts';

export interface PushOrder {
  readonly iteration: Iteration;
  readonly artifact: PackagedArtifact;
  /** The folder with the artifact's files. */
  readonly directory: string;
  /** More annotations for the manifest; part of its digest. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Told again and again, where it takes long. */
  readonly onProgress?: (progress: PushProgress) => void;
}

export interface PushProgress {
  readonly what: 'sending' | 'reading back';
  readonly bytes: number;
  readonly of: number;
}

export interface PushedManifest {
  readonly manifest: Sha256;
  readonly mediaType: string;
  /** Bytes of the manifest. */
  readonly size: number;
  /** The name under which the registry lists it. */
  readonly reference: string;
}

export type RegistryVerdict =
  { readonly kind: 'sound' } | { readonly kind: 'unsound'; readonly problems: NonEmpty<Problem> };

/** Where exported models lie. Content is named by digest and never changes under its name. */
export interface ModelRegistry {
  /**
   * Exports an artifact; the same order again changes nothing.
   * @throws CannotTell BAD_DATA where a file is not the one the artifact names or the registry is damaged,
   *   CANNOT_CREATE where the iteration is listed with another manifest, RACE_LOST where another export holds the lock or
   *   lists another one, NO_INPUT, IO_FAILED, UNREACHABLE, NOT_PERMITTED.
   */
  push(order: PushOrder): Promise<PushedManifest>;
  /** Whether a manifest is listed and its bytes are there; content is not re-hashed. */
  has(manifest: Sha256): Promise<boolean>;
  /** Hashes a manifest and everything it names again. */
  verify(manifest: Sha256): Promise<RegistryVerdict>;
  /** The bytes of a manifest, whatever they hash to; null where it is not there. */
  manifest(digest: Sha256): Promise<Uint8Array | null>;
  /**
   * The bytes of a file of an exported artifact, front to back, as many as it is to have; whoever reads them hashes them.
   * @throws CannotTell NO_INPUT where it is not there, BAD_DATA where it has another size, UNREACHABLE, NOT_PERMITTED, IO_FAILED.
   */
  read(file: Pick<FileEntry, 'size' | 'sha256'>): AsyncIterable<Uint8Array>;
  /** Every tag there is, sorted; none where the repository is not there. */
  tags(): Promise<readonly string[]>;
  /** Which manifest a tag names; null where there is no such tag. */
  tagged(tag: string): Promise<Sha256 | null>;
  /**
   * Lets a tag name a manifest that is there, whatever it named before.
   * @throws CannotTell NO_INPUT where the manifest is not there.
   */
  tag(manifest: Sha256, tag: string): Promise<void>;
  /** Takes a tag away, if there is one; the manifest stays, by its digest. @throws CannotTell where that is not offered. */
  untag(tag: string): Promise<void>;
}

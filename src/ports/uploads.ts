import type { Sha256 } from '../base/digest.ts';

export interface UploadKey {
  /** The registry and the repository there, by the address it is reached at. */
  readonly repository: string;
  readonly digest: Sha256;
}

/**
 * Where uploads go on that were broken off: a comfort, so what cannot be kept or read is as if it was never there. The address
 * of an upload may be all it takes to write to it, so it is for the person's eyes alone.
 */
export interface UploadMemory {
  recall(upload: UploadKey): Promise<string | null>;
  remember(upload: UploadKey, url: string): Promise<void>;
  forget(upload: UploadKey): Promise<void>;
}

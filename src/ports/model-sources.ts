import type { RequestOrigin } from '../domain/request-origin.ts';

/** Where models lie that are to be submitted, when not in a folder of one's own. */
export interface ModelSources {
  /**
   * Puts the files of a model into a folder of its own under `into`, as regular files.
   * @throws CannotTell USAGE for what is no source, NO_INPUT, UNREACHABLE, BAD_DATA, NOT_PERMITTED, CANNOT_CREATE, IO_FAILED.
   */
  take(order: SourceOrder): Promise<TakenModel>;
}

export interface SourceOrder {
  /**
   * `hf-cache:<folder>[@<revision>]`, `mlflow:<address>/<model>/<version>[#<folder>]`,
   * `oci://<host>/<repository>@sha256:<digest>|:<tag>[#<folder>]`, or `oci:<layout>:<tag>[#<folder>]`.
   */
  readonly source: string;
  readonly into: string;
  /** For a server that asks for one. */
  readonly token: string | null;
  /** Said by the person: a registry may be spoken with in the clear. */
  readonly plainHttp: boolean;
  /** What is going on, now and then. */
  readonly tell: (what: string) => void;
}

export interface TakenModel {
  /** The folder with the files, whose name is that of the model. */
  readonly folder: string;
  /** The folder of what was said about it beside it; null where nothing was. */
  readonly submission: string | null;
  /** Null where it does not lie under a digest. */
  readonly origin: RequestOrigin | null;
}

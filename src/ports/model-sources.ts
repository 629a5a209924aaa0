/** Where models lie that are to be submitted, when not in a folder of one's own. */
export interface ModelSources {
  /**
   * Puts the files of a model into a folder of its own under `into`, as regular files.
   * @param source `hf-cache:<folder>[@<revision>]` or `mlflow:<address>/<model>/<version>[#<folder>]`.
   * @param token for a server that asks for one. @param tell what is going on, now and then.
   * @returns the folder, whose name is that of the model.
   * @throws CannotTell USAGE for what is no source, NO_INPUT, UNREACHABLE, BAD_DATA, NOT_PERMITTED, IO_FAILED.
   */
  take(order: SourceOrder): Promise<string>;
}

export interface SourceOrder {
  readonly source: string;
  readonly into: string;
  readonly token: string | null;
  readonly tell: (what: string) => void;
}

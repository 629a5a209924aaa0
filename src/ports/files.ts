/** Files of the person who runs the command. Nothing here touches the evidence repository. */
export interface Files {
  /** @throws CannotTell NO_INPUT, NOT_PERMITTED, IO_FAILED; BAD_DATA where the file is larger than `maxBytes`. */
  read(path: string, maxBytes: number): Promise<Uint8Array>;
  /** Whether something lies there. */
  exists(path: string): Promise<boolean>;
  /** Permission bits of what lies there (such as 0o700); null where nothing does, or where there are none. */
  mode(path: string): Promise<number | null>;
  /** Bytes that are free where a path lies; null where that cannot be told. */
  free(path: string): Promise<number | null>;
  /** Names of what lies in a folder, sorted; null where it is no folder. */
  list(path: string): Promise<readonly string[] | null>;
  /** Writes a new file atomically, with the folders above it. @throws CannotTell CANNOT_CREATE where it exists. */
  create(path: string, bytes: Uint8Array, mode?: number): Promise<void>;
  /** Where a path leads once every link in it is followed; what is not there yet lies where it would be made. */
  real(path: string): Promise<string>;
  /** An absolute path, resolved against the working folder. */
  absolute(path: string): string;
}

/** A folder for what nobody needs afterwards. */
export interface ScratchFolder {
  readonly path: string;
  /** Takes it away with everything in it. */
  remove(): Promise<void>;
}

export interface ScratchFolders {
  /**
   * Makes an empty folder readable to its owner alone. It goes with the process, too, unless that is killed outright; what
   * a killed one left goes with the next that is made.
   * @throws CannotTell CANNOT_CREATE.
   */
  make(): Promise<ScratchFolder>;
}

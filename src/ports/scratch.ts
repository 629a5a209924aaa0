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
   * @param lastWords told on standard error where a signal ends the process, for whoever sits there sees nothing else of it.
   * @throws CannotTell CANNOT_CREATE.
   */
  make(lastWords?: string): Promise<ScratchFolder>;
}

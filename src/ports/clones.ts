/** A folder for a clone in the cache of the person who runs the command, held by this process alone. */
export interface HeldClone {
  readonly folder: string;
  release(): Promise<void>;
}

export interface CloneCache {
  /**
   * @param name plain characters, the same for the same repository.
   * @throws CannotTell RACE_LOST where another process holds it, NOT_PERMITTED where others may write there, IO_FAILED.
   */
  take(name: string): Promise<HeldClone>;
}

/** What a person wrote and judged in a review that ended without a signature, kept so that nobody does it twice. */
export interface Drafts {
  /** @param name lower-case hex digits. @returns null where there is none. @throws CannotTell. */
  load(name: string): Promise<string | null>;
  /** @returns the file, readable to its owner alone. @throws CannotTell where it cannot be written. */
  keep(name: string, text: string): Promise<string>;
  drop(name: string): Promise<void>;
}

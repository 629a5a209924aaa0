/** Reading git objects. The implementation re-hashes every object it hands out: git itself does not. */

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

/** What the header of an object says. Its bytes were not read, so nothing vouches for it. */
export interface ObjectSize {
  readonly type: ObjectType;
  readonly size: number;
}

export interface GitObject {
  readonly id: string;
  readonly type: ObjectType;
  readonly bytes: Uint8Array;
}

/** The bytes lying under an id do not hash to it. */
export interface CorruptObject {
  readonly id: string;
  readonly type: 'corrupt';
}

/** Larger than was asked for, so its bytes were never read. */
export interface LargeObject {
  readonly id: string;
  readonly type: 'large';
  readonly size: number;
  readonly limit: number;
}

export interface ObjectReader {
  /** Type and size of an object, by its header alone. @throws CannotTell OBJECT_MISSING where it is not there. */
  measure(id: string): Promise<ObjectSize>;
  /**
   * Reads one object by its full id, having looked at its size first.
   * @param maxBytes larger objects are not read; the reader's own limit where not given, and never more than that.
   * @throws CannotTell OBJECT_MISSING where the object is not there.
   */
  read(id: string, maxBytes?: number): Promise<GitObject | CorruptObject | LargeObject>;
  /** Says what is read from now on; reading it in about that order takes less. Answers stay what they are. */
  follow?(what: Followed): void;
  close(): Promise<void>;
}

/** What is reachable from `tip` and not from `from`. */
export interface Followed {
  readonly tip: string;
  readonly from: string | null;
  /** Commits alone, children first; or all objects that each commit brings, parents first. */
  readonly what: 'commits' | 'objects';
}

/** Reading git objects. The implementation re-hashes every object it hands out: git itself does not. */

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

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

export interface ObjectReader {
  /**
   * Reads one object by its full id.
   * @throws CannotTell OBJECT_MISSING where the object is not there, BAD_DATA where it is larger than `maxBytes`.
   */
  read(id: string): Promise<GitObject | CorruptObject>;
  close(): Promise<void>;
}

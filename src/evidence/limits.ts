/**
 * How much is read. A tree of a few hundred bytes can name a billion paths, and a few kilobytes of a pack can unpack to
 * gigabytes, so everything is counted before it is expanded. What is over a limit of the first kind is a finding, and
 * its folder or file stands as broken while the others are read.
 */
export interface TreeLimits extends Extensive {
  /** `promotions` grows for as long as models are trained; nothing else does. */
  readonly promotions: Extensive;
  /** Folders inside each other, the governed name included. */
  readonly depth: number;
  /** Bytes of one file. */
  readonly fileBytes: number;
  /** Bytes of the listing of one folder. */
  readonly listBytes: number;
  /** What one reader may read of all trees together; most of it is put away on disk. More cannot be told: it is nobody's finding. */
  readonly heldBytes: number;
  /** Names in folders that one reader may read anew over all trees, beyond what each tree may have. More cannot be told either. */
  readonly heldEntries: number;
}

/** What may lie under one governed name (`promotions`, `policy`, …). */
export interface Extensive {
  /** Files and folders, every path counted. */
  readonly paths: number;
  /** Bytes of the files, every path counted. */
  readonly bytes: number;
}

export function limitsUnder(name: string, limits: TreeLimits): Extensive {
  return name === 'promotions' ? limits.promotions : limits;
}

const MIB = 1024 * 1024;

export const TREE_LIMITS: TreeLimits = {
  paths: 200_000,
  bytes: 1024 * MIB,
  promotions: { paths: 400_000, bytes: 16 * 1024 * MIB },
  depth: 32,
  fileBytes: 64 * MIB,
  listBytes: 2 * MIB,
  heldBytes: 32 * 1024 * MIB,
  heldEntries: 4_000_000,
};

/** What an entry of a folder takes in memory, roughly. */
export const BYTES_OF_AN_ENTRY = 100;

/** Bytes of one commit. */
export const MAX_COMMIT_BYTES = MIB;

/** Commits between a tip and the beginning of its history. */
export const MAX_COMMITS = 1_000_000;

import { CannotTell } from '../base/errors.ts';
import type { SignatureFault } from '../domain/signature.ts';
import type { TreeFolder } from '../domain/tree.ts';
import { holderOfKey, isKeyEnded, parseLaw } from '../machine/law.ts';
import type { ObjectReader } from '../ports/objects.ts';
import type { Certificate, SignatureVerifier } from '../ports/signatures.ts';
import { keyringOf } from './certificates.ts';
import { readCommit, type HistoryCommit } from './history.ts';
import { TREE_LIMITS } from './limits.ts';

/** Of one ref, more commits than this that the branch does not have are not followed: a brake is one commit. */
const MOST_OF_A_REF = 1000;
/** Of all refs whose own commit no enrolled person signed, together: so many commits, and bytes of them. */
const MOST_OF_STRANGERS = 10_000;
const MOST_BYTES_OF_STRANGERS = 256 * 1024 * 1024;

export interface Besides {
  readonly objects: ObjectReader;
  readonly verifier: SignatureVerifier;
  readonly idLength: 40 | 64;
  /** Whether the branch has it. */
  readonly isKnown: (commit: string) => boolean;
  /** By whose law brakes are judged at the tip. */
  readonly laws: readonly TreeFolder[];
  /** Seconds since 1970: the latest signature time up to the tip. */
  readonly clock: number;
}

/** What a ref has that the branch has not. */
export interface Beside {
  /** Each after its parents: what an enrolled person signed, and all before it. Nothing else can bring a brake that is obeyed. */
  readonly commits: readonly HistoryCommit[];
  /** So many others come after them, which nobody looked at. */
  readonly unsigned: number;
}

/**
 * Finds what of refs beside the branch has to be judged. Whoever can push and cannot sign makes as many refs with as much in them
 * as he likes; a look at signatures is all he gets for it. A person who is enrolled is held to what he signs.
 */
export class BesideReader {
  private readonly options: Besides;
  private readonly keyring: readonly Certificate[];
  private readonly signed = new Map<string, boolean>();
  private readonly strange = { commits: 0, bytes: 0 };

  constructor(options: Besides) {
    this.options = options;
    // A brake is obeyed where its signer holds it by every one of them.
    const [tree] = options.laws;
    this.keyring = tree === undefined ? [] : keyringOfPeople(tree);
  }

  /** @returns why it is not followed, where it is not. @throws CannotTell OBJECT_MISSING. */
  async of(tip: string): Promise<Beside | string> {
    const { objects, idLength, isKnown } = this.options;
    const found = new Map<string, HistoryCommit>();
    const ordered: HistoryCommit[] = [];
    const stack: { readonly id: string; readonly entered: boolean }[] = [{ id: tip, entered: false }];
    let isStrange = false;
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const known = found.get(top.id);
      if (top.entered && known !== undefined) ordered.push(known);
      if (top.entered || known !== undefined || (isKnown(top.id) && top.id !== tip)) continue;
      const read = await readCommit(objects, top.id, idLength);
      if (top.id === tip) isStrange = !(await this.isSigned(read));
      found.set(top.id, read);
      if (isStrange && !this.isWithin(read))
        return `nobody who is enrolled signed it, and there is more of that beside the branch than is read: ${MOST_OF_STRANGERS} commits`;
      if (found.size > MOST_OF_A_REF)
        return `it has more than ${MOST_OF_A_REF} commits that the branch does not have`;
      if (read.parents.length === 0) return 'it does not come from the trust root';
      stack.push({ id: top.id, entered: true });
      for (const parent of read.parents) stack.push({ id: parent, entered: false });
    }
    const wanted = new Set<string>();
    for (const commit of [...ordered].reverse()) {
      if (!wanted.has(commit.id) && !(await this.isSigned(commit))) continue;
      wanted.add(commit.id);
      for (const parent of commit.parents) wanted.add(parent);
    }
    const commits = ordered.filter(({ id }) => wanted.has(id));
    return { commits, unsigned: ordered.length - commits.length };
  }

  private isWithin({ commit }: HistoryCommit): boolean {
    const { strange } = this;
    strange.commits += 1;
    // What is no commit may be as large as any object.
    strange.bytes += commit?.payload.length ?? TREE_LIMITS.fileBytes;
    return strange.commits <= MOST_OF_STRANGERS && strange.bytes <= MOST_BYTES_OF_STRANGERS;
  }

  /** Whether a person made the signature who is enrolled, whatever else is to be said of it. */
  private async isSigned({ id, commit }: HistoryCommit): Promise<boolean> {
    const known = this.signed.get(id);
    if (known !== undefined || commit?.signature == null) return known ?? false;
    const { verifier, clock } = this.options;
    const { payload, signature } = commit;
    // A clock that is off must not keep a brake from being looked at: by its own time, or by that of the tip.
    const verdicts = [
      await verifier.verify(payload, signature, this.keyring),
      await verifier.verify(payload, signature, this.keyring, clock, clock),
    ];
    const isMade = verdicts.some((verdict) => verdict.kind === 'good' || ENDED.has(verdict.fault));
    this.signed.set(id, isMade);
    return isMade;
  }
}

/** Said of signatures that the key did make. */
const ENDED: ReadonlySet<SignatureFault> = new Set(['KEY_EXPIRED', 'KEY_REVOKED']);

function keyringOfPeople(tree: TreeFolder): readonly Certificate[] {
  const law = parseLaw(tree);
  if (!law.ok) return [];
  return keyringOf(tree).filter(({ fingerprint }) => {
    const holder = holderOfKey(law.value, fingerprint);
    return holder?.principal.kind === 'human' && !isKeyEnded(holder.key);
  });
}

/** @returns why it cannot be read, where it cannot. */
export async function readable<T>(read: () => Promise<T>): Promise<T | string> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CannotTell) return `it cannot be read: ${error.message}`;
    throw error;
  }
}

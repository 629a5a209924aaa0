import type { Sha256 } from '../../base/digest.ts';
import { CannotTell } from '../../base/errors.ts';
import { changeIndex, indexPath, nameOf, readIndex, REFERENCE, type Descriptor } from './index-file.ts';
import { isTag } from './names.ts';

const DIGEST = /^sha256:([0-9a-f]{64})$/;

/** The names in an image layout that are tags. */
export async function tagsIn(root: string): Promise<readonly string[]> {
  const { manifests } = await readIndex(root);
  const names = manifests.map(nameOf).filter((name) => name !== undefined && isTag(name));
  return [...new Set(names)].sort() as readonly string[];
}

/** Which manifest an image layout lists under a name. @throws CannotTell BAD_DATA where it lists several, or no SHA-256. */
export async function taggedIn(root: string, tag: string): Promise<Sha256 | null> {
  const { manifests } = await readIndex(root);
  const digests = [
    ...new Set(manifests.filter((entry) => nameOf(entry) === tag).map(({ digest }) => digest)),
  ];
  const [digest] = digests;
  if (digest === undefined) return null;
  const [, hex] = DIGEST.exec(digest) ?? [];
  if (digests.length === 1 && hex !== undefined) return hex as Sha256;
  throw new CannotTell('BAD_DATA', `the registry does not say what ${tag} is`, {
    place: { file: indexPath(root) },
    facts: digests,
  });
}

export async function tagIn(root: string, manifest: Sha256, tag: string): Promise<void> {
  if (!isTag(tag)) throw new Error(`no tag: ${tag}`);
  await changeIndex(root, (listed) => {
    const entry = listed.find(({ digest }) => digest === `sha256:${manifest}`);
    if (entry === undefined)
      throw new CannotTell('NO_INPUT', `the registry does not list sha256:${manifest}`, {
        place: { file: indexPath(root) },
        remedy: 'modelsmith export   (puts it there)',
      });
    // It is listed by its digest alone no more.
    const others = without(listed, tag).filter(
      (other) => nameOf(other) !== undefined || other.digest !== entry.digest,
    );
    return [...others, { ...entry, annotations: { ...entry.annotations, [REFERENCE]: tag } }];
  });
}

export async function untagIn(root: string, tag: string): Promise<void> {
  await changeIndex(root, (listed) => {
    const isThere = listed.some((entry) => nameOf(entry) === tag);
    return isThere ? without(listed, tag) : null;
  });
}

/** A registry keeps what has lost its last name, by its digest; so does this. */
function without(listed: readonly Descriptor[], tag: string): readonly Descriptor[] {
  const left = listed.filter((entry) => nameOf(entry) !== tag);
  const nameless = listed.filter(
    (entry) => nameOf(entry) === tag && !left.some(({ digest }) => digest === entry.digest),
  );
  return [...left, ...nameless.map(withoutName)];
}

function withoutName({ annotations = {}, ...entry }: Descriptor): Descriptor {
  const others = Object.entries(annotations).filter(([name]) => name !== REFERENCE);
  return others.length === 0 ? entry : { ...entry, annotations: Object.fromEntries(others) };
}

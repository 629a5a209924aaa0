import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { sha256, type Sha256 } from '../../base/digest.ts';
import { CannotTell } from '../../base/errors.ts';
import { isNonEmpty } from '../../base/nonempty.ts';
import { isSafePath } from '../../domain/names.ts';
import { modelManifest, OCI_MANIFEST } from '../../domain/model-manifest.ts';
import { printRegistryPlace, type RemoteRegistry } from '../../domain/registry-place.ts';
import type { ModelRegistry, PushOrder, RegistryVerdict } from '../../ports/registry.ts';
import type { UploadMemory } from '../../ports/uploads.ts';
import { asCannotTell, checkFile, chunks, measure, reading, type Measured } from './blobs.ts';
import { RegistryClient } from './client.ts';
import { bodyOf, PATIENT, type Patience } from './exchange.ts';
import { isTag } from './names.ts';
import { deleteTag, getManifest, putManifest } from './remote-manifests.ts';
import { listTags } from './remote-tags.ts';
import { upload } from './upload.ts';
import { isThere, type Blob } from './upload-session.ts';
import { contentProblems, faultIn, type ContentSource } from './verify.ts';

const MB = 1024 * 1024;

export interface RemoteParts {
  /** Of the process: where the docker configuration lies, and what its helpers need. */
  readonly environment: NodeJS.ProcessEnv;
  readonly uploads: UploadMemory;
  readonly patience?: Patience;
  readonly pieceBytes?: number;
}

/** A repository of any registry that speaks the OCI distribution specification. */
export function ociRemote(place: RemoteRegistry, parts: RemoteParts): ModelRegistry {
  const client = new RegistryClient(place, parts.environment, parts.patience ?? PATIENT);
  const source = contentOf(place, client);
  return {
    async push(order) {
      const { iteration, artifact, annotations } = order;
      const manifest = modelManifest(artifact, iteration, annotations);
      const { digest, reference, manifestBytes, configBytes } = manifest;
      demandTag(reference);
      const before = await getManifest(client, reference, 'pull,push');
      if (before !== null && before.digest !== digest)
        throw otherwiseTagged(place, reference, before.digest, digest);
      await pushFiles(client, order, parts);
      await pushBlob(client, blobOfBytes(configBytes, manifest.configDigest), parts, () => undefined);
      // Last: a name never points to something that is not all there.
      if (before === null)
        await putManifest(client, reference, { bytes: manifestBytes, digest, mediaType: OCI_MANIFEST });
      await readBack(source, digest, order);
      return { manifest: digest, mediaType: OCI_MANIFEST, size: manifestBytes.length, reference };
    },
    read: (file) => bytesOf(place, client, file),
    manifest: (digest) => source.manifest(digest),
    has: async (manifest) => (await getManifest(client, `sha256:${manifest}`, 'pull'))?.digest === manifest,
    verify: (manifest) => verdictOf(source, manifest),
    tags: () => listTags(client),
    tagged: async (tag) => (isTag(tag) ? ((await getManifest(client, tag, 'pull'))?.digest ?? null) : null),
    tag: async (manifest, tag) => {
      demandTag(tag);
      const found = await getManifest(client, `sha256:${manifest}`, 'pull,push');
      if (found === null)
        throw new CannotTell('NO_INPUT', `the registry does not have sha256:${manifest}`, {
          place: { file: printRegistryPlace(place) },
          remedy: `modelsmith export <iteration> --adapter <folder> --registry ${printRegistryPlace(place)}`,
        });
      if (found.digest !== manifest)
        throw new CannotTell('BAD_DATA', `the registry gives something else for sha256:${manifest}`, {
          place: { file: printRegistryPlace(place) },
          facts: [`it hashes to ${found.digest}`],
        });
      await putManifest(client, tag, found);
    },
    untag: async (tag) => {
      demandTag(tag);
      await deleteTag(client, tag);
    },
  };
}

function demandTag(tag: string): void {
  if (isTag(tag)) return;
  throw new CannotTell(
    'USAGE',
    'a tag of a registry has at most 128 letters, digits and . _ - between them',
    {
      facts: [tag],
    },
  );
}

function otherwiseTagged(place: RemoteRegistry, tag: string, there: Sha256, exported: Sha256): CannotTell {
  return new CannotTell('CANNOT_CREATE', `the registry already lists ${tag} with another manifest`, {
    place: { file: printRegistryPlace(place) },
    facts: [`there    sha256:${there}`, `exported sha256:${exported}`],
    remedy: 'An exported iteration does not change: export under a new version, or use another registry.',
  });
}

async function pushFiles(client: RegistryClient, order: PushOrder, parts: RemoteParts): Promise<void> {
  const { artifact, directory, onProgress } = order;
  const of = artifact.files.reduce((sum, { size }) => sum + size, 0);
  let before = 0;
  for (const file of artifact.files) {
    if (!isSafePath(file.path)) throw new Error(`not a path inside an artifact: ${file.path}`);
    const path = join(directory, file.path);
    const done = await reading(path, async (handle) => {
      const blob: Blob = {
        digest: file.sha256,
        size: file.size,
        bytes: (start, end) => readable(chunks(handle, start, end), path),
        refuse: (found) => checkFile(found, file, path),
      };
      const sent = (bytes: number) => onProgress?.({ what: 'sending', bytes: before + bytes, of });
      if (await isThere(client, blob)) checkFile(await measure(path), file, path);
      else await upload(blob, uploadParts(client, parts, sent));
      return true;
    });
    if (done === null) checkFile(null, file, path);
    before += file.size;
  }
}

/** A file that fails while it is sent is no failure of the registry. */
async function* readable(pieces: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array, void> {
  try {
    yield* pieces;
  } catch (error) {
    throw asCannotTell(error, 'A file could not be read.', path);
  }
}

async function pushBlob(
  client: RegistryClient,
  blob: Blob,
  parts: RemoteParts,
  onSent: (bytes: number) => void,
): Promise<void> {
  if (!(await isThere(client, blob))) await upload(blob, uploadParts(client, parts, onSent));
}

function uploadParts(
  client: RegistryClient,
  { uploads, pieceBytes }: RemoteParts,
  onSent: (bytes: number) => void,
) {
  return { client, memory: uploads, pieceBytes: pieceBytes ?? 16 * MB, onSent };
}

function blobOfBytes(bytes: Uint8Array, digest: Sha256): Blob {
  return {
    digest,
    size: bytes.length,
    bytes: (start, end) => bodyOf(bytes.subarray(start, end)).bytes(),
    refuse: (found) => {
      if (found.sha256 !== sha256(bytes)) throw new Error('bytes in memory have changed');
    },
  };
}

/** What was sent is believed when it was read. */
async function readBack(
  source: ContentSource,
  manifest: Sha256,
  { artifact, onProgress }: PushOrder,
): Promise<void> {
  const of = artifact.files.reduce((sum, { size }) => sum + size, 0);
  let bytes = 0;
  const counting: ContentSource = {
    ...source,
    faultOf: async (digest, size) => {
      onProgress?.({ what: 'reading back', bytes: Math.min(bytes, of), of });
      const fault = await source.faultOf(digest, size);
      bytes += size;
      return fault;
    },
  };
  const verdict = await verdictOf(counting, manifest);
  if (verdict.kind === 'sound') return;
  throw new CannotTell('BAD_DATA', 'what the registry gives back is not what was exported', {
    facts: verdict.problems.map(({ place, message }) => `${place.file} ${message}`),
    remedy: 'the digests still name the right bytes: have the registry looked at, and export again',
  });
}

async function verdictOf(source: ContentSource, manifest: Sha256): Promise<RegistryVerdict> {
  const problems = await contentProblems(source, manifest);
  return isNonEmpty(problems) ? { kind: 'unsound', problems } : { kind: 'sound' };
}

function contentOf(place: RemoteRegistry, client: RegistryClient): ContentSource {
  return {
    placeOf: (digest) => `${printRegistryPlace(place)}@sha256:${digest}`,
    manifest: async (digest) => (await getManifest(client, `sha256:${digest}`, 'pull'))?.bytes ?? null,
    faultOf: async (digest, size) => faultIn(await measureBlob(client, digest, size), digest, size),
  };
}

/** A blob as it comes. Where it breaks off it goes on from there; whoever reads it hashes it. */
async function* bytesOf(
  place: RemoteRegistry,
  client: RegistryClient,
  { size, sha256: digest }: Measured,
): AsyncGenerator<Uint8Array, void> {
  const url = await client.url(`blobs/sha256:${digest}`);
  let given = 0;
  for (let attempt = 1, since = 0; ; attempt += 1) {
    const headers = given === 0 ? {} : { range: `bytes=${given}-` };
    const order = { method: 'GET', url, headers } as const;
    const answer = await client.ask({ ...order, actions: 'pull' });
    if (answer.status === 404) {
      answer.drop();
      throw new CannotTell('NO_INPUT', `the registry does not have sha256:${digest}`, {
        place: { file: printRegistryPlace(place) },
        remedy: 'name the registry that exports went to with --registry, or with MODELSMITH_REGISTRY',
      });
    }
    const isRest = answer.status === 206 && given > 0;
    if (answer.status !== 200 && !isRest) throw await client.unexpected(order, answer);
    if (isRest && !String(answer.headers['content-range']).startsWith(`bytes ${given}-`))
      throw client.wrong(order, 'it gives another part than it was asked for');
    // Who gives all of it again gives what is known already first.
    let known = isRest ? 0 : given;
    try {
      for await (const piece of answer.pieces(isRest ? size - given : size)) {
        const fresh = piece.subarray(Math.min(known, piece.length));
        known -= piece.length - fresh.length;
        given += fresh.length;
        if (fresh.length > 0) yield fresh;
      }
      return;
    } catch (error) {
      // A slow way is patiently gone; one that leads nowhere is not.
      if (given - since >= MB) [attempt, since] = [1, given];
      await client.afterBroken(error, attempt);
    }
  }
}

/** Goes through a blob in constant memory, and takes no more of it than it is to have. */
async function measureBlob(client: RegistryClient, digest: Sha256, size: number): Promise<Measured | null> {
  const order = { method: 'GET', url: await client.url(`blobs/sha256:${digest}`) } as const;
  for (let attempt = 1; ; attempt += 1) {
    const answer = await client.ask({ ...order, actions: 'pull' });
    if (answer.status === 404) {
      answer.drop();
      return null;
    }
    if (answer.status !== 200) throw await client.unexpected(order, answer);
    const hash = createHash('sha256');
    let bytes = 0;
    try {
      for await (const piece of answer.pieces(size)) {
        hash.update(piece);
        bytes += piece.length;
      }
      return { size: bytes, sha256: hash.digest('hex') as Sha256 };
    } catch (error) {
      await client.afterBroken(error, attempt);
    }
  }
}

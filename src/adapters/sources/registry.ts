import { createHash } from 'node:crypto';
import { mkdir, open, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { sha256, type Sha256 } from '../../base/digest.ts';
import { CannotTell } from '../../base/errors.ts';
import { readModelLayers, type ModelLayer } from '../../domain/model-layers.ts';
import { isSafePath, isSafeSegment } from '../../domain/names.ts';
import { readReference, type OciReference } from '../../domain/oci-reference.ts';
import { shownSource } from '../../domain/remote-address.ts';
import { printRegistryPlace, type RegistryPlace } from '../../domain/registry-place.ts';
import type { SourceOrder, TakenModel } from '../../ports/model-sources.ts';
import type { ModelRegistry } from '../../ports/registry.ts';
import { filesInTar } from './tar.ts';

/**
 * A model in a registry of OCI artifacts, or in an image layout: the files that one manifest names. A tag is asked for once; from
 * then on its digest is what counts.
 */

export type OpenRegistry = (place: RegistryPlace) => Promise<ModelRegistry>;

/** No model is larger; who says so wants the disk. */
const MAX_BYTES = 2 ** 40;
const MAX_FILES = 10_000;
/** Folders cost room, too. */
const MAX_DEPTH = 8;
const MAX_FOLDERS = 1000;
/** What is said about the model; it lies apart from it. */
const SUBMISSION = 'submission';
const REMEDY =
  'oci://<host>/<repository>:<tag>, oci://<host>/<repository>@sha256:<digest> or oci:<layout>:<tag>';

export async function takeFromRegistry(order: SourceOrder, openRegistry: OpenRegistry): Promise<TakenModel> {
  const { reference, folder } = parseSource(order);
  const { place } = reference;
  const registry = await openRegistry(place);
  const digest = await digestOf(registry, reference);
  const file = `${printRegistryPlace(place)}@sha256:${digest}`;
  const layers = await layersOf(registry, digest, file);
  const target = join(order.into, 'model', nameOf(reference, folder));
  const beside = join(order.into, 'beside');
  await mkdir(target, { recursive: true });
  await demandRoom(order.into, layers, file);
  const writer = new FolderWriter({ model: target, beside }, file);
  for (const layer of layers) await takeLayer(registry, layer, writer, order.tell);
  return {
    folder: folder === null ? target : join(target, ...folder.split('/')),
    submission: writer.hasSubmission ? join(beside, SUBMISSION) : null,
    origin: {
      ...(place.kind === 'remote' && { registry: printRegistryPlace(place) }),
      manifest: digest,
    },
  };
}

function parseSource({ source, plainHttp }: SourceOrder): {
  readonly reference: OciReference;
  readonly folder: string | null;
} {
  const [text = '', folder = null, more] = source.split('#');
  const read = readReference(text, plainHttp);
  const isFolder = folder === null || (isSafePath(folder) && more === undefined);
  if (read.kind === 'reference' && isFolder) return { reference: read.reference, folder };
  const why = !isFolder ? 'names a folder that no model has' : read.kind === 'wrong' ? read.why : 'is none';
  throw new CannotTell('USAGE', `the reference ${why}`, {
    facts: [shownSource(source)],
    remedy: `write ${REMEDY}`,
  });
}

/** How a harness knows it, where the metadata does not say: the last part of what was named. */
function nameOf({ place }: OciReference, folder: string | null): string {
  const text = place.kind === 'remote' ? place.repository : place.folder;
  const name = folder === null ? basename(text) : 'model';
  return isSafeSegment(name) ? name : 'model';
}

async function digestOf(registry: ModelRegistry, { place, name }: OciReference): Promise<Sha256> {
  if ('digest' in name) return name.digest;
  const found = await registry.tagged(name.tag);
  if (found !== null) return found;
  throw new CannotTell('NO_INPUT', `the registry has no tag ${name.tag}`, {
    place: { file: printRegistryPlace(place) },
  });
}

async function layersOf(
  registry: ModelRegistry,
  digest: Sha256,
  file: string,
): Promise<readonly ModelLayer[]> {
  const bytes = await registry.manifest(digest);
  if (bytes === null)
    throw new CannotTell('NO_INPUT', 'the registry does not have this manifest', { place: { file } });
  if (sha256(bytes) !== digest)
    throw bad(file, `the manifest holds other bytes: they hash to ${sha256(bytes)}`);
  const read = readModelLayers(bytes, file);
  if (!read.ok) throw bad(file, `the manifest ${read.why}`);
  return read.value.layers;
}

async function demandRoom(into: string, layers: readonly ModelLayer[], file: string): Promise<void> {
  const wanted = layers.reduce((sum, { size }) => sum + size, 0);
  if (wanted > MAX_BYTES)
    throw bad(file, `the manifest names ${wanted} bytes, and at most ${MAX_BYTES} are taken`);
  const { bavail, bsize } = await statfs(into);
  if (wanted <= bavail * bsize) return;
  throw new CannotTell('CANNOT_CREATE', 'there is no room for this model', {
    place: { file: into },
    facts: [`it has ${wanted} bytes, and ${bavail * bsize} are free`],
    remedy: 'name a larger place for temporary files: TMPDIR=<folder>',
  });
}

/** Every byte is hashed as it comes. Nothing of a layer counts before all of it was there. */
async function takeLayer(
  registry: ModelRegistry,
  layer: ModelLayer,
  writer: FolderWriter,
  tell: (what: string) => void,
): Promise<void> {
  const { digest, size } = layer;
  const what = layer.kind === 'file' ? layer.path : `sha256:${digest.slice(0, 12)}`;
  const hash = createHash('sha256');
  let received = 0;
  const bytes = async function* (): AsyncGenerator<Uint8Array, void> {
    for await (const piece of layerIn(registry, layer, what, writer.source)) {
      hash.update(piece);
      received += piece.length;
      tell(`downloading ${what}: ${received} of ${size} bytes`);
      yield piece;
    }
  };
  if (layer.kind === 'file') await writer.write(layer.path, bytes());
  else for await (const { path, content } of filesInTar(bytes())) await writer.write(path, content);
  if (received !== size)
    throw bad(writer.source, `${what} has ${received} bytes, and the manifest says ${size}`);
  const found = hash.digest('hex');
  if (found !== digest) throw bad(writer.source, `${what} holds other bytes: they hash to ${found}`);
}

/** Its bytes. What is lacking is named as the manifest names it: nobody exported it. */
async function* layerIn(
  registry: ModelRegistry,
  { size, digest }: ModelLayer,
  what: string,
  file: string,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* registry.read({ size, sha256: digest });
  } catch (cause) {
    if (!(cause instanceof CannotTell) || cause.code !== 'NO_INPUT') throw cause;
    throw new CannotTell('NO_INPUT', `the manifest names ${what}, which is not there`, {
      place: { file },
      facts: [`sha256:${digest}`],
      remedy: 'push all of it again',
      cause,
    });
  }
}

/** Puts files into a folder that was empty: each name once, whatever the case, and none outside. */
class FolderWriter {
  readonly source: string;
  readonly #roots: { readonly model: string; readonly beside: string };
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>();
  #hasSubmission = false;

  constructor(roots: { readonly model: string; readonly beside: string }, source: string) {
    this.#roots = roots;
    this.source = source;
  }

  /** What was said about the model, which is no part of it. */
  get hasSubmission(): boolean {
    return this.#hasSubmission;
  }

  async write(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    this.#claim(path);
    const steps = path.split('/');
    const { model, beside } = this.#roots;
    const isBeside = steps[0] === SUBMISSION && steps.length > 1;
    this.#hasSubmission ||= isBeside;
    const to = join(isBeside ? beside : model, ...steps);
    await writing(to, mkdir(dirname(to), { recursive: true }));
    const handle = await writing(to, open(to, 'wx', 0o600));
    try {
      for await (const piece of content) await writing(to, handle.writeFile(piece));
    } finally {
      await handle.close();
    }
  }

  #claim(path: string): void {
    if (!isSafePath(path) || path.split('/').length > MAX_DEPTH)
      throw bad(this.source, `a file has a name that is not taken: ${path.slice(0, 200)}`);
    const steps = path.toLowerCase().split('/');
    const above = steps.slice(1).map((_, index) => steps.slice(0, index + 1).join('/'));
    const name = steps.join('/');
    if (this.#files.has(name) || this.#folders.has(name) || above.some((each) => this.#files.has(each)))
      throw bad(this.source, `two files are called alike: ${path}`);
    if (this.#files.size === MAX_FILES) throw bad(this.source, `it holds more than ${MAX_FILES} files`);
    this.#files.add(name);
    for (const each of above) this.#folders.add(each);
    if (this.#folders.size > MAX_FOLDERS) throw bad(this.source, `it holds more than ${MAX_FOLDERS} folders`);
  }
}

function bad(file: string, what: string): CannotTell {
  return new CannotTell('BAD_DATA', what, { place: { file } });
}

/** @throws CannotTell IO_FAILED: it is this machine that cannot, not what is taken in. */
async function writing<T>(file: string, done: Promise<T>): Promise<T> {
  try {
    return await done;
  } catch (cause) {
    throw new CannotTell('IO_FAILED', 'what is taken in cannot be written here', {
      place: { file },
      remedy: 'make room there, or name another folder in TMPDIR',
      cause,
    });
  }
}

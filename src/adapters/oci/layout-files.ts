import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { CannotTell } from '../../base/errors.ts';
import type { FileEntry } from '../../domain/entry.ts';
import { blobPath } from './blobs.ts';

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** The files of exported artifacts in an image layout, front to back; whoever reads them hashes them. */
export function layoutFiles(root: string): (file: FileEntry) => AsyncIterable<Uint8Array> {
  return (file) => bytesOf(root, file);
}

async function* bytesOf(root: string, { path, size, sha256 }: FileEntry): AsyncGenerator<Uint8Array, void> {
  const place = { file: blobPath(root, sha256) };
  const handle = await open(place.file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((cause: unknown) => {
    throw new CannotTell('NO_INPUT', `the registry does not hold ${path}`, {
      place,
      remedy: 'name the folder of the registry with --registry, or with MODELSMITH_REGISTRY',
      cause,
    });
  });
  try {
    const facts = await handle.stat();
    if (!facts.isFile() || facts.size !== size)
      throw new CannotTell('BAD_DATA', `the registry holds another ${path} than was exported`, { place });
    yield* handle.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>;
  } finally {
    await handle.close();
  }
}

import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { CannotTell } from '../../base/errors.ts';
import type { FileEntry } from '../../domain/entry.ts';
import { blobPath } from './blobs.ts';

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** A file of an exported artifact in an image layout. */
export async function* fileIn(
  root: string,
  { size, sha256 }: Pick<FileEntry, 'size' | 'sha256'>,
): AsyncGenerator<Uint8Array, void> {
  const place = { file: blobPath(root, sha256) };
  const handle = await open(place.file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((cause: unknown) => {
    throw new CannotTell('NO_INPUT', `the registry does not hold sha256:${sha256}`, {
      place,
      remedy: 'name the folder of the registry with --registry, or with MODELSMITH_REGISTRY',
      cause,
    });
  });
  try {
    const facts = await handle.stat();
    if (!facts.isFile() || facts.size !== size)
      throw new CannotTell('BAD_DATA', `the registry holds other bytes under this digest than it should`, {
        place,
        facts: [`it should be ${size} bytes, and has ${facts.size}`],
      });
    yield* handle.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>;
  } finally {
    await handle.close();
  }
}

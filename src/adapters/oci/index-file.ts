import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { canonicalJson, type Json } from '../../base/canonical-json.ts';
import { CannotTell } from '../../base/errors.ts';
import { parseForeignJson } from '../../base/foreign-json.ts';
import { readSmall, sync } from './blobs.ts';

/** `index.json` of an OCI image layout (image-spec, image-layout.md): which manifests it holds, under which names. */

export const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';
export const REFERENCE = 'org.opencontainers.image.ref.name';
const MAX_INDEX_BYTES = 32 * 1024 * 1024;

const Descriptor = z.looseObject({
  mediaType: z.string(),
  digest: z.string(),
  size: z.int().nonnegative(),
  annotations: z.record(z.string(), z.string()).optional(),
});
export type Descriptor = z.infer<typeof Descriptor>;
// Loose: other tools may write to the same layout, and what they wrote is kept.
const Index = z.looseObject({ schemaVersion: z.literal(2), manifests: z.array(Descriptor) });

export function indexPath(root: string): string {
  return join(root, 'index.json');
}

/** @returns the listed manifests; none where there is no index yet. @throws CannotTell BAD_DATA. */
export async function readIndex(root: string): Promise<z.infer<typeof Index>> {
  const file = indexPath(root);
  const bytes = await readSmall(file, MAX_INDEX_BYTES);
  if (bytes === null) return { schemaVersion: 2, mediaType: INDEX_TYPE, manifests: [] };
  const strict = parseForeignJson(bytes, file, { maxDepth: 32 });
  const result = strict.ok ? Index.safeParse(JSON.parse(new TextDecoder().decode(bytes))) : null;
  if (result?.success === true) return result.data;
  const fact = strict.ok ? 'it is no index of an OCI image layout' : strict.problems[0].message;
  throw new CannotTell('BAD_DATA', 'The index of the registry cannot be read.', {
    place: { file },
    facts: [fact],
  });
}

/** Lists a manifest under a name. @throws CannotTell CANNOT_CREATE where the name is that of another one. */
export async function listManifest(root: string, entry: Descriptor, waits: Waits = PATIENT): Promise<void> {
  const name = entry.annotations?.[REFERENCE];
  await changeIndex(
    root,
    (listed) => {
      const there = listed.filter((other) => nameOf(other) === name);
      if (there.some((other) => other.digest !== entry.digest)) {
        throw new CannotTell(
          'CANNOT_CREATE',
          `The registry already lists ${name ?? ''} with another manifest.`,
          {
            place: { file: indexPath(root) },
            facts: [`there    ${there.map((other) => other.digest).join(', ')}`, `exported ${entry.digest}`],
            remedy:
              'An exported iteration does not change: export under a new version, or use another registry.',
          },
        );
      }
      return there.length > 0 ? null : [...listed, entry];
    },
    waits,
  );
}

/** The name a manifest is listed under. */
export function nameOf(entry: Descriptor): string | undefined {
  return entry.annotations?.[REFERENCE];
}

/**
 * Changes what is listed. The lock file becomes the new index, so two at once cannot lose each other's entry and a reader
 * sees the old index or the new one.
 * @param change null where nothing is to be changed.
 */
export async function changeIndex(
  root: string,
  change: (listed: readonly Descriptor[]) => readonly Descriptor[] | null,
  waits: Waits = PATIENT,
): Promise<void> {
  const path = indexPath(root);
  const lock = `${path}.lock`;
  const handle = await takeLock(lock, waits);
  let held = true;
  try {
    const index = await readIndex(root);
    const changed = change(index.manifests);
    if (changed === null) return;
    const manifests = [...changed].sort((a, b) => compare(sortKey(a), sortKey(b)));
    await handle.writeFile(spelled({ ...index, mediaType: INDEX_TYPE, manifests }, path));
    await handle.sync();
    await rename(lock, path);
    held = false; // from here on a file of that name is another's
    await sync(root);
  } finally {
    await handle.close();
    if (held) await rm(lock, { force: true });
  }
}

interface Waits {
  readonly attempts: number;
  readonly milliseconds: number;
}
const PATIENT: Waits = { attempts: 200, milliseconds: 50 };

async function takeLock(lock: string, waits: Waits) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await open(lock, 'wx', 0o644);
    } catch (error) {
      const held = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      if (!held)
        throw new CannotTell('IO_FAILED', 'The index of the registry cannot be locked.', {
          place: { file: lock },
          cause: error,
        });
      if (attempt === waits.attempts) {
        throw new CannotTell('RACE_LOST', 'Another export holds the lock of the registry.', {
          place: { file: lock },
          remedy: 'Run again. Where no other export is running, one was killed: remove the lock file.',
        });
      }
      await pause(waits.milliseconds);
    }
  }
}

function spelled(index: unknown, file: string): string {
  try {
    return canonicalJson(index as Json);
  } catch (cause) {
    throw new CannotTell(
      'BAD_DATA',
      'The index of the registry holds a value that cannot be written back as it was.',
      { place: { file }, cause },
    );
  }
}

function sortKey(entry: Descriptor): string {
  return `${nameOf(entry) ?? ''}\n${entry.digest}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

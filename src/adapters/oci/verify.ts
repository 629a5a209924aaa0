import * as z from 'zod';
import { sha256, type Sha256 } from '../../base/digest.ts';
import { parseForeignJson } from '../../base/foreign-json.ts';
import { isNonEmpty } from '../../base/nonempty.ts';
import type { Problem } from '../../base/problem.ts';
import { OCI_MANIFEST } from '../../domain/model-manifest.ts';
import type { RegistryVerdict } from '../../ports/registry.ts';
import { blobPath, measure, readSmall, type Measured } from './blobs.ts';
import { indexPath, readIndex } from './index-file.ts';

/** The limit the distribution specification suggests for manifests. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

const Named = z.looseObject({
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  size: z.int().nonnegative(),
});
const Manifest = z.looseObject({
  schemaVersion: z.literal(2),
  mediaType: z.literal(OCI_MANIFEST),
  config: Named,
  layers: z.array(Named).min(1),
});

/** Where the content of manifests is read from. */
export interface ContentSource {
  /** Where something with this digest lies, for people. */
  placeOf(digest: Sha256): string;
  /** Bytes of a manifest, whatever they hash to; null where it is not there. */
  manifest(digest: Sha256): Promise<Uint8Array | null>;
  /** @param size what it is to have, in bytes. @returns what is wrong with it; null where nothing is. */
  faultOf(digest: Sha256, size: number): Promise<string | null>;
}

/** Hashes a manifest and all it names again. @throws CannotTell where that cannot be read. */
export async function contentProblems(source: ContentSource, manifest: Sha256): Promise<readonly Problem[]> {
  const file = source.placeOf(manifest);
  const bytes = await source.manifest(manifest);
  if (bytes === null) return [{ place: { file }, message: 'is missing' }];
  if (sha256(bytes) !== manifest)
    return [{ place: { file }, message: `holds other bytes: they hash to ${sha256(bytes)}` }];
  const strict = parseForeignJson(bytes, file, { maxDepth: 16 });
  if (!strict.ok) return strict.problems;
  const read = Manifest.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
  if (!read.success) return [{ place: { file }, message: 'is no OCI image manifest with SHA-256 digests' }];
  const problems: Problem[] = [];
  for (const { digest, size } of [read.data.config, ...read.data.layers]) {
    const hex = digest.slice('sha256:'.length) as Sha256;
    const message = await source.faultOf(hex, size);
    if (message !== null) problems.push({ place: { file: source.placeOf(hex) }, message });
  }
  return problems;
}

/** What is wrong with content, in words; null where nothing is. */
export function faultIn(found: Measured | null, digest: Sha256, size: number): string | null {
  if (found === null) return 'is missing';
  if (found.sha256 !== digest) return `holds other bytes: they hash to ${found.sha256}`;
  return found.size === size ? null : `has ${found.size} bytes, and its manifest states ${size}`;
}

/** The same in an image layout, and whether it lists the manifest rightly. @throws CannotTell where files cannot be read. */
export async function verifyManifest(root: string, manifest: Sha256): Promise<RegistryVerdict> {
  const file = indexPath(root);
  const listed = (await readIndex(root)).manifests.find((entry) => entry.digest === `sha256:${manifest}`);
  const source = layoutContent(root);
  const bytes = await source.manifest(manifest);
  const problems: readonly Problem[] = [
    ...(listed === undefined
      ? [{ place: { file }, message: `does not list the manifest sha256:${manifest}` }]
      : bytes !== null && sha256(bytes) === manifest && listed.size !== bytes.length
        ? [
            {
              place: { file },
              message: `lists sha256:${manifest} with ${listed.size} bytes instead of ${bytes.length}`,
            },
          ]
        : []),
    ...(await contentProblems(source, manifest)),
  ];
  return isNonEmpty(problems) ? { kind: 'unsound', problems } : { kind: 'sound' };
}

function layoutContent(root: string): ContentSource {
  return {
    placeOf: (digest) => blobPath(root, digest),
    manifest: (digest) => readSmall(blobPath(root, digest), MAX_MANIFEST_BYTES),
    faultOf: async (digest, size) => faultIn(await measure(blobPath(root, digest)), digest, size),
  };
}

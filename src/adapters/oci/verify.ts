import { z } from 'zod';
import { sha256, type Sha256 } from '../../base/digest.ts';
import { parseForeignJson } from '../../base/foreign-json.ts';
import { isNonEmpty } from '../../base/nonempty.ts';
import type { Problem } from '../../base/problem.ts';
import { OCI_MANIFEST } from '../../domain/model-manifest.ts';
import type { RegistryVerdict } from '../../ports/registry.ts';
import { blobPath, measure, readSmall } from './blobs.ts';
import { indexPath, readIndex } from './index-file.ts';

/** The limit the distribution specification suggests for manifests. */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

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

/** Hashes a manifest and all it names again. @throws CannotTell where files cannot be read. */
export async function verifyManifest(root: string, manifest: Sha256): Promise<RegistryVerdict> {
  const problems: Problem[] = [];
  const listed = (await readIndex(root)).manifests.find((entry) => entry.digest === `sha256:${manifest}`);
  if (listed === undefined)
    problems.push({
      place: { file: indexPath(root) },
      message: `does not list the manifest sha256:${manifest}`,
    });

  const file = blobPath(root, manifest);
  const bytes = await readSmall(file, MAX_MANIFEST_BYTES);
  if (bytes === null) problems.push({ place: { file }, message: 'is missing' });
  else if (sha256(bytes) !== manifest)
    problems.push({ place: { file }, message: `holds other bytes: they hash to ${sha256(bytes)}` });
  else {
    if (listed !== undefined && listed.size !== bytes.length) {
      problems.push({
        place: { file: indexPath(root) },
        message: `lists sha256:${manifest} with ${listed.size} bytes instead of ${bytes.length}`,
      });
    }
    problems.push(...(await contentProblems(root, bytes, file)));
  }
  return isNonEmpty(problems) ? { kind: 'unsound', problems } : { kind: 'sound' };
}

async function contentProblems(root: string, bytes: Uint8Array, file: string): Promise<readonly Problem[]> {
  const strict = parseForeignJson(bytes, file, { maxDepth: 16 });
  if (!strict.ok) return strict.problems;
  const manifest = Manifest.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
  if (!manifest.success)
    return [{ place: { file }, message: 'is no OCI image manifest with SHA-256 digests' }];
  const problems: Problem[] = [];
  for (const { digest, size } of [manifest.data.config, ...manifest.data.layers]) {
    const path = blobPath(root, digest.slice('sha256:'.length) as Sha256);
    const found = await measure(path);
    if (found === null) problems.push({ place: { file: path }, message: 'is missing' });
    else if (`sha256:${found.sha256}` !== digest)
      problems.push({ place: { file: path }, message: `holds other bytes: they hash to ${found.sha256}` });
    else if (found.size !== size)
      problems.push({
        place: { file },
        message: `states ${size} bytes for ${digest}, which has ${found.size}`,
      });
  }
  return problems;
}

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../../base/canonical-json.ts';
import { CannotTell } from '../../base/errors.ts';
import { isSafePath } from '../../domain/names.ts';
import { MODEL_ARTIFACT, modelManifest, OCI_MANIFEST } from '../../domain/model-manifest.ts';
import type { ModelRegistry } from '../../ports/registry.ts';
import { asCannotTell, blobPath, measure, putBytes, putFile, readSmall, writeWhole } from './blobs.ts';
import { fileIn } from './layout-files.ts';
import { listManifest, readIndex, REFERENCE } from './index-file.ts';
import { tagIn, taggedIn, tagsIn, untagIn } from './layout-tags.ts';
import { MAX_MANIFEST_BYTES, verifyManifest } from './verify.ts';

const LAYOUT = canonicalJson({ imageLayoutVersion: '1.0.0' });

/**
 * The registry embedded in a folder: an OCI image layout (image-spec 1.1) that skopeo, oras and others read. Nothing in
 * it depends on when or where an export was made, so two exports of one artifact are equal byte for byte.
 */
export function ociLayout(root: string): ModelRegistry {
  return {
    async push({ iteration, artifact, directory, annotations }) {
      const manifest = modelManifest(artifact, iteration, annotations);
      await prepare(root);
      for (const file of artifact.files) {
        if (!isSafePath(file.path)) throw new Error(`not a path inside an artifact: ${file.path}`);
        await putFile(root, join(directory, file.path), file);
      }
      await putBytes(root, manifest.configBytes);
      await putBytes(root, manifest.manifestBytes);
      const size = manifest.manifestBytes.length;
      // Listed last: a name never points to something that is not all there.
      await listManifest(root, {
        mediaType: OCI_MANIFEST,
        artifactType: MODEL_ARTIFACT,
        digest: `sha256:${manifest.digest}`,
        size,
        annotations: { [REFERENCE]: manifest.reference },
      });
      return { manifest: manifest.digest, mediaType: OCI_MANIFEST, size, reference: manifest.reference };
    },
    async has(manifest) {
      const { manifests } = await readIndex(root);
      const entry = manifests.find((listed) => listed.digest === `sha256:${manifest}`);
      return entry !== undefined && (await measure(blobPath(root, manifest)))?.size === entry.size;
    },
    read: (file) => fileIn(root, file),
    manifest: (digest) => readSmall(blobPath(root, digest), MAX_MANIFEST_BYTES),
    verify: (manifest) => verifyManifest(root, manifest),
    tags: () => tagsIn(root),
    tagged: (tag) => taggedIn(root, tag),
    tag: (manifest, tag) => tagIn(root, manifest, tag),
    untag: (tag) => untagIn(root, tag),
  };
}

async function prepare(root: string): Promise<void> {
  const marker = join(root, 'oci-layout');
  try {
    await mkdir(join(root, 'blobs', 'sha256'), { recursive: true });
  } catch (error) {
    throw asCannotTell(error, 'The folder of the registry cannot be made.', root);
  }
  const found = await readSmall(marker, 4096);
  if (found === null) return writeWhole(root, marker, new TextEncoder().encode(LAYOUT));
  if (versionOf(found) === '1.0.0') return;
  throw new CannotTell('BAD_DATA', 'The folder is no OCI image layout of version 1.0.0.', {
    place: { file: marker },
  });
}

function versionOf(bytes: Uint8Array): unknown {
  try {
    const layout = JSON.parse(new TextDecoder().decode(bytes)) as {
      readonly imageLayoutVersion?: unknown;
    } | null;
    return layout?.imageLayoutVersion;
  } catch {
    return undefined;
  }
}

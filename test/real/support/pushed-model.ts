import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A model in an image layout, as ORAS pushes a folder file by file: other tools bring it to a registry from there. */

export interface PushedModel {
  readonly layout: string;
  readonly digest: string;
}

export function modelLayout(
  layout: string,
  tag: string,
  files: Readonly<Record<string, Uint8Array | string>>,
  annotations: Readonly<Record<string, string>> = {},
): PushedModel {
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true });
  const put = (mediaType: string, content: Uint8Array | string) => {
    const bytes = Buffer.from(content);
    const hex = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(join(layout, 'blobs/sha256', hex), bytes);
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
  };
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = {
    schemaVersion: 2,
    mediaType,
    artifactType: 'application/vnd.example.model',
    config: put('application/vnd.oci.empty.v1+json', '{}'),
    layers: Object.entries(files).map(([name, content]) => ({
      ...put('application/octet-stream', content),
      annotations: { 'org.opencontainers.image.title': name },
    })),
    annotations,
  };
  const described = {
    ...put(mediaType, JSON.stringify(manifest)),
    annotations: { 'org.opencontainers.image.ref.name': tag },
  };
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [described] }));
  return { layout, digest: described.digest };
}

import { canonicalJson } from '../base/canonical-json.ts';
import { sha256, type Sha256 } from '../base/digest.ts';
import { printBasePin, type PinnedBase } from './base-pin.ts';
import { toIterationId, type Iteration } from './names.ts';

/**
 * The OCI manifest of an exported artifact in the form of CNCF ModelPack (model-spec v1): a pure function of the record,
 * so that anybody can recompute the exported digest without the registry. No times; RFC 8785 spelling.
 */

export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const MODEL_ARTIFACT = 'application/vnd.cncf.model.manifest.v1+json';
export const MODEL_CONFIG = 'application/vnd.cncf.model.config.v1+json';
const WEIGHT = 'application/vnd.cncf.model.weight.v1.raw';
const WEIGHT_CONFIG = 'application/vnd.cncf.model.weight.config.v1.raw';
export const FILE_PATH = 'org.cncf.model.filepath';

/** The closed schema of a ModelPack config has no place for these facts; they are annotations of this name space. */
export const ANNOTATIONS = {
  iteration: 'dev.modelsmith.iteration',
  artifact: 'dev.modelsmith.artifact.digest',
  baseName: 'dev.modelsmith.base.name',
  basePin: 'dev.modelsmith.base.pin',
} as const;

export interface PackagedFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: Sha256;
}

export interface PackagedArtifact {
  readonly files: readonly PackagedFile[];
  /** `digestOfFiles` over the files. */
  readonly digest: Sha256;
  readonly base: PinnedBase;
}

export interface ModelManifest {
  readonly manifestBytes: Uint8Array;
  readonly configBytes: Uint8Array;
  /** SHA-256 of `manifestBytes`. */
  readonly digest: Sha256;
  /** SHA-256 of `configBytes`. */
  readonly configDigest: Sha256;
  readonly reference: string;
}

/** The name under which an image layout lists an iteration; a line has no dot, so no two iterations share one. */
export function manifestReference(iteration: Iteration): string {
  return `${iteration.line}-${iteration.version}`;
}

/** @param annotations more of the caller's own for the manifest; they are part of its digest. */
export function modelManifest(
  artifact: PackagedArtifact,
  iteration: Iteration,
  annotations: Readonly<Record<string, string>> = {},
): ModelManifest {
  const files = [...artifact.files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const configBytes = bytesOf({
    descriptor: { name: iteration.line, version: iteration.version },
    // An uncompressed single file is its own diff: DiffID and layer digest are the same.
    modelfs: { type: 'layers', diffIds: files.map((file) => `sha256:${file.sha256}`) },
    config: { format: files.some(({ path }) => path.endsWith('.gguf')) ? 'gguf' : 'safetensors' },
  });
  const configDigest = sha256(configBytes);
  const manifestBytes = bytesOf({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: MODEL_ARTIFACT,
    config: { mediaType: MODEL_CONFIG, digest: `sha256:${configDigest}`, size: configBytes.length },
    layers: files.map((file) => ({
      mediaType: /\.(?:safetensors|gguf)$/.test(file.path) ? WEIGHT : WEIGHT_CONFIG,
      digest: `sha256:${file.sha256}`,
      size: file.size,
      annotations: { [FILE_PATH]: file.path },
    })),
    annotations: {
      ...annotations,
      [ANNOTATIONS.iteration]: toIterationId(iteration),
      [ANNOTATIONS.artifact]: `sha256:${artifact.digest}`,
      [ANNOTATIONS.baseName]: artifact.base.name,
      [ANNOTATIONS.basePin]: printBasePin(artifact.base.pin),
    },
  });
  const digest = sha256(manifestBytes);
  return { manifestBytes, configBytes, digest, configDigest, reference: manifestReference(iteration) };
}

function bytesOf(value: Parameters<typeof canonicalJson>[0]): Uint8Array {
  return new TextEncoder().encode(canonicalJson(value));
}

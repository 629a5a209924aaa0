import * as z from 'zod';
import type { Sha256 } from '../base/digest.ts';
import { parseForeignJson } from '../base/foreign-json.ts';
import { FILE_PATH, OCI_MANIFEST } from './model-manifest.ts';
import { isSafePath } from './names.ts';

/** A layer of a manifest that models are taken from: one file under its name, or a tar archive of files. */
export type ModelLayer =
  | { readonly kind: 'file'; readonly path: string; readonly digest: Sha256; readonly size: number }
  | { readonly kind: 'archive'; readonly digest: Sha256; readonly size: number };

export interface ModelLayers {
  readonly annotations: ReadonlyMap<string, string>;
  readonly layers: readonly ModelLayer[];
}

export type ReadLayers =
  | { readonly ok: true; readonly value: ModelLayers }
  /** A sentence that goes on from "the manifest"; holds what others wrote. */
  | { readonly ok: false; readonly why: string };

/** What ORAS calls a file, whatever type it gives the layer. */
const TITLE = 'org.opencontainers.image.title';
/** A folder that ORAS packed; it holds no file of that name. */
const UNPACK = 'io.deis.oras.content.unpack';
const MAX_LAYERS = 10_000;

const Annotations = z.record(z.string(), z.string()).optional();
const Manifest = z.looseObject({
  schemaVersion: z.literal(2),
  mediaType: z.literal(OCI_MANIFEST).optional(),
  layers: z
    .array(
      z.looseObject({
        mediaType: z.string(),
        digest: z.string(),
        size: z.int().nonnegative(),
        annotations: Annotations,
      }),
    )
    .min(1)
    .max(MAX_LAYERS),
  annotations: Annotations,
});
type Layer = z.infer<typeof Manifest>['layers'][number];

/** Reads an OCI image manifest whose layers are the files of a model: ModelPack's, ORAS's and those of an export. */
export function readModelLayers(bytes: Uint8Array, file: string): ReadLayers {
  const no = (why: string): ReadLayers => ({ ok: false, why });
  // A name that stands twice could be read twice differently.
  const strict = parseForeignJson(bytes, file, { maxDepth: 16 });
  if (!strict.ok) return no(`cannot be read: ${strict.problems[0].message}`);
  const json: unknown = JSON.parse(new TextDecoder().decode(bytes));
  const stated = z
    .looseObject({ mediaType: z.string().optional(), manifests: z.unknown().optional() })
    .safeParse(json);
  const type = stated.success ? stated.data.mediaType : undefined;
  if (stated.success && stated.data.manifests !== undefined)
    return no('is a list of manifests: name one of them by its digest');
  if (type !== undefined && type !== OCI_MANIFEST)
    return no(`is of the type ${type.slice(0, 200)}, and read is ${OCI_MANIFEST}`);
  const read = Manifest.safeParse(json);
  if (!read.success) return no('is no OCI image manifest with 1 to 10000 layers');
  const layers = read.data.layers.map(layerOf);
  const wrong = layers.findIndex((layer) => typeof layer === 'string');
  const why = layers[wrong];
  if (typeof why === 'string') return no(`has a layer, number ${wrong + 1}, that ${why}`);
  return {
    ok: true,
    value: {
      annotations: new Map(Object.entries(read.data.annotations ?? {})),
      layers: layers.filter((layer) => typeof layer !== 'string'),
    },
  };
}

/** @returns a sentence that goes on from "a layer that" where it cannot be taken. */
function layerOf({ mediaType, digest, size, annotations = {} }: Layer): ModelLayer | string {
  const [, hex] = /^sha256:([0-9a-f]{64})$/.exec(digest) ?? [];
  if (hex === undefined) return 'has no SHA-256 digest';
  const content = { digest: hex as Sha256, size };
  const [packed, titled] = [annotations[FILE_PATH], annotations[TITLE]];
  if (packed !== undefined && titled !== undefined && packed !== titled)
    return `is called ${packed.slice(0, 200)} and ${titled.slice(0, 200)}`;
  if (annotations[UNPACK] === 'true') return 'is a packed folder: push its files one by one';
  const isModelPack = packed !== undefined || mediaType.startsWith('application/vnd.cncf.model.');
  if (isModelPack && titled === undefined) {
    if (/\+(?:gzip|zstd)$/.test(mediaType)) return 'is compressed: push its files as they are';
    if (mediaType.endsWith('.tar')) return { kind: 'archive', ...content };
  }
  const path = packed ?? titled;
  if (path === undefined) return `names no file (${FILE_PATH} or ${TITLE})`;
  if (!isSafePath(path)) return `has a name that is not taken: ${path.slice(0, 200)}`;
  return { kind: 'file', path, ...content };
}

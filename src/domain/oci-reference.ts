import type { Sha256 } from '../base/digest.ts';
import { readRegistryPlace, type RegistryPlace } from './registry-place.ts';

/** A manifest in a registry, as people and deployments name it. */
export interface OciReference {
  readonly place: RegistryPlace;
  /** Where both are given the digest counts, as everywhere. */
  readonly name: { readonly tag: string } | { readonly digest: Sha256 };
}

export type ReadReference =
  | { readonly kind: 'reference'; readonly reference: OciReference }
  /** It has the form of none. */
  | { readonly kind: 'other' }
  /** A sentence that goes on from "the reference". */
  | { readonly kind: 'wrong'; readonly why: string };

const DIGEST = /^(.*)@sha256:([0-9a-f]{64})$/s;
const TAG = /^(.*):([a-zA-Z0-9_][a-zA-Z0-9._-]{0,127})$/s;
/** A host with a dot, a port, or this machine, and something after it: as containers are named. */
const BARE = /^(?:[^/]+\.[^/]+|[^/]+:[0-9]+|localhost|\[[^/\]]+\](?::[0-9]+)?)\/.+/s;

/** `oci://host/repository:tag`, the same with `@sha256:…`, with `docker://` or nothing before it, and `oci:folder:tag`. */
export function readReference(text: string, plainHttp: boolean): ReadReference {
  const scheme = /^(?:oci|docker):\/\//.exec(text)?.[0] ?? null;
  const isLayout = scheme === null && text.startsWith('oci:');
  const plain = isLayout ? text.slice('oci:'.length) : text.slice(scheme?.length ?? 0);
  const [, beforeDigest, digest] = DIGEST.exec(plain) ?? [];
  const [, beforeTag, tag] = TAG.exec(beforeDigest ?? plain) ?? [];
  const isNamed = digest !== undefined || tag !== undefined;
  if (scheme === null && !isLayout && !(isNamed && BARE.test(plain) && !/^[./]/.test(plain)))
    return { kind: 'other' };
  const name = digest !== undefined ? { digest: digest as Sha256 } : tag !== undefined ? { tag } : null;
  if (name === null) return { kind: 'wrong', why: 'names neither a tag nor a digest' };
  const where = beforeTag ?? beforeDigest ?? plain;
  const read = readRegistryPlace(isLayout ? where : `oci://${where}`, plainHttp);
  return read.ok
    ? { kind: 'reference', reference: { place: read.place, name } }
    : { kind: 'wrong', why: read.why };
}

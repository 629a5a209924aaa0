import * as z from 'zod';
import { bytesOfBase64 } from '../base/base64.ts';
import { sha256, type FileDigest, type Sha256 } from '../base/digest.ts';
import { isSignedWith } from '../base/ecdsa.ts';
import {
  isForeignArray,
  memberOf,
  parseForeignJson,
  textOf,
  type ForeignJson,
} from '../base/foreign-json.ts';

/**
 * What a signature of OpenSSF Model Signing 1.0 is over: an in-toto statement that lists the files of a model with their
 * digests, in a DSSE envelope. https://github.com/sigstore/model-transparency
 */

export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
const STATEMENT = 'https://in-toto.io/Statement/v1';
const PREDICATE = 'https://model_signing/signature/v1.0';
const MAX_BYTES = 16 * 1024 * 1024;
/** Of a statement that is recorded: some two thousand files. A record is read whole by everybody. */
export const MAX_RECORDED_STATEMENT = 384 * 1024;

function base64(mostBytes: number) {
  return z
    .string()
    .max(Math.ceil(mostBytes / 3) * 4)
    .refine((text) => bytesOfBase64(text) !== null, 'must be base 64');
}

/** A signature that was verified when its model came in, with all that it takes to verify it again. */
export const ModelSignature = z
  .strictObject({
    /** Whether the signer was named by key then, or by an authority that issued a certificate for it. */
    method: z.enum(['certificate', 'key']),
    /** The public key, DER in base 64. */
    key: base64(1024),
    /** What was signed, in base 64. */
    statement: base64(MAX_RECORDED_STATEMENT),
    /** DER in base 64. */
    signature: base64(512),
  })
  .readonly();
export type ModelSignature = z.infer<typeof ModelSignature>;

/** SHA-256 of the public key in DER, by which a policy names it. */
export function signerKey({ key }: ModelSignature): Sha256 {
  return sha256(bytesOf(key));
}

/** The SHA-256 of each file that a recorded signature is over, by its path; a sentence where it is no signature over these files. */
export function signedFiles(
  { key, statement, signature }: ModelSignature,
  files: readonly FileDigest[],
): ReadonlyMap<string, string> | string {
  const [der, payload, sig] = [bytesOf(key), bytesOf(statement), bytesOf(signature)];
  if (!isSignedWith(der, preAuthentication(payload), sig)) return 'is not of that key over that statement';
  const signed = parseStatement(payload);
  if (typeof signed === 'string') return signed;
  const other = files.find(({ path, sha256: digest }) => signed.get(path) !== digest);
  if (other === undefined) return signed;
  return signed.has(other.path) ? `covers ${other.path} with other content` : `does not cover ${other.path}`;
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}

/** DSSE: what is signed names the type, so that a payload is never taken for one of another type. */
export function preAuthentication(payload: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `;
  return new Uint8Array(Buffer.concat([Buffer.from(head), payload]));
}

/** @returns the SHA-256 of each file by its path, or a sentence where the payload is no statement over whole files. */
export function parseStatement(payload: Uint8Array): ReadonlyMap<string, string> | string {
  const json = parseForeignJson(payload, 'statement', { maxBytes: MAX_BYTES, maxDepth: 16 });
  if (!json.ok) return `has a statement that ${json.problems[0].message}`;
  const of = (...keys: readonly string[]): ForeignJson | undefined => memberOf(json.value, ...keys);
  if (textOf(of('_type')) !== STATEMENT || textOf(of('predicateType')) !== PREDICATE)
    return 'has a statement of another kind than Model Signing 1.0';
  const serialization = of('predicate', 'serialization');
  const method = textOf(memberOf(serialization, 'method'));
  if (method !== 'files')
    return `lists ${String(method).slice(0, 100)} instead of whole files, which is not read`;
  const algorithm = textOf(memberOf(serialization, 'hash_type'));
  if (algorithm !== 'sha256') return `uses ${String(algorithm).slice(0, 100)}, read is sha256`;
  const resources = of('predicate', 'resources');
  if (!isForeignArray(resources) || resources.length === 0) return 'lists no files';
  const files = new Map<string, string>();
  for (const resource of resources) {
    const [name, digest] = [textOf(memberOf(resource, 'name')), textOf(memberOf(resource, 'digest'))];
    if (name === undefined || digest === undefined || textOf(memberOf(resource, 'algorithm')) !== 'sha256')
      return 'lists a file without name or SHA-256';
    if (!/^[0-9a-f]{64}$/.test(digest) || !isRelative(name))
      return `lists ${name.slice(0, 200)}, which cannot be`;
    if (files.has(name)) return `lists ${name.slice(0, 200)} twice`;
    files.set(name, digest);
  }
  const stated = rootOf(of('subject'));
  if (stated !== null && stated !== rootDigest(files))
    return 'states a digest of all files that is not theirs';
  return files;
}

function isRelative(name: string): boolean {
  return name.split('/').every((step) => !['', '.', '..'].includes(step)) && !/[\\\0]/.test(name);
}

function rootOf(subject: ForeignJson | undefined): string | null {
  return isForeignArray(subject) ? (textOf(memberOf(subject[0], 'digest', 'sha256')) ?? null) : null;
}

/** SHA-256 over the digests of the files in the order of their names. */
function rootDigest(files: ReadonlyMap<string, string>): string {
  const digests = sorted(files).map(([, digest]) => Buffer.from(digest, 'hex'));
  return sha256(new Uint8Array(Buffer.concat(digests)));
}

/** By code points, as the specification's own implementation sorts. */
function sorted(files: ReadonlyMap<string, string>): readonly (readonly [string, string])[] {
  return [...files].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** The payload of a signature over these files. */
export function statementOver(name: string, files: ReadonlyMap<string, string>): Uint8Array {
  const statement = {
    _type: STATEMENT,
    subject: [{ name, digest: { sha256: rootDigest(files) } }],
    predicateType: PREDICATE,
    predicate: {
      serialization: { method: 'files', hash_type: 'sha256', allow_symlinks: false, ignore_paths: IGNORED },
      resources: sorted(files).map(([path, digest]) => ({ name: path, algorithm: 'sha256', digest })),
    },
  };
  return new TextEncoder().encode(JSON.stringify(statement));
}

/** What is never part of a model. */
export const IGNORED: readonly string[] = ['.git', '.gitattributes', '.github', '.gitignore', 'model.sig'];

import { sha256 } from '../../base/digest.ts';
import {
  isForeignArray,
  isForeignObject,
  memberOf,
  parseForeignJson,
  textOf,
  type ForeignJson,
} from '../../base/foreign-json.ts';

/**
 * The bundle of OpenSSF Model Signing 1.0: a Sigstore bundle with a DSSE envelope around an in-toto statement that lists the
 * files of a model with their digests. https://github.com/sigstore/model-transparency
 */

export interface Bundle {
  /** SHA-256 of the signer's key in PEM, where the bundle names a key. */
  readonly keyHint: string | null;
  /** The signer's certificate and those between it and an authority, DER. Empty where it names a key. */
  readonly certificates: readonly Uint8Array[];
  /** What was signed: the pre-authentication encoding of the payload. */
  readonly signedBytes: Uint8Array;
  readonly signature: Uint8Array;
  readonly payload: Uint8Array;
}

const MEDIA_TYPE = /^application\/vnd\.dev\.sigstore\.bundle(?:\.v0\.3\+json|\+json;version=0\.[1-3])$/;
const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
const STATEMENT = 'https://in-toto.io/Statement/v1';
const PREDICATE = 'https://model_signing/signature/v1.0';
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_CERTIFICATES = 10;

/** @returns a sentence where it is no bundle that is read. */
export function parseBundle(bytes: Uint8Array): Bundle | string {
  const json = parseForeignJson(bytes, 'model.sig', { maxBytes: MAX_BYTES, maxDepth: 16 });
  if (!json.ok) return json.problems[0].message;
  const root = json.value;
  if (!MEDIA_TYPE.test(textOf(memberOf(root, 'mediaType')) ?? ''))
    return 'is no Sigstore bundle that is read';
  const material = memberOf(root, 'verificationMaterial');
  const hint = memberOf(material, 'publicKey');
  const chain = memberOf(material, 'x509CertificateChain', 'certificates');
  if (!isForeignObject(hint) && !isForeignArray(chain))
    return 'is signed neither with a key nor with a chain of certificates: keyless signatures are proved by a log that is not asked here';
  const certificates = isForeignArray(chain)
    ? chain.map((certificate) => base64Of(memberOf(certificate, 'rawBytes')))
    : [];
  if (certificates.length > MAX_CERTIFICATES) return `has more than ${MAX_CERTIFICATES} certificates`;
  const envelope = memberOf(root, 'dsseEnvelope');
  const signatures = memberOf(envelope, 'signatures');
  const [signature, another] = isForeignArray(signatures) ? signatures : [];
  const [payload, sig] = [base64Of(memberOf(envelope, 'payload')), base64Of(memberOf(signature, 'sig'))];
  if (textOf(memberOf(envelope, 'payloadType')) !== PAYLOAD_TYPE)
    return 'signs something else than a statement';
  if (payload === null || sig === null || another !== undefined || certificates.some((one) => one === null))
    return 'does not hold exactly one signature and one payload in base 64';
  return {
    keyHint: textOf(memberOf(hint, 'hint')) ?? null,
    certificates: certificates.filter((one) => one !== null),
    signedBytes: preAuthentication(payload),
    signature: sig,
    payload,
  };
}

/** DSSE: what is signed names the type, so that a payload is never taken for one of another type. */
function preAuthentication(payload: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `;
  return new Uint8Array(Buffer.concat([Buffer.from(head), payload]));
}

function base64Of(json: ForeignJson | undefined): Uint8Array | null {
  const text = textOf(json) ?? '';
  const bytes = Buffer.from(text, 'base64');
  // One spelling only: Node skips what it does not know.
  return text !== '' && bytes.toString('base64') === text ? new Uint8Array(bytes) : null;
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

/** @param sign gives the signature over the bytes. */
export function bundleOf(
  payload: Uint8Array,
  keyHint: string,
  sign: (bytes: Uint8Array) => Uint8Array,
): string {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const bundle = {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint: keyHint }, tlogEntries: [] },
    dsseEnvelope: {
      payload: base64(payload),
      payloadType: PAYLOAD_TYPE,
      signatures: [{ sig: base64(sign(preAuthentication(payload))), keyid: '' }],
    },
  };
  return `${JSON.stringify(bundle, null, 2)}\n`;
}

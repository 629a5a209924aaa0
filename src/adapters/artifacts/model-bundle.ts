import { bytesOfBase64 } from '../../base/base64.ts';
import {
  isForeignArray,
  isForeignObject,
  memberOf,
  parseForeignJson,
  textOf,
  type ForeignJson,
} from '../../base/foreign-json.ts';
import { PAYLOAD_TYPE, preAuthentication } from '../../domain/model-statement.ts';

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

function base64Of(json: ForeignJson | undefined): Uint8Array | null {
  return bytesOfBase64(textOf(json) ?? '');
}

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

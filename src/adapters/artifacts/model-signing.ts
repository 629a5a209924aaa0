import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CannotTell } from '../../base/errors.ts';
import type { ModelSigned, ModelSignatures } from '../../ports/model-signatures.ts';
import { toBase64 } from '../../base/base64.ts';
import { digestFor } from '../../base/ecdsa.ts';
import { IGNORED, parseStatement, statementOver } from '../../domain/model-statement.ts';
import { bundleOf, parseBundle } from './model-bundle.ts';
import { checkSigner, demandTrust, keyHintOf } from './model-trust.ts';
import { withSteadyFile } from './steady-file.ts';

const SIGNATURE = 'model.sig';
const MAX_SIGNATURE_BYTES = 16 * 1024 * 1024;
const MAX_FILES = 10_000;

/** Reads and writes `model.sig` with what Node brings. */
export const modelSignatures: ModelSignatures = {
  async isSigned(directory) {
    return (await lstat(join(directory, SIGNATURE)).catch(() => null))?.isFile() ?? false;
  },
  demandTrust,
  async verify(directory, trust, now) {
    if (!(await modelSignatures.isSigned(directory))) return refused('is not there');
    const bytes = await withSteadyFile(join(directory, SIGNATURE), (file) =>
      file.take(MAX_SIGNATURE_BYTES + 1),
    );
    const bundle = parseBundle(bytes);
    if (typeof bundle === 'string') return refused(bundle);
    const signer = checkSigner(bundle, trust, now);
    if (typeof signer === 'string') return refused(signer);
    const signed = parseStatement(bundle.payload);
    if (typeof signed === 'string') return refused(signed);
    // What a signer left out is as little vouched for as what came later: whoever changed it broke no signature.
    const there = await filesIn(directory, new Set(IGNORED));
    if (typeof there === 'string') return refused(there);
    for (const path of there) {
      const stated = signed.get(path);
      if (stated === undefined) return refused(`does not cover ${path}`);
      const found = await withSteadyFile(join(directory, ...path.split('/')), (file) => file.digest());
      if (found !== stated) return refused(`covers ${path} with other content`);
    }
    const missing = [...signed.keys()].find((path) => !there.includes(path));
    if (missing !== undefined) return refused(`covers ${missing.slice(0, 200)}, which is not there`);
    const method = bundle.certificates.length > 0 ? 'certificate' : 'key';
    const signature = {
      method,
      key: toBase64(signer.key),
      statement: toBase64(bundle.payload),
      signature: toBase64(bundle.signature),
    } as const;
    return { kind: 'signed', signature, files: there.length };
  },
  sign(name, files, pem, passphrase) {
    const key = privateKey(pem, passphrase);
    const digest = digestFor(key);
    if (digest === null)
      throw new CannotTell('BAD_DATA', 'A model is signed with a key of P-256, P-384 or P-521.');
    const payload = statementOver(name, new Map(files.map((file) => [file.path, file.sha256])));
    const text = bundleOf(
      payload,
      keyHintOf(createPublicKey(key)),
      (bytes) => new Uint8Array(sign(digest, bytes, key)),
    );
    return new TextEncoder().encode(text);
  },
};

function privateKey(pem: Uint8Array, passphrase: string | null): KeyObject {
  try {
    return createPrivateKey({ key: Buffer.from(pem), ...(passphrase !== null && { passphrase }) });
  } catch (cause) {
    throw new CannotTell('BAD_DATA', 'This is no private key in PEM, or its passphrase is another.', {
      cause,
    });
  }
}

/** Every file of the folder but those ignored, at the top or by their whole path. @returns a sentence for what is no file. */
async function filesIn(directory: string, ignored: ReadonlySet<string>): Promise<readonly string[] | string> {
  const files: string[] = [];
  const folders = [''];
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    for (const entry of await readdir(join(directory, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (ignored.has(path)) continue;
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile()) files.push(path);
      else return `cannot cover ${path}, which is neither a file nor a folder`;
      if (files.length + folders.length > MAX_FILES)
        return `is of a folder with more than ${MAX_FILES} files`;
    }
  }
  return files.sort();
}

function refused(why: string): ModelSigned {
  const message = `${SIGNATURE} ${why}.`;
  return { kind: 'refused', finding: { code: 'MODEL_SIGNATURE', message, place: { file: SIGNATURE } } };
}

import {
  createECDH,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from 'node:crypto';
import { toBase64 } from '../../../src/base/base64.ts';
import { digestOfFiles, sha256, type FileDigest, type Sha256 } from '../../../src/base/digest.ts';
import { derOf, digestFor } from '../../../src/base/ecdsa.ts';
import { LOCK_FILE } from '../../../src/domain/lock-strength.ts';
import {
  preAuthentication,
  statementOver,
  type ModelSignature,
} from '../../../src/domain/model-statement.ts';
import type { LineName } from '../../../src/domain/names.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { locksOf } from '../../../src/machine/world.ts';
import { requestIt } from './acts.ts';
import { LINE } from './law-files.ts';

/** Artifacts that carry a lock in their weights, and signatures of trainers over them. */

export interface Trainer {
  readonly private: KeyObject;
  readonly der: Uint8Array;
  /** By which a policy names it. */
  readonly key: Sha256;
}

export function trainer(namedCurve = 'prime256v1'): Trainer {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  const der = derOf(publicKey);
  return { private: privateKey, der, key: sha256(der) };
}

/** The same key for the same word, in every process. */
export function trainerNamed(word: string): Trainer {
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(sha256(word), 'hex');
  const point = curve.getPublicKey();
  const part = (bytes: Buffer): string => bytes.toString('base64url');
  const jwk = { kty: 'EC', crv: 'P-256', x: part(point.subarray(1, 33)), y: part(point.subarray(33)) };
  const key = { ...jwk, d: part(curve.getPrivateKey()) };
  const der = derOf(createPublicKey({ key: jwk, format: 'jwk' }));
  return { private: createPrivateKey({ key, format: 'jwk' }), der, key: sha256(der) };
}

/** The trainer whose private key is this PEM. */
export function trainerOf(pem: string): Trainer {
  const der = derOf(createPublicKey(pem));
  return { private: createPrivateKey(pem), der, key: sha256(der) };
}

export const lockIn = (tree: TreeFolder): string => locksOf(tree, LINE as LineName).at(-1)?.id ?? '';

/** Files of weights, each with the lock it carries; null for none. */
export type Weights = Readonly<Record<string, string | null>>;

export function tiedArtifact(weights: Weights) {
  const files = ['config.json', ...Object.keys(weights)]
    .sort()
    .map((path) => ({ path, size: path.length, sha256: sha256(`${path} ${weights[path] ?? ''}`) }));
  const stamps = Object.entries(weights)
    .flatMap(([path, lock]) => (lock === null ? [] : [{ path, lock }]))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    ...{ format: 'peft-lora', name: 'adapter', files, digest: digestOfFiles(files) },
    ...(stamps.length > 0 && { stamps }),
    facts: { rank: 8, targetModules: ['q_proj'], parameters: 1000 },
  } as const;
}

/** @param named what the file of the lock beside the weights holds; null: there is none. */
export function signatureOver(
  { files }: { readonly files: readonly FileDigest[] },
  by: Trainer,
  named: string | null,
): ModelSignature {
  const listed = new Map(files.map(({ path, sha256: digest }) => [path, digest as string]));
  if (named !== null) listed.set(LOCK_FILE, sha256(named));
  const statement = statementOver('adapter', listed);
  const signature = sign(digestFor(by.private) ?? '', preAuthentication(statement), by.private);
  return {
    method: 'key',
    key: toBase64(by.der),
    statement: toBase64(statement),
    signature: toBase64(new Uint8Array(signature)),
  };
}

export interface TieSpec {
  /** Of the lock by the place where it is carried; by default the weights carry it. */
  readonly weights?: (lock: string) => Weights;
  readonly signed?: (artifact: ReturnType<typeof tiedArtifact>, lock: string) => ModelSignature;
  readonly stated?: string;
  /** Over any field. */
  readonly changes?: object;
}

/** A request for an artifact that is tied to the newest lock. */
export function requestTied(spec: TieSpec = {}, version = '1.0.0', hours = 4) {
  return (tree: TreeFolder) => {
    const lock = lockIn(tree);
    const weights = spec.weights ?? ((id: string) => ({ 'adapter_model.safetensors': id }));
    const artifact = tiedArtifact(weights(lock));
    const changes = {
      lockStrength: spec.stated ?? 'bound',
      artifact,
      ...(spec.signed !== undefined && { modelSignature: spec.signed(artifact, lock) }),
      ...spec.changes,
    };
    return requestIt(changes, version, hours)(tree);
  };
}

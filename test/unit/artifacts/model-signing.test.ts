import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../../src/base/digest.ts';
import { CannotTell } from '../../../src/base/errors.ts';
import { bundleOf } from '../../../src/adapters/artifacts/model-bundle.ts';
import { signedFiles, statementOver } from '../../../src/domain/model-statement.ts';
import { keyHintOf } from '../../../src/adapters/artifacts/model-trust.ts';
import { modelSignatures } from '../../../src/adapters/artifacts/model-signing.ts';
import type { ModelTrust } from '../../../src/ports/model-signatures.ts';

const FIXTURES = new URL('../../../fixtures/model-signing/', import.meta.url).pathname;
const NOW = Date.parse('2027-06-01T00:00:00Z') / 1000;
const root = mkdtempSync(join(tmpdir(), 'model-signing-'));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;

/** A copy of the signed model with the signature of that name. */
function model(signature: string | Uint8Array | null): string {
  const folder = join(root, String((count += 1)), 'model');
  cpSync(join(FIXTURES, 'model'), folder, { recursive: true });
  if (signature !== null)
    writeFileSync(
      join(folder, 'model.sig'),
      typeof signature === 'string' ? readFileSync(join(FIXTURES, signature)) : signature,
    );
  return folder;
}
const pem = (name: string) => new Uint8Array(readFileSync(join(FIXTURES, name)));
const KEY: ModelTrust = { kind: 'key', pem: pem('pub.pem') };
const CA: ModelTrust = { kind: 'authority', pem: pem('ca.pem') };
async function why(folder: string, trust: ModelTrust = KEY, now = NOW): Promise<string> {
  const verdict = await modelSignatures.verify(folder, trust, now);
  return verdict.kind === 'signed' ? 'signed' : verdict.finding.message;
}
type Tree = Record<string, unknown>;
/** The bundle with something changed. */
function altered(change: (bundle: Tree, envelope: Tree) => void, name = 'by-key.sig'): Uint8Array {
  const bundle = JSON.parse(readFileSync(join(FIXTURES, name), 'utf8')) as Tree;
  change(bundle, bundle['dsseEnvelope'] as Tree);
  return new TextEncoder().encode(JSON.stringify(bundle));
}

describe('a model that somebody signed with another tool', () => {
  test('by a key, is signed by that key over every file', async () => {
    const der = createPublicKey(Buffer.from(KEY.pem)).export({ type: 'spki', format: 'der' });
    expect(await modelSignatures.verify(model('by-key.sig'), KEY, NOW)).toEqual({
      kind: 'signed',
      signature: {
        method: 'key',
        key: Buffer.from(der).toString('base64'),
        statement: expect.stringMatching(/^ewog/) as string,
        signature: expect.stringMatching(/^MEQC/) as string,
      },
      files: 3,
    });
  });
  test('by a certificate, is signed where an authority that is trusted issued it, by way of another', async () => {
    expect(await modelSignatures.verify(model('by-certificate.sig'), CA, NOW)).toMatchObject({
      kind: 'signed',
      signature: { method: 'certificate' },
    });
  });
  test.each<[string, ModelTrust]>([
    ['by-key.sig', KEY],
    ['by-certificate.sig', CA],
  ])('is verified again from what is recorded of %s, without its files', async (name, trust) => {
    const verdict = await modelSignatures.verify(model(name), trust, NOW);
    if (verdict.kind === 'refused') throw new Error(verdict.finding.message);
    const weights = {
      path: 'weights.txt',
      sha256: sha256(readFileSync(join(FIXTURES, 'model/weights.txt'))),
    };
    expect(signedFiles(verdict.signature, [weights])).toHaveProperty('size', 3);
    expect(signedFiles(verdict.signature, [{ ...weights, sha256: sha256('') }])).toMatch(/other content/);
  });
  test('may have beside it what is never part of a model', async () => {
    const folder = model('by-key.sig');
    mkdirSync(join(folder, '.git'));
    writeFileSync(join(folder, '.git', 'HEAD'), 'ref');
    expect(await why(folder)).toBe('signed');
  });

  test.each<[string, RegExp, (folder: string) => void]>([
    [
      'changed',
      /covers weights\.txt with other content/,
      (folder) => writeFileSync(join(folder, 'weights.txt'), 'other'),
    ],
    ['more', /does not cover more\.txt/, (folder) => writeFileSync(join(folder, 'more.txt'), '')],
    [
      'less',
      /covers tokenizer\/vocab\.txt, which is not there/,
      (folder) => rmSync(join(folder, 'tokenizer'), { recursive: true }),
    ],
    ['a link', /neither a file nor a folder/, (folder) => symlinkSync('config.json', join(folder, 'link'))],
    ['without its signature', /is not there/, (folder) => rmSync(join(folder, 'model.sig'))],
  ])('and is %s since is refused', async (_, sentence, change) => {
    const folder = model('by-key.sig');
    change(folder);
    expect(await why(folder)).toMatch(sentence);
  });
  test.each<[string, RegExp, string | Uint8Array, ModelTrust, number]>([
    [
      'by somebody else',
      /another key/,
      altered(
        ({ verificationMaterial }) =>
          ((verificationMaterial as Tree)['publicKey'] = { hint: 'a'.repeat(64) }),
      ),
      KEY,
      NOW,
    ],
    [
      'over something else',
      /not of that key/,
      altered((_, envelope) => (envelope['payload'] = Buffer.from('{}').toString('base64'))),
      KEY,
      NOW,
    ],
    [
      'as something else',
      /something else than a statement/,
      altered((_, envelope) => (envelope['payloadType'] = 'text/plain')),
      KEY,
      NOW,
    ],
    [
      'twice',
      /exactly one/,
      altered((_, envelope) =>
        (envelope['signatures'] as unknown[]).push((envelope['signatures'] as unknown[])[0]),
      ),
      KEY,
      NOW,
    ],
    [
      'in base 64 that two readers read differently',
      /exactly one/,
      altered((_, envelope) => (envelope['payload'] = `${String(envelope['payload'])}!`)),
      KEY,
      NOW,
    ],
    [
      'in another bundle',
      /no Sigstore bundle/,
      altered((bundle) => (bundle['mediaType'] = 'text/plain')),
      KEY,
      NOW,
    ],
    [
      'without a key',
      /keyless/,
      altered((bundle) => (bundle['verificationMaterial'] = { certificate: { rawBytes: 'AA==' } })),
      KEY,
      NOW,
    ],
    ['by what is no JSON', /JSON/, new TextEncoder().encode('nothing'), KEY, NOW],
    ['over some of its files', /does not cover weights\.txt/, 'by-key-not-all.sig', KEY, NOW],
    ['in shards', /file-shard/, 'by-key-in-shards.sig', KEY, NOW],
    ['with another digest', /blake3/, 'by-key-blake3.sig', KEY, NOW],
    ['by a certificate where a key is asked for', /--model-ca/, 'by-certificate.sig', KEY, NOW],
    ['by a key where a certificate is asked for', /--model-key/, 'by-key.sig', CA, NOW],
    [
      'under another authority',
      /none of the named authorities/,
      'by-certificate.sig',
      { kind: 'authority', pem: pem('other-ca.pem') },
      NOW,
    ],
    [
      'without what leads to the authority',
      /none of the named authorities/,
      'by-certificate-without-its-issuer.sig',
      CA,
      NOW,
    ],
    ['by a certificate for something else', /not for signing/, 'by-certificate-not-for-signing.sig', CA, NOW],
    ['by a certificate that has ended', /not in force/, 'by-certificate.sig', CA, NOW + 200 * 365 * 86_400],
    ['by a certificate that has not begun', /not in force/, 'by-certificate.sig', CA, 0],
    [
      'by a certificate that is none',
      /certificate that is none/,
      altered(
        ({ verificationMaterial }) =>
          ((verificationMaterial as Tree)['x509CertificateChain'] = { certificates: [{ rawBytes: 'AAAA' }] }),
        'by-certificate.sig',
      ),
      CA,
      NOW,
    ],
    [
      'by a chain without end',
      /more than/,
      altered(
        ({ verificationMaterial }) =>
          ((verificationMaterial as Tree)['x509CertificateChain'] = {
            certificates: Array.from({ length: 11 }, () => ({ rawBytes: 'AAAA' })),
          }),
        'by-certificate.sig',
      ),
      CA,
      NOW,
    ],
  ])('%s is refused', async (_, sentence, signature, trust, now) =>
    expect(await why(model(signature), trust, now)).toMatch(sentence),
  );
  test('and leaves out what its signer did not want to answer for, is refused', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const folder = model(null);
    const paths = ['config.json', 'tokenizer/vocab.txt'];
    const files = new Map(
      paths.map((path) => [path, sha256(new Uint8Array(readFileSync(join(folder, path))))]),
    );
    const statement = JSON.parse(new TextDecoder().decode(statementOver('model', files))) as {
      predicate: { serialization: { ignore_paths: string[] } };
    };
    statement.predicate.serialization.ignore_paths.push('weights.txt');
    const payload = new TextEncoder().encode(JSON.stringify(statement));
    const bundle = bundleOf(payload, keyHintOf(publicKey), (bytes) => sign('sha256', bytes, privateKey));
    writeFileSync(join(folder, 'model.sig'), bundle);
    const key = publicKey.export({ type: 'spki', format: 'pem' });
    expect(await why(folder, { kind: 'key', pem: new TextEncoder().encode(key.toString()) })).toMatch(
      /does not cover weights\.txt/,
    );
  });
  test('is not held against trust that is none', async () => {
    for (const kind of ['key', 'authority'] as const)
      await expect(
        modelSignatures.verify(
          model(kind === 'key' ? 'by-key.sig' : 'by-certificate.sig'),
          { kind, pem: pem('model/config.json') },
          NOW,
        ),
      ).rejects.toThrow(CannotTell);
  });
});

describe('trust that is named', () => {
  test('is some, or nothing is downloaded for it', () => {
    expect(() => modelSignatures.demandTrust(KEY, NOW)).not.toThrow();
    expect(() => modelSignatures.demandTrust(CA, NOW)).not.toThrow();
    const ended = NOW + 1000 * 365 * 24 * 3600;
    expect(() => modelSignatures.demandTrust(CA, ended)).toThrow(
      'None of these authorities is in force now.',
    );
    for (const kind of ['key', 'authority'] as const)
      expect(() => modelSignatures.demandTrust({ kind, pem: new TextEncoder().encode('x') }, NOW)).toThrow(
        CannotTell,
      );
  });
});

describe('a model signed here', () => {
  const keys = (curve: string) =>
    generateKeyPairSync('ec', {
      namedCurve: curve,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' },
    });
  const encode = (text: string) => new TextEncoder().encode(text);
  const files = ['config.json', 'tokenizer/vocab.txt', 'weights.txt'].map((path) => {
    const bytes = pem(`model/${path}`);
    return { path, size: bytes.length, sha256: sha256(bytes) };
  });

  test.each(['prime256v1', 'secp384r1', 'secp521r1'])('with %s verifies as any other', async (curve) => {
    const { publicKey, privateKey } = keys(curve);
    const signature = modelSignatures.sign('model', files, encode(privateKey), 'secret');
    const trust = { kind: 'key', pem: encode(publicKey) } as const;
    expect(await why(model(signature), trust)).toBe('signed');
    expect(
      await why(model(modelSignatures.sign('model', files.slice(1), encode(privateKey), 'secret')), trust),
    ).toMatch(/does not cover config\.json/);
  });
  test('is not signed with a wrong passphrase, a key of another kind, or none', () => {
    const { privateKey } = keys('prime256v1');
    const rsa = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
    for (const [key, passphrase] of [
      [privateKey, 'wrong'],
      [rsa, null],
      ['nothing', null],
    ] as const)
      expect(() => modelSignatures.sign('model', files, encode(String(key)), passphrase)).toThrow(CannotTell);
  });
});

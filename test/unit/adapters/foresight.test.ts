import { generateKey } from 'openpgp';
import { beforeAll, describe, expect, it } from 'vitest';
import { foreseeing } from '../../../src/adapters/openpgp/foreseeing.ts';
import type { Foreseen, Foresight, FromWorker } from '../../../src/adapters/openpgp/foresight.ts';
import { signerOf } from '../../../src/adapters/openpgp/keyfile.ts';
import { openpgpVerifier } from '../../../src/adapters/openpgp/verify.ts';
import type { Fingerprint } from '../../../src/domain/names.ts';
import type { Certificate, CommitSigner } from '../../../src/ports/signatures.ts';

/** Signatures that were looked at ahead are held against the same signatures looked at when somebody asks. */

const START = 1_700_000_000;
/** So many bytes of a signature packet come before the numbers that the key made of the digest. */
const FIELDS = 160;
const DAY = 86_400;
const KINDS = {
  ed25519: { type: 'ecc', curve: 'ed25519Legacy' },
  'ed25519 of RFC 9580': { type: 'curve25519' },
  p256: { type: 'ecc', curve: 'nistP256' },
  p384: { type: 'ecc', curve: 'nistP384' },
  rsa3072: { type: 'rsa', rsaBits: 3072 },
  expired: { type: 'ecc', curve: 'ed25519Legacy', keyExpirationTime: DAY },
  stranger: { type: 'ecc', curve: 'ed25519Legacy' },
} as const;
type Kind = keyof typeof KINDS;
const SIGNING = ['ed25519', 'ed25519 of RFC 9580', 'p256', 'p384', 'rsa3072'] as const;

interface Keyed {
  readonly certificate: Certificate;
  readonly signer: CommitSigner;
}

const keys = new Map<Kind, Keyed>();
const keyed = (kind: Kind): Keyed => {
  const found = keys.get(kind);
  if (found === undefined) throw new Error(`no ${kind}`);
  return found;
};
const payloadOf = (text: string): Uint8Array => new TextEncoder().encode(text);

beforeAll(async () => {
  for (const kind of Object.keys(KINDS) as Kind[]) {
    const { privateKey, publicKey } = await generateKey({
      ...KINDS[kind],
      ...{ userIDs: [{ name: kind }], subkeys: [], date: new Date(START * 1000), format: 'object' },
    });
    const fingerprint = publicKey.getFingerprint().toUpperCase() as Fingerprint;
    keys.set(kind, {
      certificate: { fingerprint, armored: publicKey.armor(), refreshes: [] },
      signer: await signerOf(privateKey.armor(), { now: START + 60 }),
    });
  }
}, 120_000);

/** The other side of the threads, in this one. */
class InProcess implements Foresight {
  readonly found = new Map<Uint8Array, Promise<Foreseen | null>>();
  private answers: FromWorker[] = [];
  private readonly handle = foreseeing((found) => this.answers.push(found));
  private readonly blind: boolean;

  /** @param blind meets no certificate. */
  constructor(blind = false) {
    this.blind = blind;
  }

  meet(certificate: Certificate): void {
    if (!this.blind) void this.handle({ kind: 'meet', certificate });
  }

  look(payload: Uint8Array, armored: string): void {
    const batch = this.found.size;
    const looked = this.handle({ kind: 'look', batch, payloads: [payload], armored: [armored] });
    this.found.set(
      payload,
      looked.then(() => this.answers.find((each) => each.batch === batch)?.found[0] ?? null),
    );
  }

  async of(payload: Uint8Array): Promise<Foreseen | null> {
    return (await this.found.get(payload)) ?? null;
  }
}

/** @returns whether the signature was foreseen to hold. */
async function agree(
  payload: Uint8Array,
  armored: string,
  when = START + 120,
): Promise<{ kind: string; foreseen: boolean }> {
  const ring = [...keys].filter(([kind]) => kind !== 'stranger').map(([, { certificate }]) => certificate);
  const plain = await openpgpVerifier().verify(payload, armored, ring, when);
  let isForeseen = false;
  for (const foresight of [new InProcess(), new InProcess(true)]) {
    const verifier = openpgpVerifier(foresight);
    await verifier.ends(ring);
    verifier.foresee?.(payload, armored);
    expect(await verifier.verify(payload, armored, ring, when)).toEqual(plain);
    isForeseen ||= ((await foresight.of(payload))?.keys.length ?? 0) > 0;
  }
  return { kind: plain.kind, foreseen: isForeseen };
}

/** The same signature with a byte of the packet changed. @param at from the end where negative. */
function bent(armored: string, at: number): string {
  const lines = armored.trim().split(/\r?\n/);
  const blank = lines.indexOf('');
  const body = lines.slice(blank + 1, -1).filter((line) => !/^=[A-Za-z0-9+/]{4}$/.test(line));
  const bytes = Buffer.from(body.join(''), 'base64');
  const place = at < 0 ? bytes.length + at : at;
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  return [...lines.slice(0, blank + 1), bytes.toString('base64'), '-----END PGP SIGNATURE-----', ''].join(
    '\n',
  );
}

describe.each(SIGNING)('a signature by a key of the kind %s', (kind) => {
  const payload = payloadOf('tree and parent');

  it('that is good is foreseen, and found good', async () => {
    const armored = await keyed(kind).signer.sign(payload, START + 60);
    expect(await agree(payload, armored)).toEqual({ kind: 'good', foreseen: true });
  });

  it('over something else is not foreseen', async () => {
    const armored = await keyed(kind).signer.sign(payload, START + 60);
    expect(await agree(payloadOf('tree and parents'), armored)).toEqual({ kind: 'bad', foreseen: false });
  });

  it('with a byte changed is judged alike: any of its fields, each eighth of its numbers', async () => {
    const armored = await keyed(kind).signer.sign(payload, START + 60);
    const size = Buffer.from(armored.replace(/^-.*$|^=.*$|^[A-Z][a-z]+:.*$/gm, ''), 'base64').length;
    for (let at = 0; at < size; at += at < FIELDS ? 1 : 8) await agree(payload, bent(armored, at));
  }, 120_000);
});

describe('a signature that does not count', () => {
  const payload = payloadOf('tree and parent');

  it.each([
    ['of a key that has expired', 'expired', START + 10 * DAY],
    ['of a key that nobody enrolled', 'stranger', START + 120],
  ] as const)('%s is judged alike', async (_what, kind, when) => {
    const armored = await keyed(kind).signer.sign(payload, START + 60);
    expect((await agree(payload, armored, when)).kind).toBe('bad');
  });

  it.each([
    '',
    'nonsense',
    '-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n',
    'x'.repeat(20_000),
  ])('because it is none is judged alike', async (armored) => {
    expect(await agree(payload, armored)).toEqual({ kind: 'bad', foreseen: false });
  });
});

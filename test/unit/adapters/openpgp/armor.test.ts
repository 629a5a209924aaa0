import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unarmor } from '../../../../src/adapters/openpgp/armor.ts';
import { splitPackets } from '../../../../src/adapters/openpgp/packets.ts';

const block = (bytes: Uint8Array, headers = ''): string =>
  `-----BEGIN PGP SIGNATURE-----\n${headers}\n${Buffer.from(bytes).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END PGP SIGNATURE-----\n`;
const some = fc.uint8Array({ minLength: 1, maxLength: 300 });

describe('armor', () => {
  it('gives back the bytes in it', () => {
    fc.assert(
      fc.property(some, fc.boolean(), (bytes, windows) => {
        const text = block(bytes, 'Comment: x\n');
        expect(unarmor(windows ? text.replaceAll('\n', '\r\n') : text, 'PGP SIGNATURE')).toEqual(
          Buffer.from(bytes),
        );
      }),
    );
  });

  it('is nothing else than one whole block', () => {
    const good = block(Buffer.from('signature'));
    expect(unarmor(good, 'PGP SIGNATURE')).not.toBeNull();
    for (const text of [
      good.replace('\n\n', '\n'),
      good.replace('-----END PGP SIGNATURE-----', ''),
      good.replace('c2ln', 'c2l*'),
      good.replace('c2ln', 'c2l'),
      `\n${good}`,
      good + good,
    ]) {
      expect(unarmor(text, 'PGP SIGNATURE'), text).toBeNull();
    }
    expect(unarmor(good, 'PGP PUBLIC KEY BLOCK')).toBeNull();
  });
});

describe('packets', () => {
  const header = (tag: number, length: number, form: 'old' | 'new'): Buffer => {
    if (form === 'old') return Buffer.from([0x80 | (tag << 2) | 1, length >> 8, length & 0xff]);
    if (length < 192) return Buffer.from([0xc0 | tag, length]);
    return Buffer.from([0xc0 | tag, ((length - 192) >> 8) + 192, (length - 192) & 0xff]);
  };

  it('come apart as they were put together', () => {
    const packet = fc.record({
      tag: fc.integer({ min: 1, max: 15 }),
      body: some,
      form: fc.constantFrom('old' as const, 'new' as const),
    });
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 5 }), (packets) => {
        const bytes = Buffer.concat(
          packets.flatMap(({ tag, body, form }) => [header(tag, body.length, form), body]),
        );
        const expected = packets.map(({ tag, body }) => ({ tag, body: Buffer.from(body) }));
        expect(splitPackets(bytes)?.map(({ tag, body }) => ({ tag, body: Buffer.from(body) }))).toEqual(
          expected,
        );
      }),
    );
  });

  it('cut short or of unknown length are refused, and no bytes whatever make the reader throw', () => {
    const whole = Buffer.concat([header(2, 200, 'new'), Buffer.alloc(200)]);
    expect(splitPackets(whole)).toHaveLength(1);
    for (const bytes of [
      whole.subarray(0, -1),
      Buffer.from([0x8b, 1, 2]),
      Buffer.from([0xc2, 0xe0, 1]),
      Buffer.from([0x02, 1, 1]),
      Buffer.from([0xc2]),
    ]) {
      expect(splitPackets(bytes)).toBeNull();
    }
    fc.assert(
      fc.property(some, (bytes) => {
        expect(() => splitPackets(bytes)).not.toThrow();
      }),
    );
  });
});

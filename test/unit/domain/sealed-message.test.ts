import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { MOST_RECIPIENTS, readSealedMessage } from '../../../src/domain/sealed-message.ts';
import { message, READER } from '../support/confidential.ts';

const OTHER = 'FEDCBA9876543210';
const bytes = (...octets: readonly number[]) => new Uint8Array(octets);
const session = [...message().subarray(0, -5)];

describe('the outside of an encrypted message', () => {
  it('names the recipients, sorted, each once', () => {
    expect(readSealedMessage(message([OTHER, READER, OTHER]))).toEqual({
      kind: 'sealed',
      recipients: [READER, OTHER],
    });
  });

  it('may come in parts, and with long lengths', () => {
    const parts = bytes(...session, 0xd2, 0xe1, 1, 9, 0xe0, 9, 2, 9, 9);
    const long = bytes(...session, 0xd2, 0xff, 0, 0, 0, 3, 1, 9, 9);
    const older = bytes(0x84, 12, ...session.slice(2), 0xd2, 3, 1, 9, 9);
    for (const framed of [parts, long, older]) expect(readSealedMessage(framed).kind).toBe('sealed');
    const two = bytes(...session, 0xd2, 192, 8, ...Array<number>(200).fill(1));
    expect(readSealedMessage(two).kind).toBe('sealed');
  });

  test.each<[string, Uint8Array]>([
    ['nothing', bytes()],
    ['text', new TextEncoder().encode('{"input": "x"}')],
    ['no recipient', bytes(0xd2, 3, 1, 9, 9)],
    ['a hidden recipient', message(['0'.repeat(16)])],
    ['too many recipients', message(Array<string>(MOST_RECIPIENTS + 1).fill(READER))],
    ['something behind it', bytes(...message(), 0)],
    ['a part that is missing', message().subarray(0, -1)],
    ['data in another form', message([READER], [2, 9, 9])],
    ['a recipient in another form', bytes(0xc1, 11, 6, ...session.slice(3), 0xd2, 3, 1, 9, 9)],
    ['a recipient cut short', bytes(0xc1, 2, 3, 1, 0xd2, 3, 1, 9, 9)],
    ['a password beside the recipients', bytes(...session, 0xc3, 4, 4, 9, 0, 8, 0xd2, 3, 1, 9, 9)],
    ['what is in the clear between', bytes(...session, 0xcb, 3, 98, 0, 120, 0xd2, 3, 1, 9, 9)],
    ['session keys in parts', bytes(0xc1, 0xe1, 3, 1, 11, ...session.slice(4), 0xd2, 3, 1, 9, 9)],
    ['an older packet that runs to the end', bytes(...session, 0x8b, 1, 9, 9)],
    ['empty data', bytes(...session, 0xd2, 0)],
    ['a length that is cut off', bytes(...session, 0xd2, 0xff, 0, 0)],
    ['a two-octet length that is cut off', bytes(...session, 0xd2, 192)],
    ['a packet without a length', bytes(...session, 0xd2)],
  ])('is not %s', (_what, framed) => {
    expect(readSealedMessage(framed)).toMatchObject({ kind: 'unsealed' });
  });

  it('is told of any bytes without a throw, and nothing can be put behind or taken off', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (tail) => {
        expect(['sealed', 'unsealed']).toContain(readSealedMessage(tail).kind);
        const whole = message([READER], [1, ...tail.subarray(0, 150)]);
        expect(readSealedMessage(whole).kind).toBe('sealed');
        expect(readSealedMessage(whole.subarray(0, -1)).kind).toBe('unsealed');
        if (tail.length > 0)
          expect(readSealedMessage(new Uint8Array([...whole, ...tail])).kind).toBe('unsealed');
      }),
      { numRuns: 2000 },
    );
  });
});

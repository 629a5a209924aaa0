import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOfFiles, sha256 } from '../../../src/base/digest.ts';

describe('a digest', () => {
  it('is SHA-256 in lower case (FIPS 180-4 examples)', () => {
    expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(sha256(new TextEncoder().encode('abc'))).toBe(sha256('abc'));
  });
});

describe('the digest of files', () => {
  const a = { path: 'a', sha256: sha256('1') };
  const b = { path: 'b', sha256: sha256('2') };
  it('is that of what sha256sum prints', () => {
    expect(digestOfFiles([a, b])).toBe(sha256(`${a.sha256}  a\n${b.sha256}  b\n`));
  });
  it('does not depend on their order', () => {
    const files = fc.uniqueArray(fc.record({ path: fc.string(), text: fc.string() }), {
      selector: ({ path }) => path,
    });
    fc.assert(
      fc.property(files, (given) => {
        const listed = given.map(({ path, text }) => ({ path, sha256: sha256(text) }));
        expect(digestOfFiles([...listed].reverse())).toBe(digestOfFiles(listed));
      }),
    );
  });
  it('changes with a path and with a content', () => {
    const digests = [
      digestOfFiles([a, b]),
      digestOfFiles([a]),
      digestOfFiles([{ ...a, path: 'c' }, b]),
      digestOfFiles([{ ...a, sha256: b.sha256 }, b]),
    ];
    expect(new Set(digests).size).toBe(digests.length);
  });
});

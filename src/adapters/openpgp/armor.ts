/** ASCII armor (RFC 9580 section 6), read strictly: one block of the expected kind and nothing around it. */

export type ArmorKind = 'PGP SIGNATURE' | 'PGP PUBLIC KEY BLOCK';

/**
 * @returns the bytes in the one block, or null where the text is anything else. Header lines are allowed and mean
 * nothing; the checksum is not checked, as the RFC has it (the signature itself protects the bytes).
 */
export function unarmor(text: string, kind: ArmorKind): Uint8Array | null {
  const lines = text.split('\n').map((line) => line.replace(/[ \t\r]+$/, ''));
  while (lines.at(-1) === '') lines.pop();
  if (lines.shift() !== `-----BEGIN ${kind}-----` || lines.pop() !== `-----END ${kind}-----`) return null;
  const blank = lines.indexOf('');
  if (blank < 0 || !lines.slice(0, blank).every((line) => /^[A-Za-z][A-Za-z0-9-]*: /.test(`${line} `)))
    return null;
  const body = lines.slice(blank + 1);
  if (/^=[A-Za-z0-9+/]{4}$/.test(body.at(-1) ?? '')) body.pop();
  const base64 = body.join('');
  if (base64 === '' || base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return null;
  return Buffer.from(base64, 'base64');
}

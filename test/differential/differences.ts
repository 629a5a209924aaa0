/**
 * What modelsmith may say otherwise than gpg, and the section of decision record 13 (src/decisions/0013-other-than-gpg.md)
 * that says why. Anything else is a defect of one of the two.
 */
export interface Difference {
  readonly gpg: string | RegExp;
  readonly modelsmith: string | RegExp;
  readonly scenarios: RegExp;
  readonly because: Section;
  /** True where it is left to chance whether it comes up. */
  readonly byChance?: true;
}

type Section =
  'Strength' | 'One reading' | 'Text mode' | 'Its own time' | 'Checksum' | 'Finding the key' | 'Both refuse';

/** The same thing in the words of both. */
export const EQUAL: Readonly<Record<string, readonly string[]>> = {
  GOODSIG: ['good'],
  unsigned: ['unsigned'],
  BADSIG: ['SIGNATURE_FALSE'],
  'ERRSIG-9': ['SIGNER_UNKNOWN'],
  NODATA: ['SIGNATURE_MALFORMED'],
  NOTHING: ['SIGNATURE_MALFORMED'],
  EXPKEYSIG: ['KEY_EXPIRED'],
  REVKEYSIG: ['KEY_REVOKED'],
  'ERRSIG-5': ['SIGNATURE_WEAK'], // the digest
  'ERRSIG-39': ['KEY_CANNOT_SIGN'], // the key is younger than the signature
  'ERRSIG-125': ['KEY_CANNOT_SIGN'], // not meant for signing
};

const differ = (
  gpg: string | RegExp,
  modelsmith: string | RegExp,
  scenarios: RegExp,
  because: Section,
): Difference => ({ gpg, modelsmith, scenarios, because });
const perhaps = (...words: Parameters<typeof differ>): Difference => ({
  ...differ(...words),
  byChance: true,
});

/** gpg says good and modelsmith does not. */
const STRICTER: readonly Difference[] = [
  // A certificate that is too weak is not taken into the keyring, so nobody is known by it.
  differ('GOODSIG', 'SIGNER_UNKNOWN', /^key (rsa1024|rsa2048|dsa2048|brainpool\w+|secp256k1)$/, 'Strength'),
  differ('GOODSIG', 'SIGNER_UNKNOWN', /^key subkey-rsa2048$/, 'Strength'),
  differ('GOODSIG', 'SIGNATURE_WEAK', /^key dsa1024$/, 'Strength'),
  differ('GOODSIG', 'SIGNATURE_WEAK', /^digest (SHA1|RIPEMD160|SHA224)$/, 'Strength'),
  differ('GOODSIG', 'SIGNATURE_WRONG_TYPE', /^text mode/, 'Text mode'),
  differ(
    'GOODSIG',
    'SIGNATURE_MALFORMED',
    /^armor: (no end|words before|words behind|a blank line before)$/,
    'One reading',
  ),
  differ('GOODSIG', 'SIGNATURE_MALFORMED', /^armor: of a (message|key)$/, 'One reading'),
  differ(
    'GOODSIG',
    'SIGNATURE_MALFORMED',
    /^packet: (an octet behind the number|a marker before it|padding behind it)$/,
    'One reading',
  ),
  differ('GOODSIG', 'SIGNATURE_MALFORMED', /^packet: (of version 3|two times)$/, 'One reading'),
  differ(
    'GOODSIG',
    'SIGNATURE_FALSE',
    /^packet: (RSA with an octet more than its key|false first octets of the digest)$/,
    'One reading',
  ),
  differ('GOODSIG', 'SIGNATURE_FALSE', /^packet: another key id in the unhashed part$/, 'One reading'),
  differ('GOODSIG', 'SIGNER_UNKNOWN', /^packet: another issuer where (it|nothing) is signed$/, 'One reading'),
  differ('GOODSIG', 'COMMIT_MALFORMED', /^header: a second (tree|author), signed$/, 'One reading'),
  differ(
    'GOODSIG',
    'COMMIT_MALFORMED',
    /^header: (another kind of signature behind|the signature before the author)$/,
    'One reading',
  ),
  // gpg takes the signature apart further than it should, says that it is good, and ends with an error.
  differ(
    'GOODSIG-exit-2',
    'SIGNATURE_MALFORMED',
    /^armor: (no blank line|a foreign character)$/,
    'One reading',
  ),
  differ('GOODSIG-exit-2', 'SIGNATURE_MALFORMED', /^packet: an octet behind it$/, 'One reading'),
  differ(
    'GOODSIG+GOODSIG',
    'SIGNATURE_MALFORMED',
    /^(armor: two blocks|two signatures by (one key|two keys))$/,
    'One reading',
  ),
  differ('GOODSIG+GOODSIG', 'COMMIT_MALFORMED', /^header: the signature twice$/, 'One reading'),
  differ(
    /^(GOODSIG\+ERRSIG-9|ERRSIG-9\+GOODSIG)$/,
    'SIGNATURE_MALFORMED',
    /^two signatures, the (first|second) by a stranger$/,
    'One reading',
  ),
  differ(
    'GOODSIG+BADSIG',
    'SIGNATURE_MALFORMED',
    /^two signatures, the second of another commit$/,
    'One reading',
  ),
  perhaps(/^GOODSIG(-exit-2)?$/, 'SIGNATURE_MALFORMED', /^chance: a bit of the armor$/, 'One reading'),
  perhaps(
    'GOODSIG',
    /^(SIGNATURE_FALSE|SIGNATURE_MALFORMED|SIGNER_UNKNOWN)$/,
    /^chance: a bit of what the packet does not sign$/,
    'One reading',
  ),
];

/** modelsmith says good and gpg does not. Nothing may be here that another than the signer can bring about. */
const LAXER: readonly Difference[] = [
  differ('EXPKEYSIG', 'good', /^before the (key|subkey) expired$/, 'Its own time'),
  differ('REVKEYSIG', 'good', /^before the key was revoked: (retired|superseded)$/, 'Its own time'),
  differ('EXPSIG', 'good', /^a signature that expires$/, 'Its own time'),
  differ('NODATA', 'good', /^armor: a false checksum$/, 'Checksum'),
  perhaps('GOODSIG-exit-2', 'good', /^armor: no checksum$/, 'Checksum'),
  perhaps(/^(NODATA|GOODSIG-exit-2)$/, 'good', /^chance: a bit of the armor$/, 'Checksum'),
  differ('ERRSIG-9', 'good', /^packet: the fingerprint alone, not signed$/, 'Finding the key'),
];

const REFUSED = /^(SIGNATURE|SIGNER|KEY|COMMIT)_/;
const NOT_GOOD = /^(BADSIG|ERRSIG-\d+|NODATA|NOTHING)$/;

/** Both say no, for other reasons. */
const OTHERWISE: readonly Difference[] = [
  differ('BADSIG', 'SIGNATURE_MALFORMED', /^a critical notation$/, 'Both refuse'),
  differ(
    'BADSIG',
    'SIGNATURE_MALFORMED',
    /^packet: something (unknown and critical|critical in the unhashed part)$/,
    'Both refuse',
  ),
  differ('BADSIG', 'SIGNATURE_MALFORMED', /^packet: a part that is longer than it says$/, 'Both refuse'),
  differ('ERRSIG-39', 'SIGNATURE_MALFORMED', /^packet: (no time|a time that is not signed)$/, 'Both refuse'),
  differ('BADSIG', 'SIGNATURE_WRONG_TYPE', /^packet: type changed$/, 'Both refuse'),
  differ(
    'BADSIG',
    'COMMIT_MALFORMED',
    /^header: (a second tree|another kind of signature, signed)$/,
    'Both refuse',
  ),
  perhaps(NOT_GOOD, REFUSED, /^packet: (algorithm|digest) changed$/, 'Both refuse'),
  perhaps(NOT_GOOD, REFUSED, /^chance: /, 'Both refuse'),
];

export const DIFFERENCES: readonly Difference[] = [...STRICTER, ...LAXER, ...OTHERWISE];

export function listed(gpg: string, modelsmith: string, scenario: string): Difference | null {
  const fits = (pattern: string | RegExp, word: string): boolean =>
    typeof pattern === 'string' ? pattern === word : pattern.test(word);
  return (
    DIFFERENCES.find(
      (each) => fits(each.gpg, gpg) && fits(each.modelsmith, modelsmith) && each.scenarios.test(scenario),
    ) ?? null
  );
}

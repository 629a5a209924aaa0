import { SIGNED, STRONG } from '../crew.ts';
import { oneOf, scenario, withHeader, type Desk, type Scenario } from '../scenario.ts';

/** What is around the packet: armor, header and the text that was signed. */

/** A sound signature of which the armor is changed. */
const inArmor =
  (change: (armored: string, desk: Desk) => string): Scenario['make'] =>
  async (desk, round) => {
    const payload = desk.payload();
    return withHeader(payload, change(await desk.gpg(oneOf(STRONG, round), payload), desk));
  };

/** A sound commit of which the bytes are changed, latin-1. */
const inCommit =
  (change: (text: string) => string): Scenario['make'] =>
  async (desk, round) => {
    const payload = desk.payload();
    const commit = withHeader(payload, await desk.gpg(oneOf(STRONG, round), payload));
    return Buffer.from(change(commit.toString('latin1')), 'latin1');
  };

/** The payload is changed before it is signed. */
const signedOver =
  (change: (text: string) => string): Scenario['make'] =>
  async (desk, round) => {
    const payload = Buffer.from(change(desk.payload().toString('latin1')), 'latin1');
    return withHeader(payload, await desk.gpg(oneOf(STRONG, round), payload));
  };

const BEGIN = '-----BEGIN PGP SIGNATURE-----\n';
const END = '-----END PGP SIGNATURE-----';
const lineOf = (text: string, name: string): string => new RegExp(`^${name} .*\n`, 'm').exec(text)?.[0] ?? '';
const textMode =
  (change: (text: string) => string): Scenario['make'] =>
  async (desk, round) => {
    const payload = desk.payload();
    const armored = await desk.gpg(oneOf(STRONG, round), payload, SIGNED, ['--textmode']);
    return Buffer.from(change(withHeader(payload, armored).toString('latin1')), 'latin1');
  };

export const TEXT: readonly Scenario[] = [
  scenario('unsigned', (desk) => Promise.resolve(desk.payload()), 2),
  scenario('an empty signature', (desk) => Promise.resolve(withHeader(desk.payload(), ''))),
  scenario('a blank line for a signature', (desk) => Promise.resolve(withHeader(desk.payload(), '\n'))),
  scenario('words for a signature', (desk) => Promise.resolve(withHeader(desk.payload(), 'signed, omar'))),
  scenario(
    'an SSH signature',
    inArmor((text) => text.replaceAll('PGP SIGNATURE', 'SSH SIGNATURE')),
  ),
  scenario(
    'an X.509 signature',
    inArmor((text) => text.replaceAll('PGP SIGNATURE', 'SIGNED MESSAGE')),
  ),

  scenario(
    'text mode',
    textMode((text) => text),
    2,
  ),
  scenario(
    'text mode, CRs put in afterwards',
    textMode((text) => text.replace(/\n$/, '\r\n')),
  ),

  scenario(
    'armor: a comment',
    inArmor((text) => text.replace(BEGIN, `${BEGIN}Comment: hello\n`)),
  ),
  scenario(
    'armor: a version',
    inArmor((text) => text.replace(BEGIN, `${BEGIN}Version: GnuPG v1\n`)),
  ),
  scenario(
    'armor: an unknown header',
    inArmor((text) => text.replace(BEGIN, `${BEGIN}X-Note: hello\n`)),
  ),
  scenario(
    'armor: a header without a name',
    inArmor((text) => text.replace(BEGIN, `${BEGIN}hello\n`)),
  ),
  scenario(
    'armor: CRs',
    inArmor((text) => text.replaceAll('\n', '\r\n')),
    2,
  ),
  scenario(
    'armor: blanks at the ends of lines',
    inArmor((text) => text.replaceAll('\n', ' \t\n')),
  ),
  scenario(
    'armor: no checksum',
    inArmor((text) => text.replace(/^=.{4}\n/m, '')),
    2,
  ),
  scenario(
    'armor: a false checksum',
    inArmor((text) => text.replace(/^=.{4}$/m, '=AAAA')),
    2,
  ),
  scenario(
    'armor: no blank line',
    inArmor((text) => text.replace('\n\n', '\n')),
  ),
  scenario(
    'armor: one long line',
    inArmor((text) => oneLine(text)),
  ),
  scenario(
    'armor: a blank line inside',
    inArmor((text) => text.replace(/^(.{64}\n)/m, '$1\n')),
  ),
  scenario(
    'armor: a foreign character',
    inArmor((text) => text.replace(/\n\n(.{8})/, '\n\n$1*')),
  ),
  scenario(
    'armor: no end',
    inArmor((text) => text.slice(0, text.indexOf(END))),
  ),
  scenario(
    'armor: words before',
    inArmor((text) => `hello\n${text}`),
  ),
  scenario(
    'armor: words behind',
    inArmor((text) => `${text}hello\n`),
  ),
  scenario(
    'armor: a blank line before',
    inArmor((text) => `\n${text}`),
  ),
  scenario(
    'armor: of a message',
    inArmor((text) => text.replaceAll('PGP SIGNATURE', 'PGP MESSAGE')),
  ),
  scenario(
    'armor: of a key',
    inArmor((text) => text.replaceAll('PGP SIGNATURE', 'PGP PUBLIC KEY BLOCK')),
  ),
  scenario(
    'armor: two blocks',
    inArmor((text) => text + text),
  ),
  scenario(
    'armor: words, then binary',
    inArmor((text) => text.replace(BEGIN, `${BEGIN.trim()} \n`)),
  ),

  scenario(
    'message changed',
    inCommit((text) => text.replace(/Number/, 'Humber')),
    4,
  ),
  scenario(
    'a newline more',
    inCommit((text) => `${text}\n`),
  ),
  scenario(
    'a newline less',
    inCommit((text) => text.replace(/\n$/, '')),
  ),
  scenario(
    'a blank put at the end of a line',
    inCommit((text) => text.replace(/\n$/, ' \n')),
  ),
  scenario(
    'author changed',
    inCommit((text) => text.replace('author Somebody', 'author Anybody')),
  ),
  scenario(
    'time changed',
    inCommit((text) => text.replace(/^(committer .* )\d+ /m, '$11 ')),
  ),
  scenario(
    'signature moved from another commit',
    async (desk, round) => {
      const armored = await desk.gpg(oneOf(STRONG, round), desk.payload());
      return withHeader(desk.payload(), armored);
    },
    4,
  ),

  scenario(
    'header: a second tree',
    inCommit((text) => lineOf(text, 'tree') + text),
  ),
  scenario(
    'header: a second tree, signed',
    signedOver((text) => lineOf(text, 'tree') + text),
  ),
  scenario(
    'header: a second author, signed',
    signedOver((text) => text.replace(/^author /m, `${lineOf(text, 'author')}author `)),
  ),
  scenario(
    'header: an encoding, signed',
    signedOver((text) => text.replace('\n\n', '\nencoding ISO-8859-1\n\n')),
  ),
  scenario(
    'header: an unknown one, signed',
    signedOver((text) => text.replace('\n\n', '\nx-note hello\n\n')),
  ),
  scenario(
    'header: another kind of signature behind',
    inCommit((text) => text.replace('\n\n', `\ngpgsig-sha256 ${BEGIN.trim()}\n \n AAAA\n ${END}\n\n`)),
  ),
  scenario(
    'header: another kind of signature, signed',
    signedOver((text) => text.replace('\n\n', '\ngpgsig-sha256 hello\n\n')),
  ),
  scenario(
    'header: the signature twice',
    inCommit((text) => text.replace(/\n(gpgsig [^]*?-----END PGP SIGNATURE-----)\n/, '\n$1\n$1\n')),
  ),
  scenario(
    'header: the signature before the author',
    inCommit((text) => {
      const [block = ''] = /\ngpgsig [^]*?-----END PGP SIGNATURE-----/.exec(text) ?? [];
      return text.replace(block, '').replace('\nauthor ', `${block}\nauthor `);
    }),
  ),
  scenario(
    'text: CRs, signed',
    signedOver((text) => text.replace('\n\n', '\n\nfirst\r\nsecond\r\n')),
  ),
  scenario(
    'text: a NUL, signed',
    signedOver((text) => `${text}a\0b\n`),
  ),
  scenario(
    'text: not UTF-8, signed',
    signedOver((text) => `${text}\xff\xfe\n`),
  ),
  scenario(
    'text: a name that is not UTF-8, signed',
    signedOver((text) => text.replace('author Somebody', 'author Some\xe4body')),
  ),
  scenario(
    'text: a byte order mark, signed',
    signedOver((text) => text.replace('\n\n', '\n\n\xef\xbb\xbf')),
  ),
  scenario(
    'text: none, signed',
    signedOver((text) => text.slice(0, text.indexOf('\n\n') + 2)),
  ),
  scenario(
    'text: an armor in the message, signed',
    signedOver((text) => `${text}${BEGIN}\nAAAA\n${END}\n`),
  ),
];

function oneLine(armored: string): string {
  const [head = '', body = ''] = armored.split('\n\n');
  const [base64 = '', rest = ''] = body.split('\n=');
  return `${head}\n\n${base64.replaceAll('\n', '')}\n=${rest}`;
}

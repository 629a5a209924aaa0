import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from './sandbox.ts';

/** Serial number of an OpenPGP card, as GnuPG writes it. */
export const CARD = 'D2760001240103040006123456780000';

/**
 * The agent of a box takes a key to be on a smartcard: its private part becomes what GnuPG writes for one, and the daemon
 * for cards is a script. A card itself no test can insert.
 * @param uif how it answers to `GETATTR UIF-1`; null: no card is inserted.
 */
export function onCard(box: Sandbox, fingerprint: string, uif: string | null): void {
  const listing = box.gpg(['--with-colons', '--with-keygrip', '--list-secret-keys', fingerprint]);
  const grip = /^grp:+([0-9A-F]{40}):/m.exec(listing)?.[1] ?? '';
  const read = spawnSync('gpg-connect-agent', [`READKEY ${grip}`, '/bye'], { env: box.env }).stdout;
  const data = unescaped(read.subarray(2, read.lastIndexOf('\nOK')));
  const [begin, end] = [Buffer.from('(10:public-key'), Buffer.from('))')];
  const inner = data.subarray(begin.length, data.length - end.length);
  const serial = Buffer.from(CARD, 'hex');
  const shadow = Buffer.concat([
    Buffer.from('(20:shadowed-private-key'),
    inner,
    Buffer.from('(8:shadowed5:t1-v1(16:'),
    serial,
    Buffer.from('9:OPENPGP.1))))'),
  ]);
  writeFileSync(join(box.gnupg, `private-keys-v1.d/${grip}.key`), shadow);
  const number = uif === null ? 'ERR 100663408 Card not present <SCD>' : `S SERIALNO ${CARD}\nOK`;
  const touch = uif === null ? 'ERR 100663408 Card not present <SCD>' : `S UIF-1 ${uif}\nOK`;
  const daemon = box.write(
    join(box.root, 'scdaemon'),
    `#!/bin/sh
echo 'OK at your service'
while read -r verb rest; do
  case "$verb" in
    SERIALNO) echo '${number}' ;;
    GETATTR) echo '${touch}' ;;
    BYE) echo OK; exit ;;
    *) echo OK ;;
  esac
done
`,
    0o755,
  );
  box.write(join(box.gnupg, 'gpg-agent.conf'), `scdaemon-program ${daemon}\n`);
  spawnSync('gpgconf', ['--kill', 'all'], { env: box.env });
}

/** Assuan spells %, CR and LF in data. */
function unescaped(data: Buffer): Buffer {
  const text = data.toString('latin1');
  return Buffer.from(
    text.replace(/%([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

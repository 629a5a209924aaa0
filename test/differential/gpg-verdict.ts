import { join } from 'node:path';
import { at } from '../real/support/keys.ts';
import type { Sandbox } from '../real/support/sandbox.ts';
import { NOW } from './crew.ts';
import type { GitReading } from './git-reading.ts';
import { runGpg } from './gpg-process.ts';

/** What gpg says by its status lines and its exit code. */
export interface GpgVerdict {
  /** One word a signature, joined by `+`, such as `GOODSIG` or `BADSIG+ERRSIG-9`; `NODATA` or `NOTHING` for none. */
  readonly word: string;
  readonly key: string | null;
  readonly primary: string | null;
  /** Seconds since 1970. */
  readonly time: number | null;
}

export const UNSIGNED: GpgVerdict = { word: 'unsigned', key: null, primary: null, time: null };

/** Asks gpg as git does: the signature in a file, what was signed on standard input. */
export async function gpgVerdict(
  reader: Sandbox,
  { payload, signature }: GitReading,
  name: string,
): Promise<GpgVerdict> {
  if (signature === null) return UNSIGNED;
  const file = reader.write(join(reader.root, 'signatures', name), signature);
  const asked = ['--status-fd=1', '--keyid-format=long', ...at(NOW), '--verify', file, '-'];
  const { code, out } = await runGpg(reader.env, asked, payload);
  return verdictIn(out, code);
}

export function verdictIn(status: string, code: number | null): GpgVerdict {
  const lines = [...status.matchAll(/^\[GNUPG:\] (\S+) ?(.*)$/gm)];
  const words = lines.flatMap(([, word = '', rest = '']) => {
    if (word === 'ERRSIG') return `ERRSIG-${rest.split(' ')[5] ?? '?'}`;
    return /^(GOOD|BAD|EXP|EXPKEY|REVKEY)SIG$/.test(word) ? word : [];
  });
  const [, , valid = ''] = lines.find(([, word]) => word === 'VALIDSIG') ?? [];
  const [key = null, , time, ...more] = valid === '' ? [] : valid.split(' ');
  const none = lines.some(([, word]) => word === 'NODATA') ? 'NODATA' : 'NOTHING';
  const word = words.length === 0 ? none : words.join('+');
  return {
    word: word === 'GOODSIG' && code !== 0 ? `GOODSIG-exit-${code}` : word,
    key,
    primary: more.at(-1) ?? null,
    time: time === undefined ? null : Number(time),
  };
}

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withSignature } from '../../src/evidence/commit-bytes.ts';
import type { Fingerprint } from '../../src/domain/names.ts';
import { modelsmith, succeed } from './support/command.ts';
import { at, exported, gpgKey, gpgSign, keyOf } from './support/keys.ts';
import { sandbox, START, type Sandbox } from './support/sandbox.ts';

const DAY = 86_400;
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

interface Line {
  readonly commit: string;
  readonly verdict: 'good' | 'bad' | 'unknown' | 'unsigned';
  readonly code: string | null;
  readonly key: string | null;
  readonly primary: string | null;
  readonly algorithm: string | null;
  readonly time: string | null;
}

/** Signs; and one who has nothing but the public keys, as somebody who verifies does. */
let box: Sandbox;
let reader: Sandbox;
let repository: string;
let keyring: string;
let keys: Readonly<Record<string, Fingerprint>>;

/** Has git start gpg with its clock standing still. */
function stopClock(who: Sandbox, time: number): void {
  const program = who.write(
    join(who.root, 'gpg-at'),
    `#!/bin/sh\nexec gpg ${at(time).join(' ')} "$@"\n`,
    0o755,
  );
  who.git(who.root, ['config', '--global', 'gpg.program', program]);
}

beforeAll(() => {
  [box, reader] = [sandbox(), sandbox()];
  repository = box.repository('history');
  const withSubkey = gpgKey(box, 'sub', { usage: 'cert' });
  box.gpg([...at(START), '--quick-add-key', withSubkey, 'ed25519', 'sign', 'never']);
  keys = {
    rsa3072: gpgKey(box, 'rsa3', { algorithm: 'rsa3072' }),
    rsa4096: gpgKey(box, 'rsa4', { algorithm: 'rsa4096' }),
    ed25519: gpgKey(box, 'ed'),
    nistp256: gpgKey(box, 'p256', { algorithm: 'nistp256' }),
    subkey: withSubkey,
    expired: gpgKey(box, 'old', { expires: '10d' }),
  };
  const armored = Object.values(keys).map((key) => exported(box, key));
  keyring = box.write(join(box.root, 'keyring.asc'), armored.join(''));
  reader.gpg(['--import'], armored.join(''));
  stopClock(box, START + DAY);
  stopClock(reader, START + 2 * DAY);
});
afterAll(() => {
  box.dispose();
  reader.dispose();
});

let made = 0;
function commit(folder: string, parents: readonly string[], key: string | null, tree = EMPTY_TREE): string {
  const sign = key === null ? [] : [`-S${key}`];
  const before = parents.flatMap((parent) => ['-p', parent]);
  return box.git(folder, ['commit-tree', ...sign, ...before, '-m', `Number ${made++}`, tree]);
}

function rewritten(folder: string, id: string, change: (text: string) => string): string {
  const text = `${box.git(folder, ['cat-file', 'commit', id])}\n`;
  return box.git(folder, ['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'], change(text));
}

function linesOf(folder: string, ...args: string[]): { code: number | null; lines: Line[]; stderr: string } {
  const run = ['signatures', ...args, '--keyring', keyring, '--json', '-C', folder];
  const { code, stdout, stderr } = modelsmith({ env: box.env, cwd: box.root }, run);
  const lines = stdout.split('\n').filter((line) => line.startsWith('{"commit"'));
  return { code, lines: lines.map((line) => JSON.parse(line) as Line), stderr };
}

/** What git and gpg say of a commit, in the same words. */
function byGpg(id: string): Pick<Line, 'verdict' | 'code' | 'key' | 'primary' | 'time'> {
  const { stderr } = reader.tryGit(repository, ['verify-commit', '--raw', id]);
  const [, key = null, seconds, primary = null] =
    /^\[GNUPG:\] VALIDSIG (\w{40}) \S+ (\d+)(?: \S+){6} (\w{40})$/m.exec(stderr) ?? [];
  if (/^\[GNUPG:\] GOODSIG /m.test(stderr)) {
    const time = new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z');
    return { verdict: 'good', code: null, key, primary, time };
  }
  const nothing = { key: null, primary: null, time: null };
  if (/^\[GNUPG:\] BADSIG /m.test(stderr)) return { verdict: 'bad', code: 'SIGNATURE_FALSE', ...nothing };
  if (/^\[GNUPG:\] NO_PUBKEY /m.test(stderr))
    return { verdict: 'unknown', code: 'SIGNER_UNKNOWN', ...nothing };
  return { verdict: 'unsigned', code: null, ...nothing };
}

describe('modelsmith signatures', () => {
  it('agrees with gpg about commits by keys of every kind, sound and broken', () => {
    let tip = commit(repository, [], null);
    const stranger = gpgKey(box, 'stranger');
    for (const key of Object.values(keys)) {
      for (let index = 0; index < 4; index += 1) tip = commit(repository, [tip], key);
      tip = rewritten(repository, tip, (text) => text.replace('Number', 'Humber'));
    }
    tip = commit(repository, [tip], stranger);
    tip = commit(repository, [tip, commit(repository, [tip], null)], null);
    box.git(repository, ['update-ref', 'refs/heads/main', tip]);

    const { code, lines, stderr } = linesOf(repository);
    expect(code).toBe(3);
    expect(lines.map(({ commit: id }) => id).sort()).toEqual(
      box.git(repository, ['rev-list', 'main']).split('\n').sort(),
    );
    for (const line of lines) {
      const expected = byGpg(line.commit);
      const { verdict, code: why, time } = line;
      expect({ verdict, why, time }, line.commit).toEqual({
        verdict: expected.verdict,
        why: expected.code,
        time: expected.time,
      });
      if (verdict === 'good') expect(line).toMatchObject({ key: expected.key, primary: expected.primary });
    }
    expect(stderr).toContain('28 commits: 18 good, 6 bad, 1 unknown, 3 unsigned');
    const good = lines.filter(({ verdict }) => verdict === 'good');
    expect([...new Set(good.map(({ algorithm }) => algorithm))].sort()).toEqual([
      'Ed25519',
      'P-256',
      'RSA-3072',
      'RSA-4096',
    ]);
    const bySubkey = good.find(({ primary }) => primary === keys['subkey']);
    expect(bySubkey?.key).not.toBe(bySubkey?.primary);
  });

  it('keeps what a key signed before it expired, of which gpg says by its clock that the key is expired', () => {
    const id = commit(repository, [], keys['expired'] ?? '');
    expect(linesOf(repository, id)).toMatchObject({ code: 0, lines: [{ commit: id, verdict: 'good' }] });
    stopClock(reader, START + 20 * DAY);
    const { stderr } = reader.tryGit(repository, ['verify-commit', '--raw', id]);
    stopClock(reader, START + 2 * DAY);
    expect(stderr).toContain('EXPKEYSIG');
  });

  it('is stricter than gpg with what can be passed off as something else', () => {
    const key = keys['rsa3072'] ?? '';
    const payload = Buffer.from(
      `${box.git(repository, ['cat-file', 'commit', commit(repository, [], null)])}\n`,
    );
    const signed = (...more: string[]): string => {
      const bytes = withSignature(payload, gpgSign(box, key, payload, START + DAY, more), 'sha1');
      return box.git(repository, ['hash-object', '-t', 'commit', '-w', '--stdin'], bytes);
    };
    const [sound, weak, text] = [signed(), signed('--digest-algo', 'SHA1'), signed('--textmode')];
    expect([sound, weak, text].map((id) => byGpg(id).verdict)).toEqual(['good', 'good', 'good']);
    const codes = [sound, weak, text].map((id) => linesOf(repository, id).lines[0]?.code);
    expect(codes).toEqual([null, 'SIGNATURE_WEAK', 'SIGNATURE_WRONG_TYPE']);
  });

  it('takes a range, and goes on behind a commit that git did not write', () => {
    const key = keys['ed25519'] ?? '';
    const first = commit(repository, [], key);
    const second = commit(repository, [first], key);
    const odd = rewritten(repository, second, (text) =>
      text.replace('author ', `tree ${EMPTY_TREE}\nauthor `),
    );
    const last = commit(repository, [odd], key);
    const whole = linesOf(repository, last);
    expect(whole.lines.map(({ commit: id, code }) => [id, code])).toEqual([
      [last, null],
      [odd, 'COMMIT_MALFORMED'],
      [first, null],
    ]);
    expect(linesOf(repository, `${odd}..${last}`)).toMatchObject({ code: 0, lines: [{ commit: last }] });
    expect(linesOf(repository, `${last}..${last}`).lines).toEqual([]);
    expect(linesOf(repository, 'no-such..main').code).toBe(66);
  });

  it('reads repositories with SHA-256, and cannot tell of a history that is not all there', () => {
    const folder = box.repository('sha256', 'sha256');
    const tree = box.git(folder, ['mktree'], '');
    const first = commit(folder, [], keys['nistp256'] ?? '', tree);
    const second = commit(folder, [first], keys['subkey'] ?? '', tree);
    box.git(folder, ['update-ref', 'refs/heads/main', second]);
    expect(linesOf(folder)).toMatchObject({ code: 0, lines: [{ commit: second }, { commit: first }] });
    box.git(box.root, ['clone', '-q', '--depth', '1', `file://${folder}`, join(box.root, 'shallow')]);
    expect(linesOf(join(box.root, 'shallow')).code).toBe(76);
  });

  it('says which certificates it cannot use, and cannot do without any', async () => {
    const weak = exported(box, gpgKey(box, 'weak', { algorithm: 'rsa2048' }));
    const id = commit(repository, [], keys['ed25519'] ?? '');
    const where = { env: box.env, cwd: box.root };
    const file = (name: string, text: string): string => box.write(join(box.root, name), text);
    const run = (path: string) => ['signatures', id, '--keyring', path, '-C', repository];
    const certificate = exported(box, (keys['ed25519'] ?? '') as Fingerprint);
    const mixed = file('mixed.asc', `team\n${weak}and\n${certificate}`);
    const ended = modelsmith(where, run(mixed));
    expect(ended.stderr).toContain('block 1 of');
    expect(ended.stdout).toBe(
      `${id} good - ${keys['ed25519'] ?? ''} ${keys['ed25519'] ?? ''} Ed25519 2024-01-02T00:00:00Z\n`,
    );
    const { privateArmored } = await keyOf('somebody');
    for (const bad of [weak, privateArmored, 'nothing'])
      expect(modelsmith(where, run(file('bad.asc', bad))).code).toBe(65);
    expect(modelsmith(where, ['signatures', '-C', repository]).code).toBe(64);
    expect(succeed(where, ['signatures', '--help'])).toContain('--keyring <file>');
  });
});

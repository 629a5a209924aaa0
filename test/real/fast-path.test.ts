import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRepository } from '../../src/adapters/git/repository.ts';
import { ForeseeingThreads } from '../../src/adapters/openpgp/foreseeing-threads.ts';
import { openpgpVerifier } from '../../src/adapters/openpgp/verify.ts';
import { pieceThreads } from '../../src/adapters/pieces/threads.ts';
import type { Fingerprint } from '../../src/domain/names.ts';
import type { Verification, VerifyOptions } from '../../src/evidence/verification.ts';
import { verifyHistory } from '../../src/evidence/verify-history.ts';
import { generated, type Generated } from '../bench/generate.ts';
import { judgedPlainly } from './support/plain-way.ts';
import { sandbox, type Sandbox } from './support/sandbox.ts';
import { differencesOf, told } from './support/told.ts';

const COMMITS = 420;
const SCRIPT = new URL('../../dist/foresee.js', import.meta.url);
const PIECE_SCRIPT = new URL('../../dist/piece.js', import.meta.url);
const NOW = 2_000_000_000;

describe('a long history', () => {
  let box: Sandbox;
  let found: Generated;
  beforeAll(async () => {
    box = sandbox();
    found = await generated(box.root, COMMITS, () => undefined);
  }, 240_000);
  afterAll(() => box.dispose());

  const git = (words: readonly string[], input?: Buffer | string): string => {
    const { status, stdout, stderr } = spawnSync('git', ['-C', found.directory, ...words], { input });
    if (status !== 0) throw new Error(`git ${words.join(' ')}: ${String(stderr)}`);
    return String(stdout).trim();
  };

  const judgedFrom = async (tip: string, how: 'plain' | 'fast' | 'pieces'): Promise<Verification> => {
    const repository = await openRepository(found.directory, box.env);
    const reader = repository.openObjects();
    const [commit = '', signer = ''] = found.root.split(':');
    const root = { commit, signer: signer as Fingerprint };
    const options: VerifyOptions = { tip, now: NOW, objectFormat: 'sha1', root };
    try {
      if (how === 'plain') return await judgedPlainly(reader, options);
      const verifier = openpgpVerifier(new ForeseeingThreads(SCRIPT, 1));
      if (how === 'fast') return await verifyHistory(reader, verifier, { ...options, tipOnly: true });
      const pieces = pieceThreads(PIECE_SCRIPT, 3, found.directory, 100);
      return await verifyHistory(reader, verifier, { ...options, tipOnly: true, pieces });
    } finally {
      await reader.close();
    }
  };

  const agrees = async (tip: string): Promise<Verification> => {
    const [plain, fast] = [await judgedFrom(tip, 'plain'), await judgedFrom(tip, 'fast')];
    expect(differencesOf(told(fast, NOW), told(plain, NOW))).toEqual([]);
    const pieces = await judgedFrom(tip, 'pieces');
    const isWhole = pieces.commits.length === plain.commits.length;
    // Only the last piece is at hand afterwards, and only where everything is valid.
    expect(isWhole).toBe(plain.findings.length > 0);
    const unlisted = isWhole ? {} : { commits: null };
    const [joined, whole] = [pieces, plain].map((each) => ({ ...told(each, NOW), ...unlisted }));
    expect(differencesOf(joined, whole)).toEqual([]);
    return fast;
  };

  it('is judged alike with objects and signatures looked at ahead and without', async () => {
    const { findings, counts } = await agrees(found.tip);
    expect(findings).toEqual([]);
    expect(counts.commits).toBe(COMMITS);
  });

  /** The commit again with other bytes, and everything after it on top. */
  const rewritten = (at: number, change: (raw: string) => string): string => {
    const ids = git(['rev-list', '--topo-order', '--reverse', 'main']).split('\n');
    const fresh = new Map<string, string>();
    for (const [index, id] of ids.entries()) {
      if (index < at) continue;
      const raw = spawnSync('git', ['-C', found.directory, 'cat-file', 'commit', id]).stdout.toString(
        'latin1',
      );
      const moved = raw.replace(
        /^parent ([0-9a-f]+)$/gm,
        (_all, parent: string) => `parent ${fresh.get(parent) ?? parent}`,
      );
      const text = index === at ? change(moved) : moved;
      const isSame = text === raw;
      fresh.set(
        id,
        isSame ? id : git(['hash-object', '-t', 'commit', '-w', '--stdin'], Buffer.from(text, 'latin1')),
      );
    }
    return fresh.get(ids.at(-1) ?? '') ?? '';
  };

  it.each([
    ['a message changed after it was signed', (raw: string) => `${raw}and more\n`],
    ['no signature', (raw: string) => raw.replace(/^gpgsig [^]*?-----END PGP SIGNATURE-----\n(?: \n)?/m, '')],
    [
      'a signature with a character changed',
      (raw: string) =>
        raw.replace(/^ ([A-Za-z0-9+/])/m, (_all, first: string) => ` ${first === 'A' ? 'B' : 'A'}`),
    ],
    ['headers nobody knows', (raw: string) => raw.replace(/^committer /m, 'committer x ')],
  ])(
    'with %s is refused alike',
    async (_what, change) => {
      const { findings } = await agrees(rewritten(COMMITS - 60, change));
      expect(findings.length).toBeGreaterThan(0);
    },
    240_000,
  );

  it('in which an object is not what its name says is refused alike', async () => {
    const tree = git(['rev-parse', `${found.tip}^{tree}`]);
    const blob = git(['hash-object', '-w', '--stdin'], 'stray\n');
    const fake = git(['mktree'], `${git(['ls-tree', tree])}\n100644 blob ${blob}\toverrides.txt`);
    const text = `tree ${fake}\nparent ${found.tip}\nauthor a <a@example.org> 1 +0000\ncommitter a <a@example.org> 1 +0000\n\nx\n`;
    const tip = git(['hash-object', '-t', 'commit', '-w', '--stdin'], text);
    const path = join(found.directory, 'objects', fake.slice(0, 2), fake.slice(2));
    const other = git(['mktree'], git(['ls-tree', tree]).split('\n').slice(1).join('\n'));
    const bytes = spawnSync('cat', [
      join(found.directory, 'objects', other.slice(0, 2), other.slice(2)),
    ]).stdout;
    spawnSync('chmod', ['+w', path]);
    writeFileSync(path, bytes);
    const { findings } = await agrees(tip);
    expect(findings.map(({ reason: { code } }) => code)).toContain('OBJECT_CORRUPT');
  });
});

import { spawn } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { openRepository } from '../../src/adapters/git/repository.ts';
import { signerOf } from '../../src/adapters/openpgp/keyfile.ts';
import { openpgpVerifier } from '../../src/adapters/openpgp/verify.ts';
import { CannotTell } from '../../src/base/errors.ts';
import { verifyHistory } from '../../src/evidence/verify-history.ts';
import { writeCommit, type WriteResult } from '../../src/evidence/write-commit.ts';
import type { Put } from '../../src/machine/act.ts';
import type { ObjectReader } from '../../src/ports/objects.ts';
import type { GitRepository } from '../../src/ports/repository.ts';
import { workshop } from '../attacks/bench.ts';
import { approval, approvalFiles } from '../attacks/acts.ts';
import { startCommand } from '../attacks/command.ts';
import type { Site } from '../attacks/site.ts';
import { LINE } from '../../src/commands/demo/material.ts';

const shop = workshop(inject('shared'));
afterAll(() => shop.dispose());

const COMMAND = fileURLToPath(new URL('../../bin/modelsmith.js', import.meta.url));
const REF = 'refs/heads/main';
const encoder = new TextEncoder();

/** A checked-out repository at `artifact-exported`, in which somebody is in the middle of other work. */
async function desk(): Promise<Site> {
  const site = await shop.bench('sha1').site('two-operators');
  site.git(['checkout', '-q', 'main']);
  writeFileSync(join(site.directory, 'notes.md'), 'first\n');
  site.git(['add', 'notes.md']);
  site.git(['commit', '-q', '-m', 'notes'], undefined, PERSON);
  writeFileSync(join(site.directory, 'notes.md'), 'changed\n');
  writeFileSync(join(site.directory, 'untracked.txt'), 'mine\n');
  writeFileSync(join(site.directory, 'staged.txt'), 'staged\n');
  site.git(['add', 'staged.txt']);
  return site;
}

interface Seen {
  readonly head: string;
  readonly index: string;
  readonly status: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Everything a user could notice. */
function seen(site: Site): Seen {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(site.directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !path.includes('/.git/')) files[path] = readFileSync(path, 'utf8');
  }
  return {
    head: site.git(['rev-parse', REF]),
    index: site.git(['ls-files', '--stage']),
    status: site.git(['status', '--porcelain']),
    files,
  };
}

async function order(site: Site) {
  const tip = site.git(['rev-parse', REF]);
  const repository = await openRepository(site.directory, site.box.env);
  const objects = repository.openObjects();
  const now = site.after('exported');
  const verification = await verifyHistory(objects, openpgpVerifier(), {
    tip,
    root: { commit: site.world.root.commit, signer: site.world.root.signer },
    now,
    objectFormat: 'sha1',
  });
  await objects.close();
  const parent = verification.commits.at(-1);
  if (parent?.id !== tip) throw new Error('the tip was not judged');
  const world = await site.load(tip);
  const entry = approval(site, world, { who: 'omar', gate: 'operator-signoff', time: now });
  const puts = Object.entries(approvalFiles(entry)).map(([path, text]): Put => ({
    path,
    bytes: encoder.encode(String(text)),
  }));
  const author = { name: 'omar', email: 'omar@example.org' };
  return { repository, order: { ref: REF, parent, puts, message: 'Approve', author, now } };
}

const INTERRUPTED = 'interrupted';

/** The repository, stopping at the n-th call of a step, before or after it does its work. */
function interrupted(repository: GitRepository, step: string, where: string, nth: number): GitRepository {
  let calls = 0;
  return new Proxy(repository, {
    get(target, name: keyof GitRepository) {
      const real: unknown = Reflect.get(target, name);
      if (name !== step || typeof real !== 'function') return real;
      return (...args: unknown[]): unknown => {
        calls += 1;
        const stop = calls === nth;
        if (stop && where === 'before') throw new Error(INTERRUPTED);
        const result: unknown = Reflect.apply(real, target, args);
        if (!stop) return result;
        if (name === 'openObjects') return unreadable(result as ObjectReader);
        return Promise.resolve(result).then(() => {
          throw new Error(INTERRUPTED);
        });
      };
    },
  });
}

/** A reader that was opened and then fails. */
function unreadable(real: ObjectReader): ObjectReader {
  const stop = () => Promise.reject(new Error(INTERRUPTED));
  return { measure: stop, read: stop, close: () => real.close() };
}

async function write(
  site: Site,
  wrap: (repository: GitRepository) => GitRepository,
  signs = true,
): Promise<WriteResult> {
  const made = await order(site);
  const signer = await signerOf(site.world.people.key('omar').privateArmored, { now: made.order.now });
  const broken = { primary: signer.primary, sign: () => Promise.reject(new Error(INTERRUPTED)) };
  return await writeCommit(wrap(made.repository), openpgpVerifier(), signs ? signer : broken, made.order);
}

/** Everything `writeCommit` asks of the repository before the branch moves, in its order. */
const STEPS: readonly (readonly [step: string, nth: number])[] = [
  ['dirty', 1],
  ['facts', 1],
  ['stageTree', 1],
  ['writeCommit', 1],
  ['facts', 2],
  ['openObjects', 1],
];

describe('a write that is interrupted', () => {
  const moments = STEPS.flatMap(([step, nth]) =>
    (['before', 'after'] as const).map((where) => ({ step, nth, where })),
  );
  test.each([...moments, { step: 'advance', nth: 1, where: 'before' }])(
    '$where $step ($nth) leaves branch, index and files as they were',
    async ({ step, nth, where }) => {
      const site = await desk();
      const before = seen(site);
      await expect(write(site, (real) => interrupted(real, step, where, nth))).rejects.toThrow(INTERRUPTED);
      expect(seen(site)).toEqual(before);
      // Nothing is left that keeps the next try from working.
      expect((await write(site, (real) => real)).kind).toBe('written');
    },
  );

  test('while signing leaves branch, index and files as they were', async () => {
    const site = await desk();
    const before = seen(site);
    await expect(write(site, (real) => real, false)).rejects.toThrow(INTERRUPTED);
    expect(seen(site)).toEqual(before);
  });

  test.each([
    { step: 'advance', where: 'after' },
    { step: 'bringAlong', where: 'before' },
    { step: 'bringAlong', where: 'after' },
  ])(
    '$where $step has a valid commit on the branch and the user’s files untouched',
    async ({ step, where }) => {
      const site = await desk();
      const before = seen(site);
      await expect(write(site, (real) => interrupted(real, step, where, 1))).rejects.toThrow(INTERRUPTED);
      const after = seen(site);
      expect(site.git(['rev-parse', `${after.head}^`])).toBe(before.head);
      const mine = ['notes.md', 'untracked.txt', 'staged.txt'].map((name) => join(site.directory, name));
      for (const path of mine) expect(after.files[path]).toBe(before.files[path]);
      expect((await verify(site)).exit).toBe(0);
      // What git still shows is the commit's own file, and one plain command completes it.
      const [path = ''] = site.git(['diff', '--name-only', before.head, after.head]).split('\n');
      const others = after.status.split('\n').filter((line) => !line.endsWith(path));
      expect(others).toEqual(before.status.split('\n'));
      site.git(['reset', '-q', '--', path]);
      site.git(['checkout', '--', path]);
      expect(site.git(['status', '--porcelain'])).toBe(before.status);
    },
  );
});

describe('a write that meets others', () => {
  test('is refused before signing where the user changed a file that it would write', async () => {
    const site = await desk();
    const made = await order(site);
    const [put] = made.order.puts;
    if (put === undefined) throw new Error('nothing to write');
    site.box.write(join(site.directory, put.path), 'mine\n');
    const before = seen(site);
    let signed = false;
    const signer = {
      primary: site.world.people.key('omar').fingerprint,
      sign: () => {
        signed = true;
        return Promise.reject(new Error(INTERRUPTED));
      },
    };
    const refused = writeCommit(made.repository, openpgpVerifier(), signer, made.order);
    await expect(refused).rejects.toMatchObject({ code: 'CANNOT_CREATE', exitCode: 73 });
    expect(signed).toBe(false);
    expect(seen(site)).toEqual(before);
  });

  test('loses the race where the branch moved between judging and advancing', async () => {
    const site = await desk();
    const mover = (real: GitRepository): GitRepository => ({
      ...real,
      advance: async (ref, expected, to) => {
        const other = site.git(
          ['commit-tree', `${REF}^{tree}`, '-p', REF, '-m', 'meanwhile'],
          undefined,
          PERSON,
        );
        site.git(['update-ref', REF, other]);
        await real.advance(ref, expected, to);
      },
    });
    const before = seen(site);
    const lost = await write(site, mover).catch((error: unknown) => error);
    expect(lost).toBeInstanceOf(CannotTell);
    expect(lost).toMatchObject({ code: 'RACE_LOST', exitCode: 75 });
    const { head, ...rest } = seen(site);
    expect(site.git(['log', '-1', '--format=%s', head])).toBe('meanwhile');
    expect(rest).toEqual({ index: before.index, status: before.status, files: before.files });
  });

  test('of two writers at once one wins, the other loses the race, and the history stays valid', async () => {
    const site = await desk();
    const results = await Promise.allSettled([write(site, (real) => real), write(site, (real) => real)]);
    const won = results.filter((result) => result.status === 'fulfilled' && result.value.kind === 'written');
    const lost = results.filter((result) => result.status === 'rejected');
    // Both sign the same entry: who comes second may also find the file of the first already there.
    expect(won.length + lost.length).toBe(2);
    expect(won.length).toBeGreaterThanOrEqual(1);
    for (const { reason } of lost)
      expect(['RACE_LOST', 'CANNOT_CREATE']).toContain((reason as CannotTell).code);
    expect((await verify(site)).exit).toBe(0);
  });
});

/** How far into its run the command is killed: later moments lie closer together, since that is where it writes. */
const FRACTIONS = [0.3, 0.6, 0.75, 0.85, 0.9, 0.95] as const;

describe('a command that is killed', () => {
  const argv = (site: Site): readonly string[] => [
    ...['lock', LINE, '-C', site.directory, '--root', site.root],
    ...['--key-file', join(site.world.policy, '../people/trainer.asc')],
  ];

  test('leaves the old tip or a valid new one, and the user’s files', async () => {
    const whole = await desk();
    const begun = Date.now();
    expect((await startCommand(argv(whole), whole.box.env)).exit).toBe(0);
    const duration = Date.now() - begun;
    for (const fraction of FRACTIONS) {
      const site = await desk();
      const before = seen(site);
      await kill(argv(site), site.box.env, duration * fraction);
      const after = seen(site);
      for (const [path, text] of Object.entries(before.files)) expect(after.files[path]).toBe(text);
      if (after.head === before.head) expect(after).toEqual(before);
      else expect(site.git(['rev-parse', `${after.head}^`])).toBe(before.head);
      expect((await verify(site)).exit).toBe(0);
    }
  });
});

/** Starts the command and ends it at once, as the system does when it runs out of memory. */
function kill(argv: readonly string[], env: NodeJS.ProcessEnv, after: number): Promise<void> {
  const child = spawn(process.execPath, [COMMAND, ...argv], { env, stdio: 'ignore' });
  const timer = setTimeout(() => child.kill('SIGKILL'), after);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

const PERSON = {
  GIT_AUTHOR_NAME: 'x',
  GIT_AUTHOR_EMAIL: 'x@example.org',
  GIT_COMMITTER_NAME: 'x',
  GIT_COMMITTER_EMAIL: 'x@example.org',
};

function verify(site: Site) {
  return startCommand(['verify', '-C', site.directory, '--root', site.root, '--json'], site.box.env);
}

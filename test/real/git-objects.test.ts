import type { ChildProcess } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CannotTell } from '../../src/base/errors.ts';
import { discover } from '../../src/adapters/git/discover.ts';
import { keptReader } from '../../src/adapters/git/kept-reader.ts';
import { openObjects } from '../../src/adapters/git/objects.ts';
import { openRepository } from '../../src/adapters/git/repository.ts';
import type { ObjectReader } from '../../src/ports/objects.ts';
import type { GitRepository } from '../../src/ports/repository.ts';
import { deltaBomb } from './support/packs.ts';
import { sandbox, type Sandbox } from './support/sandbox.ts';

let box: Sandbox;
beforeAll(() => {
  box = sandbox();
});
afterAll(() => box.dispose());

async function using<T>(repository: GitRepository, work: (reader: ObjectReader) => Promise<T>): Promise<T> {
  const reader = repository.openObjects();
  try {
    return await work(reader);
  } finally {
    await reader.close();
  }
}

/** As git before 2.36 is asked, and since. */
const BOTH = [
  { git: '2.34', batchCommand: false },
  { git: '2.36', batchCommand: true },
];

describe.each(['sha1', 'sha256'] as const)('objects of a %s repository', (format) => {
  let directory: string;
  let repository: GitRepository;
  const blob = (text: string | Uint8Array): string =>
    box.git(directory, ['hash-object', '-w', '--stdin'], text);
  beforeAll(async () => {
    directory = box.repository(`objects-${format}`, format);
    repository = await openRepository(directory, box.env);
  });

  it('come back byte for byte, many at once and in order', async () => {
    const texts = Array.from({ length: 50 }, (_, index) => `${'line\n'.repeat(index * 200)}\0${index}`);
    const ids = texts.map(blob);
    const objects = await using(repository, (reader) =>
      Promise.all([...ids, ...ids].map((id) => reader.read(id))),
    );
    expect(
      objects.map((object) => ('bytes' in object ? Buffer.from(object.bytes).toString('utf8') : '')),
    ).toEqual([...texts, ...texts]);
    expect(new Set(objects.map(({ type }) => type))).toEqual(new Set(['blob']));
  });

  it('are missed by full id, and never found by a short one', async () => {
    const id = blob('here');
    await using(repository, async (reader) => {
      await expect(reader.read('1'.repeat(id.length))).rejects.toMatchObject({ code: 'OBJECT_MISSING' });
      await expect(reader.read(id.slice(0, 12))).rejects.toMatchObject({ code: 'OBJECT_MISSING' });
      await expect(reader.read(id)).resolves.toMatchObject({ id, type: 'blob' });
    });
  });

  it.each(BOTH)('above the limit are not read, and the next one is, as git $git is asked', async (how) => {
    const ids = [blob('x'.repeat(100_001)), blob('small'), blob('x'.repeat(100_000))];
    const { git } = await discover(directory, box.env);
    const reader = openObjects(git, format, directory, { maxBytes: 100_000, ...how });
    const [first = ''] = ids;
    expect(await reader.measure(first)).toEqual({ type: 'blob', size: 100_001 });
    expect(await Promise.all(ids.map((id) => reader.read(id)))).toMatchObject([
      { id: first, type: 'large', size: 100_001, limit: 100_000 },
      { type: 'blob' },
      { type: 'blob' },
    ]);
    expect(await reader.read(ids[2] ?? '', 99_999)).toMatchObject({ type: 'large', limit: 99_999 });
    expect(await reader.read(first, 1_000_000)).toMatchObject({ type: 'large', limit: 100_000 });
    await reader.close();
  });

  it.each(BOTH)('of a gigabyte cost git nothing but their header, as git $git is asked', async (how) => {
    const bomb = deltaBomb(join(directory, '.git'), format, 128);
    expect(box.git(directory, ['cat-file', '-s', bomb])).toBe(String(1024 * 1024 * 1024));
    const asked: string[] = [];
    const { git } = await discover(directory, box.env);
    const spied: typeof git = {
      ...git,
      start: (args) => {
        const child = git.start(args);
        const write = child.stdin.write.bind(child.stdin) as (text: string) => boolean;
        child.stdin.write = (text: string) => (asked.push(`${args.join(' ')}: ${text}`), write(text));
        return child;
      },
    };
    const reader = openObjects(spied, format, directory, how);
    expect(await reader.read(bomb)).toMatchObject({ type: 'large', size: 1024 * 1024 * 1024 });
    await reader.close();
    expect(asked).toEqual([
      how.batchCommand ? `cat-file --batch-command: info ${bomb}\n` : `cat-file --batch-check: ${bomb}\n`,
    ]);
  });

  it('are corrupt where other bytes lie under their id, loose', async () => {
    const [genuine, other] = [blob('approved: no'), blob('approved: yes')];
    const fileOf = (id: string): string => join(directory, '.git/objects', id.slice(0, 2), id.slice(2));
    chmodSync(fileOf(genuine), 0o644);
    writeFileSync(fileOf(genuine), readFileSync(fileOf(other)));
    expect(box.git(directory, ['cat-file', 'blob', genuine])).toBe('approved: yes'); // git itself does not notice
    await using(repository, async (reader) => {
      expect(await reader.read(genuine)).toEqual({ id: genuine, type: 'corrupt' });
      expect(await reader.read(other)).toMatchObject({ type: 'blob' });
    });
  });

  it('are corrupt where other bytes lie under their id, packed', async () => {
    const packs = box.repository(`packed-${format}`, format);
    const write = (text: string): string => box.git(packs, ['hash-object', '-w', '--stdin'], text);
    const [genuine, other] = [write('approved: no'), write('approved: yes')];
    const folder = join(packs, '.git/objects/pack');
    box.git(packs, ['pack-objects', '-q', join(folder, 'pack')], `${genuine}\n`);
    const name = readdirSync(folder).find((file) => file.endsWith('.idx'));
    box.git(packs, ['prune-packed']);
    // The index is told that the pack's one object is called otherwise.
    const idx = readFileSync(join(folder, name ?? ''));
    const at = idx.indexOf(Buffer.from(genuine, 'hex'));
    Buffer.from(other, 'hex').copy(idx, at);
    const first = Number.parseInt(other.slice(0, 2), 16);
    for (let octet = 0; octet < 256; octet += 1) idx.writeUInt32BE(octet < first ? 0 : 1, 8 + 4 * octet);
    chmodSync(join(folder, name ?? ''), 0o644);
    writeFileSync(join(folder, name ?? ''), idx);
    rmSync(join(packs, '.git/objects', other.slice(0, 2), other.slice(2)));
    expect(box.git(packs, ['cat-file', 'blob', other])).toBe('approved: no');
    await using(await openRepository(packs, box.env), async (reader) => {
      expect(await reader.read(other)).toEqual({ id: other, type: 'corrupt' });
    });
  });

  it.each(BOTH)(
    'that git cannot unpack end the reader with an error and no hang, as git $git is asked',
    async (how) => {
      const [broken, sound] = [blob(`broken, ${String(how.batchCommand)}`), blob('sound')];
      const file = join(directory, '.git/objects', broken.slice(0, 2), broken.slice(2));
      chmodSync(file, 0o644);
      const found = await discover(directory, box.env);
      const settled = async (ids: readonly string[], limits = {}): Promise<readonly string[]> => {
        const reader = openObjects(found.git, format, directory, { ...how, ...limits });
        const answers = await Promise.allSettled(ids.map((id) => reader.read(id)));
        await reader.close();
        return answers.map((answer) =>
          answer.status === 'fulfilled' ? answer.value.type : (answer.reason as CannotTell).code,
        );
      };
      const lying = deflateSync('blob 100\0much less'); // git prints the announced length and fewer bytes
      writeFileSync(file, lying);
      expect(await settled([broken, sound], { silenceSeconds: 0.2 })).toEqual(['IO_FAILED', 'IO_FAILED']);
      expect(await settled([broken, sound, sound, sound])).toEqual([
        'corrupt',
        'IO_FAILED',
        'IO_FAILED',
        'IO_FAILED',
      ]);
      writeFileSync(file, lying.subarray(0, -6));
      expect(await settled([broken, sound])).toEqual(['IO_FAILED', 'IO_FAILED']);
      writeFileSync(file, 'not even compressed');
      await using(repository, async (reader) => {
        await expect(reader.read(broken)).rejects.toMatchObject({ code: 'OBJECT_MISSING' });
      });
    },
  );

  it('are read through one git by all who read, also what was written since', async () => {
    const { git } = await discover(directory, box.env);
    const started: ChildProcess[] = [];
    const spied: typeof git = {
      ...git,
      start: (args) => {
        const child = git.start(args);
        started.push(child);
        return child;
      },
    };
    const open = keptReader(() => openObjects(spied, format, directory, { batchCommand: true }));
    const held = (): number =>
      process.getActiveResourcesInfo().filter((each) => each === 'ProcessWrap').length;
    const before = held();
    const [one, two] = [open(), open()];
    const first = blob('before');
    expect(await one.read(first)).toMatchObject({ id: first, type: 'blob' });
    await one.close();
    await one.close();
    expect(await two.read(first)).toMatchObject({ id: first, type: 'blob' });
    expect(held()).toBe(before + 1);
    await two.close();
    expect(held(), 'keeps this process from ending').toBe(before);
    const three = open();
    const later = blob('after');
    expect(await three.read(later)).toMatchObject({ id: later, type: 'blob' });
    expect(started).toHaveLength(1);
    const [child] = started;
    const gone = new Promise((resolve) => child?.on('close', resolve));
    await three.close();
    expect(await gone).toBe(0);
    const four = open();
    expect(await four.read(later)).toMatchObject({ id: later, type: 'blob' });
    expect(started).toHaveLength(2);
    started[1]?.kill('SIGKILL');
    await expect(four.read(first)).rejects.toMatchObject({ code: 'IO_FAILED' });
    const five = open();
    expect(await five.read(first)).toMatchObject({ id: first, type: 'blob' });
    await Promise.all([four.close(), five.close()]);
  });

  it('cannot be replaced or grafted', async () => {
    const where = box.repository(`replaced-${format}`, format);
    box.git(where, ['commit', '-q', '--allow-empty', '-m', 'first']);
    box.git(where, ['commit', '-q', '--allow-empty', '-m', 'second']);
    const [second, first] = box.git(where, ['rev-list', 'HEAD']).split('\n') as [string, string];
    box.git(where, ['replace', second, first]);
    box.write(join(where, '.git/info/grafts'), `${second}\n`);
    expect(box.git(where, ['log', '-1', '--format=%s', second])).toBe('first');
    const replaced = await openRepository(where, box.env);
    const object = await using(replaced, (reader) => reader.read(second));
    expect(object.type === 'commit' && Buffer.from(object.bytes).toString('utf8')).toContain(
      `parent ${first}`,
    );
    expect(await replaced.facts()).toMatchObject({
      replacements: [`refs/replace/${second}`],
      grafts: true,
      objectFormat: format,
    });
    expect(await repository.facts()).toMatchObject({ replacements: [], grafts: false });
  });
});

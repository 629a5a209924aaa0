import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { verifiedTips } from '../../../../src/adapters/config/verified-tips.ts';
import { Fingerprint, RepositoryId, toTime } from '../../../../src/domain/names.ts';
import type { BranchIdentity, TipMemory } from '../../../../src/ports/tips.ts';

const top = mkdtempSync(join(tmpdir(), 'tips-'));
afterAll(() => rmSync(top, { recursive: true }));

const MAIN: BranchIdentity = {
  repository: RepositoryId.parse('0'.repeat(26)),
  branch: 'main',
};
const root = { commit: 'a'.repeat(40), signer: Fingerprint.parse('A'.repeat(40)) };
const id = (digit: string): string => digit.repeat(40);
const tip = (digit: string) => ({ commit: id(digit), root, verified: toTime(1_704_067_200) });

let count = 0;
/** A memory in a folder of its own that remembers one tip of `main`, and the file it lies in. */
async function remembering() {
  const state = join(top, `state-${count++}`);
  const memory = await verifiedTips(top, {}, () => 'a build')({ folder: state, outside: [] });
  await memory.remember(MAIN, tip('1'), []);
  const [name = ''] = readdirSync(join(state, 'verified-tips'));
  const folder = join(state, 'verified-tips', name);
  return { state, memory, folder, file: join(folder, `${id('1')}.json`) };
}

const commitsOf = async (memory: TipMemory, branch = MAIN): Promise<readonly string[]> =>
  (await memory.tipsOf(branch)).map(({ commit }) => commit);

describe('a memory of verified tips', () => {
  test('is empty before anything is remembered, and reading makes no folder', async () => {
    const state = join(top, 'nothing');
    const memory = await verifiedTips(top, {}, () => 'a build')({ folder: 'nothing', outside: [] });
    expect(await memory.tipsOf(MAIN)).toEqual([]);
    expect(() => statSync(state)).toThrow('ENOENT');
  });

  test('gives back what was put in, until something is put instead', async () => {
    const { memory } = await remembering();
    expect(await memory.tipsOf(MAIN)).toEqual([tip('1')]);
    await memory.remember(MAIN, tip('2'), []);
    expect(await commitsOf(memory)).toEqual([id('1'), id('2')]);
    await memory.remember(MAIN, tip('3'), [id('1'), id('2'), id('3'), id('4')]);
    expect(await commitsOf(memory)).toEqual([id('3')]);
  });

  test('keeps repositories and branches apart', async () => {
    const { memory } = await remembering();
    const others: readonly BranchIdentity[] = [
      { ...MAIN, branch: 'Main' },
      { ...MAIN, branch: '../main' },
      { ...MAIN, repository: RepositoryId.parse('1'.repeat(26)) },
    ];
    for (const other of others) expect(await commitsOf(memory, other)).toEqual([]);
    for (const other of others) await memory.remember(other, tip('2'), [id('1')]);
    expect(await commitsOf(memory)).toEqual([id('1')]);
    for (const other of others) expect(await commitsOf(memory, other)).toEqual([id('2')]);
  });

  test('is its owner’s alone', async () => {
    const { state, folder, file } = await remembering();
    for (const path of [state, join(state, 'verified-tips'), folder])
      expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('lies in the state folder of the person where none is named', async () => {
    const written = async (environment: NodeJS.ProcessEnv): Promise<void> => {
      const memory = await verifiedTips(top, environment, () => 'a build')({ folder: null, outside: [] });
      await memory.remember(MAIN, tip('1'), []);
    };
    await written({ HOME: join(top, 'home'), XDG_STATE_HOME: join(top, 'xdg') });
    expect(readdirSync(join(top, 'xdg/modelsmith'))).toEqual(['verified-tips']);
    await written({ HOME: join(top, 'home'), XDG_STATE_HOME: 'relative' });
    expect(readdirSync(join(top, 'home/.local/state/modelsmith'))).toEqual(['verified-tips']);
  });

  test('loses nothing when many write at once', async () => {
    const { memory, folder } = await remembering();
    const digits = '23456789abcdef'.split('');
    await Promise.all(digits.map((digit) => memory.remember(MAIN, tip(digit), [id('1')])));
    await Promise.all(digits.map(() => memory.remember(MAIN, tip('2'), [])));
    expect(await commitsOf(memory)).toEqual(digits.map(id));
    expect(readdirSync(folder)).toHaveLength(digits.length);
  });

  test('is not impressed by what a killed process left, and clears it away later', async () => {
    const { memory, folder } = await remembering();
    const drafts = ['1', '2'].map((digit) =>
      join(folder, `.${digit.repeat(8)}-1111-4111-8111-111111111111.new`),
    );
    for (const draft of drafts) writeFileSync(draft, '{"schema": "modelsm', { mode: 0o600 });
    utimesSync(drafts[0] ?? '', 1_704_067_200, 1_704_067_200);
    expect(await commitsOf(memory)).toEqual([id('1')]);
    await memory.remember(MAIN, tip('2'), [id('1')]);
    expect(readdirSync(folder).map((name) => join(folder, name))).toEqual([
      drafts[1],
      join(folder, `${id('2')}.json`),
    ]);
  });
});

type Remembering = Awaited<ReturnType<typeof remembering>>;

/** Another user of this machine: root gives the path away, anybody else looks at what is root's. */
const givenAway = ({ state }: Remembering): void => {
  if (process.getuid?.() === 0) chownSync(state, 65_534, 65_534);
  else {
    rmSync(state, { recursive: true });
    symlinkSync('/usr', state);
  }
};

const HOSTILE: readonly (readonly [what: string, code: string, harm: (it: Remembering) => void])[] = [
  ['half a file', 'BAD_DATA', ({ file }) => writeFileSync(file, readFileSync(file, 'utf8').slice(0, 80))],
  ['an empty file', 'BAD_DATA', ({ file }) => writeFileSync(file, '')],
  [
    'another version',
    'BAD_DATA',
    ({ file }) => writeFileSync(file, readFileSync(file, 'utf8').replace('tip/v1', 'tip/v2')),
  ],
  [
    'a key too many',
    'BAD_DATA',
    ({ file }) => writeFileSync(file, readFileSync(file, 'utf8').replace('"branch"', '"x": 1,\n  "branch"')),
  ],
  [
    'a key twice',
    'BAD_DATA',
    ({ file }) =>
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace('"commit": "1', `"commit": "${id('2')}",\n  "commit": "1`),
      ),
  ],
  [
    'another branch',
    'BAD_DATA',
    ({ file }) => writeFileSync(file, readFileSync(file, 'utf8').replace('"main"', '"other"')),
  ],
  [
    'another repository',
    'BAD_DATA',
    ({ file }) => writeFileSync(file, readFileSync(file, 'utf8').replace('0'.repeat(26), '1'.repeat(26))),
  ],
  ['another name', 'BAD_DATA', ({ file, folder }) => renameSync(file, join(folder, `${id('2')}.json`))],
  [
    'a copy under another name',
    'BAD_DATA',
    ({ file, folder }) => copyFileSync(file, join(folder, `${id('2')}.json`)),
  ],
  ['a large file', 'BAD_DATA', ({ file }) => writeFileSync(file, ' '.repeat(20_000))],
  [
    'a symbolic link',
    'BAD_DATA',
    ({ file, state }) => {
      renameSync(file, join(state, 'elsewhere.json'));
      symlinkSync(join(state, 'elsewhere.json'), file);
    },
  ],
  [
    'a folder for a file',
    'BAD_DATA',
    ({ file }) => {
      rmSync(file);
      mkdirSync(file);
    },
  ],
  [
    'far too many files',
    'BAD_DATA',
    ({ folder }) => {
      for (let n = 0; n < 65; n += 1)
        writeFileSync(join(folder, `${String(n).padStart(40, '0')}.json`), '{}', { mode: 0o600 });
    },
  ],
  ['a file others may write', 'NOT_PERMITTED', ({ file }) => chmodSync(file, 0o602)],
  ['a file the group may write', 'NOT_PERMITTED', ({ file }) => chmodSync(file, 0o660)],
  ['a folder others may write', 'NOT_PERMITTED', ({ folder }) => chmodSync(folder, 0o777)],
  ['a state folder others may write', 'NOT_PERMITTED', ({ state }) => chmodSync(state, 0o1777)],
  ['a state folder of another user', 'NOT_PERMITTED', givenAway],
  [
    'a folder that is a symbolic link',
    'NOT_PERMITTED',
    ({ folder, state }) => {
      renameSync(folder, join(state, 'moved'));
      symlinkSync(join(state, 'moved'), folder);
    },
  ],
  [
    'a file for the state folder',
    'NOT_PERMITTED',
    ({ state }) => {
      rmSync(state, { recursive: true });
      writeFileSync(state, '');
    },
  ],
];

describe('a memory that is not as modelsmith left it', () => {
  test.each(HOSTILE)('%s: cannot tell, with place and remedy', async (_what, code, harm) => {
    const it = await remembering();
    expect(await commitsOf(it.memory)).toEqual([id('1')]);
    harm(it);
    const refused = {
      code,
      place: { file: expect.stringContaining(realpathSync(it.state)) as string },
      remedy: expect.any(String) as string,
    };
    const memory = await verifiedTips(top, {}, () => 'a build')({ folder: it.state, outside: [] });
    await expect(memory.tipsOf(MAIN)).rejects.toMatchObject(refused);
    await expect(memory.remember(MAIN, tip('3'), [])).rejects.toMatchObject(refused);
  });

  test('says so where it cannot be written', async () => {
    const file = join(top, 'a-file');
    writeFileSync(file, '');
    const memory = await verifiedTips(top, {}, () => 'a build')({ folder: join(file, 'state'), outside: [] });
    await expect(memory.remember(MAIN, tip('1'), [])).rejects.toMatchObject({ code: 'IO_FAILED' });
  });

  test('must not lie in the repository it guards, whichever way leads there', async () => {
    const repository = join(top, 'repository');
    mkdirSync(join(repository, '.git'), { recursive: true });
    symlinkSync(repository, join(top, 'way-in'));
    const open = (folder: string) =>
      verifiedTips(top, {}, () => 'a build')({ folder, outside: [repository] });
    for (const folder of ['repository', 'repository/.git/x/y', 'way-in/state', 'x/../repository/..state'])
      await expect(open(folder), folder).rejects.toMatchObject({ code: 'USAGE' });
    for (const folder of ['repository-state', '.', '..'])
      await expect(open(folder), folder).resolves.toBeDefined();
  });
});

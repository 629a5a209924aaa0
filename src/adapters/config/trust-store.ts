import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import { Fingerprint, RepositoryId } from '../../domain/names.ts';
import type { PinnedRoot, TrustStore } from '../../ports/trust.ts';

const Store = z.strictObject({
  schema: z.literal('modelsmith/trust-roots/v1'),
  roots: z.array(
    z.strictObject({
      repository: RepositoryId,
      commit: z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/),
      signer: Fingerprint,
    }),
  ),
});
type Store = z.infer<typeof Store>;

/** `trust-roots.json` in the user's configuration folder (XDG base directory specification). */
export function trustStore(environment: NodeJS.ProcessEnv): TrustStore {
  const home = environment['HOME'] ?? homedir();
  const folder = environment['XDG_CONFIG_HOME'] ?? join(home, '.config');
  const file = join(folder, 'modelsmith', 'trust-roots.json');
  return {
    file,
    rootOf: async (repository) => find(await load(file), repository),
    pin: async (repository, root) => {
      const store = await load(file);
      const known = find(store, repository);
      if (known === null) await save(file, { ...store, roots: [...store.roots, entryOf(repository, root)] });
      else if (!same(known, root)) throw anotherPinned(file, known, root);
    },
    move: async (repository, from, to) => {
      const store = await load(file);
      const known = find(store, repository);
      if (known !== null && !same(known, from) && !same(known, to)) throw anotherPinned(file, known, to);
      const others = store.roots.filter((entry) => entry.repository !== repository);
      await save(file, { ...store, roots: [...others, entryOf(repository, to)] });
    },
  };
}

function same(a: PinnedRoot, b: PinnedRoot): boolean {
  return a.commit === b.commit && a.signer === b.signer;
}

function entryOf(repository: string, root: PinnedRoot): Store['roots'][number] {
  return { repository: RepositoryId.parse(repository), commit: root.commit, signer: root.signer };
}

function anotherPinned(file: string, known: PinnedRoot, root: PinnedRoot): CannotTell {
  return new CannotTell('CANNOT_CREATE', 'another trust root is already pinned for this repository', {
    facts: [`pinned: ${known.commit}:${known.signer}`, `new:    ${root.commit}:${root.signer}`],
    place: { file },
    remedy: 'find out which of the two is right; only then edit the file by hand',
  });
}

function find(store: Store, repository: string): PinnedRoot | null {
  const entry = store.roots.find((candidate) => candidate.repository === repository);
  return entry === undefined ? null : { commit: entry.commit, signer: entry.signer };
}

async function load(file: string): Promise<Store> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')
      return { schema: 'modelsmith/trust-roots/v1', roots: [] };
    throw new CannotTell('IO_FAILED', 'the file with the pinned trust roots cannot be read', {
      place: { file },
      cause,
    });
  }
  try {
    return Store.parse(JSON.parse(text));
  } catch (cause) {
    throw new CannotTell('BAD_DATA', 'the file with the pinned trust roots is damaged', {
      place: { file },
      remedy:
        'restore it from a backup, or move it away and pin the roots again with `modelsmith verify --root … --pin`',
      cause,
    });
  }
}

async function save(file: string, store: Store): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.new`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(store, null, 2)}\n`);
    await handle.sync();
    await handle.close();
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

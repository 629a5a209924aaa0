import { constants } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { CannotTell } from '../../base/errors.ts';
import type { SourceOrder } from '../../ports/model-sources.ts';

/**
 * The cache of Hugging Face: `models--<owner>--<name>/` with `refs/<revision>` naming a commit, `snapshots/<commit>/` with
 * links, and `blobs/` that they lead to. Links can change under whoever reads them, so the files themselves are copied.
 */
const REPOSITORY = /^models--(?:[A-Za-z0-9._-]+--)?([A-Za-z0-9._-]+)$/;
const COMMIT = /^[0-9a-f]{40}$/;
const REVISION = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,200}$/;
const MAX_FILES = 10_000;

export async function takeFromCache(text: string, { into, tell }: SourceOrder): Promise<string> {
  const at = text.lastIndexOf('@');
  const [folder, asked] = at > 0 ? [text.slice(0, at), text.slice(at + 1)] : [text, null];
  const snapshot = await snapshotOf(folder, asked);
  const repository = dirname(dirname(snapshot));
  const [, name] = REPOSITORY.exec(basename(repository)) ?? [];
  if (name === undefined || name.startsWith('.'))
    throw new CannotTell('USAGE', 'this is no folder of the cache', {
      facts: [folder],
      remedy: 'give models--<owner>--<name>, or the folder of a commit under its snapshots/',
    });
  const target = join(into, name);
  await mkdir(target, { recursive: true });
  const files = (await readdir(snapshot)).sort();
  if (files.length > MAX_FILES)
    throw new CannotTell('BAD_DATA', `The snapshot holds more than ${MAX_FILES} files.`);
  for (const file of files) {
    tell(`copying ${file} of commit ${basename(snapshot)}`);
    await copyOne(join(snapshot, file), join(target, file), repository);
  }
  return target;
}

/** What is no file – a folder of other formats, say – is not the model. What leads out of the cache is refused. */
async function copyOne(from: string, to: string, repository: string): Promise<void> {
  const real = await realpath(from).catch((cause: unknown) => {
    throw new CannotTell('NO_INPUT', 'A file of the snapshot is not there: it was not downloaded whole.', {
      place: { file: from },
      cause,
    });
  });
  const way = relative(await realpath(repository), real);
  if (way.startsWith('..') || !['blobs', 'snapshots'].includes(way.split(sep)[0] ?? ''))
    throw new CannotTell('BAD_DATA', 'A file of the snapshot leads out of the cache.', {
      place: { file: from },
    });
  if (!(await lstat(real)).isFile()) return;
  // Shares the bytes with the cache where the file system can.
  await copyFile(real, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
}

async function snapshotOf(folder: string, asked: string | null): Promise<string> {
  const clean = folder.replace(/[/\\]+$/, '');
  if (basename(dirname(clean)) === 'snapshots' && asked === null) return clean;
  const revision = asked ?? 'main';
  if (!REVISION.test(revision) || revision.split('/').includes('..'))
    throw new CannotTell('USAGE', 'this is no revision', { facts: [revision] });
  if (COMMIT.test(revision)) return join(clean, 'snapshots', revision);
  const text = await readFile(join(clean, 'refs', ...revision.split('/')), 'latin1').catch(
    (cause: unknown) => {
      throw new CannotTell('NO_INPUT', `The cache knows no revision ${revision} of this model.`, {
        place: { file: clean },
        remedy: 'give models--<owner>--<name>@<revision>, as it was downloaded',
        cause,
      });
    },
  );
  if (!COMMIT.test(text.trim()))
    throw new CannotTell('BAD_DATA', `refs/${revision} names no commit.`, { place: { file: clean } });
  return join(clean, 'snapshots', text.trim());
}

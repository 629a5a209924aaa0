import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CannotTell } from '../../base/errors.ts';
import type { Upstream } from '../../ports/remote.ts';
import type { GitRepository } from '../../ports/repository.ts';
import { isErrno } from './failure.ts';
import { gitIn } from './process.ts';
import { checkedAddress } from './remote-config.ts';
import { openRepository } from './repository.ts';
import { remoteSection } from './transport.ts';

const FETCH = '+refs/heads/*:refs/remotes/origin/*';

/** A bare clone of one's own. That its remote is set says that it is finished, since that is done last. */
export async function openClone(
  directory: string,
  address: string,
  ambient: NodeJS.ProcessEnv,
): Promise<GitRepository> {
  checkedAddress(address);
  const section = remoteSection('origin', address, FETCH);
  const config = await readFile(join(directory, 'config'), 'utf8').catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return '';
    throw error;
  });
  if (config.endsWith(section)) return await openRepository(directory, ambient);
  const from: Upstream = {
    ...{ remote: null, fetchFrom: address, pushTo: address, branch: 'refs/heads/main' },
    ...{ configured: null, tracking: null },
    typed: true,
  };
  for (const format of ['sha1', 'sha256'] as const) {
    const git = gitIn({ directory, ambient });
    await git.run(['init', '--quiet', '--bare', '--template=', `--object-format=${format}`, directory]);
    const repository = await openRepository(directory, ambient);
    try {
      const branch = (await repository.remotes.defaultBranch(from)) ?? 'refs/heads/main';
      await gitIn({ directory, ambient, gitDir: directory }).run(['symbolic-ref', 'HEAD', branch]);
    } catch (error) {
      const isOther =
        error instanceof CannotTell && error.facts.some((fact) => fact.includes('mismatched algorithm'));
      if (format === 'sha1' && isOther) continue;
      throw error;
    }
    await appendFile(join(directory, 'config'), section, { mode: 0o600 });
    return await openRepository(directory, ambient);
  }
  throw new CannotTell('BAD_DATA', 'the repository there has objects of a form that this git does not know');
}

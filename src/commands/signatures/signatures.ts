import * as z from 'zod';
import { CannotTell } from '../../base/errors.ts';
import type { GitRepository } from '../../ports/repository.ts';
import type { Command } from '../shared/command.ts';
import { counted } from '../shared/views/notices.ts';
import { required } from '../shared/opening/required.ts';
import { MOST_KEYRING_BYTES, readKeyring } from './keyring-file.ts';
import { lineJson, lineOf, lineText } from './line.ts';
import { walk } from './walk.ts';

const Input = z.object({
  range: z.string().min(1).default('HEAD'),
  keyring: required('a file of armored certificates'),
});

/** The layer below `verify`: whether signatures hold, with keys the caller trusts. No policy has a say. */
export const signatures: Command<z.infer<typeof Input>> = {
  name: 'signatures',
  group: 'machines',
  summary: 'verify the signatures of commits with given keys; no policy, any repository',
  description:
    'One line a commit, nearest first: id, good, bad, unknown or unsigned, the code, the key, its primary key, algorithm and\n' +
    'time; `-` where that is not known. Good says that the key made the signature over exactly these bytes while it\n' +
    'could, and nothing about whether its owner was allowed to: that is what `modelsmith verify` is for.\n\n' +
    'Exit 0 where every commit is good, else 3. With --json each line is an object.',
  arguments: [
    {
      name: '[range]',
      description: 'a ref or full commit id and all before it, or <id>..<id> (default: HEAD)',
    },
  ],
  options: [
    { flags: '--keyring <file>', description: 'armored public certificates, one after the other' },
    { flags: '-C, --directory <folder>', description: 'the repository (default: the current folder)' },
  ],
  examples: [
    'modelsmith signatures --keyring team.asc',
    'modelsmith signatures v1.0.0..main --keyring team.asc --json',
  ],
  writes: false,
  reads: false,
  input: Input,
  run: async (context, { range, keyring: file }, { directory, json }) => {
    const { terminal, verifier, files } = context;
    const keyring = await readKeyring(verifier, await files.read(file, MOST_KEYRING_BYTES), file);
    for (const warning of keyring.unusable) terminal.say(warning);
    const repository = await context.git.open(directory);
    const { objectFormat } = await repository.facts();
    const idLength = objectFormat === 'sha1' ? 40 : 64;
    const { from, to } = await endsOf(repository, range);
    const counts = { commits: 0, good: 0, bad: 0, unknown: 0, unsigned: 0 };
    let excluded = 0;
    const objects = repository.openObjects();
    try {
      const seen = new Set<string>();
      if (from !== null)
        for await (const batch of walk(objects, from, idLength, seen)) excluded += batch.length;
      for await (const batch of walk(objects, to, idLength, seen)) {
        const lines = await Promise.all(batch.map((commit) => lineOf(verifier, commit, keyring)));
        for (const { verdict } of lines) counts[verdict] += 1;
        counts.commits += lines.length;
        terminal.out(lines.map(json ? lineJson : lineText).join('\n'));
      }
    } finally {
      await objects.close();
    }
    const { commits, good, bad, unknown, unsigned } = counts;
    const beside = from === null ? '' : `; ${excluded} not asked for`;
    terminal.say(
      `${counted(commits, 'commit')}: ${good} good, ${bad} bad, ${unknown} unknown, ${unsigned} unsigned${beside}`,
    );
    return { kind: good === commits ? 'yes' : 'no', json: counts, text: () => '', printed: true };
  },
};

async function endsOf(
  repository: GitRepository,
  range: string,
): Promise<{ readonly from: string | null; readonly to: string }> {
  const resolve = async (name: string): Promise<string> => {
    const id = await repository.resolve(name === '' ? 'HEAD' : name);
    if (id !== null) return id;
    throw new CannotTell('NO_INPUT', `there is no ${name === '' ? 'HEAD' : name} here`, {
      remedy: 'name a ref, a full commit id, or two of them as in <id>..main',
    });
  };
  const [first = '', second, ...more] = range.split('..');
  if (second === undefined || more.length > 0) return { from: null, to: await resolve(range) };
  return { from: await resolve(first), to: await resolve(second) };
}

import { EntryId, LineName, PrincipalName, Version } from '../../domain/names.ts';
import type { Files } from '../../ports/files.ts';
import type { NameKind } from './name-kinds.ts';

const MAX_SIGNERS_BYTES = 1024 * 1024;
/** Folders between here and the top of the repository. */
const DEEPEST = 32;

/**
 * What a shell may complete, from the names of folders that are checked out here: nothing is verified and nothing believed.
 * Only what is a name by the rules of `domain/names.ts` comes back, so that no folder can put anything else on a command line.
 */
export async function namesHere(files: Files, kind: NameKind, directory: string): Promise<readonly string[]> {
  const top = await topOf(files, directory);
  if (top === null) return [];
  const list = async (folder: string): Promise<readonly string[]> =>
    (await files.exists(`${top}/${folder}`)) ? ((await files.list(`${top}/${folder}`)) ?? []) : [];
  const lines = async (folder: string): Promise<readonly string[]> =>
    (await list(folder)).filter((name) => LineName.safeParse(name).success);
  switch (kind) {
    case 'lines': {
      const all = [await lines('locks'), await lines('baselines'), await lines('promotions')].flat();
      return [...new Set(all)].sort();
    }
    case 'iterations': {
      const found = (await lines('promotions')).map(async (line) =>
        (await list(`promotions/${line}`))
          .filter((name) => Version.safeParse(name).success)
          .map((version) => `${line}@${version}`),
      );
      return (await Promise.all(found)).flat();
    }
    case 'exceptions': {
      const found = (await lines('exceptions')).map((line) => list(`exceptions/${line}`));
      return (await Promise.all(found)).flat().filter((name) => EntryId.safeParse(name).success);
    }
    case 'changes':
      return (await list('changes')).filter((name) => EntryId.safeParse(name).success);
    case 'overrides':
      return (await list('overrides'))
        .map((name) => name.replace(/\.json$/, ''))
        .filter((name) => EntryId.safeParse(name).success);
    case 'principals':
      return await principals(files, `${top}/policy/signers.yaml`);
  }
}

async function topOf(files: Files, directory: string): Promise<string | null> {
  let folder = files.absolute(directory);
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    if (await files.exists(`${folder}/modelsmith.yaml`)) return folder;
    const above = files.absolute(`${folder}/..`);
    if (above === folder) return null;
    folder = above;
  }
  return null;
}

async function principals(files: Files, path: string): Promise<readonly string[]> {
  if (!(await files.exists(path))) return [];
  // Slow to load, and only needed here.
  const { parseStrictYaml } = await import('../../base/strict-yaml.ts');
  const yaml = parseStrictYaml(await files.read(path, MAX_SIGNERS_BYTES), path);
  if (!yaml.ok) return [];
  const { value } = yaml.value;
  const people: unknown = isMap(value) ? value['principals'] : null;
  return (Array.isArray(people) ? people : []).flatMap((person: unknown) => {
    const name = PrincipalName.safeParse(isMap(person) ? person['id'] : null);
    return name.success ? [name.data] : [];
  });
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

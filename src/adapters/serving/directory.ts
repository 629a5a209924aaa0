import { join } from 'node:path';
import type { Target } from '../../domain/target.ts';
import { Version } from '../../domain/names.ts';
import type { Deliverable, DriverParts, Found, TargetDriver } from '../../ports/targets.ts';
import { holdsAlone, isFile, namesOf, removeAll, writeFolder } from './whole-files.ts';

/** A folder that servers read adapters from: `<line>/<version>/`, as a whole or not at all. */
export function directoryDriver(
  target: Extract<Target, { kind: 'directory' }>,
  { open }: DriverParts,
): TargetDriver {
  const folderOf = (line: string, version: string): string => join(target.folder, line, version);
  return {
    async look(line, known) {
      const found: Found[] = [];
      for (const name of await namesOf(join(target.folder, line))) {
        if (!Version.safeParse(name).success) continue;
        const model = known.find(({ iteration }) => iteration.version === name);
        const sound = model !== undefined && (await isWhole(folderOf(line, name), model));
        const seen = `${target.folder}/${line}/${name}`;
        found.push({
          key: name,
          version: model?.iteration.version ?? null,
          sound,
          seen: sound ? `${seen} holds the files, by their digests` : seen,
        });
      }
      return found;
    },
    put: (_key, { iteration, files }) =>
      writeFolder(folderOf(iteration.line, iteration.version), files, open),
    remove: (version, line) => removeAll(folderOf(line, version)),
    prove: ({ seen }) => Promise.resolve(seen),
  };
}

/** Every file, and nothing else beside them, however deep. */
async function isWhole(folder: string, { files }: Deliverable): Promise<boolean> {
  const expected = files.map(({ path }) => path);
  if (!(await holdsAlone(folder, expected))) return false;
  for (const file of files) if (!(await isFile(join(folder, file.path), file))) return false;
  return true;
}

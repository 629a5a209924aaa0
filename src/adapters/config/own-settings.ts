import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CannotTell } from '../../base/errors.ts';
import { OwnSettings } from '../../domain/own-settings.ts';
import { parseYaml } from '../../domain/yaml-document.ts';
import type { SettingsStore } from '../../ports/settings.ts';

/** `config.yaml` in the user's configuration folder (XDG base directory specification). */
export function ownSettings(environment: NodeJS.ProcessEnv): SettingsStore {
  const home = environment['HOME'] ?? homedir();
  const folder = environment['XDG_CONFIG_HOME'] ?? join(home, '.config');
  const file = join(folder, 'modelsmith', 'config.yaml');
  return {
    file,
    load: async () => {
      const bytes = await readFile(file).catch((cause: unknown) => {
        if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
        throw new CannotTell('IO_FAILED', 'your own settings cannot be read', { place: { file }, cause });
      });
      if (bytes === null) return null;
      const read = parseYaml(OwnSettings, bytes, file);
      if (read.ok) return read.value;
      const [{ place, message }] = read.problems;
      throw new CannotTell('BAD_DATA', `your own settings cannot be used: ${message}`, {
        place,
        remedy: 'correct the file, or move it away',
      });
    },
  };
}

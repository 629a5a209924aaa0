import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { CannotTell } from '../../base/errors.ts';
import { OwnTargets } from '../../domain/own-targets.ts';
import { parseYaml } from '../../domain/yaml-document.ts';
import type { OwnTargetsFile } from '../../ports/targets.ts';

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
const MAX_BYTES = 256 * 1024;
const OTHERS = 0o077;

/** `targets.yaml` in the configuration folder of who runs the command (XDG base directory specification). */
export function ownTargetsFile(environment: NodeJS.ProcessEnv, absolute: (path: string) => string) {
  const { XDG_CONFIG_HOME: named = '', HOME: home = '' } = environment;
  const folder = isAbsolute(named) ? named : join(home === '' ? homedir() : home, '.config');
  return (path: string | null): OwnTargetsFile => {
    const file = path === null ? join(folder, 'modelsmith', 'targets.yaml') : absolute(path);
    return { file, load: () => load(file, path !== null) };
  };
}

async function load(file: string, isNamed: boolean): Promise<OwnTargets | null> {
  const bytes = await readPrivate(file);
  // Who names a file has one: a misspelt name must not look like a machine that reaches nothing.
  if (bytes === null && isNamed)
    throw new CannotTell('NO_INPUT', 'there is no such list of targets', { place: { file } });
  if (bytes === null) return null;
  const read = parseYaml(OwnTargets, bytes, file);
  if (read.ok) return read.value;
  const [{ place, message }] = read.problems;
  throw new CannotTell('BAD_DATA', `your list of targets cannot be used: it ${message}`, { place });
}

/** It holds what opens other machines, so nobody else may read it, and nobody else may have written it. */
async function readPrivate(file: string): Promise<Uint8Array | null> {
  const handle = await open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw unreadable(file, cause);
  });
  if (handle === null) return null;
  try {
    const facts = await handle.stat();
    const self = process.getuid?.();
    // Windows keeps who may read in lists that no mode shows.
    if (self !== undefined && (facts.uid !== self || (facts.mode & OTHERS) !== 0))
      throw new CannotTell('NOT_PERMITTED', 'others can get at the file that opens your targets', {
        facts: [
          facts.uid === self
            ? `mode ${(facts.mode & 0o777).toString(8)}`
            : `owner ${facts.uid}, you are ${self}`,
        ],
        place: { file },
        remedy: 'chmod 600, and change every secret that was in it',
      });
    if (!facts.isFile() || facts.size > MAX_BYTES)
      throw new CannotTell(
        'BAD_DATA',
        `your list of targets is no plain file of at most ${MAX_BYTES} bytes`,
        {
          place: { file },
        },
      );
    return await handle.readFile();
  } catch (cause) {
    throw cause instanceof CannotTell ? cause : unreadable(file, cause);
  } finally {
    await handle.close();
  }
}

function unreadable(file: string, cause: unknown): CannotTell {
  return new CannotTell('IO_FAILED', 'your list of targets cannot be read', {
    facts: [cause instanceof Error ? cause.message : String(cause)],
    place: { file },
    cause,
  });
}

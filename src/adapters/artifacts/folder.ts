import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CannotTell } from '../../base/errors.ts';
import type { ArtifactFinding, SoundArtifact } from '../../ports/artifacts.ts';
import { ADAPTER_WEIGHTS } from './lora-tensors.ts';
import { ADAPTER_CONFIG } from './peft-config.ts';
import { withSteadyFile } from './steady-file.ts';

/** What lies in the folder of an artifact, and what must not lie there whatever the artifact is. */

export interface FolderEntry {
  readonly name: string;
  readonly kind: 'file' | 'link' | 'other';
}

const PICKLED = /\.(bin|pt|pth|pkl|pickle|ckpt|joblib|dill)$/i;
/** Looked at where they are read. */
const WEIGHTS = /\.(?:safetensors|gguf)$/;
/** Every other file is looked at. */
const MAX_ENTRIES = 10_000;

export async function listFolder(
  directory: string,
): Promise<{ readonly entries: readonly FolderEntry[]; readonly findings: readonly ArtifactFinding[] }> {
  const found = await readdir(directory, { withFileTypes: true }).catch((cause: unknown) => {
    throw new CannotTell('NO_INPUT', 'The folder of the artifact cannot be read.', {
      place: { file: directory },
      cause,
    });
  });
  if (found.length > MAX_ENTRIES)
    throw new CannotTell('BAD_DATA', `The folder holds more than ${MAX_ENTRIES} files.`, {
      place: { file: directory },
    });
  const entries = found
    .map((entry): FolderEntry => ({
      name: entry.name,
      kind: entry.isSymbolicLink() ? 'link' : entry.isFile() ? 'file' : 'other',
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const findings: ArtifactFinding[] = [];
  for (const { name, kind } of entries) {
    if (kind === 'link')
      findings.push({
        code: 'ARTIFACT_NOT_A_FILE',
        message: `${name} is a symbolic link, so it can change without the folder changing. Copy the files themselves: cp -rL.`,
        place: { file: name },
      });
    const how = PICKLED.test(name)
      ? 'by its name'
      : kind === 'file' && !WEIGHTS.test(name) && (await isPickle(join(directory, name)))
        ? 'by its first bytes'
        : null;
    if (how !== null)
      findings.push({
        code: 'ARTIFACT_PICKLE',
        message: `${name} is a pickle ${how}, which runs code when it is loaded. Save the weights as safetensors and give a folder without it.`,
        place: { file: name },
      });
  }
  return { entries, findings };
}

/** What begins a pickle of protocol 2 to 5 after its two bytes of header: what PyTorch, joblib and pickle itself write. */
const FIRST_WORDS = new Set([0x95, 0x7d, 0x28, 0x5d, 0x63, 0x58, 0x8a, 0x8c]);

/** A bare pickle, or the archive that PyTorch puts one into. */
async function isPickle(path: string): Promise<boolean> {
  const start = await withSteadyFile(path, (file) => file.take(160));
  const isArchive = start[0] === 0x50 && start[1] === 0x4b && start[2] === 0x03 && start[3] === 0x04;
  if (isArchive) return Buffer.from(start).includes('data.pkl');
  const [first, protocol = 0, word = 0] = start;
  return first === 0x80 && protocol >= 2 && protocol <= 5 && FIRST_WORDS.has(word) && start[8] !== 0x7b;
}

/** Which artifacts the names in a folder speak of. */
export function kindsIn(entries: readonly FolderEntry[]): readonly SoundArtifact['format'][] {
  const has = (test: (name: string) => boolean): boolean => entries.some(({ name }) => test(name));
  return [
    ...(has((name) => name === ADAPTER_CONFIG || name === ADAPTER_WEIGHTS) ? (['peft-lora'] as const) : []),
    ...(has((name) => /\.safetensors(?:\.index\.json)?$/.test(name) && name !== ADAPTER_WEIGHTS)
      ? (['safetensors'] as const)
      : []),
    ...(has((name) => name.endsWith('.gguf')) ? (['gguf'] as const) : []),
  ];
}

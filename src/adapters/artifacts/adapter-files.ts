import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CannotTell } from '../../base/errors.ts';
import { parseForeignJson, type ForeignJson } from '../../base/foreign-json.ts';
import type { Parsed } from '../../base/problem.ts';
import type { PackagedFile } from '../../domain/model-manifest.ts';
import type { ArtifactFault, ArtifactFinding } from '../../ports/artifacts.ts';
import { ADAPTER_WEIGHTS } from './lora-tensors.ts';
import { ADAPTER_CONFIG } from './peft-config.ts';
import { headerLength, parseSafetensorsHeader, type SafetensorsHeader } from './safetensors.ts';
import { withSteadyFile } from './steady-file.ts';

const PICKLED = /\.(bin|pt|pth|pkl|pickle|ckpt|joblib|dill)$/i;
export const MAX_CONFIG_BYTES = 1024 * 1024;
const LFS = 'version https://git-lfs';

/** @returns what is wrong with the folder as a whole, and which files of the format can be read. */
export async function listAdapter(
  directory: string,
): Promise<{ readonly readable: ReadonlySet<string>; readonly findings: readonly ArtifactFinding[] }> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((cause: unknown) => {
    throw new CannotTell('NO_INPUT', 'The folder of the adapter cannot be read.', {
      place: { file: directory },
      cause,
    });
  });
  const findings: ArtifactFinding[] = [];
  const readable = new Set<string>();
  for (const { name, ...entry } of entries
    .map((found) => ({ name: found.name, isFile: found.isFile(), isLink: found.isSymbolicLink() }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const wanted = name === ADAPTER_CONFIG || name === ADAPTER_WEIGHTS;
    if (entry.isLink)
      findings.push(
        finding(
          'ARTIFACT_NOT_A_FILE',
          name,
          `${name} is a symbolic link, so it can change without the folder changing. Copy the files themselves: cp -rL.`,
        ),
      );
    else if (wanted && !entry.isFile)
      findings.push(finding('ARTIFACT_NOT_A_FILE', name, `${name} is no regular file.`));
    else if (wanted) readable.add(name);
    if (PICKLED.test(name))
      findings.push(
        finding(
          'ARTIFACT_PICKLE',
          name,
          `${name} is a pickle by its name, which runs code when it is loaded. Save the adapter as ${ADAPTER_WEIGHTS} and give a folder without it.`,
        ),
      );
  }
  for (const name of [ADAPTER_CONFIG, ADAPTER_WEIGHTS]) {
    if (!entries.some((entry) => entry.name === name))
      findings.push(finding('ARTIFACT_INCOMPLETE', name, `The folder has no ${name}.`));
  }
  return { readable, findings };
}

export interface ReadFile<T> {
  readonly file: PackagedFile;
  readonly content: T | undefined;
  readonly findings: readonly ArtifactFinding[];
}

export async function readConfig(directory: string): Promise<ReadFile<ForeignJson>> {
  return withSteadyFile(join(directory, ADAPTER_CONFIG), async (source) => {
    const bytes = await source.take(MAX_CONFIG_BYTES + 1);
    const result =
      lfsPointer(bytes, ADAPTER_CONFIG) ??
      invalid(
        parseForeignJson(bytes, ADAPTER_CONFIG, { maxBytes: MAX_CONFIG_BYTES, maxDepth: 16 }),
        'PEFT_CONFIG_INVALID',
        ADAPTER_CONFIG,
      );
    return { file: { path: ADAPTER_CONFIG, size: source.size, sha256: await source.digest() }, ...result };
  });
}

/** Header and digest come from the same bytes of the same open file. */
export async function readWeights(directory: string): Promise<ReadFile<SafetensorsHeader>> {
  return withSteadyFile(join(directory, ADAPTER_WEIGHTS), async (source) => {
    const start = await source.take(8);
    const length = headerLength(start, source.size, ADAPTER_WEIGHTS);
    const header = await source.take(length.ok ? length.value : 64);
    const whole: Parsed<SafetensorsHeader> = length.ok
      ? parseSafetensorsHeader(header, source.size, ADAPTER_WEIGHTS)
      : length;
    const begin = Buffer.concat([start, header.subarray(0, 64)]);
    const result =
      lfsPointer(begin, ADAPTER_WEIGHTS) ??
      pickle(begin) ??
      invalid(whole, 'SAFETENSORS_MALFORMED', ADAPTER_WEIGHTS);
    return { file: { path: ADAPTER_WEIGHTS, size: source.size, sha256: await source.digest() }, ...result };
  });
}

type Content<T> = Pick<ReadFile<T>, 'content' | 'findings'>;

function invalid<T>(result: Parsed<T>, code: ArtifactFault, file: string): Content<T> {
  if (result.ok) return { content: result.value, findings: [] };
  const findings = result.problems.map(({ place, message }) => {
    const subject = place.key === undefined ? file : `In ${file} the entry ${place.key.slice(0, 200)}`;
    return { code, message: `${subject} ${message}.`, place };
  });
  return { content: undefined, findings };
}

function lfsPointer(start: Uint8Array, file: string): Content<never> | null {
  if (!Buffer.from(start.subarray(0, LFS.length)).equals(Buffer.from(LFS))) return null;
  return {
    content: undefined,
    findings: [
      finding(
        'ARTIFACT_LFS_POINTER',
        file,
        `${file} is a Git LFS pointer, not the file itself. Fetch it: git lfs pull.`,
      ),
    ],
  };
}

/** A zip archive (PyTorch since 1.6) or a bare pickle of protocol 2 and later under the name of a safetensors file. */
function pickle(start: Uint8Array): Content<never> | null {
  const zip = start[0] === 0x50 && start[1] === 0x4b && start[2] === 0x03 && start[3] === 0x04;
  const bare = start[0] === 0x80 && (start[1] ?? 0) >= 2 && (start[1] ?? 0) <= 5 && start[8] !== 0x7b;
  if (!zip && !bare) return null;
  return {
    content: undefined,
    findings: [
      finding(
        'ARTIFACT_PICKLE',
        ADAPTER_WEIGHTS,
        `${ADAPTER_WEIGHTS} holds a pickle, which runs code when it is loaded.`,
      ),
    ],
  };
}

function finding(code: ArtifactFault, file: string, message: string): ArtifactFinding {
  return { code, message, place: { file } };
}

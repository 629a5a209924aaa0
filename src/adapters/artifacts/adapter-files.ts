import { join } from 'node:path';
import { parseForeignJson, type ForeignJson } from '../../base/foreign-json.ts';
import type { Parsed } from '../../base/problem.ts';
import type { PackagedFile } from '../../domain/model-manifest.ts';
import type { ArtifactFault, ArtifactFinding } from '../../ports/artifacts.ts';
import type { FolderEntry } from './folder.ts';
import { MAX_GGUF_HEADER_BYTES, parseGguf, type GgufHeader } from './gguf.ts';
import { ADAPTER_WEIGHTS } from './lora-tensors.ts';
import { ADAPTER_CONFIG } from './peft-config.ts';
import { headerLength, parseSafetensorsHeader, type SafetensorsHeader } from './safetensors.ts';
import { withSteadyFile } from './steady-file.ts';

export const MAX_CONFIG_BYTES = 1024 * 1024;
const LFS = 'version https://git-lfs';

/** @returns what is missing of the format or no file, and which of its files can be read. */
export function listAdapter(entries: readonly FolderEntry[]): {
  readonly readable: ReadonlySet<string>;
  readonly findings: readonly ArtifactFinding[];
} {
  const findings: ArtifactFinding[] = [];
  const readable = new Set<string>();
  for (const name of [ADAPTER_CONFIG, ADAPTER_WEIGHTS]) {
    const entry = entries.find((found) => found.name === name);
    if (entry === undefined)
      findings.push(finding('ARTIFACT_INCOMPLETE', name, `The folder has no ${name}.`));
    else if (entry.kind === 'file') readable.add(name);
    else if (entry.kind === 'other')
      findings.push(finding('ARTIFACT_NOT_A_FILE', name, `${name} is no regular file.`));
  }
  return { readable, findings };
}

export interface ReadFile<T> {
  readonly file: PackagedFile;
  readonly content: T | undefined;
  readonly findings: readonly ArtifactFinding[];
}

/** @param code what is wrong where it is no JSON. @param maxBytes how large it may be. */
export async function readJsonFile(
  directory: string,
  name: string,
  code: ArtifactFault,
  maxBytes = MAX_CONFIG_BYTES,
): Promise<ReadFile<ForeignJson>> {
  return withSteadyFile(join(directory, name), async (source) => {
    const bytes = await source.take(maxBytes + 1);
    const result =
      lfsPointer(bytes, name) ??
      invalid(parseForeignJson(bytes, name, { maxBytes, maxDepth: 16 }), code, name);
    return { file: { path: name, size: source.size, sha256: await source.digest() }, ...result };
  });
}

/** Header and digest come from the same bytes of the same open file. */
export async function readWeights(directory: string, name: string): Promise<ReadFile<SafetensorsHeader>> {
  return withSteadyFile(join(directory, name), async (source) => {
    const start = await source.take(8);
    const length = headerLength(start, source.size, name);
    const header = await source.take(length.ok ? length.value : 64);
    const whole: Parsed<SafetensorsHeader> = length.ok
      ? parseSafetensorsHeader(header, source.size, name)
      : length;
    const begin = Buffer.concat([start, header.subarray(0, 64)]);
    const result =
      lfsPointer(begin, name) ?? pickle(begin, name) ?? invalid(whole, 'SAFETENSORS_MALFORMED', name);
    return { file: { path: name, size: source.size, sha256: await source.digest() }, ...result };
  });
}

export async function readGguf(directory: string, name: string): Promise<ReadFile<GgufHeader>> {
  return withSteadyFile(join(directory, name), async (source) => {
    const start = await source.take(MAX_GGUF_HEADER_BYTES);
    const result =
      lfsPointer(start, name) ??
      pickle(start, name) ??
      invalid(parseGguf(start, source.size, name), 'GGUF_MALFORMED', name);
    return { file: { path: name, size: source.size, sha256: await source.digest() }, ...result };
  });
}

/** A file that is part of the artifact and that nothing is read from. */
export async function readWhole(directory: string, name: string): Promise<ReadFile<null>> {
  return withSteadyFile(join(directory, name), async (source) => {
    const result = lfsPointer(await source.take(64), name) ?? { content: null, findings: [] };
    return { file: { path: name, size: source.size, sha256: await source.digest() }, ...result };
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
function pickle(start: Uint8Array, file: string): Content<never> | null {
  const zip = start[0] === 0x50 && start[1] === 0x4b && start[2] === 0x03 && start[3] === 0x04;
  const bare = start[0] === 0x80 && (start[1] ?? 0) >= 2 && (start[1] ?? 0) <= 5 && start[8] !== 0x7b;
  if (!zip && !bare) return null;
  return {
    content: undefined,
    findings: [
      finding('ARTIFACT_PICKLE', file, `${file} holds a pickle, which runs code when it is loaded.`),
    ],
  };
}

function finding(code: ArtifactFault, file: string, message: string): ArtifactFinding {
  return { code, message, place: { file } };
}

import { createHash } from 'node:crypto';
import type { Parsed } from '../../base/problem.ts';
import { LOCK_KEY } from '../../domain/lock-strength.ts';
import type { PackagedFile } from '../../domain/model-manifest.ts';
import type { LockStamp } from '../../ports/artifacts.ts';
import { MAX_GGUF_HEADER_BYTES, parseGguf } from './gguf.ts';
import { NO_ID, readStamps, type Stamped } from './lock-stamps.ts';
import { headerLength, MAX_ADAPTER_HEADER_BYTES, parseSafetensorsHeader } from './safetensors.ts';

/** The stamp in a file of weights that is read as it comes; see `ArtifactInspector`. */
export async function readStamp(
  file: PackagedFile,
  bytes: AsyncIterable<Uint8Array>,
): Promise<LockStamp | null | string> {
  const isGguf = file.path.endsWith('.gguf');
  const most = isGguf ? MAX_GGUF_HEADER_BYTES : 8 + MAX_ADAPTER_HEADER_BYTES;
  const hash = createHash('sha256');
  const parts: Uint8Array[] = [];
  let held = 0;
  for await (const part of bytes) {
    hash.update(part);
    if (held < most) parts.push(part);
    held += part.length;
  }
  const found = hash.digest('hex');
  if (found !== file.sha256) return `holds other bytes: they hash to ${found}`;
  const start = new Uint8Array(Buffer.concat(parts)).subarray(0, most);
  const values = isGguf ? ggufValues(start, file) : metadataOf(start, file);
  if (!values.ok) return values.problems[0].message;
  const { stamps, findings } = readStamps([{ path: file.path, value: values.value.get(LOCK_KEY) }]);
  return findings.length > 0 ? NO_ID : (stamps[0] ?? null);
}

type Values = Parsed<ReadonlyMap<string, Stamped['value']>>;

function ggufValues(start: Uint8Array, { size, path }: PackagedFile): Values {
  const header = parseGguf(start, size, path);
  return header.ok ? { ok: true, value: header.value.values } : header;
}

function metadataOf(start: Uint8Array, { size, path }: PackagedFile): Values {
  const length = headerLength(start, size, path);
  if (!length.ok) return length;
  const header = parseSafetensorsHeader(start.subarray(8, 8 + length.value), size, path);
  return header.ok ? { ok: true, value: header.value.metadata } : header;
}

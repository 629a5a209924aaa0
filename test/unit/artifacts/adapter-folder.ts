/** Makes adapter folders to inspect: a sound one, of which a test changes one thing. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { artifactInspector } from '../../../src/adapters/artifacts/inspector.ts';
import { loraAdapter, safetensorsFile, type SampleTensor } from '../../../src/adapters/artifacts/sample.ts';
import type { InspectOptions } from '../../../src/ports/artifacts.ts';

export const COMMIT = 'a'.repeat(40);
export const SAMPLE = {
  base: 'acme/base',
  revision: COMMIT,
  rank: 2,
  modules: ['v_proj', 'q_proj'],
  hidden: 8,
  layers: 2,
  seed: 'x',
};
export const MODULE = 'base_model.model.model.layers.0.self_attn.q_proj';
export const root = mkdtempSync(join(tmpdir(), 'inspector-'));
afterAll(() => rmSync(root, { recursive: true }));

let folders = 0;
export const files = () =>
  Object.fromEntries(loraAdapter(SAMPLE).map(({ path, bytes }) => [path, bytes])) as Record<
    string,
    Uint8Array
  >;

export function folder(content: Readonly<Record<string, Uint8Array | string>>): string {
  folders += 1;
  const path = join(root, String(folders), 'claims-lora');
  mkdirSync(path, { recursive: true });
  for (const [name, bytes] of Object.entries(content)) writeFileSync(join(path, name), bytes);
  return path;
}

export const config = (changes: Readonly<Record<string, unknown>>) => ({
  ...files(),
  'adapter_config.json': JSON.stringify({
    ...(JSON.parse(Buffer.from(files()['adapter_config.json'] ?? []).toString()) as object),
    ...changes,
  }),
});
export const tensor = (name: string, shape: readonly number[], dtype = 'F32'): SampleTensor => ({
  name,
  dtype,
  shape,
  data: new Uint8Array(shape.reduce((a, b) => a * b, dtype === 'I64' ? 8 : 4)),
});
export const pair = (module = MODULE, rank = 2) => [
  tensor(`${module}.lora_A.weight`, [rank, 8]),
  tensor(`${module}.lora_B.weight`, [8, rank]),
];
export const weights = (
  tensors: readonly SampleTensor[],
  changes: Readonly<Record<string, unknown>> = {},
) => ({
  ...config(changes),
  'adapter_model.safetensors': safetensorsFile(tensors, {}),
});

export async function findings(
  content: Readonly<Record<string, Uint8Array | string>>,
  options?: InspectOptions,
) {
  const verdict = await artifactInspector.inspect(folder(content), options);
  return verdict.kind === 'sound'
    ? []
    : verdict.findings.map(({ code, message, place }) => ({ code, message, at: place.key ?? place.file }));
}

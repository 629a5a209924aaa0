import { basename, resolve } from 'node:path';
import { digestOfFiles } from '../../base/digest.ts';
import { parseForeignJson } from '../../base/foreign-json.ts';
import { isNonEmpty } from '../../base/nonempty.ts';
import type {
  AdapterFacts,
  ArtifactFinding,
  ArtifactInspector,
  ArtifactVerdict,
  ConfigurationVerdict,
  InspectOptions,
} from '../../ports/artifacts.ts';
import { settleBase } from './adapter-base.ts';
import { listAdapter, MAX_CONFIG_BYTES, readJsonFile, readWeights } from './adapter-files.ts';
import { kindsIn, listFolder, type FolderEntry } from './folder.ts';
import { inspectGguf } from './gguf-model.ts';
import { readStamps } from './lock-stamps.ts';
import { ADAPTER_WEIGHTS, checkLoraTensors, type LoraTensors } from './lora-tensors.ts';
import { ADAPTER_CONFIG, readPeftConfig, type PeftConfig } from './peft-config.ts';
import type { Tensor } from './safetensors.ts';
import { readStamp } from './stamp-in-bytes.ts';
import { LOCK_KEY } from '../../domain/lock-strength.ts';
import { verdictOf } from './verdict.ts';
import { inspectModel } from './whole-model.ts';

const INSPECT = {
  'peft-lora': inspectAdapter,
  safetensors: inspectModel,
  gguf: inspectGguf,
} as const;

/** Inspects an adapter, or a whole model, on disk. What it is follows from what lies in the folder. */
export const artifactInspector: ArtifactInspector = {
  configuration: ADAPTER_CONFIG,
  readStamp,
  readConfiguration(bytes): ConfigurationVerdict {
    const json = parseForeignJson(bytes, ADAPTER_CONFIG, { maxBytes: MAX_CONFIG_BYTES, maxDepth: 16 });
    if (!json.ok) {
      const [{ message, place }] = json.problems;
      return { kind: 'refused', findings: [{ code: 'PEFT_CONFIG_INVALID', message, place }] };
    }
    const { config, findings } = readPeftConfig(json.value);
    if (isNonEmpty(findings)) return { kind: 'refused', findings };
    if (config === null) throw new Error('a configuration without findings can be used');
    return { kind: 'sound', maxRank: Math.max(config.rank, ...config.rankPattern.values()) };
  },
  async inspect(directory, options = {}): Promise<ArtifactVerdict> {
    const { entries, findings } = await listFolder(directory);
    const kinds = kindsIn(entries);
    if (kinds.length > 1) {
      const message = `The folder holds more than one artifact: ${kinds.join(' and ')}. Give each a folder of its own.`;
      return verdictOf(
        [...findings, { code: 'ARTIFACT_SEVERAL', message, place: { file: directory } }],
        null,
      );
    }
    // A folder of nothing that is known is told what an adapter consists of.
    return await INSPECT[kinds[0] ?? 'peft-lora'](directory, entries, findings, options);
  },
};

/** `adapter_config.json` and `adapter_model.safetensors` are the artifact. */
async function inspectAdapter(
  directory: string,
  entries: readonly FolderEntry[],
  before: readonly ArtifactFinding[],
  options: InspectOptions,
): Promise<ArtifactVerdict> {
  const { readable, findings: listed } = listAdapter(entries);
  const findings = [...before, ...listed];
  const json = readable.has(ADAPTER_CONFIG)
    ? await readJsonFile(directory, ADAPTER_CONFIG, 'PEFT_CONFIG_INVALID')
    : null;
  const weights = readable.has(ADAPTER_WEIGHTS) ? await readWeights(directory, ADAPTER_WEIGHTS) : null;
  findings.push(...(json?.findings ?? []), ...(weights?.findings ?? []));

  const peft = json?.content === undefined ? null : readPeftConfig(json.content);
  const settled = json?.content === undefined ? null : settleBase(json.content, options.statedBase);
  findings.push(...(peft?.findings ?? []), ...(settled?.findings ?? []));
  const config = peft?.config ?? null;
  const tensors = weights?.content?.tensors ?? null;
  const lora = config === null || tensors === null ? null : checkLoraTensors(tensors, config);
  const { stamps, findings: stampFindings } = readStamps([
    { path: ADAPTER_WEIGHTS, value: weights?.content?.metadata.get(LOCK_KEY) },
  ]);
  findings.push(...(lora?.findings ?? []), ...stampFindings);

  if (
    json === null ||
    weights === null ||
    config === null ||
    tensors === null ||
    lora === null ||
    settled?.base == null
  )
    return verdictOf(findings, null);
  const files = [json.file, weights.file];
  return verdictOf(findings, {
    kind: 'sound',
    format: 'peft-lora',
    name: basename(resolve(directory)),
    files,
    digest: digestOfFiles(files),
    stamps,
    facts: factsOf(config, tensors, lora),
    base: settled.base,
  });
}

function factsOf(config: PeftConfig, tensors: readonly Tensor[], lora: LoraTensors): AdapterFacts {
  const pattern = typeof config.targets === 'string' ? config.targets : undefined;
  const names =
    typeof config.targets === 'string'
      ? lora.modules.map((module) => module.slice(module.lastIndexOf('.') + 1))
      : config.targets;
  return {
    peftType: 'LORA',
    rank: config.rank,
    maxRank: lora.maxRank,
    ...(config.alpha !== undefined && { alpha: config.alpha }),
    targetModules: [...new Set(names)].sort(),
    ...(pattern !== undefined && { targetPattern: pattern }),
    tensorCount: tensors.length,
    parameterCount: tensors.reduce(
      (sum, tensor) => sum + tensor.shape.reduce((product, length) => product * length, 1),
      0,
    ),
    dtypes: [...new Set(tensors.map((tensor) => tensor.dtype))].sort(),
  };
}

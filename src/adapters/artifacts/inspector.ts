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
} from '../../ports/artifacts.ts';
import { settleBase } from './adapter-base.ts';
import { listAdapter, MAX_CONFIG_BYTES, readConfig, readWeights } from './adapter-files.ts';
import { ADAPTER_WEIGHTS, checkLoraTensors, type LoraTensors } from './lora-tensors.ts';
import { ADAPTER_CONFIG, readPeftConfig, type PeftConfig } from './peft-config.ts';
import type { Tensor } from './safetensors.ts';

/** More than a person would read; the rest is counted. */
export const MAX_FINDINGS = 100;

/** Inspects a PEFT LoRA folder on disk: `adapter_config.json` and `adapter_model.safetensors` are the artifact. */
export const adapterInspector: ArtifactInspector = {
  configuration: ADAPTER_CONFIG,
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
    const { readable, findings: listed } = await listAdapter(directory);
    const findings = [...listed];
    const json = readable.has(ADAPTER_CONFIG) ? await readConfig(directory) : null;
    const weights = readable.has(ADAPTER_WEIGHTS) ? await readWeights(directory) : null;
    findings.push(...(json?.findings ?? []), ...(weights?.findings ?? []));

    const peft = json?.content === undefined ? null : readPeftConfig(json.content);
    const settled = json?.content === undefined ? null : settleBase(json.content, options.statedBase);
    findings.push(...(peft?.findings ?? []), ...(settled?.findings ?? []));
    const config = peft?.config ?? null;
    const tensors = weights?.content?.tensors ?? null;
    const lora = config === null || tensors === null ? null : checkLoraTensors(tensors, config);
    findings.push(...(lora?.findings ?? []));

    if (isNonEmpty(findings))
      return { kind: 'refused', findings: [findings[0], ...shortened(findings.slice(1))] };
    if (
      json === null ||
      weights === null ||
      config === null ||
      tensors === null ||
      lora === null ||
      settled?.base == null
    ) {
      throw new Error('an adapter without findings has every part');
    }
    const files = [json.file, weights.file];
    return {
      kind: 'sound',
      format: 'peft-lora',
      name: basename(resolve(directory)),
      files,
      digest: digestOfFiles(files),
      facts: factsOf(config, tensors, lora),
      base: settled.base,
    };
  },
};

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

function shortened(findings: readonly ArtifactFinding[]): readonly ArtifactFinding[] {
  const last = findings[MAX_FINDINGS - 1];
  if (last === undefined || findings.length === MAX_FINDINGS) return findings;
  const more = findings.length - MAX_FINDINGS;
  return [
    ...findings.slice(0, MAX_FINDINGS - 1),
    { ...last, message: `${last.message} And ${more} more findings.` },
  ];
}

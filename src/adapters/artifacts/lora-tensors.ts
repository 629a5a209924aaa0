import type { ArtifactFault, ArtifactFinding } from '../../ports/artifacts.ts';
import type { PeftConfig } from './peft-config.ts';
import type { Tensor } from './safetensors.ts';

export const ADAPTER_WEIGHTS = 'adapter_model.safetensors';

/** The one spelling that servers load: no adapter name between `lora_A` and `weight`, no embedding or magnitude. */
const LORA_NAME = /^base_model\.model\.([A-Za-z0-9_.-]{1,400})\.lora_(A|B)\.weight$/;
const WEIGHT_TYPES: ReadonlySet<string> = new Set(['F16', 'BF16', 'F32', 'F64']);
/** A key of `rank_pattern` that means only itself. Others are regular expressions of a stranger and are not run. */
const LITERAL_KEY = /^[A-Za-z0-9_.-]+$/;

interface Pair {
  A?: Tensor;
  B?: Tensor;
}

export interface LoraTensors {
  readonly findings: readonly ArtifactFinding[];
  /** Paths of the adapted modules in the base. */
  readonly modules: readonly string[];
  readonly maxRank: number;
}

/**
 * Holds the tensors against the configuration: nothing but lora_A `[r, in]` and lora_B `[out, r]` of target modules,
 * in pairs. Tensor names are walked because a configuration can deny a tensor that is nevertheless there.
 */
export function checkLoraTensors(tensors: readonly Tensor[], config: PeftConfig): LoraTensors {
  const findings: ArtifactFinding[] = [];
  const add = (code: ArtifactFault, key: string, message: string) =>
    findings.push({ code, message, place: { file: ADAPTER_WEIGHTS, key } });
  const pairs = new Map<string, Pair>();
  let maxRank = 0;

  for (const tensor of tensors) {
    const [, module, side] = LORA_NAME.exec(tensor.name) ?? [];
    if (module === undefined || (side !== 'A' && side !== 'B')) {
      add(
        'HIDDEN_TENSOR',
        tensor.name,
        `The tensor ${shown(tensor.name)} is no LoRA tensor a server loads (base_model.model.<module>.lora_A.weight or lora_B); it would be dropped or would replace weights of the base.`,
      );
      continue;
    }
    if (!isTarget(module, config.targets)) {
      add(
        'HIDDEN_TENSOR',
        tensor.name,
        `The tensor ${shown(tensor.name)} adapts a module that "target_modules" does not name.`,
      );
    }
    const pair = pairs.get(module) ?? {};
    pairs.set(module, pair);
    pair[side] = tensor;
    const fault = shapeFault(tensor, side, allowedRanks(module, config));
    if (fault !== null) add('TENSOR_SHAPE', tensor.name, `The tensor ${shown(tensor.name)} ${fault}.`);
    maxRank = Math.max(maxRank, tensor.shape[side === 'A' ? 0 : 1] ?? 0);
  }

  for (const [module, { A, B }] of pairs) {
    if (A === undefined || B === undefined) {
      const [there, lacking] = A === undefined ? ['lora_B', 'lora_A'] : ['lora_A', 'lora_B'];
      add('TENSOR_MISSING', module, `The module ${shown(module)} has ${there} but no ${lacking}.`);
    } else if (A.shape[0] !== B.shape[1]) {
      add(
        'TENSOR_SHAPE',
        module,
        `The module ${shown(module)} has lora_A of rank ${A.shape[0] ?? 0} and lora_B of rank ${B.shape[1] ?? 0}.`,
      );
    }
  }
  if (pairs.size === 0) {
    findings.push({
      code: 'TENSOR_MISSING',
      message: `${ADAPTER_WEIGHTS} holds no LoRA tensor.`,
      place: { file: ADAPTER_WEIGHTS },
    });
  }
  return { findings, modules: [...pairs.keys()].sort(), maxRank };
}

/** As PEFT does for a list of names: the whole path, or its end after a dot. A pattern is taken to mean any module. */
function isTarget(module: string, targets: PeftConfig['targets']): boolean {
  return (
    typeof targets === 'string' ||
    targets.some((target) => module === target || module.endsWith(`.${target}`))
  );
}

function shapeFault(tensor: Tensor, side: 'A' | 'B', ranks: ReadonlySet<number>): string | null {
  const form = side === 'A' ? '[rank, in]' : '[out, rank]';
  const [rows, columns, ...more] = tensor.shape;
  if (rows === undefined || columns === undefined || more.length > 0 || rows === 0 || columns === 0) {
    return `has shape [${tensor.shape.join(', ')}], which is not ${form}`;
  }
  if (!WEIGHT_TYPES.has(tensor.dtype))
    return `is of type ${tensor.dtype}; LoRA weights are F16, BF16, F32 or F64`;
  const rank = side === 'A' ? rows : columns;
  if (ranks.has(rank)) return null;
  return `has shape [${tensor.shape.join(', ')}], but ${form} with rank ${[...ranks].join(' or ')} is configured`;
}

function allowedRanks(module: string, config: PeftConfig): ReadonlySet<number> {
  const keys = [...config.rankPattern];
  const literal = keys.find(
    ([key]) => LITERAL_KEY.test(key) && (module === key || module.endsWith(`.${key}`)),
  );
  const patterns = keys.filter(([key]) => !LITERAL_KEY.test(key)).map(([, rank]) => rank);
  return new Set([literal?.[1] ?? config.rank, ...patterns]);
}

function shown(name: string): string {
  return name.length <= 200 ? name : `${name.slice(0, 200)}…`;
}

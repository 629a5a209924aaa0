import {
  integerOf,
  isForeignArray,
  isForeignObject,
  kindOf,
  numberTextOf,
  textOf,
  textsOf,
  type ForeignJson,
  type ForeignObject,
} from '../../base/foreign-json.ts';
import { Label } from '../../domain/text.ts';
import type { ArtifactFault, ArtifactFinding } from '../../ports/artifacts.ts';

/** What `adapter_config.json` says, as far as the tensors and a server depend on it. */
export interface PeftConfig {
  readonly rank: number;
  readonly rankPattern: ReadonlyMap<string, number>;
  readonly alpha: string | undefined;
  /** Names, or a regular expression (or `all-linear`) that is never run here. */
  readonly targets: readonly string[] | string;
}

export const ADAPTER_CONFIG = 'adapter_config.json';

/** Members that must be absent, null, false or empty: with any other value the base is served with something else added. */
const MUST_BE_OFF: ReadonlyMap<string, string> = new Map([
  ['modules_to_save', 'it replaces whole modules of the base'],
  ['lora_bias', 'servers know no bias in an adapter'],
  ['target_parameters', 'servers adapt modules, not single parameters'],
  ['trainable_token_indices', 'it replaces rows of the embedding'],
  ['layer_replication', 'it changes the layers of the base'],
  ['alora_invocation_tokens', 'servers would apply it to the whole prompt'],
  ['arrow_config', 'it mixes several adapters'],
  ['megatron_config', 'it is bound to another runtime'],
]);
/** Ways to initialise that also change the weights of the base, which is then no longer the pinned one. */
const CHANGES_BASE = /^(pissa|olora|corda|loftq|lora_ga)/;

/** @returns the configuration, null where it is no LoRA configuration at all, and every finding. */
export function readPeftConfig(json: ForeignJson): {
  readonly config: PeftConfig | null;
  readonly findings: readonly ArtifactFinding[];
} {
  const findings: ArtifactFinding[] = [];
  const add = (code: ArtifactFault, key: string, message: string) =>
    findings.push({ code, message, place: { file: ADAPTER_CONFIG, key } });
  if (!isForeignObject(json)) {
    const message = `${ADAPTER_CONFIG} holds ${kindOf(json)} instead of an object.`;
    return {
      config: null,
      findings: [{ code: 'PEFT_CONFIG_INVALID', message, place: { file: ADAPTER_CONFIG } }],
    };
  }

  for (const [key, message] of unsupported(json)) add('PEFT_UNSUPPORTED', key, message);
  const rank = integerOf(json.get('r'));
  if (rank === undefined || rank < 1)
    add('PEFT_CONFIG_INVALID', 'r', 'The rank "r" must be a whole number from 1 up.');
  const rankPattern = ranks(json.get('rank_pattern'));
  if (rankPattern === undefined)
    add('PEFT_CONFIG_INVALID', 'rank_pattern', '"rank_pattern" must map names to whole numbers from 1 up.');
  const alphas = json.get('alpha_pattern') ?? new Map<string, ForeignJson>();
  if (!isForeignObject(alphas) || ![...alphas.values()].every((value) => numberTextOf(value) !== undefined)) {
    add('PEFT_CONFIG_INVALID', 'alpha_pattern', '"alpha_pattern" must map names to numbers.');
  }
  const alpha = numberTextOf(json.get('lora_alpha'));
  if (alpha === undefined && isOn(json.get('lora_alpha')))
    add('PEFT_CONFIG_INVALID', 'lora_alpha', '"lora_alpha" must be a number.');
  const target = json.get('target_modules');
  const targets = labels(textOf(target) ?? textsOf(target));
  if (targets === undefined || targets.length === 0)
    add(
      'PEFT_CONFIG_INVALID',
      'target_modules',
      '"target_modules" must be a list of module names or a pattern.',
    );

  const usable =
    rank !== undefined &&
    rank >= 1 &&
    rankPattern !== undefined &&
    targets !== undefined &&
    targets.length > 0;
  return { config: usable ? { rank, rankPattern, alpha, targets } : null, findings };
}

/** Names that can be shown on one line; others cannot be names of modules. */
function labels<T extends string | readonly string[]>(texts: T | undefined): T | undefined {
  const all: readonly string[] = typeof texts === 'string' ? [texts] : (texts ?? []);
  return all.every((text) => Label.safeParse(text).success) ? texts : undefined;
}

function* unsupported(config: ForeignObject): Generator<readonly [key: string, message: string]> {
  const type = config.get('peft_type');
  if (type !== 'LORA')
    yield ['peft_type', `"peft_type" is ${spelled(type)}; only LORA adapters can be served.`];
  const bias = config.get('bias');
  if (bias !== undefined && bias !== 'none')
    yield ['bias', `"bias" is ${spelled(bias)}; servers load only adapters with bias "none".`];
  const init = textOf(config.get('init_lora_weights'));
  if (init !== undefined && CHANGES_BASE.test(init))
    yield [
      'init_lora_weights',
      `"init_lora_weights" is ${spelled(init)}, which changes the weights of the base. Convert the adapter to plain LoRA when saving it.`,
    ];
  for (const [key, value] of config) {
    const why = MUST_BE_OFF.get(key);
    if (why !== undefined && isOn(value)) yield [key, `"${key}" is set, and ${why}.`];
    // Variants of LoRA are switched by members of this spelling; only rank stabilisation is a mere scale.
    if (/^use_[a-z]+$/.test(key) && key !== 'use_rslora' && isOn(value))
      yield [key, `"${key}" is on; it is a variant of LoRA that servers do not load.`];
  }
}

function isOn(value: ForeignJson | undefined): boolean {
  if (value === undefined || value === null || value === false) return false;
  if (isForeignArray(value)) return value.length > 0;
  return !isForeignObject(value) || value.size > 0;
}

function ranks(json: ForeignJson | undefined): ReadonlyMap<string, number> | undefined {
  if (json === undefined || json === null) return new Map();
  if (!isForeignObject(json)) return undefined;
  const result = new Map<string, number>();
  for (const [key, value] of json) {
    const rank = integerOf(value);
    if (rank === undefined || rank < 1) return undefined;
    result.set(key, rank);
  }
  return result;
}

function spelled(value: ForeignJson | undefined): string {
  return typeof value === 'string'
    ? JSON.stringify(value.slice(0, 60))
    : value === undefined
      ? 'missing'
      : kindOf(value);
}

import {
  isForeignArray,
  isForeignNumber,
  isForeignObject,
  memberOf,
  textOf,
  type ForeignJson,
} from '../../base/foreign-json.ts';
import { canonicalForeign } from './canonical-foreign.ts';

/** Which model lm-evaluation-harness 0.4 says it evaluated. */

export interface ModelFacts {
  readonly name: string;
  readonly arguments: string;
  readonly base?: string;
  readonly baseRevision?: string;
  readonly adapter?: string;
  readonly baseSha?: string;
  readonly adapterSha?: string;
}

/** @param config the `config` member. @returns a sentence where the model is not told or told in two ways. */
export function modelFacts(config: ForeignJson | undefined): ModelFacts | string {
  const name = textOf(memberOf(config, 'model'));
  if (name === undefined) return 'config.model is no text';
  const told = memberOf(config, 'model_args');
  const settings = settingsOf(told);
  if (typeof settings === 'string') return settings;
  const first = (...keys: readonly string[]): string | undefined =>
    keys
      .map((key) => settings.get(key))
      .find((value) => value !== undefined && value !== '' && value !== 'None');
  const sha = (key: string): string | undefined => {
    const text = textOf(memberOf(config, key));
    return text === '' ? undefined : text;
  };
  return defined({
    name,
    arguments: textOf(told) ?? canonicalForeign(told ?? null),
    base: first('pretrained', 'model', 'path', 'engine'),
    baseRevision: first('revision') ?? sha('model_revision'),
    // vLLM calls it otherwise.
    adapter: first('peft', 'lora_local_path')?.split('/').filter(Boolean).at(-1),
    baseSha: sha('model_sha'),
    adapterSha: sha('peft_sha'),
  });
}

/** `key=value,key=value`, or since 0.4.9 an object. A bare word is a flag, as in the harness. */
function settingsOf(told: ForeignJson | undefined): ReadonlyMap<string, string> | string {
  const settings = new Map<string, string>();
  if (isForeignObject(told)) {
    for (const [key, value] of told) {
      const text = isForeignNumber(value) ? value.number : typeof value === 'string' ? value : undefined;
      if (text !== undefined) settings.set(key, text);
    }
    return settings;
  }
  if (typeof told !== 'string' || isForeignArray(told))
    return 'config.model_args is neither text nor an object';
  for (const part of told.split(',').filter((item) => item.trim() !== '')) {
    const at = part.indexOf('=');
    const key = (at < 0 ? part : part.slice(0, at)).trim();
    // The harness takes the last, a reader the first.
    if (settings.has(key)) return `config.model_args gives ${key} twice`;
    settings.set(key, at < 0 ? 'True' : part.slice(at + 1).trim());
  }
  return settings;
}

function defined<T extends object>(facts: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as T;
}

import { basename, resolve } from 'node:path';
import { digestOfFiles } from '../../base/digest.ts';
import {
  integerOf,
  isForeignArray,
  isForeignObject,
  kindOf,
  memberOf,
  textOf,
  type ForeignJson,
} from '../../base/foreign-json.ts';
import { Label } from '../../domain/text.ts';
import type {
  ArtifactFault,
  ArtifactFinding,
  ArtifactVerdict,
  InspectOptions,
} from '../../ports/artifacts.ts';
import { statedBaseOf } from './adapter-base.ts';
import { readJsonFile, readWeights, readWhole, type ReadFile } from './adapter-files.ts';
import type { FolderEntry } from './folder.ts';
import type { SafetensorsHeader } from './safetensors.ts';
import { readStamps } from './lock-stamps.ts';
import { LOCK_KEY } from '../../domain/lock-strength.ts';
import { verdictOf } from './verdict.ts';

/** A model in safetensors files as Transformers saves it: `config.json`, one file or several with an index, and the tokenizer. */

const CONFIG = 'config.json';
const SINGLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';
const MAX_INDEX_BYTES = 16 * 1024 * 1024;

/** What a server loads beside the weights. Anything else in the folder is not the model. */
const COMPANIONS = new Set([
  ...['generation_config.json', 'tokenizer.json', 'tokenizer_config.json', 'tokenizer.model'],
  ...['special_tokens_map.json', 'added_tokens.json', 'vocab.json', 'vocab.txt', 'merges.txt'],
  ...['spiece.model', 'sentencepiece.bpe.model', 'chat_template.jinja', 'chat_template.json'],
  ...['preprocessor_config.json', 'processor_config.json'],
]);

export async function inspectModel(
  directory: string,
  entries: readonly FolderEntry[],
  before: readonly ArtifactFinding[],
  options: InspectOptions,
): Promise<ArtifactVerdict> {
  const findings = [...before];
  const add = (code: ArtifactFault, file: string, message: string) =>
    findings.push({ code, message, place: { file } });
  const names = entries.filter(({ kind }) => kind === 'file').map(({ name }) => name);
  for (const { name, kind } of entries) {
    const wanted = name === CONFIG || name === INDEX || name.endsWith('.safetensors') || COMPANIONS.has(name);
    if (wanted && kind === 'other') add('ARTIFACT_NOT_A_FILE', name, `${name} is no regular file.`);
    if (name.endsWith('.py'))
      add('ARTIFACT_CODE', name, `${name} is code, which runs when the model is loaded with its trust.`);
  }
  const config = names.includes(CONFIG)
    ? await readJsonFile(directory, CONFIG, 'MODEL_CONFIG_INVALID')
    : null;
  if (config === null) add('ARTIFACT_INCOMPLETE', CONFIG, `The folder has no ${CONFIG}.`);
  const index = names.includes(INDEX)
    ? await readJsonFile(directory, INDEX, 'SHARD_INDEX', MAX_INDEX_BYTES)
    : null;
  const shards = new Map<string, ReadFile<SafetensorsHeader>>();
  for (const name of names.filter((each) => each.endsWith('.safetensors')))
    shards.set(name, await readWeights(directory, name));
  const companions: ReadFile<null>[] = [];
  for (const name of names.filter((each) => COMPANIONS.has(each)))
    companions.push(await readWhole(directory, name));

  const read = [config, index, ...shards.values(), ...companions].filter((file) => file !== null);
  findings.push(...read.flatMap((file) => file.findings));
  const architecture = config?.content === undefined ? null : architectureOf(config.content, add);
  const settled = statedBaseOf(options.statedBase, directory);
  findings.push(...settled.findings);
  const headers = [...shards].flatMap(([name, { content }]) =>
    content === undefined ? [] : [{ name, content }],
  );
  if (headers.length === shards.size) {
    if (index === null) checkSingle([...shards.keys()], add);
    else if (index.content !== undefined) checkIndex(index.content, headers, add);
  }
  const { stamps, findings: stampFindings } = readStamps(
    headers.map(({ name, content }) => ({ path: name, value: content.metadata.get(LOCK_KEY) })),
  );
  findings.push(...stampFindings);
  const tensors = headers.flatMap(({ content }) => content.tensors);
  const adapted = tensors.find(({ name }) => /\.lora_[AB]\./.test(name));
  if (adapted !== undefined)
    add('HIDDEN_TENSOR', SINGLE, `${adapted.name} is of an adapter that was not merged into the model.`);
  const parameters = tensors.reduce(
    (sum, { shape }) => sum + shape.reduce((product, length) => product * length, 1),
    0,
  );
  if (headers.length === shards.size && (parameters < 1 || !Number.isSafeInteger(parameters)))
    add('TENSOR_MISSING', SINGLE, 'The model has no sensible number of parameters.');
  if (architecture === null || settled.base === null) return verdictOf(findings, null);
  const files = read.map(({ file }) => file).sort((a, b) => (a.path < b.path ? -1 : 1));
  return verdictOf(findings, {
    kind: 'sound',
    format: 'safetensors',
    name: basename(resolve(directory)),
    files,
    digest: digestOfFiles(files),
    stamps,
    facts: {
      architecture,
      tensorCount: tensors.length,
      parameterCount: parameters,
      dtypes: [...new Set(tensors.map(({ dtype }) => dtype))].sort(),
    },
    base: settled.base,
  });
}

type Add = (code: ArtifactFault, file: string, message: string) => void;

function architectureOf(config: ForeignJson, add: Add): string | null {
  if (memberOf(config, 'auto_map') !== undefined)
    add('ARTIFACT_CODE', CONFIG, `${CONFIG} has auto_map, which names code to run when the model is loaded.`);
  const listed = memberOf(config, 'architectures');
  const architecture =
    textOf(isForeignArray(listed) ? listed[0] : undefined) ?? textOf(memberOf(config, 'model_type'));
  if (architecture !== undefined && Label.safeParse(architecture).success) return architecture;
  add('MODEL_CONFIG_INVALID', CONFIG, `${CONFIG} names no architecture.`);
  return null;
}

function checkSingle(shards: readonly string[], add: Add): void {
  if (shards.length !== 1)
    add('ARTIFACT_INCOMPLETE', INDEX, `The folder has ${shards.length} files of weights and no ${INDEX}.`);
  else if (shards[0] !== SINGLE)
    add('ARTIFACT_INCOMPLETE', SINGLE, `The folder has no ${SINGLE}, and no ${INDEX}.`);
}

interface Shard {
  readonly name: string;
  readonly content: SafetensorsHeader;
}

/** What an index says and what lies in the files must be the same: a loader that trusts either sees one model. */
function checkIndex(index: ForeignJson, shards: readonly Shard[], add: Add): void {
  const wrong = (message: string) => add('SHARD_INDEX', INDEX, `${INDEX} ${message}.`);
  const map = memberOf(index, 'weight_map');
  if (!isForeignObject(map) || map.size === 0) {
    wrong(`has a weight_map that is ${kindOf(map)}`);
    return;
  }
  const named = new Set<string>();
  for (const [tensor, file] of map) {
    if (typeof file !== 'string') wrong(`does not name the file of ${tensor.slice(0, 200)}`);
    else named.add(file);
  }
  const known = new Set(shards.map(({ name }) => name));
  for (const file of named) if (!known.has(file)) wrong(`names ${file.slice(0, 200)}, which is not there`);
  const placed = new Map<string, string>();
  for (const { name, content } of shards) {
    if (!named.has(name)) wrong(`does not name ${name}, which lies there`);
    for (const tensor of content.tensors) {
      const before = placed.get(tensor.name);
      if (before !== undefined) wrong(`is of a model with ${tensor.name} in ${before} and in ${name}`);
      else if (map.get(tensor.name) !== name) wrong(`does not say that ${tensor.name} lies in ${name}`);
      placed.set(tensor.name, name);
    }
  }
  for (const tensor of map.keys())
    if (!placed.has(tensor)) wrong(`names the tensor ${tensor.slice(0, 200)}, which is in no file`);
  const total = shards.reduce(
    (sum, { content }) => sum + content.tensors.reduce((bytes, { begin, end }) => bytes + end - begin, 0),
    0,
  );
  const stated = integerOf(memberOf(index, 'metadata', 'total_size'));
  if (stated !== total)
    wrong(`says the tensors are ${stated ?? 'not told how many'} bytes; they are ${total}`);
}

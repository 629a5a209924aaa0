import {
  isForeignArray,
  isForeignObject,
  memberOf,
  numberTextOf,
  parseForeignJson,
  textOf,
  textsOf,
  type ForeignArray,
  type ForeignJson,
  type ForeignObject,
} from '../../base/foreign-json.ts';
import { itemName, plainText, scoreOf, scoresIn, type LoggedItem } from './logged-item.ts';

/** One line of `samples_<task>_<time>.jsonl`, which lm-evaluation-harness 0.4 writes with `--log_samples`. */

export function isLmEvalItem(line: ForeignObject): boolean {
  return ['doc_id', 'arguments', 'resps'].every((key) => line.has(key));
}

/** @returns why it is none. */
export function lmEvalItem(line: ForeignObject): LoggedItem | string {
  const requests = requestsOf(line.get('arguments'));
  const responses = line.get('resps');
  const [first] = requests;
  if (first === undefined || !isForeignArray(responses)) return 'has no requests and responses';
  const expected = plainText(line.get('target'));
  const choices = choicesOf(requests);
  const asked =
    choices === null
      ? { input: promptText(first.prompt), output: answerText(first, responses), expected }
      : chosen(choices, responses, expected);
  return { task: null, item: itemName(line.get('doc_id')), ...asked, scores: scoresOf(line) };
}

/** What the model was asked: a prompt, and where its likelihood is asked for, the text that would go on from it. */
interface Asked {
  readonly prompt: string;
  readonly continuation: string | null;
}

/** `{"gen_args_0": {"arg_0": …, "arg_1": …}, …}`, or as earlier versions wrote it `[[…, …], …]`. */
function requestsOf(told: ForeignJson | undefined): readonly Asked[] {
  const requests = isForeignObject(told)
    ? valuesInOrder(told, 'gen_args_')
    : isForeignArray(told)
      ? told
      : [];
  return requests.flatMap((request) => {
    const args = isForeignObject(request)
      ? valuesInOrder(request, 'arg_')
      : isForeignArray(request)
        ? request
        : [];
    const [prompt, continuation] = args;
    // A chat is a text of JSON in a list of its own.
    const text = textOf(prompt) ?? textsOf(prompt)?.[0];
    return text === undefined ? [] : [{ prompt: text, continuation: textOf(continuation) ?? null }];
  });
}

function valuesInOrder(object: ForeignObject, prefix: string): ForeignArray {
  return [...object]
    .flatMap(([key, value]) => {
      const index = key.startsWith(prefix) ? Number(key.slice(prefix.length)) : Number.NaN;
      return Number.isSafeInteger(index) ? [{ index, value }] : [];
    })
    .sort((a, b) => a.index - b.index)
    .map(({ value }) => value);
}

interface Choices {
  readonly prompt: string;
  readonly texts: readonly string[];
}

/** Several requests that differ in how they go on, or only in how they begin, let the model choose. */
function choicesOf(requests: readonly Asked[]): Choices | null {
  const [first] = requests;
  if (first?.continuation == null || requests.some(({ continuation }) => continuation === null)) return null;
  // Requests without the question, by which likelihoods are put in proportion, follow those with it.
  const alike = requests.findIndex(({ prompt }) => prompt !== first.prompt);
  const same = alike < 0 ? requests : requests.slice(0, alike);
  if (same.length > 1)
    return { prompt: promptText(first.prompt), texts: same.map(({ continuation }) => continuation ?? '') };
  if (requests.length < 2 || requests.some(({ continuation }) => continuation !== first.continuation))
    return null;
  return { prompt: `… ${first.continuation.trim()}`, texts: requests.map(({ prompt }) => prompt) };
}

/** The harness numbers choices from 0, in the target too. */
function chosen(
  { prompt, texts }: Choices,
  responses: ForeignArray,
  target: string | null,
): Pick<LoggedItem, 'input' | 'output' | 'expected'> {
  const numbered = texts.map((text, index) => `[${index}] ${text.trim()}`);
  const likelihoods = texts.map((_text, index) => likelihoodOf(responses[index]));
  const values = likelihoods.map((text) =>
    text === null ? Number.NaN : Number(text.replace(/inf(?:inity)?$/i, 'Infinity')),
  );
  const best = values.reduce(
    (at, value, index) => (at < 0 || value > (values[at] ?? Number.NaN) ? index : at),
    -1,
  );
  const isChoice = values.every((value) => !Number.isNaN(value));
  return {
    input: [prompt, '', ...numbered].join('\n'),
    output: [
      isChoice ? (numbered[best] ?? '') : 'no choice: a likelihood is missing',
      '',
      `log-likelihood ${likelihoods.map((value, index) => `[${index}] ${value ?? '?'}`).join(', ')}`,
    ].join('\n'),
    expected: target === null ? null : expectedChoice(target, texts, numbered),
  };
}

/** The number of a choice or its text; both readings of one target are not decided between. */
function expectedChoice(target: string, texts: readonly string[], numbered: readonly string[]): string {
  const byNumber = /^\d{1,4}$/.test(target) ? numbered[Number(target)] : undefined;
  const index = texts.findIndex((text) => text.trim() === target.trim());
  const byText = index < 0 ? undefined : numbered[index];
  return byNumber !== undefined && byText !== undefined && byNumber !== byText
    ? target
    : (byNumber ?? byText ?? target);
}

/** `[[["-1.5", "False"]], …]`: the likelihood of a text, and whether the model would have said it by itself. */
function likelihoodOf(response: ForeignJson | undefined): string | null {
  const inner = firstIn(firstIn(response));
  const text = numberTextOf(inner) ?? textOf(inner);
  return text !== undefined && /^-?(?:\d|inf)/i.test(text) ? text.slice(0, 40) : null;
}

function firstIn(json: ForeignJson | undefined): ForeignJson | undefined {
  return isForeignArray(json) ? json[0] : undefined;
}

/** What was answered; several answers to one prompt are numbered. */
function answerText({ continuation }: Asked, responses: ForeignArray): string {
  if (continuation !== null) {
    const likelihood = likelihoodOf(responses[0]);
    return `log-likelihood of “${continuation.trim()}”: ${likelihood ?? 'not told'}`;
  }
  const answers = responses.flatMap((response) => (isForeignArray(response) ? response : [response]));
  const texts = answers.map((answer) => plainText(answer) ?? '');
  return texts.length === 1
    ? (texts[0] ?? '')
    : texts.map((text, index) => `(${index + 1}) ${text}`).join('\n\n');
}

/** A prompt as it is; a chat as its messages one after the other. */
function promptText(prompt: string): string {
  if (!prompt.startsWith('[')) return prompt;
  const json = parseForeignJson(new TextEncoder().encode(prompt), 'prompt');
  const messages = json.ok && isForeignArray(json.value) ? json.value : [];
  const texts = messages.map((message) => {
    const [role, content] = [textOf(memberOf(message, 'role')), plainText(memberOf(message, 'content'))];
    return role === undefined ? null : `${role}: ${content ?? ''}`;
  });
  return texts.length === 0 || texts.includes(null) ? prompt : texts.join('\n\n');
}

const NO_SCORES = new Set([
  'doc_id',
  'doc',
  'target',
  'arguments',
  'resps',
  'filtered_resps',
  'filter',
  'metrics',
]);

/** `metrics` names them; earlier versions name none, and every other number is one. */
function scoresOf(line: ForeignObject): LoggedItem['scores'] {
  const filter = textOf(line.get('filter')) ?? 'none';
  const named = textsOf(line.get('metrics'));
  const scores =
    named === undefined
      ? scoresIn(new Map([...line].filter(([key]) => !NO_SCORES.has(key))))
      : named.flatMap((metric) => scoreOf(metric, line.get(metric)));
  return filter === 'none'
    ? scores
    : scores.map(({ metric, value }) => ({ metric: `${metric},${filter}`, value }));
}

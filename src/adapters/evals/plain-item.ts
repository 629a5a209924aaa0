import { isForeignObject, textOf, type ForeignJson, type ForeignObject } from '../../base/foreign-json.ts';
import { itemName, plainText, scoresIn, type LoggedItem } from './logged-item.ts';

/** Names under which pipelines log the same thing; the first that is there counts. */
const INPUT = ['input', 'prompt', 'question'];
const OUTPUT = ['output', 'response', 'completion'];
const EXPECTED = ['expected', 'target', 'reference'];
const NAME = ['id', 'item', 'doc_id'];

/** An object with an input and an output, both texts. @returns why it is none. */
export function plainItem(line: ForeignObject): LoggedItem | string {
  const input = textOf(firstOf(line, INPUT));
  if (input === undefined) return `has no text under ${INPUT.join(', ')}`;
  const output = textOf(firstOf(line, OUTPUT));
  if (output === undefined) return `has no text under ${OUTPUT.join(', ')}`;
  const scores = line.get('scores');
  return {
    task: itemName(line.get('task')),
    item: itemName(firstOf(line, NAME)),
    input,
    output,
    expected: plainText(firstOf(line, EXPECTED)),
    scores: isForeignObject(scores) ? scoresIn(scores) : [],
  };
}

function firstOf(line: ForeignObject, keys: readonly string[]): ForeignJson | undefined {
  return keys.map((key) => line.get(key)).find((value) => value !== undefined && value !== null);
}

import {
  isForeignNumber,
  numberTextOf,
  textOf,
  type ForeignJson,
  type ForeignObject,
} from '../../base/foreign-json.ts';
import { canonicalForeign } from './canonical-foreign.ts';

/** One line of a transcript, read. */
export interface LoggedItem {
  /** Null where the line names none. */
  readonly task: string | null;
  readonly item: string | null;
  readonly input: string;
  readonly output: string;
  readonly expected: string | null;
  readonly scores: readonly { readonly metric: string; readonly value: string }[];
}

/** Longer texts lose their middle: a prompt begins with what is asked for and ends with the question. */
export const MAX_TEXT = 20_000;
const MAX_LABEL = 200;

export function cutText(text: string, most = MAX_TEXT): string {
  if (text.length <= most) return text;
  const tail = Math.floor(most / 2);
  const [head, end] = [text.slice(0, most - tail), text.slice(-tail)];
  // Half a surrogate pair would be no character.
  return `${head}\n… ${text.length - most} characters are left out here …\n${end}`.toWellFormed();
}

const ITEM_NAME = /^[\p{L}\p{N}\p{M}._:@+=,()-]{1,200}$/u;

/** Names that stand in a key between slashes, on one line, and look like what they are. */
export function isItemName(text: string): boolean {
  return ITEM_NAME.test(text);
}

/** The name an item or task gives itself: a text or a number. Null where it gives none that can be one. */
export function itemName(json: ForeignJson | undefined): string | null {
  const name = textOf(json) ?? numberTextOf(json) ?? '';
  return isItemName(name) ? name : null;
}

/** A value as people read it: a text as it is, anything else as JSON. Null for nothing and for the empty text. */
export function plainText(json: ForeignJson | undefined): string | null {
  if (json === undefined || json === null || json === '') return null;
  return typeof json === 'string' ? json : canonicalForeign(json);
}

/** A score by its metric; none for what is no value. */
export function scoreOf(metric: string, json: ForeignJson | undefined): LoggedItem['scores'] {
  const value = plainText(json);
  return value === null || metric === ''
    ? []
    : [{ metric: cutText(metric, MAX_LABEL), value: cutText(value, MAX_LABEL) }];
}

/** Those members of an object that are numbers, or yes and no. */
export function scoresIn(object: ForeignObject): LoggedItem['scores'] {
  return [...object].flatMap(([name, value]) =>
    isForeignNumber(value) || typeof value === 'boolean' ? scoreOf(name, value) : [],
  );
}

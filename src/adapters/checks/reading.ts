import { parseForeignJson, type ForeignJson } from '../../base/foreign-json.ts';
import { Text } from '../../domain/text.ts';
import { MOST_MESSAGE, type Level } from '../../domain/check-report.ts';
import type { CheckFaultCode } from '../../ports/checks.ts';
import type { RawFile } from '../../ports/evaluations.ts';

/** Ends reading of one file with what is wrong with it; never leaves this folder. */
export class Unreadable extends Error {
  readonly code: CheckFaultCode;
  constructor(code: CheckFaultCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The tree of a JSON text. @throws Unreadable */
export function jsonOf({ path, bytes }: RawFile, code: CheckFaultCode): ForeignJson {
  const json = parseForeignJson(bytes, path);
  if (json.ok) return json.value;
  const [{ place, message }] = json.problems;
  throw new Unreadable(code, `${place.line === undefined ? '' : `line ${place.line} `}${message}`);
}

/** Longer names and messages are cut. */
const MOST_RULE = 200;

export interface Found {
  readonly rule: string;
  readonly level: Level;
  readonly message: string;
}

/** A finding as a report can hold it. @throws Unreadable where its words hide something. */
export function finding(rule: string, level: Level, message: string): Found {
  return { rule: oneLine(rule, MOST_RULE), level, message: oneLine(message, MOST_MESSAGE) };
}

/** Words on one line, cut where they are too long; `-` where there are none. @throws Unreadable */
export function oneLine(text: string, most: number): string {
  // Far more than can be shown is not gone through to the end.
  const line = upTo(text, most * 20)
    .replace(/\s+/g, ' ')
    .trim();
  if (line === '') return '-';
  const shown = line.length <= most ? line : `${upTo(line, most - 1)}…`;
  if (!Text.safeParse(shown).success)
    throw new Unreadable('CHECK_HIDDEN', `${JSON.stringify(shown.slice(0, 80))} holds control characters`);
  return shown;
}

/** The beginning of a text, never half a character. */
function upTo(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, most).replace(/[\ud800-\udbff]$/, '');
}

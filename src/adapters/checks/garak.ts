import {
  integerOf,
  isForeignObject,
  kindOf,
  parseForeignJson,
  textOf,
  type ForeignObject,
} from '../../base/foreign-json.ts';
import { decodeUtf8 } from '../../base/utf8.ts';
import type { RawFile } from '../../ports/evaluations.ts';
import { importerOf, type ToolOutput } from './importer.ts';
import { finding, oneLine, Unreadable, type Found } from './reading.ts';

const MOST_BYTES = 64 * 1024 * 1024;
const MOST_LINES = 500_000;

/**
 * Reads the report (`garak.<uuid>.report.jsonl`) of garak: one `eval` line for each probe and detector. A pair is an error
 * where any answer failed. This version never changes once it is released.
 */
export const garak = importerOf('garak', 1, read);

const encoder = new TextEncoder();

function read({ path, bytes }: RawFile): ToolOutput {
  if (bytes.length > MOST_BYTES)
    throw new Unreadable('CHECK_NOT_THIS_FORMAT', `is larger than ${MOST_BYTES} bytes`);
  const lines = (decodeUtf8(bytes) ?? '').split('\n').filter((line) => line.trim() !== '');
  const entries = lines.slice(0, MOST_LINES).map((line, index) => entryOf(line, index, path));
  if (entries.length === 0) throw new Unreadable('CHECK_NOT_THIS_FORMAT', 'holds no line of UTF-8');
  if (lines.length > MOST_LINES) throw new Unreadable('CHECK_MALFORMED', `has more than ${MOST_LINES} lines`);
  const evals = entries.filter((entry) => kind(entry) === 'eval');
  if (!entries.some((entry) => kind(entry) === 'completion'))
    throw new Unreadable(
      'CHECK_INCOMPLETE',
      'has no line of entry_type completion: the run did not come to its end',
    );
  if (evals.length === 0)
    throw new Unreadable('CHECK_EMPTY', 'has no line of entry_type eval: nothing was judged');
  const seen = new Set<string>();
  return {
    tool: { name: 'garak', ...versionOf(entries) },
    findings: evals.flatMap((entry) => {
      const pair = pairOf(entry);
      if (seen.has(pair)) throw new Unreadable('CHECK_MALFORMED', `judges ${pair.slice(0, 200)} twice`);
      seen.add(pair);
      return findingsOf(pair, entry);
    }),
  };
}

/** The first line says whether this is a report of garak at all. */
function entryOf(line: string, index: number, path: string): ForeignObject {
  const foreign = index === 0 ? 'CHECK_NOT_THIS_FORMAT' : 'CHECK_MALFORMED';
  const json = parseForeignJson(encoder.encode(line), path);
  const where = `line ${index + 1}`;
  if (!json.ok) throw new Unreadable(foreign, `${where} ${json.problems[0].message}`);
  if (!isForeignObject(json.value))
    throw new Unreadable(foreign, `${where} is ${kindOf(json.value)}, not an object`);
  if (kind(json.value) === undefined) throw new Unreadable(foreign, `${where} has no entry_type`);
  return json.value;
}

function kind(entry: ForeignObject): string | undefined {
  return textOf(entry.get('entry_type'));
}

function versionOf(entries: readonly ForeignObject[]): { readonly version?: string } {
  const told = entries.flatMap(
    (entry) => textOf(entry.get('garak_version')) ?? textOf(entry.get('_config.version')) ?? [],
  );
  return told[0] === undefined ? {} : { version: oneLine(told[0], 100) };
}

function pairOf(entry: ForeignObject): string {
  const [probe, detector] = ['probe', 'detector'].map((key) => textOf(entry.get(key)));
  if (probe === undefined || detector === undefined)
    throw new Unreadable('CHECK_MALFORMED', 'an eval line names no probe or no detector');
  return `${probe} ${detector}`;
}

/** Older versions call the number of answers judged `total`, newer ones `total_evaluated`. */
function findingsOf(pair: string, entry: ForeignObject): readonly Found[] {
  const number = (key: string): number | undefined => {
    const value = entry.get(key);
    const count = integerOf(value);
    if (value !== undefined && (count === undefined || count < 0))
      throw new Unreadable('CHECK_MALFORMED', `${key} of ${pair.slice(0, 200)} is no count`);
    return count;
  };
  const [passed, total] = [number('passed'), number('total') ?? number('total_evaluated')];
  if (passed === undefined || total === undefined || passed > total)
    throw new Unreadable('CHECK_MALFORMED', `${pair.slice(0, 200)} does not say how many of how many passed`);
  const failed = Math.max(total - passed, number('fails') ?? 0);
  const unjudged = number('nones') ?? 0;
  return [
    ...(failed > 0 ? [finding(pair, 'error', `${failed} of ${total} answers failed`)] : []),
    ...(total === 0 || unjudged > 0
      ? [
          finding(
            pair,
            'warning',
            `${total === 0 ? 'no answer' : `all but ${unjudged} answers`} could be judged`,
          ),
        ]
      : []),
  ];
}

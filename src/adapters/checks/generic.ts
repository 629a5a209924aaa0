import {
  isForeignArray,
  isForeignObject,
  kindOf,
  textOf,
  type ForeignObject,
} from '../../base/foreign-json.ts';
import { LEVELS, type Level } from '../../domain/check-report.ts';
import type { RawFile } from '../../ports/evaluations.ts';
import { importerOf, type ToolOutput } from './importer.ts';
import { finding, jsonOf, oneLine, Unreadable } from './reading.ts';

const SCHEMA = 'modelsmith/generic-check/v1';

/**
 * Reads what a script of one's own wrote: `{schema, tool: {name, version}, findings: [{rule, level, message}]}`, and nothing
 * else. This version never changes once it is released.
 */
export const generic = importerOf('generic', 1, read);

function read(file: RawFile): ToolOutput {
  const root = jsonOf(file, 'CHECK_NOT_THIS_FORMAT');
  const schema = isForeignObject(root) ? textOf(root.get('schema')) : undefined;
  if (!isForeignObject(root) || schema?.startsWith('modelsmith/generic-check/') !== true)
    throw new Unreadable('CHECK_NOT_THIS_FORMAT', `schema is not ${SCHEMA}`);
  if (schema !== SCHEMA) throw new Unreadable('CHECK_VERSION', `schema is ${schema}, and ${SCHEMA} is read`);
  onlyKeys(root, 'the document', ['schema', 'tool', 'findings']);
  const tool = objectOf(root, 'tool', 'the document');
  onlyKeys(tool, 'tool', ['name', 'version']);
  const findings = root.get('findings');
  if (!isForeignArray(findings)) throw malformed(`findings is ${kindOf(findings)}, not a list`);
  return {
    tool: {
      name: oneLine(member(tool, 'name', 'tool'), 100),
      version: oneLine(member(tool, 'version', 'tool'), 100),
    },
    findings: findings.map((item, index) => {
      const where = `findings[${index}]`;
      if (!isForeignObject(item)) throw malformed(`${where} is ${kindOf(item)}, not an object`);
      onlyKeys(item, where, ['rule', 'level', 'message']);
      const level = LEVELS.find((known): known is Level => known === item.get('level'));
      if (level === undefined) throw malformed(`level of ${where} is none of ${LEVELS.join(', ')}`);
      return finding(member(item, 'rule', where), level, member(item, 'message', where));
    }),
  };
}

function onlyKeys(object: ForeignObject, where: string, known: readonly string[]): void {
  const other = [...object.keys()].find((key) => !known.includes(key));
  if (other !== undefined)
    throw malformed(`${where} has ${JSON.stringify(other.slice(0, 100))}, which has no meaning here`);
}

function objectOf(object: ForeignObject, key: string, where: string): ForeignObject {
  const value = object.get(key);
  if (isForeignObject(value)) return value;
  throw malformed(`${key} of ${where} is ${kindOf(value)}, not an object`);
}

/** A text that is there and not blank. */
function member(object: ForeignObject, key: string, where: string): string {
  const value = textOf(object.get(key));
  if (value !== undefined && value.trim() !== '') return value;
  throw malformed(
    `${key} of ${where} is ${value === undefined ? kindOf(object.get(key)) : 'blank'}, not a text`,
  );
}

function malformed(message: string): Unreadable {
  return new Unreadable('CHECK_MALFORMED', message);
}

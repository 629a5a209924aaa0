import {
  isForeignArray,
  isForeignObject,
  kindOf,
  memberOf,
  textOf,
  type ForeignJson,
  type ForeignObject,
} from '../../base/foreign-json.ts';
import type { Level } from '../../domain/check-report.ts';
import type { RawFile } from '../../ports/evaluations.ts';
import { importerOf, type ToolOutput } from './importer.ts';
import { finding, jsonOf, oneLine, Unreadable, type Found } from './reading.ts';
import { levelOf, ruleOf, ruleName } from './sarif-rules.ts';

/**
 * Reads SARIF 2.1.0 (OASIS). Results that are suppressed, or that a run says are gone, are not counted; a run that did not
 * come to its end, or whose results lie in other files, is no result at all. This version never changes once it is
 * released, nor does the file beside it that it is made of.
 */
export const sarif = importerOf('sarif', 1, read);

function read(file: RawFile): ToolOutput {
  const root = jsonOf(file, 'CHECK_NOT_THIS_FORMAT');
  if (!isForeignObject(root) || !root.has('runs'))
    throw new Unreadable('CHECK_NOT_THIS_FORMAT', 'has no runs');
  const version = textOf(root.get('version'));
  if (version !== '2.1.0')
    throw new Unreadable(
      'CHECK_VERSION',
      `is of version ${oneLine(version ?? 'none', 40)}, and SARIF 2.1.0 is read`,
    );
  const runs = root.get('runs');
  if (!isForeignArray(runs) || runs.length === 0)
    throw new Unreadable('CHECK_EMPTY', `runs is ${isForeignArray(runs) ? 'an empty list' : kindOf(runs)}`);
  const outputs = runs.map((run, index) => readRun(run, `runs[${index}]`));
  const [first, ...others] = outputs;
  const other = others.find(
    ({ tool }) => tool.name !== first?.tool.name || tool.version !== first.tool.version,
  );
  if (first === undefined || other !== undefined)
    throw new Unreadable(
      'CHECK_OTHER_TOOLS',
      `runs are by ${first?.tool.name ?? ''} and ${other?.tool.name ?? ''}`,
    );
  return { tool: first.tool, findings: outputs.flatMap(({ findings }) => findings) };
}

function readRun(run: ForeignJson, where: string): ToolOutput {
  if (!isForeignObject(run))
    throw new Unreadable('CHECK_MALFORMED', `${where} is ${kindOf(run)}, not an object`);
  const driver = memberOf(run, 'tool', 'driver');
  const name = textOf(memberOf(driver, 'name'));
  if (name === undefined) throw new Unreadable('CHECK_MALFORMED', `${where} names no tool`);
  const version = textOf(memberOf(driver, 'semanticVersion')) ?? textOf(memberOf(driver, 'version'));
  checkCompleteness(run, where);
  const results = run.get('results');
  if (!isForeignArray(results))
    throw new Unreadable(
      'CHECK_INCOMPLETE',
      `results of ${where} is ${kindOf(results)}: the tool did not produce any`,
    );
  return {
    tool: { name: oneLine(name, 100), ...(version !== undefined && { version: oneLine(version, 100) }) },
    findings: results.flatMap((result, index) => readResult(run, result, `${where}.results[${index}]`)),
  };
}

function checkCompleteness(run: ForeignObject, where: string): void {
  const invocations = run.get('invocations') ?? [];
  if (!isForeignArray(invocations))
    throw new Unreadable('CHECK_MALFORMED', `invocations of ${where} is ${kindOf(invocations)}, not a list`);
  for (const [index, invocation] of invocations.entries()) {
    const successful = memberOf(invocation, 'executionSuccessful');
    if (successful === true) continue;
    const at = `${where}.invocations[${index}]`;
    if (successful === false)
      throw new Unreadable('CHECK_INCOMPLETE', `${at} says executionSuccessful: false`);
    throw new Unreadable('CHECK_MALFORMED', `${at} does not say whether it succeeded`);
  }
  if (isForeignObject(memberOf(run, 'externalPropertyFileReferences')))
    throw new Unreadable('CHECK_INCOMPLETE', `${where} keeps parts in other files, which are not read`);
}

function readResult(run: ForeignObject, result: ForeignJson, where: string): readonly Found[] {
  if (!isForeignObject(result))
    throw new Unreadable('CHECK_MALFORMED', `${where} is ${kindOf(result)}, not an object`);
  if (isSuppressed(result, where) || result.get('baselineState') === 'absent') return [];
  const level = countedAs(run, result, where);
  return level === null ? [] : [finding(ruleName(run, result), level, messageOf(run, result))];
}

/** Section 3.27.23: suppressed is what has suppressions, every one of them accepted. */
function isSuppressed(result: ForeignObject, where: string): boolean {
  const suppressions = result.get('suppressions') ?? [];
  if (!isForeignArray(suppressions) || !suppressions.every(isForeignObject))
    throw new Unreadable('CHECK_MALFORMED', `suppressions of ${where} is no list of objects`);
  const accepted = suppressions.every((each) => {
    const status = memberOf(each, 'status');
    return status === undefined || status === 'accepted';
  });
  return suppressions.length > 0 && accepted;
}

/** Section 3.27.9: only `fail` has a level; what a person still has to look at is a warning, what passed is nothing. */
function countedAs(run: ForeignObject, result: ForeignObject, where: string): Level | null {
  const kind = result.get('kind') ?? 'fail';
  switch (textOf(kind) ?? '') {
    case 'fail': {
      const level = levelOf(run, result);
      if (level === null)
        throw new Unreadable('CHECK_MALFORMED', `${where} has a level that SARIF does not know`);
      return level === 'none' ? 'note' : level;
    }
    case 'open':
    case 'review':
      return 'warning';
    case 'informational':
      return 'note';
    case 'pass':
    case 'notApplicable':
      return null;
    default:
      throw new Unreadable('CHECK_MALFORMED', `${where} has a kind that SARIF does not know`);
  }
}

/** The words of the result, or those its rule has under the name it gives. */
function messageOf(run: ForeignObject, result: ForeignObject): string {
  const message = result.get('message');
  const own = textOf(memberOf(message, 'text')) ?? textOf(memberOf(message, 'markdown'));
  const id = textOf(memberOf(message, 'id'));
  const named =
    id === undefined ? undefined : textOf(memberOf(ruleOf(run, result), 'messageStrings', id, 'text'));
  return own ?? named ?? id ?? '';
}

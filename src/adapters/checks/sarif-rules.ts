import {
  integerOf,
  isForeignArray,
  isForeignObject,
  memberOf,
  textOf,
  type ForeignJson,
  type ForeignObject,
} from '../../base/foreign-json.ts';
import type { Level } from '../../domain/check-report.ts';

/** Which rule a SARIF result is about, and how grave that makes it. Part of the importer: it never changes once released. */

type SarifLevel = Level | 'none';
const SARIF_LEVELS: readonly SarifLevel[] = ['error', 'warning', 'note', 'none'];

/** Section 3.27.10: the level of the result, else that its rule has here or by default, else warning. @returns null for no level. */
export function levelOf(run: ForeignObject, result: ForeignObject): SarifLevel | null {
  const told =
    result.get('level') ??
    overriddenLevel(run, result) ??
    memberOf(ruleOf(run, result), 'defaultConfiguration', 'level') ??
    'warning';
  return SARIF_LEVELS.find((known) => known === told) ?? null;
}

/** The rule as the tool describes it; undefined where it does not. */
export function ruleOf(run: ForeignObject, result: ForeignObject): ForeignObject | undefined {
  const rules = memberOf(componentOf(run, memberOf(result, 'rule', 'toolComponent')), 'rules');
  if (!isForeignArray(rules)) return undefined;
  const index = integerOf(result.get('ruleIndex')) ?? integerOf(memberOf(result, 'rule', 'index')) ?? -1;
  const at = index < 0 ? undefined : rules[index];
  if (isForeignObject(at)) return at;
  const id = ruleId(result);
  // A result may name a part of a rule: `CA2101/1`.
  return candidates(id)
    .map((name) => rules.find((rule) => memberOf(rule, 'id') === name))
    .find(isForeignObject);
}

export function ruleName(run: ForeignObject, result: ForeignObject): string {
  return ruleId(result) ?? textOf(memberOf(ruleOf(run, result), 'id')) ?? '';
}

function ruleId(result: ForeignObject): string | undefined {
  return textOf(result.get('ruleId')) ?? textOf(memberOf(result, 'rule', 'id'));
}

function candidates(id: string | undefined): readonly string[] {
  if (id === undefined) return [];
  const parts = id.slice(0, 400).split('/');
  return parts.map((_part, index) => parts.slice(0, parts.length - index).join('/'));
}

/** The driver, or the extension that is named by its place. */
function componentOf(run: ForeignObject, reference: ForeignJson | undefined): ForeignJson | undefined {
  const index = integerOf(memberOf(reference, 'index'));
  const extensions = memberOf(run, 'tool', 'extensions');
  return index === undefined || index < 0 || !isForeignArray(extensions)
    ? memberOf(run, 'tool', 'driver')
    : extensions[index];
}

/** What the invocation that found it was told about the rule. */
function overriddenLevel(run: ForeignObject, result: ForeignObject): ForeignJson | undefined {
  const index = integerOf(memberOf(result, 'provenance', 'invocationIndex')) ?? -1;
  const invocations = run.get('invocations');
  const overrides = isForeignArray(invocations)
    ? memberOf(invocations[index], 'ruleConfigurationOverrides')
    : undefined;
  const rule = ruleOf(run, result);
  if (!isForeignArray(overrides) || rule === undefined) return undefined;
  const found = overrides.find((override) => {
    const descriptor = memberOf(override, 'descriptor');
    if (!isForeignObject(descriptor)) return false;
    const named = new Map<string, ForeignJson>([['rule', descriptor]]);
    return ruleOf(run, named) === rule;
  });
  return memberOf(found, 'configuration', 'level');
}

import { escapeShown } from '../shared/terminal/escape.ts';
import type { FindingOut, VerifyOutput } from '../shared/views/verify-output.ts';
import { countsOf, messageOf, remarksOf, unprinted } from './said-beside.ts';

interface Case {
  readonly classname: string;
  readonly name: string;
  readonly failure: { readonly type: string; readonly message: string; readonly text: string } | null;
}

/**
 * JUnit XML as CI servers read it: one test case a finding; without findings, or where some are not printed, one for the
 * history as a whole, which fails for those. No times and no host, so that the same history gives the same bytes.
 */
export function junitXml(output: VerifyOutput): string {
  const whole = output.findings.length === 0 || unprinted(output) !== null;
  const cases = numbered([...(whole ? [historyCase(output)] : []), ...output.findings.map(findingCase)]);
  const failures = cases.filter(({ failure }) => failure !== null).length;
  const counts = `tests="${cases.length}" failures="${failures}" errors="0"`;
  const remarks = remarksOf(output);
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="modelsmith verify" ${counts} time="0">`,
    `  <testsuite name="modelsmith verify" ${counts} skipped="0" time="0">`,
    '    <properties>',
    ...propertiesOf(output).map(([name, value]) => `      <property${attributes({ name, value })}/>`),
    '    </properties>',
    ...cases.flatMap(caseXml),
    ...(remarks.length === 0 ? [] : [`    <system-out>${escapeXml(remarks.join('\n'))}</system-out>`]),
    '  </testsuite>',
    '</testsuites>',
  ].join('\n')}\n`;
}

function propertiesOf({ root, tip, repository, range, contentChecked, counts }: VerifyOutput) {
  const { commits, governed, signatures, iterations } = counts;
  return Object.entries({
    repository,
    root,
    tip,
    range,
    commits,
    governed,
    signatures,
    iterations,
    contentChecked,
  })
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [name, String(value)] as const);
}

function historyCase(output: VerifyOutput): Case {
  const { tip, findings } = output;
  const outside = unprinted(output);
  const name = `history from the trust root: ${countsOf(output)}`;
  if (outside !== null)
    return { classname: tip, name, failure: { type: 'OUTSIDE_RANGE', message: outside, text: outside } };
  if (findings.length === 0 && output.answer === 'no') throw new Error('a no without a finding');
  return { classname: tip, name, failure: null };
}

function findingCase(finding: FindingOut): Case {
  const { code, commit, paths, sentence, signer } = finding;
  const [first, ...others] = paths.map(escapeShown);
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return {
    classname: commit,
    name: first === undefined ? code : `${code} ${first}${more}`,
    failure: {
      type: code,
      message: escapeShown(sentence),
      text: [
        messageOf(finding),
        `commit ${commit}`,
        ...(signer === null ? [] : [`signed by ${signer}`]),
        ...paths.map((path) => `path ${escapeShown(path)}`),
      ].join('\n'),
    },
  };
}

/** Servers take two cases of one class and name for the same. */
function numbered(cases: readonly Case[]): readonly Case[] {
  const seen = new Map<string, number>();
  return cases.map((one) => {
    const key = `${one.classname} ${one.name}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count === 1 ? one : { ...one, name: `${one.name} (${count})` };
  });
}

function caseXml({ classname, name, failure }: Case): readonly string[] {
  const head = `    <testcase${attributes({ classname, name })} time="0"`;
  if (failure === null) return [`${head}/>`];
  const { type, message, text } = failure;
  return [
    `${head}>`,
    `      <failure${attributes({ type, message })}>${escapeXml(text)}</failure>`,
    '    </testcase>',
  ];
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(value)}"`)
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Characters XML cannot hold at all were spelled out before (escapeShown); only the newlines put between lines are left. */
function escapeXml(text: string): string {
  const shown = text.split('\n').map(escapeShown).join('\n');
  return shown.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

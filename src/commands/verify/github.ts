import { escapeShown } from '../shared/terminal/escape.ts';
import { counted } from '../shared/views/notices.ts';
import type { FindingOut, VerifyOutput } from '../shared/views/verify-output.ts';
import { countsOf, messageOf, remarksOf, unprinted } from './said-beside.ts';

/**
 * Workflow commands of GitHub Actions, one a line. Nothing else is printed: the runner reads commands out of any line,
 * so a line that begins with text of a repository could be one.
 */
export function githubText(output: VerifyOutput): string {
  const { findings, findingsOutsideRange, root, tip } = output;
  const all = findings.length + findingsOutsideRange;
  const outside = unprinted(output);
  const facts = [countsOf(output), `root ${root}`, `tip ${tip}`].join('\n');
  return [
    ...remarksOf(output).map((remark) => command('warning', { title: 'modelsmith' }, remark)),
    ...findings.map(annotation),
    ...(outside === null ? [] : [command('error', { title: 'modelsmith' }, outside)]),
    all === 0
      ? command('notice', { title: 'modelsmith' }, `verified: no findings\n${facts}`)
      : command('error', { title: 'modelsmith' }, `not verified: ${counted(all, 'finding')}\n${facts}`),
  ].join('\n');
}

function annotation(finding: FindingOut): string {
  const { code, commit, signer, paths } = finding;
  const [file, ...others] = paths.map(escapeShown);
  const message = [
    messageOf(finding),
    `commit ${commit}${signer === null ? '' : `, signed by ${signer}`}`,
    ...(others.length === 0 ? [] : [`and in ${others.join(', ')}`]),
  ].join('\n');
  return command('error', { ...(file !== undefined && { file }), title: code }, message);
}

function command(
  level: 'error' | 'warning' | 'notice',
  properties: Readonly<Record<string, string>>,
  message: string,
): string {
  const listed = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(value)}`);
  return `::${level} ${listed.join(',')}::${escapeData(message)}`;
}

/** As the toolkit of GitHub Actions escapes a message. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

import { sha256 } from '../../base/digest.ts';
import { REPOSITORY_FILE } from '../../domain/paths.ts';
import type { ReasonCode } from '../../domain/reason.ts';
import { escapeShown } from '../shared/terminal/escape.ts';
import type { Meaning } from '../shared/explaining/fault-meanings.ts';
import { REASON_MEANINGS } from '../shared/explaining/reason-meanings.ts';
import type { FindingOut, VerifyOutput } from '../shared/views/verify-output.ts';
import { messageOf, remarksOf, unprinted } from './said-beside.ts';

const BASE = '%SRCROOT%';
const EXIT_YES = 0;
const EXIT_NO = 3;
const RULES = Object.entries(REASON_MEANINGS) as readonly (readonly [ReasonCode, Meaning])[];
const PLACE: ReadonlyMap<string, number> = new Map(RULES.map(([code], index) => [code, index]));

/** A SARIF 2.1.0 log (OASIS, errata 01) with one run: a rule for each code, a result for each finding. */
export function sarifLog(output: VerifyOutput, version: string): object {
  const { root, tip, repository, range, counts, contentChecked, findings, answer } = output;
  const outside = unprinted(output);
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'modelsmith', version, rules: RULES.map(ruleOf) } },
        invocations: [
          {
            executionSuccessful: true,
            exitCode: answer === 'yes' ? EXIT_YES : EXIT_NO,
            toolExecutionNotifications: [
              ...remarksOf(output).map((text) => ({ level: 'warning', message: { text } })),
              ...(outside === null ? [] : [{ level: 'error', message: { text: outside } }]),
            ],
          },
        ],
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: {
          [BASE]: { description: { text: 'the top folder of the evidence repository' } },
        },
        results: findings.map(resultOf),
        properties: {
          answer,
          repository: shown(repository),
          root,
          tip,
          range: shown(range),
          ...counts,
          contentChecked,
        },
      },
    ],
  };
}

function ruleOf([code, { meaning, remedy }]: readonly [ReasonCode, Meaning]): object {
  return {
    id: code,
    shortDescription: { text: meaning },
    help: { text: `${meaning} Remedy: ${remedy}.`, markdown: `${meaning}\n\n**Remedy:** ${remedy}.` },
    defaultConfiguration: { level: 'error' },
  };
}

function resultOf(finding: FindingOut): object {
  const { code, commit, paths, signer, facts } = finding;
  const ruleIndex = PLACE.get(code);
  if (ruleIndex === undefined) throw new Error(`a finding with a code of its own: ${code}`);
  // Code scanning takes no result without a file; what is wrong with a commit as such is shown at the file that
  // makes the folder an evidence repository.
  const places = paths.length === 0 ? [REPOSITORY_FILE] : paths;
  return {
    ruleId: code,
    ruleIndex,
    kind: 'fail',
    level: 'error',
    message: {
      text: `${messageOf(finding)}\ncommit ${commit}${signer === null ? '' : `, signed by ${signer}`}`,
    },
    locations: places.map((path) => ({
      physicalLocation: {
        artifactLocation: { uri: uriOf(path), uriBaseId: BASE },
        region: { startLine: 1 },
      },
      logicalLocations: [{ name: commit, fullyQualifiedName: commit, kind: 'commit' }],
    })),
    partialFingerprints: { 'modelsmithFinding/v1': sha256(JSON.stringify([code, commit, paths, facts])) },
    properties: { commit, signer, paths: paths.map(escapeShown) },
  };
}

const shown = (text: string | null): string | null => (text === null ? null : escapeShown(text));

/** A path as a relative reference (RFC 3986): no segment of it can be read as a scheme, a query or a way up. */
function uriOf(path: string): string {
  return path
    .split('/')
    .map((segment) =>
      /^\.+$/.test(segment) ? segment.replaceAll('.', '%2E') : encodeURIComponent(segment.toWellFormed()),
    )
    .join('/')
    .replace(/^\/+/, (slashes) => '%2F'.repeat(slashes.length));
}

import { sha256 } from '../../../src/base/digest.ts';
import { CheckResult } from '../../../src/domain/check.ts';
import {
  checkReportDocument,
  compareFindings,
  LEVELS,
  type Finding,
  type Level,
} from '../../../src/domain/check-report.ts';
import { seal } from '../../../src/domain/document.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import type { NewFile } from '../../../src/machine/act.ts';
import { toFileEntries } from '../../../src/machine/file-check.ts';
import { encode, type Person } from './law-files.ts';
import { bundleAt, header, iterationOf, type Signed } from './world.ts';

/** A report over raw files, with one finding for each level named. `changes` go over any field. */
export function checkReportBytes(
  files: readonly NewFile[],
  levels: readonly Level[],
  changes: object = {},
): Uint8Array {
  const findings = levels
    .map((level, index): Finding => ({ rule: `R${index}`, level, message: 'found' }))
    .sort(compareFindings);
  const counts = Object.fromEntries(
    LEVELS.map((level) => [level, levels.filter((each) => each === level).length]),
  );
  const report = {
    schema: 'modelsmith/check-report/v1',
    importer: { name: 'generic', version: 1 },
    tool: { name: 'scanner', version: '1.0' },
    counts,
    findings,
    cut: 0,
    raw: toFileEntries(files),
    ...changes,
  };
  return encode(checkReportDocument.print(checkReportDocument.schema.parse(report)));
}

export interface CheckSpec {
  readonly name?: string;
  readonly hours?: number;
  readonly by?: Person;
  readonly role?: string;
  /** Levels of what was found; none: it passes. */
  readonly found?: readonly Level[];
  /** Files of the tool by their names. */
  readonly files?: Readonly<Record<string, string>>;
  readonly version?: string;
  /** The text of the report, instead of one. */
  readonly text?: string;
  /** Over any field of the report. */
  readonly report?: object;
  /** Over any field of the entry before it is sealed. */
  readonly changes?: object;
}

/** A result of a check, made for the tree it is done in. */
export function checkIt(spec: CheckSpec = {}) {
  return (tree: TreeFolder): Signed => {
    const { name = 'scan', hours = 7.5, found = [], version = '1.0.0' } = spec;
    const by = { name: spec.by ?? 'bot', role: (spec.role ?? `checker:${name}`) as never, hours };
    const { record, iteration } = bundleAt(tree, iterationOf(version));
    const named = spec.files ?? { 'out.json': `output at ${hours}` };
    const files = Object.entries(named).map(([path, text]) => ({ path, bytes: encode(text) }));
    const report = spec.text === undefined ? checkReportBytes(files, found, spec.report) : encode(spec.text);
    const check = seal(CheckResult, {
      ...header('check', by, [record.request.id]),
      name,
      artifact: record.request.artifact.digest,
      status: found.includes('error') ? 'failed' : 'passed',
      report: sha256(report),
      files: toFileEntries(files),
      ...spec.changes,
    } as never);
    return { by, act: { kind: 'check', iteration, check, report, files } };
  };
}

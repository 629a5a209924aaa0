import { parseForeignJson, type ForeignJson } from '../../base/foreign-json.ts';
import { sha256 } from '../../base/digest.ts';
import type { NonEmpty } from '../../base/nonempty.ts';
import { problemsOf } from '../../domain/document.ts';
import { EvaluationReport } from '../../domain/evaluation-report.ts';
import { toTime, type Time } from '../../domain/names.ts';
import type { Imported, ImportFault, ImportFaultCode, RawFile } from '../../ports/evaluations.ts';

/** What importers have in common at their two ends: reading JSON, and handing back a report. */

export type Complain = (code: ImportFaultCode, ...facts: readonly string[]) => void;

/** More than anybody reads; a file can hold a fault in every sample. */
const MAX_FAULTS = 50;

/** A place where faults gather, so that all are told at once. */
export function complaints(): { readonly faults: readonly ImportFault[]; readonly complain: Complain } {
  const faults: ImportFault[] = [];
  return {
    faults,
    complain: (code, ...facts) => {
      if (faults.length < MAX_FAULTS) faults.push({ code, facts });
    },
  };
}

export function refused(faults: NonEmpty<ImportFault>): Imported {
  return { kind: 'refused', faults };
}

export function notThisFormat(...facts: readonly string[]): Imported {
  return refused([{ code: 'EVAL_NOT_THIS_FORMAT', facts }]);
}

/** @returns the tree, or the fault. A bare `NaN` is told as what it is: harnesses write it for a score they do not have. */
export function readJson({ bytes, path }: RawFile): { readonly json: ForeignJson } | ImportFault {
  const json = parseForeignJson(bytes, path);
  if (json.ok) return { json: json.value };
  const [{ place, message }] = json.problems;
  const bare = /(?:NaN|Infinity) is no JSON value$/.test(message);
  const where = `${place.file}${place.line === undefined ? '' : `:${place.line}`} ${message}`;
  return { code: bare ? 'EVAL_NOT_A_NUMBER' : 'EVAL_NOT_THIS_FORMAT', facts: [where] };
}

/** A report where its schema has nothing against it; what it has against it is the fault of the output. */
export function toReport(
  files: NonEmpty<RawFile>,
  members: Omit<Record<keyof EvaluationReport, unknown>, 'schema' | 'raw' | 'date'> & { date?: unknown },
): Imported {
  const report = EvaluationReport.safeParse({
    schema: 'modelsmith/evaluation-report/v1',
    ...members,
    raw: [...files]
      .sort((a, b) => (a.path < b.path ? -1 : 1))
      .map(({ path, bytes }) => ({ path, size: bytes.length, sha256: sha256(bytes) })),
  });
  if (report.success) return { kind: 'imported', report: report.data };
  const facts = problemsOf(report.error, files[0].path).map(
    ({ place, message }) => `${place.key ?? ''}: ${message}`,
  );
  return notThisFormat(...facts.slice(0, 20));
}

const ISO = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** A time with its offset from UTC, to the second. Undefined for anything else: without an offset it is no moment. */
export function momentOf(text: string | undefined): Time | undefined {
  const [, local, offset] = ISO.exec(text ?? '') ?? [];
  const milliseconds = local === undefined ? Number.NaN : Date.parse(`${local}${offset}`);
  return Number.isNaN(milliseconds) || milliseconds < 0 ? undefined : toTime(milliseconds / 1000);
}

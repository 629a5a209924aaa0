import { CannotTell } from '../../base/errors.ts';
import { sha256 } from '../../base/digest.ts';
import { evaluationReportDocument, type EvaluationReport } from '../../domain/evaluation-report.ts';
import { SafePath } from '../../domain/names.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import type { NewFile } from '../../machine/act.ts';
import type { NonEmpty } from '../../base/nonempty.ts';
import type { Context } from './context.ts';

/** Larger harness outputs are refused. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

export type HarnessOutput =
  | {
      readonly kind: 'read';
      readonly report: EvaluationReport;
      /** The report as it will lie in the repository. */
      readonly reportBytes: Uint8Array;
      readonly files: readonly NewFile[];
    }
  | { readonly kind: 'refused'; readonly reasons: NonEmpty<Reason>; readonly files: readonly NewFile[] };

/** Reads what a harness wrote with the first importer that knows the format. */
export async function readHarnessOutput(
  context: Context,
  path: string,
  importer: string | null,
): Promise<HarnessOutput> {
  const bytes = await context.files.read(path, MAX_OUTPUT_BYTES);
  const name = path.split(/[/\\]/).at(-1) ?? 'results.json';
  const safe = SafePath.safeParse(name);
  const file = { path: safe.success ? safe.data : `results-${sha256(bytes).slice(0, 12)}.json`, bytes };
  const importers =
    importer === null ? context.importers : context.importers.filter((known) => known.name === importer);
  const [first, ...others] = importers;
  if (first === undefined) {
    throw new CannotTell('USAGE', `there is no importer ${importer ?? ''}`, {
      facts: context.importers.map((known) => known.name),
    });
  }
  let imported = first.import([file]);
  for (const next of others) {
    const foreign = imported.kind === 'refused' && imported.faults[0].code === 'EVAL_NOT_THIS_FORMAT';
    if (foreign) imported = next.import([file]);
  }
  if (imported.kind === 'refused') {
    const [fault, ...rest] = imported.faults.map(({ code, facts }) =>
      reason('EVAL_UNSCORABLE', { fault: code, facts }),
    );
    if (fault === undefined) throw new Error('an importer refused without a fault');
    return { kind: 'refused', reasons: [fault, ...rest], files: [file] };
  }
  const { report } = imported;
  return {
    kind: 'read',
    report,
    reportBytes: new TextEncoder().encode(evaluationReportDocument.print(report)),
    files: [file],
  };
}

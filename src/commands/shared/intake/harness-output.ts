import { sha256 } from '../../../base/digest.ts';
import { CannotTell } from '../../../base/errors.ts';
import { isNonEmpty, type NonEmpty } from '../../../base/nonempty.ts';
import { evaluationReportDocument, type EvaluationReport } from '../../../domain/evaluation-report.ts';
import { isSafePath } from '../../../domain/names.ts';
import { reason, type Reason } from '../../../domain/reason.ts';
import type { NewFile } from '../../../machine/act.ts';
import type { EvaluationImporter, Imported } from '../../../ports/evaluations.ts';
import type { Context } from '../context.ts';
import { MAX_OUTPUT_BYTES, readTranscripts } from './transcripts.ts';

export type HarnessOutput =
  | {
      readonly kind: 'read';
      readonly report: EvaluationReport;
      /** The report as it will lie in the repository. */
      readonly reportBytes: Uint8Array;
      readonly files: readonly NewFile[];
    }
  | {
      readonly kind: 'refused';
      readonly reasons: NonEmpty<Reason>;
      readonly files: readonly NewFile[];
      /** Nothing is wrong with what was measured, only with what was put together: that is no error of the run. */
      readonly misplaced: boolean;
    };

/**
 * Reads what a harness wrote with the newest importer that knows the format.
 * @param path a file, or a folder where the harness wrote several for one run.
 * @param importer name of the only one to try; null for all. @param transcripts files and folders to lie beside it.
 * @throws CannotTell USAGE, and as reading files does.
 */
export async function readHarnessOutput(
  context: Pick<Context, 'files' | 'importers'>,
  path: string,
  importer: string | null,
  transcripts: readonly string[] = [],
): Promise<HarnessOutput> {
  const { files, importers } = context;
  const tried = importers
    .filter((known) => importer === null || known.name === importer)
    .sort((a, b) => b.version - a.version);
  if (!isNonEmpty(tried)) {
    throw new CannotTell('USAGE', `there is no importer ${importer ?? ''}`, {
      facts: [`there is: ${[...new Set(importers.map((known) => known.name))].join(', ')}`],
    });
  }
  const raw = await readOutputs(files, path);
  const kept = withoutTwins([...raw, ...(await readTranscripts(context, transcripts))]);
  const imported = importBy(tried, raw);
  if (imported.kind === 'imported') {
    const { report } = imported;
    const reportBytes = new TextEncoder().encode(evaluationReportDocument.print(report));
    return { kind: 'read', report, reportBytes, files: kept };
  }
  const [first, ...rest] = imported.faults.map(({ code, facts }) =>
    reason('EVAL_UNSCORABLE', { fault: code, facts }),
  );
  if (first === undefined) throw new Error('an importer refused without a fault');
  return { kind: 'refused', reasons: [first, ...rest], files: kept, misplaced: isMisplaced(tried, raw) };
}

/** Whether files that are refused together hold results by themselves, and none of them an error of its own. */
function isMisplaced(importers: NonEmpty<EvaluationImporter>, raw: NonEmpty<NewFile>): boolean {
  if (raw.length === 1) return false;
  const alone = raw.map((file) => importBy(importers, [file]));
  return (
    alone.some(({ kind }) => kind === 'imported') &&
    alone.every((one) => one.kind === 'imported' || one.faults[0].code === 'EVAL_NOT_THIS_FORMAT')
  );
}

/** The answer of the first that knows the format. Where none does each says why, so that the right one is among them. */
function importBy(importers: NonEmpty<EvaluationImporter>, raw: NonEmpty<NewFile>): Imported {
  const why = new Map<string, string>();
  for (const importer of importers) {
    const answer = importer.import(raw);
    if (answer.kind === 'imported' || answer.faults[0].code !== 'EVAL_NOT_THIS_FORMAT') return answer;
    if (importers.length === 1) return answer;
    why.set(importer.name, answer.faults[0].facts[0] ?? 'is something else');
  }
  const [one, ...others] = new Set(why.values());
  // What is no file of anything is said once, and not by each.
  const facts =
    one !== undefined && others.length === 0 ? [one] : [...why].map(([name, fact]) => `${name}: ${fact}`);
  return { kind: 'refused', faults: [{ code: 'EVAL_NOT_THIS_FORMAT', facts }] };
}

/** Files that harnesses write their results into. What else lies in a folder is none. */
const OUTPUT = /\.(?:json|eval)$/i;
/** More is no run, but the folder of all of them. */
const MAX_OUTPUTS = 200;
/** Of one run together. */
const MAX_RUN_BYTES = 4 * MAX_OUTPUT_BYTES;

/** @throws CannotTell USAGE, and as reading files does. */
async function readOutputs(files: Context['files'], path: string): Promise<NonEmpty<NewFile>> {
  const names = await files.list(path);
  const found = names
    ?.filter((name) => OUTPUT.test(name))
    .map((name) => `${path.replace(/[/\\]+$/, '')}/${name}`);
  if ((found?.length ?? 0) > MAX_OUTPUTS)
    throw new CannotTell('USAGE', `${path} holds more than ${MAX_OUTPUTS} outputs`, {
      remedy: 'give the folder of one run',
    });
  const read: NewFile[] = [];
  for (const file of found ?? [path]) {
    const left = MAX_RUN_BYTES - read.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const bytes = await files.read(file, Math.min(MAX_OUTPUT_BYTES, left));
    read.push({ path: nameInBundle(file, bytes), bytes });
  }
  if (isNonEmpty(read)) return read;
  throw new CannotTell('USAGE', `${path} holds no output of a harness`, {
    facts: ['Outputs are files whose names end in .json or .eval.'],
  });
}

/** Files of one name would replace each other, on some systems also where only the case differs. @throws CannotTell USAGE. */
function withoutTwins(files: readonly NewFile[]): readonly NewFile[] {
  const names = files.map(({ path }) => path.toLowerCase());
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin === undefined) return files;
  throw new CannotTell('USAGE', `two files would be called ${twin}`, {
    remedy: 'give one of them another name; samples_<task>.jsonl says which task the items are of',
  });
}

/** The file keeps its name where a repository can hold it. */
function nameInBundle(path: string, bytes: Uint8Array): string {
  const name = path.split(/[/\\]/).at(-1) ?? '';
  if (isSafePath(name) && name !== 'README.md') return name;
  const extension = /\.eval$/i.test(name) ? 'eval' : 'json';
  return `results-${sha256(bytes).slice(0, 12)}.${extension}`;
}

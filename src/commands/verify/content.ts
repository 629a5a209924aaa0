import { isNonEmpty, type NonEmpty } from '../../base/nonempty.ts';
import { checkReportDocument } from '../../domain/check-report.ts';
import type { JsonDocument } from '../../domain/document.ts';
import type { FileEntry } from '../../domain/entry.ts';
import { evaluationReportDocument } from '../../domain/evaluation-report.ts';
import {
  baselineFolder,
  bundleFolder,
  checkRawFolder,
  checkReportFile,
  rawFolder,
  reportFile,
} from '../../domain/paths.ts';
import { reason, type Reason } from '../../domain/reason.ts';
import { fileAt, type TreeFolder } from '../../domain/tree.ts';
import type { Iteration } from '../../domain/names.ts';
import type { Evaluation } from '../../domain/record.ts';
import { isErased } from '../../machine/confidential.ts';
import { baselinesOf, bundleOf, iterationsOf, linesOf, type Bundle } from '../../machine/world.ts';
import type { RawFile } from '../../ports/evaluations.ts';
import type { Context } from '../shared/context.ts';
import { checkSamples } from './sample-content.ts';

/** What reports of one kind have in common, whatever is in them. */
interface Report {
  readonly importer: { readonly name: string; readonly version: number };
  readonly raw: readonly FileEntry[];
}

interface Importer<T extends Report> {
  readonly name: string;
  readonly version: number;
  import(
    files: NonEmpty<RawFile>,
  ):
    | { readonly kind: 'imported'; readonly report: T }
    | { readonly kind: 'refused'; readonly faults: readonly { readonly code: string }[] };
}

/** A report with the raw files it says it was made from. */
interface Source {
  /** Folder of the raw files in the repository. */
  readonly raw: string;
  readonly report: string;
  readonly reportSha256: string;
  readonly files: readonly FileEntry[];
  readonly signer: string;
}

export interface ContentCheck {
  /** Reports that were made again, and samples that were drawn again. */
  readonly checked: number;
  /** Confidential transcripts of judged runs that were not at hand. */
  readonly closed: number;
  readonly findings: readonly { readonly reason: Reason; readonly signer: string }[];
}

/** Makes every report of a tree again from its raw files and compares the bytes; looks every judged item up in them. */
export function checkContent(
  tree: TreeFolder,
  context: Pick<Context, 'importers' | 'checkImporters' | 'items' | 'opened'>,
): ContentCheck {
  const { importers, checkImporters } = context;
  const sources = sourcesOf(tree);
  const checks = checksOf(tree);
  const samples = checkSamples(tree, context);
  const remade = [
    ...sources.flatMap((source) => problemsOf(tree, source, evaluationReportDocument, importers)),
    ...checks.flatMap((source) => problemsOf(tree, source, checkReportDocument, checkImporters)),
  ];
  return {
    checked: sources.length + checks.length + samples.checked,
    closed: samples.closed,
    findings: [...remade, ...samples.findings],
  };
}

function sourcesOf(tree: TreeFolder): readonly Source[] {
  return linesOf(tree).flatMap((line) => [
    ...baselinesOf(tree, line).map((baseline): Source => {
      const folder = baselineFolder(line, baseline.id);
      return {
        raw: `${folder}/raw`,
        report: `${folder}/report.json`,
        reportSha256: baseline.report,
        files: baseline.files,
        signer: baseline.principal,
      };
    }),
    ...iterationsOf(tree, line).flatMap((iteration) =>
      runsOf(tree, iteration).flatMap(({ run, bundle }): readonly Source[] => {
        if (run.status !== 'complete') return [];
        const folder = bundleFolder(iteration);
        return [
          {
            raw: `${folder}/${rawFolder(run.run)}`,
            report: `${folder}/${reportFile(run.run)}`,
            reportSha256: run.report,
            files: run.files.filter(({ path }) => !isErased(bundle, `${rawFolder(run.run)}/${path}`)),
            signer: run.principal,
          },
        ];
      }),
    ),
  ]);
}

function runsOf(
  tree: TreeFolder,
  iteration: Iteration,
): readonly { readonly run: Evaluation; readonly bundle: Bundle }[] {
  const bundle = bundleOf(tree, iteration);
  return bundle === null ? [] : bundle.record.evaluations.map((run) => ({ run, bundle }));
}

function checksOf(tree: TreeFolder): readonly Source[] {
  return linesOf(tree)
    .flatMap((line) => iterationsOf(tree, line))
    .flatMap((iteration) =>
      (bundleOf(tree, iteration)?.record.checks ?? []).map((check): Source => {
        const folder = bundleFolder(iteration);
        return {
          raw: `${folder}/${checkRawFolder(check.id)}`,
          report: `${folder}/${checkReportFile(check.id)}`,
          reportSha256: check.report,
          files: check.files,
          signer: check.principal,
        };
      }),
    );
}

function problemsOf<T extends Report>(
  tree: TreeFolder,
  source: Source,
  document: JsonDocument<T>,
  importers: readonly Importer<T>[],
): ContentCheck['findings'] {
  return differencesOf(tree, source, document, importers).map((why) => ({
    reason: why,
    signer: source.signer,
  }));
}

function differencesOf<T extends Report>(
  tree: TreeFolder,
  source: Source,
  document: JsonDocument<T>,
  importers: readonly Importer<T>[],
): readonly Reason[] {
  const differs = (path: string, message: string): Reason => reason('CONTENT_DIFFERS', { path, message });
  const changed = [
    { path: source.report, sha256: source.reportSha256 },
    ...source.files.map((file) => ({ path: `${source.raw}/${file.path}`, sha256: file.sha256 })),
  ].filter(({ path, sha256 }) => fileAt(tree, path)?.sha256 !== sha256);
  if (changed.length > 0)
    return changed.map(({ path, sha256 }) => differs(path, `is not the file that was recorded (${sha256})`));

  const kept = fileAt(tree, source.report);
  const report = kept === null ? null : document.parse(kept.bytes, source.report);
  if (kept === null || report?.ok !== true) return [differs(source.report, 'is no report')];
  const { name, version } = report.value.importer;
  const importer = importers.find((candidate) => candidate.name === name && candidate.version === version);
  if (importer === undefined)
    return [
      differs(
        source.report,
        `was made by importer ${name} version ${version}, which this tool does not have`,
      ),
    ];
  const raw = report.value.raw.flatMap(({ path }) => {
    const file = fileAt(tree, `${source.raw}/${path}`);
    return file === null ? [] : [{ path: path, bytes: file.bytes }];
  });
  if (!isNonEmpty(raw) || raw.length !== report.value.raw.length)
    return [differs(source.report, 'names raw files that are not there')];
  const again = importer.import(raw);
  if (again.kind === 'refused')
    return [
      differs(
        source.report,
        `cannot be made from the raw files: ${again.faults.map((fault) => fault.code).join(', ')}`,
      ),
    ];
  return document.print(again.report) === new TextDecoder().decode(kept.bytes)
    ? []
    : [differs(source.report, 'is not what the importer makes of the raw files')];
}

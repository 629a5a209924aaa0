import { digestOfFiles, sha256 } from '../../../src/base/digest.ts';
import { Baseline } from '../../../src/domain/baseline.ts';
import { seal } from '../../../src/domain/document.ts';
import { evaluationReportDocument, type EvaluationReport } from '../../../src/domain/evaluation-report.ts';
import { Lock } from '../../../src/domain/lock.ts';
import { modelManifest, OCI_MANIFEST } from '../../../src/domain/model-manifest.ts';
import type { LineName } from '../../../src/domain/names.ts';
import { Evaluation, EvidenceEntry, Export, Step } from '../../../src/domain/record.ts';
import { Request } from '../../../src/domain/request.ts';
import type { Role } from '../../../src/domain/roles.ts';
import type { State } from '../../../src/domain/states.ts';
import type { TreeFolder } from '../../../src/domain/tree.ts';
import { deprecationRelies } from '../../../src/machine/acts/deprecate.ts';
import { exportRelies } from '../../../src/machine/acts/export.ts';
import { lockedContent } from '../../../src/machine/acts/lock.ts';
import { transitionRelies } from '../../../src/machine/acts/transition.ts';
import { edgeBetween } from '../../../src/machine/edges.ts';
import { toFileEntries } from '../../../src/machine/file-check.ts';
import { lawOf, ruleOfLine } from '../../../src/machine/law.ts';
import { scoreRun } from '../../../src/machine/run-score.ts';
import { baselineNamed, baselinesOf, locksOf } from '../../../src/machine/world.ts';
import { encode, LINE, type Person } from './law-files.ts';
import {
  at,
  bundleAt,
  header,
  hour,
  iterationOf,
  reportBytes,
  worldOf,
  type By,
  type Signed,
} from './world.ts';

/** Valid acts, each made for the tree it is done in. `changes` go over any field before the entry is sealed. */

type Build = (tree: TreeFolder) => Signed;
const line = LINE as LineName;

export interface FileSpec {
  readonly [path: string]: string | Uint8Array;
}

const filesOf = (files: FileSpec) =>
  Object.entries(files).map(([path, text]) => ({
    path,
    bytes: typeof text === 'string' ? encode(text) : text,
  }));

export function addBaseline(
  changes: object = {},
  hours = 0,
  report?: Uint8Array,
  beside: FileSpec = {},
): Build {
  const by: By = { name: 'eva', role: 'evaluation-owner', hours };
  const raw = encode(`baseline at ${hours}`);
  const of = 'model' in changes ? String(changes.model) : 'org/base';
  const bytes = report ?? reportBytes({ a: '0.75', b: '0.65', raw, of });
  const files = [{ path: 'results.json', bytes: raw }, ...filesOf(beside)];
  return () => ({
    by,
    act: {
      kind: 'baseline',
      baseline: seal(Baseline, {
        schema: 'modelsmith/baseline/v1',
        ...header('baseline', by, []),
        line,
        model: 'org/base',
        report: sha256(bytes),
        files: toFileEntries(files),
        ...changes,
      } as never),
      report: bytes,
      files,
    },
  });
}

export function lockNow(changes: object = {}, hours = 1): Build {
  return (tree) => {
    const { law } = worldOf(tree);
    const by: By = { name: 'ci', role: 'pipeline', hours };
    const rule = ruleOfLine(law, line);
    const rubric = law.rubrics.get('claims');
    const baseline = baselineNamed(tree, line, (baselinesOf(tree, line).at(-1) ?? { id: '' as never }).id);
    if (rule === null || rubric === undefined || baseline === null) throw new Error('nothing to lock');
    const { baselineReport, ...content } = lockedContent(
      rule,
      rubric.sha256,
      rubric.rubric,
      baseline.baseline.report,
      baseline.report,
    );
    const lock = seal(Lock, {
      schema: 'modelsmith/lock/v1',
      ...header('lock', by, [baseline.baseline.id]),
      line,
      ...content,
      datasets: [],
      baseline: { id: baseline.baseline.id, report: baselineReport },
      ...changes,
    } as never);
    return { by, act: { kind: 'lock', lock } };
  };
}

export function artifactOf(weights = 'weights'): {
  readonly digest: string;
  readonly [key: string]: unknown;
} {
  const files = toFileEntries([
    { path: 'adapter_config.json', bytes: encode('{}') },
    { path: 'adapter_model.safetensors', bytes: encode(weights) },
  ]);
  return {
    format: 'peft-lora',
    name: 'adapter',
    files,
    digest: digestOfFiles(files),
    facts: { rank: 8, targetModules: ['q_proj'], parameters: 1000 },
  };
}

export const WHOLE_MODEL = {
  ...artifactOf(),
  format: 'safetensors',
  name: 'claims',
  facts: { architecture: 'LlamaForCausalLM', tensors: 2, parameters: 1000, types: ['BF16'] },
};

export const CHANGE = {
  mutation: 'adapter-update',
  summary: 'more claims',
  flags: [],
  capabilities: ['summarise'],
  permissions: [],
};

export const trained = (from: number, to: number): object => ({
  lineage: {
    datasets: [{ name: 'claims', digest: 'a'.repeat(64) }],
    training: { system: 'axolotl', run: 'r1', startedAt: at(from), endedAt: at(to) },
  },
});

export function requestIt(changes: object = {}, version = '1.0.0', hours = 4): Build {
  return (tree) => {
    const by: By = { name: 'ci', role: 'pipeline', hours };
    const lock = locksOf(tree, line).at(-1);
    if (lock === undefined) throw new Error('nothing is locked');
    const request = seal(Request, {
      ...header('request', by, [lock.id]),
      onBehalfOf: 'mia',
      lock: lock.id,
      lockStrength: 'declared',
      artifact: artifactOf(),
      base: { name: 'org/base', pin: { kind: 'commit', value: 'b'.repeat(40) }, statedBy: 'adapter-config' },
      change: CHANGE,
      ...trained(2, 3),
      metadata: {},
      ...changes,
    } as never);
    const rubric = lawOf(tree).rubrics.get('claims')?.file.bytes ?? new Uint8Array();
    return { by, act: { kind: 'request', iteration: iterationOf(version), request, rubric } };
  };
}

export const CARD = '# Model card\n\nTriage of claims.\n';
export const ROLLBACK = '## Trigger\nx\n## Steps\nx\n## Who\nx\n## Check afterwards\nx\n';

export function addEvidence(
  files: FileSpec = { 'model-card.md': CARD, 'rollback-procedure.md': ROLLBACK },
  changes: object = {},
  hours = 5,
  name: Person = 'ci',
  role: Role = 'pipeline',
  version = '1.0.0',
): Build {
  return (tree) => {
    const by: By = { name, role, hours };
    const bundle = bundleAt(tree, iterationOf(version));
    const brought = filesOf(files);
    const evidence = seal(EvidenceEntry, {
      ...header('evidence', by, [bundle.record.request.id]),
      files: toFileEntries(brought),
      answers: [],
      ...changes,
    } as never);
    return { by, act: { kind: 'evidence', iteration: bundle.iteration, evidence, files: brought } };
  };
}

export interface RunSpec {
  readonly run?: string;
  readonly version?: string;
  readonly a?: string;
  readonly b?: string;
  /** Changes to the report and to each of its rows. */
  readonly report?: object;
  readonly rows?: object;
  /** Content of the raw file; another for each run. */
  readonly raw?: string;
  /** Raw files beside it by their names. */
  readonly beside?: FileSpec;
  readonly hours?: number;
}

function parseReport(bytes: Uint8Array): EvaluationReport {
  const report = evaluationReportDocument.parse(bytes, 'report.json');
  if (!report.ok) throw new Error(report.problems[0].message);
  return report.value;
}

export function evaluateIt(spec: RunSpec = {}, changes: object = {}): Build {
  const { run = 'run-1', version = '1.0.0', hours = 6, raw = `output of ${run} of ${version}` } = spec;
  return (tree) => {
    const by: By = { name: 'ci', role: 'pipeline', hours };
    const bundle = bundleAt(tree, iterationOf(version));
    const { record, lock } = bundle;
    const files = [{ path: 'results.json', bytes: encode(raw) }, ...filesOf(spec.beside ?? {})];
    const report = reportBytes({
      ...(spec.a !== undefined && { a: spec.a }),
      ...(spec.b !== undefined && { b: spec.b }),
      ...(spec.report !== undefined && { changes: spec.report }),
      ...(spec.rows !== undefined && { rows: spec.rows }),
      raw: encode(raw),
    });
    const scored = scoreRun(worldOf(tree), bundle, parseReport(report));
    const passing = parseReport(reportBytes({ raw: encode(raw) }));
    const fallback = scored.kind === 'scored' ? scored : scoreRun(worldOf(tree), bundle, passing);
    const evaluation = seal(Evaluation, {
      ...header('evaluate', by, [record.request.id, lock.id]),
      run,
      artifact: record.request.artifact.digest,
      lock: lock.id,
      status: 'complete',
      report: sha256(report),
      files: toFileEntries(files),
      scores: fallback.kind === 'scored' ? fallback.scores : undefined,
      ...changes,
    } as never);
    return { by, act: { kind: 'evaluate', iteration: bundle.iteration, evaluation, report, files } };
  };
}

export function erroredRun(run = 'run-0', hours = 5.5, raw = 'log', path = 'log.txt'): Build {
  return (tree) => {
    const by: By = { name: 'ci', role: 'pipeline', hours };
    const { record, lock, iteration } = bundleAt(tree);
    const files = [{ path, bytes: encode(raw) }];
    const evaluation = seal(Evaluation, {
      ...header('evaluate', by, [record.request.id, lock.id]),
      run,
      artifact: record.request.artifact.digest,
      lock: lock.id,
      status: 'errored',
      error: 'out of memory',
      files: toFileEntries(files),
    } as never);
    return { by, act: { kind: 'evaluate', iteration, evaluation, report: null, files } };
  };
}

export function exportIt(changes: object = {}, hours = 7, version = '1.0.0'): Build {
  return (tree) => {
    const by: By = { name: 'ci', role: 'pipeline', hours };
    const bundle = bundleAt(tree, iterationOf(version));
    const { artifact, base } = bundle.record.request;
    const { digest, manifestBytes } = modelManifest({ ...artifact, base }, bundle.iteration);
    const exported = seal(Export, {
      ...header('export', by, exportRelies(bundle)),
      artifact: artifact.digest,
      manifest: { mediaType: OCI_MANIFEST, size: manifestBytes.length, sha256: digest },
      registry: 'oci:registry',
      reference: 'triage-1.0.0',
      ...changes,
    } as never);
    return { by, act: { kind: 'export', iteration: bundle.iteration, export: exported } };
  };
}

export function moveTo(to: State, by: By, changes: object = {}, version = '1.0.0'): Build {
  return (tree) => {
    const bundle = bundleAt(tree, iterationOf(version));
    const from = bundle.record.state;
    const edge = edgeBetween(from, to);
    const relies = edge === null ? [] : transitionRelies(worldOf(tree), bundle, edge, hour(by.hours));
    const step = seal(Step, { ...header('transition', by, relies), from, to, ...changes } as never);
    return { by, act: { kind: 'transition', iteration: bundle.iteration, step: step as never } };
  };
}

export function deprecateIt(
  changes: object = {},
  by: By = { name: 'lee', role: 'team-lead', hours: 20 },
  version = '1.0.0',
): Build {
  return (tree) => {
    const bundle = bundleAt(tree, iterationOf(version));
    const step = seal(Step, {
      ...header('deprecate', by, deprecationRelies(bundle)),
      from: bundle.record.state,
      to: 'deprecated',
      reason: 'superseded',
      ...changes,
    } as never);
    return { by, act: { kind: 'deprecate', iteration: bundle.iteration, step: step as never } };
  };
}

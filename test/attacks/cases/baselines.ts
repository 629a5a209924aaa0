import { sha256 } from '../../../src/base/digest.ts';
import { Baseline, baselineDocument } from '../../../src/domain/baseline.ts';
import { seal } from '../../../src/domain/document.ts';
import { evaluationReportDocument, type EvaluationReport } from '../../../src/domain/evaluation-report.ts';
import { baselineFolder } from '../../../src/domain/paths.ts';
import { fileAt } from '../../../src/domain/tree.ts';
import { baselinesOf, reportOf } from '../../../src/machine/world.ts';
import { bundleIn, header, ITERATION } from '../acts.ts';
import { attack, honest, type AttackCase, type Bench } from '../case.ts';

/** The mark that candidates are held against, swapped for one that suits them. */

/** What a harness printed, and the report that is made of it. */
interface Output {
  readonly report: EvaluationReport;
  /** A report over these bytes. */
  readonly raw: string;
}

/** A second baseline, signed by the evaluation owner who made the first: the same act by hand, of another output. */
const recorded = (of: (honestOne: Output, run: EvaluationReport) => Output) => async (bench: Bench) => {
  const site = await bench.site();
  const time = site.after('baseline');
  const world = await site.load(site.at('baseline'));
  const [baseline] = baselinesOf(world.tree, ITERATION.line);
  const run = reportOf(bundleIn(await site.load(site.at('accepted'))), 'run-1');
  if (baseline === undefined || run === null) throw new Error('the honest baseline or run is missing');
  const there = fileAt(world.tree, `${baselineFolder(ITERATION.line, baseline.id)}/report.json`);
  const known = evaluationReportDocument.parse(there?.bytes ?? new Uint8Array(), 'report.json');
  if (!known.ok) throw new Error('the honest report is missing');
  const [name = ''] = baseline.files.map(({ path }) => path);
  const { report, raw } = of({ report: known.value, raw: '{"made":"again"}\n' }, run);
  const file = { path: name, size: Buffer.byteLength(raw), sha256: sha256(raw) };
  const text = evaluationReportDocument.print(
    evaluationReportDocument.schema.parse({ ...report, raw: [file] }),
  );
  const sealed = seal(Baseline, {
    ...baseline,
    ...header(site, world, 'baseline', { who: 'eli', role: 'evaluation-owner', time }, []),
    ...{ report: sha256(text), files: [file] },
  } as never);
  const folder = baselineFolder(ITERATION.line, sealed.id);
  const put = {
    [`${folder}/baseline.json`]: baselineDocument.print(sealed),
    [`${folder}/report.json`]: text,
    [`${folder}/raw/${name}`]: raw,
  };
  return site.target(await site.commit({ on: 'baseline', by: 'eli', time, put }));
};

export const BASELINE_CASES: readonly AttackCase[] = [
  honest(
    'G5.control-baseline',
    'a second baseline made by hand, of the model that it names',
    recorded((output) => output),
  ),
  attack(
    'G5.baseline-candidate',
    'a baseline that holds a candidate’s own scores, as if the base model had them',
    'BASELINE_OTHER_MODEL',
    recorded(({ raw }, run) => ({ report: run, raw })),
  ),
  attack(
    'G5.baseline-weaker',
    'a baseline of a weaker model, under the name of the base model',
    'BASELINE_OTHER_MODEL',
    recorded(({ report, raw }) => ({
      report: { ...report, model: { ...report.model, base: 'example-labs/small-1b' } },
      raw,
    })),
  ),
];

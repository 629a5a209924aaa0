import { digestOfFiles, sha256 } from '../../../src/base/digest.ts';
import { seal } from '../../../src/domain/document.ts';
import { evaluationReportDocument, type EvaluationReport } from '../../../src/domain/evaluation-report.ts';
import { Lock, lockDocument } from '../../../src/domain/lock.ts';
import { toSeconds, toTime, Version, type Iteration } from '../../../src/domain/names.ts';
import { bundleFolder, lockFile, rawFolder, RECORD, reportFile } from '../../../src/domain/paths.ts';
import {
  Evaluation,
  recordDocument,
  type CompleteEvaluation,
  type PromotionRecord,
} from '../../../src/domain/record.ts';
import { Request } from '../../../src/domain/request.ts';
import { scoreRun } from '../../../src/machine/run-score.ts';
import { locksOf, reportOf, type World } from '../../../src/machine/world.ts';
import { BUNDLE, bundleIn, header, ITERATION, recordFiles, step, stepFiles } from '../acts.ts';
import { attack, honest, type AttackCase, type Bench } from '../case.ts';
import type { Files, Site } from '../site.ts';

type Row = EvaluationReport['tasks'][number];

interface RunSpec {
  readonly iteration?: Iteration;
  readonly run?: string;
  readonly report?: (report: EvaluationReport) => object;
  /** Over the evaluation before it is sealed. */
  readonly changes?: (honest: CompleteEvaluation) => object;
  readonly transition?: boolean;
  /** Another raw file. */
  readonly raw?: string;
  readonly more?: Files;
}

/** A run as `eval` writes it, from the harness output of the honest one, with one thing in it made wrong. */
async function run(site: Site, on: string, time: number, spec: RunSpec): Promise<Files> {
  const accepted = bundleIn(await site.load(site.at('accepted')));
  const world = await site.load(on);
  const iteration = spec.iteration ?? ITERATION;
  const bundle = bundleIn(world, iteration);
  const [model] = accepted.record.evaluations;
  const original = reportOf(accepted, 'run-1');
  if (model?.status !== 'complete' || original === null) throw new Error('the honest run is missing');
  const name = spec.run ?? 'run-1';
  const old = site.git([
    'show',
    `${site.at('accepted')}:${BUNDLE}/eval-transcripts/run-1/raw/${model.files[0]?.path ?? ''}`,
  ]);
  const raw = spec.raw ?? `${old}\n`;
  const file = { path: model.files[0]?.path ?? '', size: Buffer.byteLength(raw), sha256: sha256(raw) };
  const report = evaluationReportDocument.schema.parse({
    ...original,
    raw: [file],
    ...spec.report?.({ ...original, raw: [file] as never }),
  });
  const text = evaluationReportDocument.print(report);
  const scored = scoreRun(world, bundle, report);
  const evaluation = {
    ...model,
    ...header(site, world, 'evaluate', { who: 'trainer', role: 'pipeline', time }, [
      bundle.record.request.id,
      bundle.lock.id,
    ]),
    run: name,
    artifact: bundle.record.request.artifact.digest,
    report: sha256(text),
    files: [file],
    scores: scored.kind === 'scored' ? scored.scores : model.scores,
  } as unknown as CompleteEvaluation;
  const sealed = seal(
    Evaluation,
    JSON.parse(JSON.stringify({ ...evaluation, ...spec.changes?.(evaluation) })) as never,
  );
  const record: PromotionRecord = { ...bundle.record, evaluations: [...bundle.record.evaluations, sealed] };
  const passes = sealed.status === 'complete' && sealed.scores.verdict === 'pass';
  const taken =
    (spec.transition ?? passes)
      ? step(site, world, {
          who: 'trainer',
          role: 'pipeline',
          time,
          from: 'candidate',
          to: 'eval-accepted',
          reliedOn: [sealed.id],
        })
      : null;
  const folder = bundleFolder(iteration);
  const now =
    taken === null ? record : { ...record, state: taken.to, transitions: [...record.transitions, taken] };
  return {
    [`${folder}/${RECORD}`]: recordDocument.print(now),
    [`${folder}/${reportFile(name)}`]: text,
    [`${folder}/${rawFolder(name)}/${file.path}`]: raw,
    ...spec.more,
  };
}

const evaluated = (spec: RunSpec) => async (bench: Bench) => {
  const site = await bench.site();
  const time = site.after('evidenced');
  return site.target(
    await site.commit({
      on: 'evidenced',
      by: 'trainer',
      time,
      put: await run(site, site.at('evidenced'), time, spec),
    }),
  );
};

const rows = (change: (row: Row, index: number) => Row | null) => (report: EvaluationReport) => ({
  tasks: report.tasks.flatMap((row, index) => change(row, index) ?? []),
});

/** The report as the harness would have dated it so many seconds later. */
const dated =
  (seconds: number) =>
  ({ date }: EvaluationReport) => ({ date: date && toTime(toSeconds(date) + seconds) });

const WORSE = rows((row) => ({
  ...row,
  value: (row.task.includes('unsafe') ? '0.004' : '0.61') as Row['value'],
}));

/** A first run that fails, honestly, then another one. */
const afterFailure = (spec: RunSpec) => async (bench: Bench) => {
  const site = await bench.site();
  const time = site.after('evidenced');
  const failed = await run(site, site.at('evidenced'), time, { report: WORSE, raw: 'another output\n' });
  const on = await site.commit({ on: 'evidenced', by: 'trainer', time, put: failed });
  return site.target(
    await site.commit({
      on,
      by: 'trainer',
      time: time + 60,
      put: await run(site, on, time + 60, { run: 'run-2', ...spec }),
    }),
  );
};

const SECOND: Iteration = { ...ITERATION, version: Version.parse('1.1.0') };

/** A second candidate of the line, of other weights, beside the first. @returns the commit that has both. */
async function secondCandidate(site: Site): Promise<string> {
  const world = await site.load(site.at('evidenced'));
  const { record } = bundleIn(world);
  const time = site.after('evidenced');
  const [first, ...rest] = record.request.artifact.files;
  const files = [{ ...first, sha256: 'd'.repeat(64) }, ...rest] as typeof record.request.artifact.files;
  const request = seal(Request, {
    ...record.request,
    ...header(site, world, 'request', { who: 'trainer', role: 'pipeline', time }, record.request.reliedOn),
    artifact: { ...record.request.artifact, files, digest: digestOfFiles(files) },
  });
  const next: PromotionRecord = { ...record, version: SECOND.version, request, evidence: [] };
  const put = {
    [`${bundleFolder(SECOND)}/${RECORD}`]: recordDocument.print(next),
    [`${bundleFolder(SECOND)}/rubric.json`]:
      site.git(['show', `${site.at('evidenced')}:${BUNDLE}/rubric.json`]) + '\n',
  };
  return await site.commit({ on: 'evidenced', by: 'trainer', time, put });
}

/** Each candidate is evaluated on a branch of its own; the branches are merged. */
const evaluatedApart = (raws: readonly [string, string]) => async (bench: Bench) => {
  const site = await bench.site();
  const on = await secondCandidate(site);
  const time = site.after('evidenced', 2);
  const puts = [
    await run(site, on, time, { raw: raws[0] }),
    await run(site, on, time, { raw: raws[1], iteration: SECOND }),
  ] as const;
  const one = await site.commit({ on, by: 'trainer', time, put: puts[0] });
  const two = await site.commit({ on, by: 'trainer', time, put: puts[1] });
  const tree = await site.treeWith(one, puts[1]);
  return site.target(await site.commit({ on: [one, two], by: null, tree }));
};

/** A lock as `lock` writes it. */
async function lock(site: Site, world: World, time: number, changes: object): Promise<Files> {
  const [honestLock] = locksOf((await site.load(site.at('lock'))).tree, ITERATION.line);
  if (honestLock === undefined) throw new Error('the honest lock is missing');
  const sealed = seal(Lock, {
    ...honestLock,
    ...header(site, world, 'lock', { who: 'trainer', role: 'pipeline', time }, honestLock.reliedOn),
    ...changes,
  });
  return { [lockFile(ITERATION.line, sealed.id)]: lockDocument.print(sealed) };
}

const locked = (changes: object) => async (bench: Bench) => {
  const site = await bench.site();
  const time = site.after('baseline');
  const put = await lock(site, await site.load(site.at('baseline')), time, changes);
  return site.target(await site.commit({ on: 'baseline', by: 'trainer', time, put }));
};

/** The honest request with one thing changed, and the rubric beside it. */
const requested =
  (changes: (request: Request, site: Site) => object, more: Files = {}) =>
  async (bench: Bench) => {
    const site = await bench.site();
    const time = site.after('lock', 30);
    const world = await site.load(site.at('lock'));
    const { record } = bundleIn(await site.load(site.at('requested')));
    const request = seal(Request, {
      ...record.request,
      ...header(site, world, 'request', { who: 'trainer', role: 'pipeline', time }, record.request.reliedOn),
      ...changes(record.request, site),
    });
    const rubric = site.git(['show', `${site.at('requested')}:${BUNDLE}/rubric.json`]) + '\n';
    const put = { ...recordFiles({ ...record, request }), [`${BUNDLE}/rubric.json`]: rubric, ...more };
    return site.target(await site.commit({ on: 'lock', by: 'trainer', time, put }));
  };

const trainedFrom = (hours: number) => (request: Request, site: Site) => ({
  lineage: {
    ...request.lineage,
    training: { ...request.lineage.training, startedAt: toTime(site.after('lock', hours)) },
  },
});

export const RUN_CASES: readonly AttackCase[] = [
  honest('G4.control', 'a run made by hand, right in everything', evaluated({})),
  honest('G4.control-failed', 'a run that fails, recorded as failed', evaluated({ report: WORSE })),
  attack(
    'G4.half-a-run',
    'a run that lacks a task',
    'EVAL_OTHER_YARDSTICK',
    evaluated({ report: rows((row, index) => (index === 1 ? null : row)) }),
  ),
  attack('G4.two-halves', 'scores spread over two runs', 'EVAL_OTHER_YARDSTICK', async (bench) => {
    const site = await bench.site();
    const time = site.after('evidenced');
    const half = await run(site, site.at('evidenced'), time, {
      transition: false,
      raw: 'first half\n',
      report: rows((row, index) => (index < 2 ? row : null)),
    });
    const one = await site.commit({ on: 'evidenced', by: 'trainer', time, put: half });
    const rest = await run(site, one, time + 60, {
      run: 'run-2',
      raw: 'second half\n',
      report: rows((row, index) => (index >= 2 ? row : null)),
    });
    return site.target(await site.commit({ on: one, by: 'trainer', time: time + 60, put: rest }));
  }),
  attack(
    'G4.incomplete',
    'a run over half of the samples',
    'EVAL_INCOMPLETE',
    evaluated({
      report: rows(({ samples = { original: 2, effective: 2 }, ...row }) => ({
        ...row,
        samples: { ...samples, effective: Math.floor(samples.original / 2) },
      })),
    }),
  ),
  attack(
    'G4.uncounted',
    'a run that leaves out how many samples there were',
    'EVAL_UNSCORABLE',
    evaluated({ report: rows((row) => ({ ...row, samples: undefined })) }),
  ),
  attack(
    'G4.directionless',
    'a run that leaves out whether higher is better',
    'EVAL_UNSCORABLE',
    evaluated({
      report: (report) => ({
        ...rows((row) => ({ ...row, higherIsBetter: undefined }))(report),
        harness: { ...report.harness, tellsDirections: false },
      }),
    }),
  ),
  attack(
    'G4.cancelled',
    'an errored run with the transition of a complete one',
    'CRITERIA_NOT_MET',
    evaluated({
      transition: true,
      changes: () => ({ status: 'errored', error: 'cancelled', report: undefined, scores: undefined }),
    }),
  ),
  attack(
    'G4.rubric',
    'the rubric in the bundle is changed along with the run',
    'UNEXPLAINED_CHANGE',
    evaluated({ more: { [`${BUNDLE}/rubric.json`]: '{}\n' } }),
  ),
  attack(
    'G4.harness',
    'another harness version than the locked one',
    'EVAL_OTHER_YARDSTICK',
    evaluated({ report: (report) => ({ harness: { ...report.harness, version: '9.9' } }) }),
  ),
  attack(
    'G5.threshold',
    'the lock says a lower threshold than the policy',
    'LOCK_DIFFERS_FROM_POLICY',
    locked({ thresholds: { core: '0.1', heldOut: '0.1', maxRegressions: 9 } }),
  ),
  attack(
    'G5.rubric',
    'the lock names another rubric',
    'LOCK_DIFFERS_FROM_POLICY',
    locked({ rubric: { name: 'claims', sha256: 'c'.repeat(64) } }),
  ),
  attack('G5.runs', 'the lock says another number of runs', 'LOCK_DIFFERS_FROM_POLICY', locked({ runs: 3 })),
  honest('G5.control', 'a lock made by hand, right in everything', locked({})),
  honest(
    'G5.control-request',
    'a request made by hand, right in everything',
    requested(() => ({})),
  ),
  attack(
    'G5.kind',
    'a whole model that is requested as a change of an adapter',
    'MUTATION_NOT_OF_ARTIFACT',
    requested(({ artifact }) => ({
      artifact: {
        ...artifact,
        format: 'safetensors',
        facts: { architecture: 'x', tensors: 1, parameters: 1, types: ['F32'] },
      },
    })),
  ),
  attack('G5.training', 'training began before the lock', 'TRAINING_BEFORE_LOCK', requested(trainedFrom(-1))),
  attack(
    'G5.request-rubric',
    'the bundle’s rubric is not the locked one',
    'FILE_DIFFERS',
    requested(() => ({}), { [`${BUNDLE}/rubric.json`]: '{}\n' }),
  ),
  attack(
    'G5.unknown-lock',
    'the request cites a lock that is not there',
    'LOCK_UNKNOWN',
    requested(() => ({ lock: 'c'.repeat(64), reliedOn: ['c'.repeat(64)] })),
  ),
  attack(
    'G5.evaluated-by-other',
    'the run names another lock than the request',
    'EVAL_OTHER_YARDSTICK',
    evaluated({ changes: () => ({ lock: 'c'.repeat(64) }) }),
  ),
  attack(
    'G5b.score',
    'the recorded score is not the one of the report',
    'SCORE_DIFFERS',
    evaluated({ changes: ({ scores }) => ({ scores: { ...scores, core: '0.99' } }) }),
  ),
  attack(
    'G5b.verdict',
    'a failing run recorded as passed',
    'SCORE_DIFFERS',
    evaluated({
      report: WORSE,
      changes: ({ scores }) => ({ scores: { ...scores, verdict: 'pass', shortfalls: [] } }),
    }),
  ),
  attack(
    'G5b.report',
    'the report is not the one the record names',
    'FILE_DIFFERS',
    evaluated({ changes: () => ({ report: 'c'.repeat(64) }) }),
  ),
  attack(
    'G5b.artifact',
    'an evaluation of another artifact',
    'EVAL_OTHER_MODEL',
    evaluated({ changes: () => ({ artifact: 'c'.repeat(64) }) }),
  ),
  attack(
    'G5b.base',
    'an evaluation on another base model',
    'EVAL_OTHER_MODEL',
    evaluated({ report: (report) => ({ model: { ...report.model, base: 'somebody/else' } }) }),
  ),
  attack(
    'G5b.without-adapter',
    'an evaluation of the base model alone',
    'EVAL_OTHER_MODEL',
    evaluated({ report: (report) => ({ model: { ...report.model, adapter: undefined } }) }),
  ),
  attack(
    'G5b.second-run',
    'a second complete run after a failed one',
    'EVAL_ALREADY_DECIDED',
    afterFailure({}),
  ),
  attack(
    'G5b.same-output',
    'the output of a run that failed is used under another name',
    'EVAL_RUN_REPEATED',
    afterFailure({ report: WORSE, raw: 'another output\n' }),
  ),
  attack(
    'G5b.before-training-end',
    'a run that the harness began before training ended',
    'EVAL_BEFORE_TRAINING_END',
    evaluated({ report: dated(-2 * 3600) }),
  ),
  honest(
    'G5b.clock',
    'a run on a machine whose clock is eight minutes slow',
    evaluated({ report: dated(-3600 - 480) }),
  ),
  honest(
    'G5b.no-date',
    'a run of a harness that tells no date',
    evaluated({ report: () => ({ date: undefined }) }),
  ),
  honest(
    'G5b.control-apart',
    'two candidates are evaluated on branches of their own, which are merged',
    evaluatedApart(['one output\n', 'another output\n']),
  ),
  attack(
    'G5b.same-output-apart',
    'one output is recorded for two artifacts on two branches, which are merged',
    'EVAL_RUN_REPEATED',
    evaluatedApart(['one output\n', 'one output\n']),
  ),
  attack(
    'G11.evaluation',
    'a run clears the lock and no transition is made',
    'TRANSITION_WITHHELD',
    evaluated({ transition: false }),
  ),
  attack('G11.export', 'an export without its transition', 'TRANSITION_WITHHELD', async (bench) => {
    const site = await bench.site();
    const before = bundleIn(await site.load(site.at('accepted'))).record;
    const after = bundleIn(await site.load(site.at('exported'))).record;
    if (after.export === undefined) throw new Error('nothing was exported');
    const time = site.after('exported', 0);
    return site.target(
      await site.commit({
        on: 'accepted',
        by: 'trainer',
        time,
        put: recordFiles({ ...before, export: after.export }),
      }),
    );
  }),
  attack('G11.later', 'the withheld transition is made up for later', 'PARENT_VOID', async (bench) => {
    const site = await bench.site();
    const time = site.after('evidenced');
    const on = await site.commit({
      on: 'evidenced',
      by: 'trainer',
      time,
      put: await run(site, site.at('evidenced'), time, { transition: false }),
    });
    const world = await site.load(on);
    const reliedOn = bundleIn(world).record.evaluations.map(({ id }) => id);
    const taken = step(site, world, {
      who: 'trainer',
      role: 'pipeline',
      time: time + 60,
      to: 'eval-accepted',
      reliedOn,
    });
    return site.target(
      await site.commit({ on, by: 'trainer', time: time + 60, put: stepFiles(world, taken) }),
    );
  }),
];

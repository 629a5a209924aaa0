import type { FileEntry } from '../domain/entry.ts';
import type { EvaluationReport } from '../domain/evaluation-report.ts';
import type { Lock } from '../domain/lock.ts';
import { toSeconds } from '../domain/names.ts';
import { reason, type Reason } from '../domain/reason.ts';
import type { Request } from '../domain/request.ts';
import { TIME_TOLERANCE } from './entry-check.ts';

/** A report must name the raw files it was made from, and those files must be the ones kept beside it. */
export function checkReport(
  report: Pick<EvaluationReport, 'raw'>,
  files: readonly FileEntry[],
): readonly Reason[] {
  const kept = new Map(files.map((file) => [file.path as string, file.sha256]));
  return report.raw.flatMap((raw) =>
    kept.get(raw.path) === raw.sha256
      ? []
      : [
          reason('FILE_DIFFERS', {
            path: `raw/${raw.path}`,
            stated: raw.sha256,
            found: kept.get(raw.path) ?? 'no file',
          }),
        ],
  );
}

const other = (what: string, requested: string, evaluated: string | undefined): readonly Reason[] =>
  evaluated === requested
    ? []
    : [reason('EVAL_OTHER_MODEL', { what, requested, evaluated: evaluated ?? 'none named' })];

/** The harness must have run this artifact, by every name and commit it reports. */
export function checkModel({ model }: EvaluationReport, request: Request): readonly Reason[] {
  const { artifact } = request;
  switch (artifact.format) {
    case 'peft-lora':
      return checkAdapter(model, request);
    case 'safetensors':
    case 'gguf':
      // A whole model is loaded by its own path, whatever it was made from, and nothing on top of it.
      return [
        ...other('model', artifact.name, model.base?.split('/').filter(Boolean).at(-1)),
        ...(model.adapter === undefined ? [] : other('adapter', 'none', model.adapter)),
      ];
  }
}

function checkAdapter(
  model: EvaluationReport['model'],
  { base, artifact }: Pick<Request, 'base' | 'artifact'>,
): readonly Reason[] {
  const commit = base.pin.kind === 'commit' ? base.pin.value : null;
  return [
    ...other('base', base.name, model.base),
    ...other('adapter', artifact.name, model.adapter),
    // A harness may leave the revision out; what it does name must be the pinned commit.
    ...(commit !== null && model.baseRevision !== undefined
      ? other('base revision', commit, model.baseRevision)
      : []),
    ...(commit !== null && model.baseSha !== undefined ? other('base commit', commit, model.baseSha) : []),
  ];
}

/** By which name a harness says which model it ran; null where it names none, and people's word is all there is. */
export function evaluatedName({ model: { base, adapter } }: Pick<EvaluationReport, 'model'>): string | null {
  return adapter ?? base ?? null;
}

/**
 * A baseline must be of the model that it is said to be of. A name may stand without its owner; of a path the last part is the name.
 */
export function checkBaselineModel(
  report: Pick<EvaluationReport, 'model'>,
  stated: string,
): readonly Reason[] {
  const evaluated = evaluatedName(report);
  if (evaluated === null) return [];
  const [ours, theirs] = [stated, evaluated].map((name) => name.split('/').filter(Boolean).reverse());
  const common = /^[/.~]/.test(evaluated) ? 1 : Math.min(ours?.length ?? 0, theirs?.length ?? 0);
  const isSame = common > 0 && ours?.slice(0, common).join('/') === theirs?.slice(0, common).join('/');
  const { base, adapter } = report.model;
  const on = adapter === undefined || base === undefined ? '' : ` on ${base}`;
  return isSame ? [] : [reason('BASELINE_OTHER_MODEL', { stated, evaluated: `${evaluated}${on}` })];
}

/**
 * What a harness ran before the training had ended was not what came of it. A harness that tells no date is not held to
 * one, and clocks may differ as far as anywhere else.
 */
export function checkDate(
  { date }: EvaluationReport,
  { lineage }: { readonly lineage: { readonly training: Pick<Request['lineage']['training'], 'endedAt'> } },
): readonly Reason[] {
  const { endedAt } = lineage.training;
  if (date === undefined || toSeconds(date) + TIME_TOLERANCE >= toSeconds(endedAt)) return [];
  return [reason('EVAL_BEFORE_TRAINING_END', { evaluatedAt: date, trainedUntil: endedAt })];
}

/** A baseline is older than the lock that names it. */
export function checkBaselineDate({ date }: EvaluationReport, lock: Lock): readonly Reason[] {
  if (date === undefined || toSeconds(date) <= toSeconds(lock.time) + TIME_TOLERANCE) return [];
  return [reason('BASELINE_AFTER_LOCK', { evaluatedAt: date, lockedAt: lock.time })];
}

/** The same harness, task versions and prompts as in the lock. */
export function checkYardstick(report: EvaluationReport, lock: Lock): readonly Reason[] {
  const other = (what: string, locked: string, used: string): readonly Reason[] =>
    locked === used ? [] : [reason('EVAL_OTHER_YARDSTICK', { what, locked, used })];
  return [
    ...other(
      'harness',
      `${lock.harness.name} ${lock.harness.version}`,
      `${report.harness.name} ${report.harness.version}`,
    ),
    ...lock.tasks.flatMap((task) => {
      const row = report.tasks.find((candidate) => candidate.task === task.task);
      if (row === undefined) return other(`task ${task.task}`, `version ${task.version}`, 'not run');
      return [
        ...other(`version of ${task.task}`, task.version, row.version),
        ...other(`prompts of ${task.task}`, task.hash ?? 'not told', row.hash ?? 'not told'),
      ];
    }),
  ];
}

/** A task whose samples were not all run has no score that can be compared with anything. */
export function checkCompleteness(report: EvaluationReport): readonly Reason[] {
  return report.tasks.flatMap(({ task, samples }) =>
    samples === undefined || samples.effective === samples.original
      ? []
      : [reason('EVAL_INCOMPLETE', { task, ...samples })],
  );
}

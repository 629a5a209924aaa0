import {
  integerOf,
  isForeignArray,
  isForeignObject,
  kindOf,
  memberOf,
  numberTextOf,
  textOf,
  type ForeignJson,
  type ForeignObject,
} from '../../base/foreign-json.ts';
import { sha256, type Sha256 } from '../../base/digest.ts';
import { canonicalForeign } from './canonical-foreign.ts';
import type { Complain } from './import-result.ts';
import { isFault, type InspectLog } from './inspect-log.ts';

/** Whether a log of Inspect tells of a whole evaluation: ended well, every sample run and scored, nothing taken back. */

/** @returns how many samples it has, all epochs together; undefined where something was wrong, which was told. */
export function completeSamples(
  { file: { path }, header }: InspectLog,
  complain: Complain,
): number | undefined {
  const status = textOf(header.get('status'));
  if (status !== 'success') complain('EVAL_NOT_FINISHED', `${path}: status is ${status ?? 'not told'}`);
  if ((header.get('error') ?? null) !== null) complain('EVAL_ERRORED', `${path}: error is set`);
  if ((header.get('invalidated') ?? false) !== false)
    complain('EVAL_INVALIDATED', `${path}: invalidated is set`);
  return counted(path, header, complain);
}

/** Every sample of the dataset, as often as there are epochs. What was chosen among them is no evaluation of the dataset. */
function counted(path: string, header: ForeignObject, complain: Complain): number | undefined {
  const evaluated = memberOf(header, 'eval');
  const inDataset = integerOf(memberOf(evaluated, 'dataset', 'samples'));
  const epochs = memberOf(evaluated, 'config', 'epochs') ?? null;
  const times = epochs === null ? 1 : (integerOf(epochs) ?? 0);
  const results = header.get('results');
  const [total, completed] = ['total_samples', 'completed_samples'].map((key) =>
    integerOf(memberOf(results, key)),
  );
  if (
    inDataset === undefined ||
    inDataset < 1 ||
    times < 1 ||
    total === undefined ||
    completed === undefined
  ) {
    complain(
      'EVAL_NO_SAMPLES',
      `${path}: eval.dataset, eval.config.epochs or results does not count the samples`,
    );
    return undefined;
  }
  const chosen = ['limit', 'sample_id'].filter(
    (key) => (memberOf(evaluated, 'config', key) ?? null) !== null,
  );
  if (chosen.length > 0) {
    const how = chosen.map((key) => `eval.config.${key}`).join(' and ');
    complain('EVAL_LIMITED', `${path}: ${how} chose ${total} of ${inDataset * times} samples`);
    return undefined;
  }
  const due = inDataset * times;
  if (completed !== due || total !== due)
    complain('EVAL_INCOMPLETE', `${path}: ${Math.min(completed, total)} of ${due} samples were run`);
  if ((memberOf(results, 'early_stopping') ?? null) !== null)
    complain('EVAL_INCOMPLETE', `${path}: stopped early`);
  return due;
}

/**
 * Looks at every sample that was logged.
 * @returns a digest over what was asked and what is right for it; undefined where no samples were logged.
 */
export function checkSamples(
  log: InspectLog,
  due: number,
  scorers: readonly string[],
  complain: Complain,
): Sha256 | undefined {
  const samples = log.samples();
  if (samples === null) return undefined;
  const asked = new Map<string, string>();
  const seen = new Set<string>();
  for (const sample of samples) {
    if (isFault(sample)) {
      complain(sample.code, ...sample.facts);
      return undefined;
    }
    if (isForeignObject(sample)) {
      const [id, epoch] = [nameOf(sample.get('id')), integerOf(sample.get('epoch')) ?? 1];
      const key = JSON.stringify([id, epoch]);
      if (seen.has(key)) complain('EVAL_SEVERAL_RUNS', `${log.file.path}: sample ${id} is there twice`);
      seen.add(key);
      if (seen.size <= due) checkSample(sample, `${log.file.path}: sample ${id}`, scorers, complain);
      asked.set(key, sha256(canonicalForeign([inputOf(sample.get('input')), sample.get('target') ?? null])));
    } else {
      complain('EVAL_NOT_THIS_FORMAT', `${log.file.path}: a sample is ${kindOf(sample)}`);
      return undefined;
    }
  }
  if (seen.size !== due)
    complain('EVAL_INCOMPLETE', `${log.file.path}: ${seen.size} of ${due} samples are there`);
  return sha256(JSON.stringify([...asked].sort(([a], [b]) => (a < b ? -1 : 1))));
}

function nameOf(id: ForeignJson | undefined): string {
  return textOf(id) ?? numberTextOf(id) ?? '';
}

function checkSample(
  sample: ForeignObject,
  where: string,
  scorers: readonly string[],
  complain: Complain,
): void {
  if ((sample.get('error') ?? null) !== null) complain('EVAL_ERRORED', `${where} ended with an error`);
  if ((sample.get('invalidation') ?? null) !== null)
    complain('EVAL_INVALIDATED', `${where} was declared invalid`);
  for (const scorer of scorers) {
    const score = memberOf(sample, 'scores', scorer);
    if ((memberOf(score, 'value') ?? null) === null)
      complain('EVAL_UNSCORED', `${where} has no score of ${scorer}`);
  }
}

/** Messages without the ids that every run gives anew. */
function inputOf(input: ForeignJson | undefined): ForeignJson {
  if (!isForeignArray(input)) return input ?? null;
  return input.map((message) =>
    isForeignObject(message) ? [message.get('role') ?? null, message.get('content') ?? null] : message,
  );
}

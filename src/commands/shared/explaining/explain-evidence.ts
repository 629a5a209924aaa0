import { shellWord } from '../terminal/escape.ts';
import { ITERATION, said, short, type Explainers } from './explained.ts';
import { IMPORT_MEANINGS, meaningOf, SCORE_MEANINGS } from './fault-meanings.ts';

const ADD = (path: string): string =>
  isForEvidenceAdd(path)
    ? `modelsmith evidence add ${ITERATION} ${shellWord(path, 'file')}`
    : EVIDENCE_BY_ACTS;
const EVIDENCE_BY_ACTS = `see which step is missing: modelsmith status ${ITERATION}`;

/** Runs, record, rubric and logs come from acts of their own. */
function isForEvidenceAdd(path: string): boolean {
  return /^(?:[a-z-]+\.md|attachments\/.+)$/.test(path);
}

/** Files, evaluation and export. */
export const EVIDENCE = {
  FILE_DIFFERS: ({ path, stated, found }) =>
    said(`${path}: listed as ${short(stated)}, found ${short(found)}`, 'bring the file that was listed'),
  FILE_NOT_EVIDENCE: ({ path }) =>
    said(
      `${path} is no file that can be added as evidence`,
      `put it below attachments/: modelsmith evidence add ${ITERATION} attachments/<name>`,
    ),
  DOCUMENT_UNSOUND: ({ path, message, place }) =>
    said(
      `${path}${place.line === undefined ? '' : `:${place.line}`}${place.key === undefined ? '' : ` (${place.key})`} ${message}`,
    ),
  EVIDENCE_MISSING: ({ path }) => said(path, ADD(path)),
  EVIDENCE_UNSOUND: ({ path, message, line }) =>
    said(`${path}${line === undefined ? '' : `:${line}`} ${message}`, `complete it, then: ${ADD(path)}`),
  EVIDENCE_DECIDED: ({ path, gate }) =>
    said(
      `${path} has been decided on at ${gate}`,
      `it changes only in answer to a change request: modelsmith request-changes ${ITERATION}`,
    ),
  EVIDENCE_NOT_YOURS: ({ path, principal }) =>
    said(`${path} is not for ${principal} to bring`, 'the pipeline or the requester brings it'),

  CONFIDENTIAL_IN_CLEAR: ({ path, line }) =>
    said(
      `${path} lies in the clear, and the transcripts of ${line} are confidential`,
      'bring it sealed or by digest: add --confidential seal, or --confidential outside',
    ),
  CONFIDENTIAL_UNSOUND: ({ path, message }) =>
    said(`${path} ${message}`, 'have modelsmith make it: --confidential seal, or --confidential outside'),
  CONTENT_ERASED: ({ path, date, principal }) =>
    said(`${path} was erased by ${principal} (${date})`, `read why: modelsmith log ${ITERATION}`),
  ERASE_UNKNOWN: ({ path, message }) =>
    said(`${path} ${message}`, `see which files can be erased: modelsmith show ${ITERATION}`),

  RECORD_FULL: ({ iteration, holds }) =>
    said(
      `the record of ${iteration} holds ${holds}, and takes no more`,
      'go on with what it holds, or request a new version',
    ),
  EVAL_ALREADY_DECIDED: ({ iteration, verdict }) =>
    said(
      `the runs of ${iteration} have decided: ${verdict}`,
      verdict === 'fail' ? 'train again and request the result as a new version' : null,
    ),
  EVAL_OTHER_MODEL: ({ what, requested, evaluated }) =>
    said(
      `${what}: requested is ${short(requested)}, evaluated was ${short(evaluated)}`,
      'evaluate the adapter that was requested',
    ),
  BASELINE_OTHER_MODEL: ({ stated, evaluated }) =>
    said(
      `the results are of ${evaluated}, and the baseline is said to be of ${stated}`,
      `give the results of ${stated}, or name with --model what was evaluated`,
    ),
  EVAL_OTHER_YARDSTICK: ({ what, locked, used }) =>
    said(`${what}: locked is ${short(locked)}, used was ${short(used)}`, 'evaluate with what the lock fixes'),
  EVAL_BEFORE_TRAINING_END: ({ evaluatedAt, trainedUntil }) =>
    said(
      `the harness began ${evaluatedAt}, and training went on until ${trainedUntil}`,
      'evaluate the adapter that came of the training',
    ),
  EVAL_RUN_REPEATED: ({ run, earlier }) =>
    said(
      `the run ${run} is the run ${earlier} again`,
      run === earlier ? 'give the run a name of its own: --run <name>' : 'bring the output of another run',
    ),
  EVAL_INCOMPLETE: ({ task, original, effective }) =>
    said(`${task}: ${effective} of ${original} samples were run`, 'run the harness without a limit'),
  EVAL_UNSCORABLE: ({ fault, facts }) => {
    const known = meaningOf(SCORE_MEANINGS, fault) ?? meaningOf(IMPORT_MEANINGS, fault);
    return said(
      `${fault}: ${[known?.meaning ?? 'cannot be scored', ...facts].join('; ')}`,
      known?.remedy ?? null,
    );
  },
  EVAL_NOT_ERRORED: ({ run, file }) =>
    said(
      `${file} imports as a complete run, which is a result and no error`,
      `record what it came to: modelsmith eval ${ITERATION} ${shellWord(file, 'results')} --run ${shellWord(run, 'run')}`,
    ),
  SCORE_DIFFERS: ({ what, recorded, computed }) =>
    said(`${what}: recorded is ${recorded}, computed is ${computed}`, `modelsmith reproduce ${ITERATION}`),
  TRANSITION_WITHHELD: ({ iteration, to }) =>
    said(
      `${iteration} meets everything for ${to}, so the move belongs into the same commit`,
      'make the commit with modelsmith, which adds the move',
    ),
  EXPORT_DIFFERS: ({ what, stated, expected }) =>
    said(
      `${what}: stated is ${short(stated)}, expected is ${short(expected)}`,
      `modelsmith export ${ITERATION}`,
    ),
  ALREADY_EXPORTED: ({ iteration }) => said(`${iteration} has been exported`, `modelsmith show ${ITERATION}`),
} as const satisfies Partial<Explainers>;

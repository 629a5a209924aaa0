import { CannotTell } from '../../../base/errors.ts';
import { isNonEmpty } from '../../../base/nonempty.ts';
import type { Reason, ReasonCode } from '../../../domain/reason.ts';
import { checkDate } from '../../../machine/report-check.ts';
import type { RunInput } from './add-evaluation.ts';
import type { Outcome } from '../command.ts';
import { readHarnessOutput } from './harness-output.ts';
import { readMetadata } from './submission-metadata.ts';
import type { Desk } from '../opening/write.ts';

type Refused = Extract<Outcome, { kind: 'refused' }>;

interface Timed {
  readonly metadata: string;
  readonly runs: readonly Pick<RunInput, 'results' | 'transcripts'>[];
  readonly importer: string | null;
}

const OF_TRAINING: ReadonlySet<ReasonCode> = new Set([
  'TRAINING_BEFORE_LOCK',
  'TRAINING_TIMES',
  'LOCK_NOT_NEWEST',
]);

/**
 * A request whose times are wrong, with what is wrong about those of its runs: whoever mends one would be refused for the
 * next, and clocks are set once.
 */
export async function withLateRuns(
  { context }: Desk,
  refused: Refused,
  { metadata, runs, importer }: Timed,
): Promise<Refused> {
  if (!refused.reasons.some(({ code }) => OF_TRAINING.has(code))) return refused;
  const { lineage } = await readMetadata(context, metadata);
  const late: Reason[] = [];
  for (const { results, transcripts } of runs) {
    try {
      const output = await readHarnessOutput(context, results, importer, transcripts);
      if (output.kind === 'read') late.push(...checkDate(output.report, { lineage }));
    } catch (error) {
      // What cannot be read is told when the request can be made.
      if (!(error instanceof CannotTell)) throw error;
    }
  }
  return isNonEmpty(late) ? { ...refused, reasons: [...refused.reasons, ...late] } : refused;
}

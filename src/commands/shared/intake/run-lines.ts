import type { Evaluation } from '../../../domain/record.ts';
import type { Bundle } from '../../../machine/world.ts';
import { scoresTable } from './scores-table.ts';
import { quoted, type Style } from '../terminal/style.ts';

/** What a run came to, for people. */
export function runLines(bundle: Bundle, run: Evaluation, style: Style, columns: number): readonly string[] {
  if (run.status === 'complete') return scoresTable(bundle, run, style, columns);
  return [
    `run ${run.run}: ${style.careful('errored')}, which does not count: it may be repeated`,
    ...quoted(run.error, columns),
  ];
}

/** The same for `--json`. */
export function runJson(run: Evaluation): object {
  return run.status === 'complete'
    ? { run: run.run, status: run.status, entry: run.id, report: run.report, scores: run.scores }
    : { run: run.run, status: run.status, entry: run.id, error: run.error };
}

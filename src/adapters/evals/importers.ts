import type { EvaluationImporter } from '../../ports/evaluations.ts';
import { genericEvaluation } from './generic.ts';
import { inspectLogs } from './inspect.ts';
import { lmEvalV03 } from './lm-eval-v03.ts';
import { lmEvalV04 } from './lm-eval-v04.ts';
import { promptfooResults } from './promptfoo.ts';

/** Every importer ever released: reports made by an old one must be made again by the same one. */
export const IMPORTERS: readonly EvaluationImporter[] = [
  lmEvalV04,
  lmEvalV03,
  inspectLogs,
  promptfooResults,
  genericEvaluation,
];

/** @param version without it the newest. @returns null for a name or version that was never released. */
export function importerNamed(name: string, version?: number): EvaluationImporter | null {
  const named = IMPORTERS.filter((importer) => importer.name === name);
  if (version !== undefined) return named.find((importer) => importer.version === version) ?? null;
  return named.reduce<EvaluationImporter | null>(
    (newest, importer) => (newest === null || importer.version > newest.version ? importer : newest),
    null,
  );
}

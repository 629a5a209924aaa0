import type { EvaluationImporter } from '../../ports/evaluations.ts';
import { lmEvalV04 } from './lm-eval-v04.ts';

/** Every importer ever released: reports made by an old one must be made again by the same one. */
export const IMPORTERS: readonly EvaluationImporter[] = [lmEvalV04];

/** @param version without it the newest. @returns null for a name or version that was never released. */
export function importerNamed(name: string, version?: number): EvaluationImporter | null {
  const named = IMPORTERS.filter((importer) => importer.name === name);
  if (version !== undefined) return named.find((importer) => importer.version === version) ?? null;
  return named.reduce<EvaluationImporter | null>(
    (newest, importer) => (newest === null || importer.version > newest.version ? importer : newest),
    null,
  );
}

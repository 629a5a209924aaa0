import { readFileSync } from 'node:fs';
import type { EvaluationReport } from '../../../src/domain/evaluation-report.ts';
import type { EvaluationImporter, ImportFault } from '../../../src/ports/evaluations.ts';

export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../../../fixtures/evals/${name}`, import.meta.url)));
}

type Node = Record<string, unknown>;
/** What lies under keys of a tree that is there, as something to change. */
export function at(tree: unknown, ...keys: readonly (string | number)[]): Node {
  return keys.reduce<Node>((node, key) => node[key] as Node, tree as Node);
}

/** A fixture with something changed. */
export function changed(name: string, change: (tree: Node) => void): Uint8Array {
  const tree = JSON.parse(new TextDecoder().decode(fixture(name))) as Node;
  change(tree);
  return new TextEncoder().encode(JSON.stringify(tree));
}

export function importedBy(importer: EvaluationImporter, ...files: readonly Uint8Array[]): EvaluationReport {
  const result = importWith(importer, files);
  if (result.kind !== 'imported') throw new Error(JSON.stringify(result.faults));
  return result.report;
}

export function faultsOf(
  importer: EvaluationImporter,
  ...files: readonly Uint8Array[]
): readonly ImportFault[] {
  const result = importWith(importer, files);
  return result.kind === 'imported' ? [] : result.faults;
}

export function codesOf(importer: EvaluationImporter, ...files: readonly Uint8Array[]): readonly string[] {
  return [...new Set(faultsOf(importer, ...files).map(({ code }) => code))];
}

function importWith(importer: EvaluationImporter, files: readonly Uint8Array[]) {
  const [first, ...others] = files.map((bytes, index) => ({ path: `output-${index}.json`, bytes }));
  if (first === undefined) throw new Error('no file');
  return importer.import([first, ...others]);
}

import type { Export } from '../../domain/record.ts';
import { escapeShown } from './escape.ts';

/** Where the weights are, for people: the digest that names them, and what skopeo and oras call the place. */
export function exportLines(entry: Export, registry: string, dryRun: boolean): readonly string[] {
  return [
    `${dryRun ? 'would export' : 'exported'} sha256:${entry.manifest.sha256}`,
    `  to oci:${escapeShown(registry)}:${entry.reference}`,
  ];
}

/** The same for `--json`. */
export function exportJson({ id, manifest, reference }: Export, registry: string): object {
  return { entry: id, manifest, registry, reference };
}

import type { Export } from '../../../domain/record.ts';
import { printRegistryPlace, type RegistryPlace } from '../../../domain/registry-place.ts';
import { escapeShown } from '../terminal/escape.ts';

/** Where the weights are, for people: the digest that names them, and what skopeo and oras call the place. */
export function exportLines(entry: Export, registry: RegistryPlace, dryRun: boolean): readonly string[] {
  return [
    `${dryRun ? 'would export' : 'exported'} sha256:${entry.manifest.sha256}`,
    `  to ${escapeShown(named(registry, entry.reference))}`,
  ];
}

/** The same for `--json`. */
export function exportJson({ id, manifest, reference }: Export, registry: RegistryPlace): object {
  return { entry: id, manifest, registry: printRegistryPlace(registry), reference };
}

function named(registry: RegistryPlace, reference: string): string {
  return registry.kind === 'layout'
    ? `oci:${registry.folder}:${reference}`
    : `${printRegistryPlace(registry)}:${reference}`;
}

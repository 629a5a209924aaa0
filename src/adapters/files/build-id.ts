import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { versionOfPackage } from './package-version.ts';

/**
 * Names what runs here: our own code by the digest that the build wrote down, Node, and packages that have a say in what is
 * judged. One that nobody else has where that cannot be told.
 * @param packages names of packages, each in a folder of that name.
 */
export function buildId(digest: URL, packages: readonly string[], resolve: (name: string) => string): string {
  try {
    const versions = packages.map((name) => `${name} ${versionOfPackage(manifestOf(name, resolve(name)))}`);
    return [readFileSync(digest, 'utf8').trim(), `node ${process.versions.node}`, ...versions].join(', ');
  } catch {
    return randomUUID();
  }
}

/** Many packages do not let their manifest be asked for by name. */
function manifestOf(name: string, entry: string): URL {
  const folder = `/node_modules/${name}/`;
  const at = entry.lastIndexOf(folder);
  if (at < 0) throw new Error(`${name} lies in no folder of its name`);
  return new URL(`${entry.slice(0, at)}${folder}package.json`);
}

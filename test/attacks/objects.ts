import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { writePack } from '../real/support/packs.ts';
import type { Site } from './site.ts';

/** Doing to the object store what no git command does. */

function loosePath(site: Site, id: string): string {
  return join(site.directory, '.git/objects', id.slice(0, 2), id.slice(2));
}

/** Gives every object a file of its own. */
function loosen(site: Site): void {
  const folder = join(site.directory, '.git/objects/pack');
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.pack'))) {
    const pack = readFileSync(join(folder, name));
    for (const part of readdirSync(folder).filter((each) => each.startsWith(name.slice(0, -4))))
      rmSync(join(folder, part));
    site.git(['unpack-objects', '-q'], pack);
  }
}

/** Takes an object out of the store. */
export function removeObject(site: Site, id: string): void {
  loosen(site);
  rmSync(loosePath(site, id));
}

type Type = 'commit' | 'tree' | 'blob';

/** Puts other bytes under an object's id, as a loose object. */
export function swapLoose(site: Site, id: string, type: Type, bytes: string): void {
  loosen(site);
  const path = loosePath(site, id);
  chmodSync(path, 0o644);
  rmSync(path);
  writeFileSync(
    path,
    deflateSync(Buffer.concat([Buffer.from(`${type} ${Buffer.byteLength(bytes)}\0`), Buffer.from(bytes)])),
  );
}

/** The same in a pack of one object with an index that lies. */
export function swapPacked(site: Site, id: string, type: Type, bytes: string): void {
  removeObject(site, id);
  writePack(join(site.directory, '.git'), site.format, [{ id, kind: type, bytes: Buffer.from(bytes) }]);
}

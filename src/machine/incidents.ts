import { incidentDocument, secondedIncidentDocument, type Incident } from '../domain/incident.ts';
import { fileAt, namesIn, type TreeFolder } from '../domain/tree.ts';
import { secondedFile } from '../domain/paths.ts';
import { trusted } from './world.ts';

const NAME = /^[0-9a-f]{64}\.json$/;

/** Every repair recorded in a tree that was judged. */
export function incidentsIn(tree: TreeFolder): readonly Incident[] {
  return namesIn(tree, 'incidents')
    .filter((name) => NAME.test(name))
    .flatMap((name) => trusted(incidentDocument, tree, `incidents/${name}`) ?? []);
}

/** Who agreed to a repair that had to choose; null where nobody had to. */
export function seconderOf(tree: TreeFolder, { id }: Incident): string | null {
  if (fileAt(tree, secondedFile(id)) === null) return null;
  return trusted(secondedIncidentDocument, tree, secondedFile(id))?.principal ?? null;
}

import {
  incidentDocument,
  secondedIncidentDocument,
  type Incident,
  type SecondedIncident,
} from '../domain/incident.ts';
import { filesUnder, type TreeFolder } from '../domain/tree.ts';
import { secondedFile } from '../domain/paths.ts';
import { trusted, trustedFile } from './trusted-files.ts';

const NAME = /^[0-9a-f]{64}\.json$/;

/** Every repair recorded in a tree that was judged. */
export function incidentsIn(tree: TreeFolder): readonly Incident[] {
  return filesUnder(tree, 'incidents')
    .filter(([name]) => NAME.test(name))
    .map(([name, file]) => trustedFile(incidentDocument, file, `incidents/${name}`));
}

/** The second person's word on a repair that gave something up; null where nobody had to agree. */
export function secondOf(tree: TreeFolder, { id }: Incident): SecondedIncident | null {
  return trusted(secondedIncidentDocument, tree, secondedFile(id));
}

import { RepositoryId } from '../../domain/names.ts';
import { REPOSITORY_FILE } from '../../domain/paths.ts';
import { putText, type Put } from '../../machine/act.ts';
import type { Context } from '../shared/context.ts';

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';

/** `modelsmith.yaml` with a fresh random id. */
export function repositoryFile(
  context: Context,
  demonstration: boolean,
): { readonly id: RepositoryId; readonly put: Put } {
  const letters = Array.from(context.random(26), (byte) => CROCKFORD[byte % 32] ?? '0').join('');
  const id = RepositoryId.parse(`${demonstration ? 'demo-' : ''}${letters}`);
  return { id, put: putText(REPOSITORY_FILE, `schema: modelsmith/repository/v1\nlaw: 1\nid: ${id}\n`) };
}

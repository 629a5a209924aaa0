import { RepositoryId } from '../../../domain/names.ts';
import { REPOSITORY_FILE } from '../../../domain/paths.ts';
import { putText, type Put } from '../../../machine/act.ts';
import type { Context } from '../context.ts';

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';

/** `modelsmith.yaml` with a fresh random id. */
export function repositoryFile(
  context: Context,
  /** What the id starts with, where it is no repository for real work. */
  kind: '' | 'demo-' | 'drill-',
  continues?: string,
): { readonly id: RepositoryId; readonly put: Put } {
  const letters = Array.from(context.random(26), (byte) => CROCKFORD[byte % 32] ?? '0').join('');
  const id = RepositoryId.parse(`${kind}${letters}`);
  const lines = ['schema: modelsmith/repository/v1', 'law: 1', `id: ${id}`];
  if (continues !== undefined) lines.push(`continues: ${continues}`);
  return { id, put: putText(REPOSITORY_FILE, `${lines.join('\n')}\n`) };
}

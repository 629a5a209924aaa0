import * as z from 'zod';
import { CommitId, RepositoryId } from './names.ts';
import { Label } from './text.ts';

/** `modelsmith.yaml`: what this repository is. Every entry carries its id, so none can be replayed elsewhere. */
export const Repository = z
  .strictObject({
    schema: z.literal('modelsmith/repository/v1'),
    law: z.literal(1, { error: 'must be a law version this tool knows (1); a newer tool may be needed' }),
    id: RepositoryId,
    name: Label.optional(),
    /** The commit whose evidence a new trust root takes over, when no key of the old law was left. */
    continues: CommitId.optional(),
  })
  .readonly();
export type Repository = z.infer<typeof Repository>;

export function isDemonstration(repository: { readonly id: string }): boolean {
  return repository.id.startsWith('demo-');
}
